"""Which ticket somebody means: by number, by the message he quotes, or plainly when only one fits."""

from __future__ import annotations

from handlers.chat.commands import number_in
from handlers.context import Context
from handlers.events import IncomingMessage
from handlers.tickets.timeline import ALLOWED, Action
from storage.enums import TicketState
from storage.messages import find_message
from storage.models import Ticket
from storage.outbox import find_sent
from storage.people import PersonInfo
from storage.tickets import get_ticket, get_ticket_by_id, list_of_owner

_PREFERRED: dict[Action, tuple[TicketState, ...]] = {
    Action.RESOLVE: (TicketState.ACCEPTED,),
    Action.REJECT: (TicketState.PROMPTED, TicketState.NEW),
    Action.REASSIGN: (TicketState.PROMPTED, TicketState.NEW),
    Action.HELP: (TicketState.PROMPTED, TicketState.NEW),
}


_BY_PAUSE = {Action.PAUSE: False, Action.EXTEND: False, Action.RESUME: True}
"""Whether a ticket that is meant without its number must be a paused one."""


async def quoted_ticket(ctx: Context, message: IncomingMessage) -> Ticket | None:
    """The ticket of the quoted message: one of a resident's, or one of the bot's own."""
    if message.quote is not None:
        heard = await find_message(ctx.session, message.account, message.quote)
        said = (
            await find_sent(ctx.session, account=message.account, message_id=message.quote)
            if heard is None
            else None
        )
        row = heard or said
        if row is not None and row.ticket_id is not None:
            return await get_ticket_by_id(ctx.session, row.ticket_id)
    if message.quoted_text and (number := number_in(message.quoted_text)) is not None:
        return await get_ticket(ctx.session, number)
    return None


async def quoted_words(ctx: Context, message: IncomingMessage) -> str:
    """What the bot said in the quoted message; empty when nothing of its own is quoted."""
    if message.quote is None:
        return message.quoted_text or ""
    row = await find_sent(ctx.session, account=message.account, message_id=message.quote)
    return row.text if row is not None else message.quoted_text or ""


async def still_followed(ctx: Context, ticket: Ticket) -> Ticket:
    """The ticket that a merged one lives on in; any other one itself."""
    while ticket.state is TicketState.MERGED and ticket.merged_into_id is not None:
        into = await get_ticket_by_id(ctx.session, ticket.merged_into_id)
        if into is None:
            return ticket
        ticket = into
    return ticket


async def fitting_tickets(ctx: Context, person: PersonInfo, action: Action) -> list[Ticket]:
    """What somebody can mean when he gives no number: his own tickets that allow the action, the likeliest state first."""
    states = ALLOWED[action] - {TicketState.CLOSED}
    tickets = await list_of_owner(ctx.session, person.id, states)
    if action in _BY_PAUSE:
        tickets = [ticket for ticket in tickets if (ticket.paused_at is not None) == _BY_PAUSE[action]]
    preferred = [ticket for ticket in tickets if ticket.state in _PREFERRED.get(action, ())]
    return list(preferred or tickets)


def may_act(ctx: Context, person: PersonInfo, ticket: Ticket) -> bool:
    """Whether somebody may do something to the ticket: who answers for it, the staff of its group, or an admin."""
    group = ctx.directory.groups[ticket.group_id]
    return (
        ticket.owner_id == person.id
        or ctx.directory.is_staff(person, group, ctx.now)
        or ctx.directory.is_admin(person)
    )
