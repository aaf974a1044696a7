"""The groups somebody means in a direct message: 给玉景社区, 给3号群、4号群, 给所有群除了湖滨社区."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handlers.context import Context
from handlers.reminders.errors import ReminderRefused
from handlers.scopes import Named, Scope, find_scope
from storage.audiences import Target, find_category, find_work_groups, list_tags
from storage.enums import RoleKind
from storage.people import GroupInfo, PersonInfo

_OWN_KINDS = (RoleKind.STEWARD, RoleKind.GRID_LEADER, RoleKind.COMMUNITY)
_WHERE = re.compile(r"(?:发给|发到|给|到)(?P<where>[^\s:：]{1,80})[\s:：]+(?P<words>.+)", re.DOTALL)
_BUT = re.compile(r"(?P<to>.*?)(?:除了|除去|除|不含)(?P<but>.+)")
_BETWEEN = re.compile(r"[、，,]|以及|和")
_EVERYONE = frozenset(
    ("所有群", "全部群", "所有", "全部", "大家", "全街道", "各群", "每个群", "所有的群", "我的群")
)
_INCIDENT = re.compile(r"事件(\d{1,9})(?:的群)?")
_OPEN_GROUPS = re.compile(r"(?:没办完|没办好)?的群")
_FEW = 3


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom somebody may write to: everybody (``boss``), or the groups he answers for."""

    boss: bool
    groups: tuple[GroupInfo, ...]


def reach_of(ctx: Context, person: PersonInfo) -> Reach | None:
    """Admins and the subdistrict reach every group, stewards and the like their own; None for who has none."""
    boss = ctx.directory.is_admin(person) or person in ctx.directory.subdistrict()
    groups = tuple(
        group
        for group in ctx.directory.groups.values()
        if group.active and (boss or any(person in ctx.directory.holders(kind, group) for kind in _OWN_KINDS))
    )
    return Reach(boss, groups) if boss or groups else None


async def read_where(ctx: Context, reach: Reach, words: str) -> tuple[Scope, str]:
    """The groups that the words begin with (all he reaches when they name none), and the words after them.

    ReminderRefused when only some of the names are known.
    """
    if said := _WHERE.fullmatch(words):
        scope = await named_groups(ctx, reach, said["where"])
        if scope is not None:
            return scope, said["words"].strip()
    return _all_of(reach), words


async def named_groups(ctx: Context, reach: Reach, words: str) -> Scope | None:
    """The groups of these names; None when not one is known."""
    parts = _BUT.fullmatch(words)
    to, but = (parts["to"], parts["but"]) if parts else (words, "")
    unknown: list[str] = []
    wanted = await _named(ctx, reach, to, unknown)
    left_out = await _named(ctx, reach, but, unknown)
    if wanted == left_out == Named():
        return None
    if unknown:
        raise ReminderRefused(f"没有叫“{'”“'.join(unknown)}”的社区、群或标签。")
    named = Named(
        everyone=wanted.everyone or not (wanted.places or wanted.narrowed or wanted.work),
        communities=wanted.communities,
        groups=wanted.groups,
        tags=wanted.tags,
        category=wanted.category,
        incident=wanted.incident,
        work=wanted.work,
        not_communities=left_out.communities,
        not_groups=left_out.groups,
        not_tags=left_out.tags,
    )
    return _within(reach, await find_scope(ctx.session, named))


async def _named(ctx: Context, reach: Reach, words: str, unknown: list[str]) -> Named:
    """Each name as what it is; those that are nothing are added to ``unknown``."""
    found = Named()
    tags = await list_tags(ctx.session) if words else {}
    for name in filter(None, (each.strip() for each in _BETWEEN.split(words))):
        known = _place(reach, name) or _kind(tags, name) or await _matter(ctx, reach, name)
        if known is None:
            _check_reached(ctx, reach, name)
            unknown.append(name)
            continue
        found = _joined(found, known)
    return found


def _check_reached(ctx: Context, reach: Reach, name: str) -> None:
    if not reach.boss and any(name in (each.name, each.community) for each in ctx.directory.groups.values()):
        raise ReminderRefused(f"{name}不归您管，请找管理员发。")


def _place(reach: Reach, name: str) -> Named | None:
    if name in _EVERYONE:
        return Named(everyone=True)
    if any(group.community == name for group in reach.groups):
        return Named(communities=(name,))
    exact = [group.name for group in reach.groups if group.name == name]
    ending = exact or [group.name for group in reach.groups if len(name) > 1 and group.name.endswith(name)]
    return Named(groups=tuple(ending)) if len(ending) == 1 else None


def _kind(tags: Collection[str], name: str) -> Named | None:
    bare = name.removesuffix("的群").removeprefix("标签")
    return Named(tags=(bare,)) if bare in tags else None


async def _matter(ctx: Context, reach: Reach, name: str) -> Named | None:
    if said := _INCIDENT.fullmatch(name):
        return Named(incident=int(said[1]))
    if code := await find_category(ctx.session, _OPEN_GROUPS.sub("", name)):
        return Named(category=code)
    if reach.boss and await find_work_groups(ctx.session, [name]):
        return Named(work=(name,))
    return None


def _joined(one: Named, other: Named) -> Named:
    return Named(
        everyone=one.everyone or other.everyone,
        communities=one.communities + other.communities,
        groups=one.groups + other.groups,
        tags=one.tags + other.tags,
        category=other.category or one.category,
        incident=other.incident or one.incident,
        work=one.work + other.work,
    )


def _all_of(reach: Reach) -> Scope:
    return Scope(everyone=True) if reach.boss else Scope(groups=tuple(group.id for group in reach.groups))


def _within(reach: Reach, scope: Scope) -> Scope:
    """The scope cut down to what somebody reaches."""
    if reach.boss:
        return scope
    own = tuple(group.id for group in reach.groups if scope.covers(group))
    return Scope(
        groups=own, tags=scope.tags, category=scope.category, incident=scope.incident, not_tags=scope.not_tags
    )


def whereabouts(targets: Sequence[Target]) -> str:
    """``9个群（玉景社区）``: how many, and which when they are few."""
    names = [target.name for target in targets]
    if len(names) > _FEW:
        names = list(dict.fromkeys(target.community or target.name for target in targets))
    shown = f"（{'、'.join(names)}）" if names and len(names) <= _FEW else ""
    return f"{len(targets)}个群{shown}"
