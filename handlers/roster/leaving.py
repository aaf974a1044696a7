"""Somebody has left: what he had in hand goes to the next who answers, told once; leave and calls go on without him."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from handlers.context import Context
from handlers.duty.days import stretch_words
from handlers.duty.leave import list_for, tell_about
from handlers.roster.changes import RosterChange
from handlers.teams.answering import TEAMS, withdraw
from handlers.tickets.acting import pass_on
from handlers.tickets.delaying import ask_next
from handlers.tickets.ladder import REMINDED, RUNGS, SUBDISTRICT, holders_of
from handlers.tickets.owning import first_receiver
from handlers.tickets.telling import group_of
from handlers.tickets.timeline import Cause
from storage.directory import RoleRow
from storage.duty import leaves_touching, people_names, tickets_touching
from storage.enums import RoleKind
from storage.extensions import waiting_for_word_of
from storage.models import Ticket
from storage.people import GroupInfo, PersonInfo, bump_directory

WHO = "名册"


async def hand_over(ctx: Context, change: RosterChange) -> list[str]:
    """Deal with everybody who has lost a role in an import; ``ctx`` sees the new roster. Lines for the admin.

    Whoever is gone altogether hands on everything; whoever still works elsewhere, what came from groups he left.
    """
    lost: dict[int, list[RoleRow]] = {}
    for role in change.lost:
        lost.setdefault(role.person_id, []).append(role)
    if not lost:
        return []
    gone = {number for number in lost if number not in ctx.directory.people}
    names = await people_names(ctx.session, lost)
    cause = Cause(by=WHO, key=f"roster:{ctx.directory.version}", source="roster")
    ctx = await _end_leaves(ctx, gone, names, cause)
    moved = [
        each
        for ticket in await tickets_touching(ctx.session, lost)
        if (each := await _pass(ctx, ticket, lost, gone, names, cause)) is not None
    ]
    for extension, ticket in await waiting_for_word_of(ctx.session, gone):
        await ask_next(ctx, ticket, extension, cause)
    for number, roles in lost.items():
        if number in gone or _left_the_team(ctx, number, roles):
            await withdraw(ctx, number, Cause(by=names[number], key=cause.key, source=cause.source))
    return _tell_receivers(ctx, moved, cause)


async def _pass(
    ctx: Context,
    ticket: Ticket,
    lost: dict[int, list[RoleRow]],
    gone: Collection[int],
    names: dict[int, str],
    cause: Cause,
) -> tuple[PersonInfo | None, str, Ticket] | None:
    """Who answers for it now and who has left it; None when it stays where it is."""
    group = group_of(ctx, ticket)
    principal = ticket.covered_for_id or ticket.owner_id
    leavers = {
        number
        for number in (ticket.owner_id, ticket.covered_for_id)
        if number is not None and (number in gone or _has_left(ctx, number, group, lost.get(number, ())))
    }
    if not leavers:
        return None
    stays = ctx.directory.people.get(principal or 0) if principal not in leavers else None
    to = stays or _next(
        ctx, ticket, group, [role.kind for number in leavers for role in lost.get(number, ())]
    )
    if to is not None and to.id == ticket.owner_id:  # he only stood in, and has it for himself now
        ticket.covered_for_id = None
        return None
    who = names[min(leavers)]
    owner = pass_on(ctx, ticket, to, cause, f"（{who}不在名册了）")
    return owner, who, ticket


def _has_left(ctx: Context, number: int, group: GroupInfo, roles: Iterable[RoleRow]) -> bool:
    """Whether somebody who still works has lost what made him answer for this group."""
    person = ctx.directory.people[number]
    return (
        group.active
        and any(
            role.group_id == group.id or (role.group_id is None and role.community_id == group.community_id)
            for role in roles
        )
        and not ctx.directory.is_staff(person, group, ctx.now)
    )


def _next(ctx: Context, ticket: Ticket, group: GroupInfo, left: Collection[RoleKind]) -> PersonInfo | None:
    """Who stands on the rung that was left, or above it; a ticket that never went up has its first receiver."""
    if ticket.level > REMINDED:
        rungs = [level for level, kind in RUNGS.items() if kind in left]
        for level in range(max(rungs, default=ticket.level), SUBDISTRICT + 1):
            for person in holders_of(ctx.directory, group, level)[:1]:
                return person
    return first_receiver(ctx, group, ticket.category, unsure=ticket.unsure)


def _left_the_team(ctx: Context, number: int, roles: Iterable[RoleRow]) -> bool:
    person = ctx.directory.people[number]
    return any(role.kind in TEAMS for role in roles) and not any(role.kind in TEAMS for role in person.roles)


async def _end_leaves(ctx: Context, gone: Collection[int], names: dict[int, str], cause: Cause) -> Context:
    """Leave of those who are gone ends, and so does leave for which they stood in; each is told once."""
    rows = await leaves_touching(ctx.session, gone)
    for row in rows:
        row.next_at = None
        person, deputy = ctx.directory.people.get(row.person_id), ctx.directory.people.get(row.deputy_id)
        if person is not None:
            span = stretch_words(row.since, row.until)
            text = ctx.texts.render("leave_no_deputy", who=names[row.deputy_id], span=span)
            tell_about(ctx, person, text, f"{cause.key}:leave:{row.id}", ())
        elif deputy is not None:
            text = ctx.texts.render("leave_over_deputy", who=names[row.person_id])
            tell_about(ctx, deputy, text, f"{cause.key}:leave:{row.id}", ())
    if not rows:
        return ctx
    await bump_directory(ctx.session)
    return ctx.without_leaves({row.id for row in rows})


def _tell_receivers(
    ctx: Context, moved: Sequence[tuple[PersonInfo | None, str, Ticket]], cause: Cause
) -> list[str]:
    lines, got = [], dict[tuple[int, str], list[Ticket]]()
    for owner, who, ticket in moved:
        got.setdefault((owner.id if owner else 0, who), []).append(ticket)
    for (number, who), tickets in got.items():
        receiver = ctx.directory.people.get(number)
        if receiver is None:
            lines.append(f"{who}的{len(tickets)}件工单没有人接，请看名册。")
            continue
        text = list_for(ctx, "handed_on", tickets, who=who)
        tell_about(ctx, receiver, text, f"{cause.key}:{number}:{tickets[0].number}", tickets)
        lines.append(f"{who}的{len(tickets)}件工单转给了{ctx.directory.called(receiver)}。")
    return lines
