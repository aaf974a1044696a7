"""转派: to a colleague, a department or another recipient, by name or from a list, with a reason."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.chat.lists import LONGEST_LIST, ask, numbered
from handlers.context import Context
from handlers.directory import LADDER
from handlers.errors import ActionRefused
from handlers.tickets import acting
from handlers.tickets.owning import is_with
from handlers.tickets.telling import group_of
from handlers.tickets.timeline import Action, Cause, check_allowed
from storage.enums import RoleKind
from storage.models import Ticket
from storage.people import PersonInfo
from storage.tickets import get_ticket

TO_PERSON = "转给"
"""The stored action of a question whose options are people, not tickets: the ticket's number follows."""


async def reassign(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """``转派 王五 他管水电``; without a name those who can take it are listed."""
    check_allowed(ticket, Action.REASSIGN)
    candidates = list(_colleagues(ctx, person, ticket))
    name, _, reason = words.partition(" ")
    if not words:
        return await _ask_whom(ctx, person, ticket, candidates)
    name = name.strip("，,：:").removeprefix("给")
    found = _named(ctx, name, person, candidates)
    if found is None:
        options = "、".join(_shown(ctx, each) for each in candidates) or "（没有登记同事）"
        return ctx.texts.render("reassign_nobody", who=name, options=options)
    return await _hand(ctx, ticket, found, reason.strip(), cause)


async def hand_over(
    ctx: Context, person: PersonInfo, number: int, to_id: int, reason: str, cause: Cause
) -> str | None:
    """Somebody has chosen from the list whom the ticket goes to."""
    ticket, to = await get_ticket(ctx.session, number), ctx.directory.people.get(to_id)
    if ticket is None or to is None:
        return None
    try:
        return await _hand(ctx, ticket, to, reason, cause)
    except ActionRefused as error:
        return ctx.texts.render("refused", number=error.number, state=error.state, action=error.action)


async def _ask_whom(ctx: Context, person: PersonInfo, ticket: Ticket, candidates: list[PersonInfo]) -> str:
    if not candidates:
        return ctx.texts.render("reassign_nobody", who="", options="（没有登记同事）")
    shown = candidates[:LONGEST_LIST]
    await ask(ctx, person, f"{TO_PERSON}{ticket.number}", "", [each.id for each in shown])
    options = numbered(_shown(ctx, each) for each in shown)
    return ctx.texts.render("reassign_to", number=ticket.number, options=options)


async def _hand(ctx: Context, ticket: Ticket, to: PersonInfo, reason: str, cause: Cause) -> str:
    check_allowed(ticket, Action.REASSIGN)
    if is_with(ctx, ticket, to):
        return ctx.texts.render("reassign_same", number=ticket.number, who=_shown(ctx, to))
    owner = await acting.reassign(ctx, ticket, to, cause, reason)
    who = _shown(ctx, owner)
    if owner.id != to.id:
        who = f"{who}（{to.name}请假，由{owner.name}代）"
    return ctx.texts.render("reassigned_steward", number=ticket.number, who=who)


def _colleagues(ctx: Context, person: PersonInfo, ticket: Ticket) -> Iterator[PersonInfo]:
    """Who may take a ticket: the group's ladder, the departments, the recipients that admins have defined."""
    group, seen = group_of(ctx, ticket), {person.id}
    holders = [each for kind in (*LADDER, RoleKind.DEPARTMENT) for each in ctx.directory.holders(kind, group)]
    for each in (*holders, *ctx.directory.recipients.values()):
        if each.id not in seen:
            seen.add(each.id)
            yield each


def _named(ctx: Context, name: str, person: PersonInfo, candidates: list[PersonInfo]) -> PersonInfo | None:
    """By a recipient's name, else among the candidates, else the only one of the whole staff with this name."""
    if (recipient := ctx.directory.recipients.get(name)) is not None:
        return recipient
    near = [each for each in candidates if each.name == name]
    far = [each for each in ctx.directory.staff_named(name) if each.id != person.id]
    found = near or far
    return found[0] if len(found) == 1 else None


def _shown(ctx: Context, person: PersonInfo) -> str:
    return ctx.directory.called(person)
