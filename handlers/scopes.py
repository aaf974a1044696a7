"""Which groups something is for: all of them, or those that an admin names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.errors import HandlerError
from storage.audiences import find_category, find_work_groups, groups_of_incident, list_tags
from storage.people import GroupInfo
from storage.schedules import find_communities, find_groups


class ScopeRefused(HandlerError):
    """The groups are not named well. The message is plain Chinese."""


class UnknownPlace(ScopeRefused):
    """A community or group of this name is not in the roster."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"花名册里没有这个{kind}：{name}")
        self.kind, self.name = kind, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Groups by place: all, or those of some communities and some more by id.

    ``tags`` (one of them), ``category`` (a matter of it is open now) and ``incident`` leave of these only the groups
    that fit; the ``not_`` ones are left out. ``work`` are work groups besides, by the id of the person each is.
    """

    everyone: bool = False
    communities: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    category: str = ""
    incident: int = 0
    work: tuple[int, ...] = ()
    not_communities: tuple[int, ...] = ()
    not_groups: tuple[int, ...] = ()
    not_tags: tuple[str, ...] = ()

    def covers(self, group: GroupInfo) -> bool:
        """Whether a group is one of them by its place; tags and open matters are for ``handlers.reminders.audience``."""
        return self.holds(group.id, group.community_id)

    def holds(self, group_id: int, community_id: int) -> bool:
        """Whether a group is one of them by its place."""
        wanted = self.everyone or community_id in self.communities or group_id in self.groups
        return wanted and community_id not in self.not_communities and group_id not in self.not_groups

    def to_json(self) -> dict[str, Any]:
        """As stored: what has been said, and nothing else."""
        if self == Scope(everyone=True):
            return {"all": True}
        stored: dict[str, Any] = {"all": True} if self.everyone else {}
        for part in fields(self):
            value = getattr(self, part.name)
            if value and part.name != "everyone":
                stored[part.name] = list(value) if isinstance(value, tuple) else value
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Scope:
        """As read."""
        known = {part.name for part in fields(cls)} - {"everyone"}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
            if name in known
        }
        return cls(everyone=bool(stored.get("all")), **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Groups as a person names them; ``category`` by code or name, ``work`` names of work groups."""

    everyone: bool = False
    communities: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    category: str = ""
    incident: int = 0
    work: tuple[str, ...] = ()
    not_communities: tuple[str, ...] = ()
    not_groups: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()

    @property
    def places(self) -> bool:
        """Whether communities or groups are named."""
        return bool(self.communities or self.groups)

    @property
    def narrowed(self) -> bool:
        """Whether only groups of a kind are meant."""
        return bool(self.tags or self.category or self.incident)


async def find_scope(session: AsyncSession, named: Named) -> Scope:
    """The scope that names stand for. UnknownPlace for one that is not in the roster, ScopeRefused for none at all.

    A tag, a category or an incident alone means: of all groups.
    """
    if named.everyone and named.places:
        raise ScopeRefused("请写明给哪些群：要么全部，要么写明社区、群。")
    if not (named.everyone or named.places or named.narrowed or named.work):
        raise ScopeRefused("请写明给哪些群：全部，或者写明社区、群、标签。")
    category = await _check_conditions(session, named)
    communities = await find_communities(session, (*named.communities, *named.not_communities))
    groups = await find_groups(session, (*named.groups, *named.not_groups))
    work = await find_work_groups(session, named.work)
    return Scope(
        everyone=named.everyone or (named.narrowed and not named.places),
        communities=_ids("社区", named.communities, communities),
        groups=_ids("群", named.groups, groups),
        tags=named.tags,
        category=category,
        incident=named.incident,
        work=_ids("工作群", named.work, work),
        not_communities=_ids("社区", named.not_communities, communities),
        not_groups=_ids("群", named.not_groups, groups),
        not_tags=named.not_tags,
    )


def _ids(kind: str, names: Iterable[str], found: Mapping[str, int]) -> tuple[int, ...]:
    for name in (names := tuple(names)):
        if name not in found:
            raise UnknownPlace(kind, name)
    return tuple(found[name] for name in names)


async def _check_conditions(session: AsyncSession, named: Named) -> str:
    """Refuse what is not there; the category's code."""
    if named.incident and await groups_of_incident(session, named.incident) is None:
        raise ScopeRefused(f"没有事件{named.incident}。")
    wanted = (*named.tags, *named.not_tags)
    known: Collection[str] = await list_tags(session) if wanted else ()
    for tag in wanted:
        if tag not in known:
            raise ScopeRefused(f"没有群贴过这个标签：{tag}")
    category = await find_category(session, named.category) if named.category else ""
    if category is None:
        raise ScopeRefused(f"没有“{named.category}”这一类。")
    return category


async def named_scope(
    session: AsyncSession,
    *,
    everyone: bool = False,
    communities: Iterable[str] = (),
    groups: Iterable[str] = (),
) -> Scope:
    """The scope of all groups, or of these communities and groups; refused like ``find_scope``."""
    named = Named(everyone=everyone, communities=tuple(communities), groups=tuple(groups))
    return await find_scope(session, named)
