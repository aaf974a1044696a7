"""催办 and 督办: before a ticket is due its owner is hurried; once overdue it goes up the ladder, a rung each time."""

from __future__ import annotations

from handlers.context import Context
from handlers.tickets.clocks import call_level
from handlers.tickets.ladder import next_above
from handlers.tickets.telling import group_of, owner_title, tell_owner, tell_person
from handlers.tickets.timeline import Cause, record
from handlers.wording import due_words, place_line, quote_words
from storage.enums import TicketEventKind
from storage.models import Ticket
from storage.people import PersonInfo

SUPERVISED = "督办"
"""How the detail of an escalation begins that calls a superior and leaves the ticket with its owner."""


def hurry(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """The time is running out: say so, once, to whoever has to do it."""
    ticket.hurry_at = None
    record(ctx, ticket, TicketEventKind.REMINDED, cause, "催办")
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    tell_owner(ctx, ticket, cause, "hurry", due=due, **_matter(ctx, ticket))


def chase(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """Not done in time: tell who has it, and call the next rung above to see to it. Who has it keeps it (首接负责)."""
    ticket.chased_at = ctx.now
    above = next_above(ctx, ticket)
    if above is None:
        record(ctx, ticket, TicketEventKind.REMINDED, cause, "到期")
    else:
        level, superior = above
        call_level(ctx, ticket, level)
        record(ctx, ticket, TicketEventKind.ESCALATED, cause, f"{SUPERVISED} {superior.name}")
        _call(ctx, ticket, superior, cause)
    note = "" if above is None else f"已报{above[1].name}督办。"
    tell_owner(ctx, ticket, cause, "overdue", supervisor=note, **_matter(ctx, ticket))


def _call(ctx: Context, ticket: Ticket, superior: PersonInfo, cause: Cause) -> None:
    text = ctx.texts.render(
        "supervise",
        number=ticket.number,
        who=owner_title(ctx, ticket),
        words=quote_words(ticket.text),
        **_matter(ctx, ticket),
    )
    tell_person(ctx, ticket, superior, cause, text, key="supervise")


def _matter(ctx: Context, ticket: Ticket) -> dict[str, str]:
    return {
        "category": ctx.category_name(ticket.category),
        "group": group_of(ctx, ticket).name,
        "place": place_line(ticket),
    }
