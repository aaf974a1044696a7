"""催办 and 督办: before a ticket is due its owner is hurried; once overdue it goes up the ladder, a rung each time."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.tickets.clocks import call_level
from handlers.tickets.ladder import next_above
from handlers.tickets.telling import group_of, owner_title, tell_owner, tell_person
from handlers.tickets.timeline import Action, Cause, check_allowed, record
from handlers.wording import due_words, place_line, quote_words
from storage.enums import TicketEventKind
from storage.extensions import pending_extension
from storage.models import Extension, Ticket
from storage.people import PersonInfo
from storage.residents import reminded_since

HURRY_PAUSE = timedelta(minutes=30)
"""The owner does not read the same words of the same superior again within this time."""

SUPERVISED = "督办"
"""How the detail of an escalation begins that calls a superior and leaves the ticket with its owner."""


def hurry(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """The time is running out: say so, once, to whoever has to do it."""
    ticket.hurry_at = None
    record(ctx, ticket, TicketEventKind.REMINDED, cause, "催办")
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    more = "1小时" if ticket.urgent else "1天"
    tell_owner(ctx, ticket, cause, "hurry", due=due, more=more, **_matter(ctx, ticket))


async def chase(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """Not done in time: tell who has it, and call the next rung above to see to it. Who has it keeps it (首接负责).

    An extension that nobody has answered goes up with it.
    """
    ticket.chased_at = ctx.now
    above = next_above(ctx, ticket)
    extension = await pending_extension(ctx.session, ticket.id) if above is not None else None
    if above is None:
        record(ctx, ticket, TicketEventKind.REMINDED, cause, "到期")
    else:
        level, superior = above[0], ctx.directory.answering(above[1], ctx.now)
        call_level(ctx, ticket, level)
        record(ctx, ticket, TicketEventKind.ESCALATED, cause, f"{SUPERVISED} {superior.name}")
        _call(ctx, ticket, superior, extension, cause)
    note = "" if above is None else f"已报{superior.name}督办。"
    tell_owner(ctx, ticket, cause, "overdue", supervisor=note, **_matter(ctx, ticket))


def _call(
    ctx: Context, ticket: Ticket, superior: PersonInfo, extension: Extension | None, cause: Cause
) -> None:
    text = ctx.texts.render(
        "supervise",
        number=ticket.number,
        who=owner_title(ctx, ticket),
        words=quote_words(ticket.text),
        **_matter(ctx, ticket),
    )
    if extension is not None:
        extension.approver_id = superior.id
        asked = ctx.texts.render("extension_waits", number=ticket.number, reason=extension.reason)
        text = f"{text}\n{asked}"
    tell_person(ctx, ticket, superior, cause, text, key="supervise")


async def urge_on(ctx: Context, ticket: Ticket, words: str, cause: Cause) -> str:
    """催: a superior has asked the owner to hurry; who that is. The same is not said again so soon."""
    check_allowed(ticket, Action.HURRY)
    detail = f"催办 {words}".strip()
    if not await reminded_since(ctx.session, ticket.id, cause.by, detail, ctx.now - HURRY_PAUSE):
        record(ctx, ticket, TicketEventKind.REMINDED, cause, detail)
        said = f"：{words}" if words else ""
        tell_owner(ctx, ticket, cause, "urged_on", who=cause.by, words=said, **_matter(ctx, ticket))
    return owner_title(ctx, ticket)


def ask_paused(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """A pause has lasted for days: is it still needed?"""
    ticket.chased_at = ctx.now
    record(ctx, ticket, TicketEventKind.REMINDED, cause, "暂停")
    tell_owner(ctx, ticket, cause, "still_paused", reason=ticket.pause_reason, **_matter(ctx, ticket))


def _matter(ctx: Context, ticket: Ticket) -> dict[str, str]:
    return {
        "category": ctx.category_name(ticket.category),
        "group": group_of(ctx, ticket).name,
        "place": place_line(ticket),
    }
