"""撤回: what somebody has taken back in WeChat is taken back here, too, as far as others have not acted on it."""

from __future__ import annotations

from dataclasses import replace

from handlers.chat.residents import Outcome
from handlers.context import Context
from handlers.events import IncomingMessage, MessageKind
from handlers.speech import SpeechKind
from handlers.tickets.opening import joined_text, rewrite_held, set_place
from handlers.tickets.telling import group_of, tell_group, tell_owner
from handlers.tickets.timeline import Cause, record
from handlers.wording import public_name, quote_words, staff_name
from storage.attachments import find_attachment, sendings_of
from storage.enums import AttachmentState, OutboxState, Phase, TicketEventKind, TicketState
from storage.incidents import messages_of
from storage.merging import leave_ticket
from storage.messages import find_message
from storage.models import Attachment, Ticket
from storage.outbox import pending_of_ticket
from storage.tickets import get_ticket_by_id

_UNTOUCHED = frozenset((TicketState.NEW, TicketState.PROMPTED))


async def take_back(ctx: Context, message: IncomingMessage, cause: Cause) -> Outcome:
    """Forget the recalled message. A ticket that nothing else was said about, and nobody has taken on, goes with it.

    An urgent one stays: whoever answers is told to make sure.
    """
    heard = await find_message(ctx.session, message.account, message.recalls or "")
    if heard is None or heard.talker != message.talker:
        return Outcome.IGNORED
    words, heard.text, heard.answer_due = heard.text, "", None
    if heard.ticket_id is None:
        return Outcome.IGNORED
    ticket = await get_ticket_by_id(ctx.session, heard.ticket_id)
    if ticket is None:
        return Outcome.IGNORED
    cause = replace(cause, by=public_name(message.name))
    attachment = await find_attachment(ctx.session, heard.account, heard.message_id)
    if attachment is not None:
        await _forget_file(ctx, ticket, attachment, cause)
    elif ticket.resident == message.talker:
        await _forget_words(ctx, ticket, words, staff_name(message.name), cause)
    else:
        await _forget_support(ctx, ticket, message.talker, cause)
    return Outcome.COMMAND


async def _forget_file(ctx: Context, ticket: Ticket, attachment: Attachment, cause: Cause) -> None:
    """The file is removed with the next cleaning, and is sent to nobody any more."""
    attachment.state, attachment.fetch_at = AttachmentState.GONE, None
    for row in await sendings_of(ctx.session, attachment):
        row.state = OutboxState.CANCELLED
    if attachment.phase is Phase.BEFORE and attachment.kind == MessageKind.VOICE:
        ticket.voices -= 1
    elif attachment.phase is Phase.BEFORE:
        ticket.photos -= 1
    record(ctx, ticket, TicketEventKind.RECALLED, cause, "文件")
    await rewrite_held(ctx, ticket)


async def _forget_words(ctx: Context, ticket: Ticket, words: str, who: str, cause: Cause) -> None:
    rest = _without(ticket.text, words)
    if rest is None:
        return  # a word about the ticket, such as 进度
    if rest:
        record(ctx, ticket, TicketEventKind.RECALLED, cause, "一句话")
        await _keep_rest(ctx, ticket, rest, who, cause)
    elif ticket.state in _UNTOUCHED and not ticket.urgent and not ticket.supporters:
        await _withdraw(ctx, ticket, cause)
    else:
        record(ctx, ticket, TicketEventKind.RECALLED, cause, "全部")
        tell_owner(ctx, ticket, cause, "recalled_all", who=who)


def _without(text: str, words: str) -> str | None:
    """The lines of a ticket without those of one message; None when they are not among them."""
    lines, gone = text.split("\n"), words.strip().split("\n")
    for start in range(len(lines) - len(gone) + 1):
        if lines[start : start + len(gone)] == gone:
            return "\n".join(lines[:start] + lines[start + len(gone) :])
    return None


async def _keep_rest(ctx: Context, ticket: Ticket, rest: str, who: str, cause: Cause) -> None:
    ticket.text = rest
    set_place(ticket, ctx.understand(joined_text(rest.split("\n")), group_of(ctx, ticket)).place)
    if not await rewrite_held(ctx, ticket):
        tell_owner(ctx, ticket, cause, "recalled_part", who=who, words=quote_words(rest))


async def _withdraw(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """Nothing is left of it: whoever has heard of it is told, nobody else."""
    told = {"ack": not ticket.unsure, "prompt": True}
    for row in await pending_of_ticket(ctx.session, ticket.id, ctx.now):
        row.state = OutboxState.CANCELLED
        told["ack" if row.kind == SpeechKind.ACK else "prompt"] = False
    ticket.state, ticket.closed_at, ticket.next_step_at = TicketState.CANCELLED, ctx.now, None
    record(ctx, ticket, TicketEventKind.CANCELLED, cause, "居民撤回")
    if told["ack"]:
        tell_group(ctx, ticket, cause, "cancelled", direct=True)
    if told["prompt"]:
        tell_owner(ctx, ticket, cause, "cancelled_steward")


async def _forget_support(ctx: Context, ticket: Ticket, talker: str, cause: Cause) -> None:
    """A neighbour who said the same is counted no more once he has taken back all he said."""
    said = [each for each in await messages_of(ctx.session, ticket.id, talker) if each.text]
    if not said and await leave_ticket(ctx.session, ticket.id, talker):
        ticket.supporters -= 1
        record(ctx, ticket, TicketEventKind.RECALLED, cause, "加一")
