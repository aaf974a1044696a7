"""没修好: not fixed is not closed. Back to whoever answered, with what is still wrong; the second time a rung up."""

from __future__ import annotations

from handlers.aid import resume_aid
from handlers.context import Context
from handlers.tickets.clocks import call_level, schedule_step, start_clocks
from handlers.tickets.confirming import ASKING
from handlers.tickets.ladder import STEWARD, next_above, owner_rung
from handlers.tickets.owning import give, lowest_holder
from handlers.tickets.telling import group_of, owner_of, owner_title, tell_group, tell_owner, tell_person
from handlers.tickets.timeline import Action, Cause, check_allowed, record
from handlers.wording import place_line, quote_words
from storage.enums import TicketEventKind, TicketState
from storage.models import Ticket
from storage.outbox import cancel_lines

GOES_UP = 2
"""From this 返工 on the next rung above answers."""


async def reopen(ctx: Context, ticket: Ticket, words: str, cause: Cause, *, bare: bool = False) -> None:
    """Do it again, in a time of its own; it counts as 返工. ``bare``: the resident has not said what is wrong."""
    check_allowed(ticket, Action.REOPEN)
    ticket.state, ticket.resolved_at, ticket.closed_at = TicketState.ACCEPTED, None, None
    await cancel_lines(ctx.session, ticket.id, ASKING)
    ticket.reopened += 1
    ticket.rating = None
    ticket.first_due = ticket.first_due or ticket.resolve_due
    _find_owner(ctx, ticket)
    await start_clocks(ctx, ticket)
    call_level(ctx, ticket, max(STEWARD, owner_rung(ctx, ticket)))
    record(ctx, ticket, TicketEventKind.REOPENED, cause, words)
    if ticket.reopened < GOES_UP or not _go_up(ctx, ticket, words, cause):
        said = {"resident": ticket.resident_name, "words": quote_words(words)}
        tell_owner(ctx, ticket, cause, "reopened_steward", **said)
    schedule_step(ctx, ticket)
    await resume_aid(ctx, ticket)
    key = "reopened_ask" if bare else "reopened"
    tell_group(ctx, ticket, cause, key, direct=True, who=owner_title(ctx, ticket))


def _find_owner(ctx: Context, ticket: Ticket) -> None:
    """Who had it may have gone or be on leave meanwhile."""
    had = ctx.directory.people.get(ticket.covered_for_id or ticket.owner_id or 0)
    if (owner := had or lowest_holder(ctx, group_of(ctx, ticket))) is not None:
        give(ctx, ticket, owner)


def _go_up(ctx: Context, ticket: Ticket, words: str, cause: Cause) -> bool:
    """Let the next rung above answer, and tell both; whether there is one."""
    above, before = next_above(ctx, ticket), owner_of(ctx, ticket)
    if above is None:
        return False
    owner = give(ctx, ticket, above[1])
    call_level(ctx, ticket, above[0])
    record(ctx, ticket, TicketEventKind.ESCALATED, cause, f"{owner.name} 返工{ticket.reopened}次")
    text = ctx.texts.render(
        "rework",
        count=ticket.reopened,
        number=ticket.number,
        category=ctx.category_name(ticket.category),
        group=group_of(ctx, ticket).name,
        place=place_line(ticket),
        resident=ticket.resident_name,
        words=quote_words(words, 60),
        report=quote_words(ticket.text, 60),
    )
    tell_person(ctx, ticket, owner, cause, text, key="rework")
    if before is not None and before.id != owner.id:
        away = ctx.texts.render("rework_away", number=ticket.number, count=ticket.reopened, who=owner.name)
        tell_person(ctx, ticket, before, cause, away, key="rework_away")
    return True
