"""Who is called, ring by ring: the community's own team, the neighbours', every team, then those in charge."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import Context
from handlers.neighbours import neighbour_communities
from handlers.settings import Ring
from storage.enums import RoleKind
from storage.people import GroupInfo, PersonInfo, RoleInfo

RING_NAMES: dict[Ring, str] = {
    "community": "本社区",
    "neighbours": "相邻社区",
    "all": "全街道",
    "leaders": "网格和社区负责人",
}
_LEADERS = (RoleKind.GRID_WORKER, RoleKind.GRID_LEADER, RoleKind.COMMUNITY)


def has_team(ctx: Context, team: RoleKind) -> bool:
    """Whether anybody at all belongs to it."""
    return any(role.kind is team for person in ctx.directory.people.values() for role in person.roles)


def ring_members(ctx: Context, group: GroupInfo, team: RoleKind, ring: Ring) -> list[PersonInfo]:
    """Everybody of a ring, or whoever stands in for him; whoever has been called before, too."""
    if ring == "leaders":
        called = [each for kind in _LEADERS for each in ctx.directory.holders(kind, group)]
    else:
        belongs = _belongs(ctx, group, ring)
        called = [
            person
            for person in ctx.directory.people.values()
            if any(role.kind is team and belongs(role) for role in person.roles)
        ]
    found = (ctx.directory.answering(each, ctx.now) for each in called)
    return list({each.id: each for each in found}.values())


def _belongs(ctx: Context, group: GroupInfo, ring: Ring) -> Callable[[RoleInfo], bool]:
    if ring == "all":
        return lambda role: True
    if ring == "community":
        return lambda role: (
            role.group_id == group.id or (role.group_id is None and role.community_id == group.community_id)
        )
    near = neighbour_communities(ctx, group) | {group.community_id}
    return lambda role: _community(ctx, role) in near


def _community(ctx: Context, role: RoleInfo) -> int | None:
    if role.group_id is not None:
        return ctx.directory.groups[role.group_id].community_id
    return role.community_id
