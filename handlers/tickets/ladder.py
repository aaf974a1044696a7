"""The ladder: steward, grid worker, grid leader, community, subdistrict. Who stands on it for a group."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handlers.context import Context
from handlers.directory import LADDER, Directory
from storage.enums import RoleKind
from storage.models import Ticket
from storage.people import GroupInfo, PersonInfo

STEWARD, REMINDED, GRID_WORKER, GRID_LEADER, COMMUNITY, SUBDISTRICT = range(6)
"""Levels of a ticket: with the steward, he was reminded, then who was called one after the other."""

OUTSIDE = -1
"""The rung of a department and the like: beside the ladder, under the subdistrict."""

RUNGS: Mapping[int, RoleKind] = MappingProxyType(
    {
        STEWARD: RoleKind.STEWARD,
        GRID_WORKER: RoleKind.GRID_WORKER,
        GRID_LEADER: RoleKind.GRID_LEADER,
        COMMUNITY: RoleKind.COMMUNITY,
        SUBDISTRICT: RoleKind.SUBDISTRICT,
    }
)


def holders_of(directory: Directory, group: GroupInfo, level: int) -> list[PersonInfo]:
    """Who stands on a rung for a group; for the subdistrict its people, or the admins when there are none."""
    if level == SUBDISTRICT:
        return directory.subdistrict()
    return directory.holders(RUNGS[level], group) if level in RUNGS else []


def rung_of(directory: Directory, person: PersonInfo, group: GroupInfo) -> int:
    """The lowest rung somebody stands on for a group; STEWARD for a colleague from elsewhere, else OUTSIDE."""
    for level in RUNGS:
        if any(each.id == person.id for each in holders_of(directory, group, level)):
            return level
    return STEWARD if any(role.kind in LADDER for role in person.roles) else OUTSIDE


def owner_rung(ctx: Context, ticket: Ticket) -> int:
    """The rung of whoever answers for a ticket."""
    owner = ctx.directory.people.get(ticket.owner_id) if ticket.owner_id is not None else None
    return STEWARD if owner is None else rung_of(ctx.directory, owner, ctx.directory.groups[ticket.group_id])


def next_level(ctx: Context, ticket: Ticket) -> int:
    """The level a ticket nobody has accepted comes to next; SUBDISTRICT is the last."""
    if ticket.level >= REMINDED and owner_rung(ctx, ticket) == OUTSIDE:
        return SUBDISTRICT
    return min(ticket.level + 1, SUBDISTRICT)


def next_above(ctx: Context, ticket: Ticket) -> tuple[int, PersonInfo] | None:
    """The next rung on which somebody else than the ticket's owner stands, and who; None at the top."""
    rung = owner_rung(ctx, ticket)
    lowest = SUBDISTRICT if rung == OUTSIDE else max(rung, ticket.level, REMINDED) + 1
    group = ctx.directory.groups[ticket.group_id]
    for level in range(lowest, SUBDISTRICT + 1):
        for person in holders_of(ctx.directory, group, level)[:1]:
            if person.id != ticket.owner_id:
                return level, person
    return None


def escalation(directory: Directory, ticket: Ticket) -> int:
    """How many rungs above the steward the ticket has reached; the community counts where somebody stands for it."""
    rungs = max(0, ticket.highest_level - REMINDED)
    if ticket.highest_level < COMMUNITY:
        return rungs
    return rungs if holders_of(directory, directory.groups[ticket.group_id], COMMUNITY) else rungs - 1
