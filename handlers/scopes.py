"""Which groups something is for: all of them, or those that an admin names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.errors import HandlerError
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
    """All groups, or those of some communities and some more by id."""

    everyone: bool = False
    communities: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()

    def covers(self, group: GroupInfo) -> bool:
        """Whether a group is one of them."""
        return self.everyone or group.community_id in self.communities or group.id in self.groups

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        if self.everyone:
            return {"all": True}
        return {"communities": list(self.communities), "groups": list(self.groups)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Scope:
        """As read."""
        return cls(
            everyone=bool(stored.get("all")),
            communities=tuple(stored.get("communities", ())),
            groups=tuple(stored.get("groups", ())),
        )


async def named_scope(
    session: AsyncSession,
    *,
    everyone: bool = False,
    communities: Iterable[str] = (),
    groups: Iterable[str] = (),
) -> Scope:
    """The scope that names stand for; UnknownPlace for one that is not in the roster, ScopeRefused for none at all."""
    communities, groups = tuple(communities), tuple(groups)
    if everyone == bool(communities or groups):
        raise ScopeRefused("请写明给哪些群：全部，或者写明社区、群。")
    found_communities = await find_communities(session, communities)
    found_groups = await find_groups(session, groups)
    for kind, names, found in (("社区", communities, found_communities), ("群", groups, found_groups)):
        for name in names:
            if name not in found:
                raise UnknownPlace(kind, name)
    return Scope(
        everyone=everyone,
        communities=tuple(found_communities[name] for name in communities),
        groups=tuple(found_groups[name] for name in groups),
    )
