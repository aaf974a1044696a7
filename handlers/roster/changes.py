"""What an import changes: how many, and by name, so that an admin sees a wrong file before it counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from handlers.errors import HandlerError
from storage.directory import RoleRow

MOST_NAMED = 20
"""How many names a list shows at most."""

_FEW = 2
"""So many gone are never a large loss, unless nothing is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many rows are new, different, gone (switched off) and as before."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0

    @property
    def lost_many(self) -> bool:
        """Whether more than a fifth of what was there is gone."""
        before = self.changed + self.gone + self.unchanged
        return self.gone * 5 > before and (self.gone > _FEW or self.gone == before)


@dataclass(frozen=True, slots=True)
class Named:
    """What is new, different and gone, each in a few words."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """What an import changed. ``lost`` are the roles that were taken away."""

    groups: Tally
    people: Tally
    roles_added: int
    roles_removed: int
    group_names: Named = field(default=Named(), compare=False)
    people_names: Named = field(default=Named(), compare=False)
    role_names: Named = field(default=Named(), compare=False)
    lost: tuple[RoleRow, ...] = field(default=(), compare=False)

    @property
    def anything(self) -> bool:
        """Whether the directory is any different now."""
        parts = (self.groups, self.people)
        return any(part.added or part.changed or part.gone for part in parts) or bool(
            self.roles_added or self.roles_removed
        )

    def counts(self) -> dict[str, object]:
        """The numbers alone, for the audit."""
        return {
            "groups": asdict(self.groups),
            "people": asdict(self.people),
            "roles_added": self.roles_added,
            "roles_removed": self.roles_removed,
        }

    @property
    def lost_many(self) -> bool:
        """Whether so many groups or people are gone that the file may be a wrong one."""
        return self.groups.lost_many or self.people.lost_many

    def lines(self) -> list[str]:
        """All of it for an admin: the counts, then the names (not more than ``MOST_NAMED`` of each)."""
        counts = [_tally("群", self.groups), _tally("人", self.people)]
        counts.append(f"角色：新增{self.roles_added}，取消{self.roles_removed}")
        lists = (
            ("新增的群", self.group_names.added),
            ("变动的群", self.group_names.changed),
            ("停用的群", self.group_names.gone),
            ("新增的人", self.people_names.added),
            ("变动的人", self.people_names.changed),
            ("停用的人", self.people_names.gone),
            ("新增的角色", self.role_names.added),
            ("取消的角色", self.role_names.gone),
        )
        return counts + [_names(title, names) for title, names in lists if names]


class LargeLoss(HandlerError):
    """More than a fifth of the groups or people would be gone, and nobody has said that this is meant."""

    def __init__(self, change: RosterChange) -> None:
        super().__init__(
            f"没有导入：要停用{change.groups.gone}个群、{change.people.gone}个人，太多了，怕是拿错了文件。"
            "看过没错，就加 --yes 再导入一次。"
        )
        self.change = change


def _tally(what: str, tally: Tally) -> str:
    return f"{what}：新增{tally.added}，变动{tally.changed}，停用{tally.gone}，不变{tally.unchanged}"


def _names(title: str, names: tuple[str, ...]) -> str:
    more = f"……还有{len(names) - MOST_NAMED}个" if len(names) > MOST_NAMED else ""
    return f"{title}：{'、'.join(names[:MOST_NAMED])}{more}"
