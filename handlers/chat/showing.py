"""What the staff see when they look at one ticket: the prompt, how it stands, and what else is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.teams.replies import helpers_line
from handlers.tickets.telling import first_owner_line, prompt_text
from handlers.tickets.timeline import state_words
from handlers.wording import quote_words
from storage.attachments import attachments_of
from storage.enums import Phase, TicketEventKind
from storage.models import Ticket, TicketEvent
from storage.tickets import events_of, get_ticket_by_id

LATEST_NOTES = 3
LONGEST_NOTE = 40


async def show_text(ctx: Context, ticket: Ticket) -> str:
    """The prompt, the state, the latest notes (for the staff only), the result and the files that prove it."""
    events = await events_of(ctx.session, ticket.id)
    lines = [prompt_text(ctx, ticket), f"现在：{await _state(ctx, ticket, events)}"]
    lines[-1] += first_owner_line(ctx, ticket) + await helpers_line(ctx, ticket)
    if ticket.resolution:
        lines.append(f"办结：{quote_words(ticket.resolution, LONGEST_NOTE)}")
    proofs = [each for each in await attachments_of(ctx.session, ticket.id) if each.phase is Phase.AFTER]
    if proofs:
        lines.append(f"办结图片{len(proofs)}张")
    rated = [each.detail for each in events if each.what is TicketEventKind.RATED]
    lines += [f"评价：{quote_words(rated[-1], LONGEST_NOTE)}"] if rated else []
    notes = [each for each in events if each.what is TicketEventKind.NOTED]
    lines += [
        f"备注（{each.by}）：{quote_words(each.detail, LONGEST_NOTE)}" for each in notes[-LATEST_NOTES:]
    ]
    return "\n".join(lines)


async def _state(ctx: Context, ticket: Ticket, events: Sequence[TicketEvent]) -> str:
    name = state_words(ticket)
    if ticket.merged_into_id is not None:
        into = await get_ticket_by_id(ctx.session, ticket.merged_into_id)
        return f"{name}，并入{into.number}" if into is not None else name
    closed = [each for each in events if each.what is TicketEventKind.CLOSED and each.detail]
    return f"{name}（{closed[-1].detail}）" if closed and ticket.closed_at is not None else name
