"""The names that an admin gives the places of a community or a group: 凉亭, 玉景花园, 小白楼=12幢."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.errors import HandlerError
from storage.models import Audit, PlaceName
from storage.people import bump_directory
from storage.places import PlaceInfo, list_place_names, place_names_of, remove_place_names

LONGEST_NAME = 20
MOST_NAMES = 500
_BETWEEN = re.compile(r"[|｜、，,;；\n]+")
_STANDS_FOR = re.compile(r"[=＝]")
_NO_NAME = re.compile(r"[\d\W_]*")


class PlaceRefused(HandlerError):
    """Names that cannot be added or taken away; nothing has changed. The message is plain Chinese."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose names they are: a community's, or one group's."""

    name: str
    community_id: int
    group_id: int | None


def find_owner(directory: Directory, name: str) -> Owner:
    """The community or the group of a name. Raises PlaceRefused when there is none."""
    for group in directory.groups.values():
        if group.community == name:
            return Owner(name, group.community_id, None)
    for group in directory.groups.values():
        if group.name == name and group.active:
            return Owner(name, group.community_id, group.id)
    raise PlaceRefused(f"花名册里没有这个社区或群：{name}")


def parse_names(words: str) -> dict[str, str]:
    """``凉亭|小白楼=12幢`` as name → what it stands for. Raises PlaceRefused and says what is wrong."""
    names: dict[str, str] = {}
    for part in filter(None, map(str.strip, _BETWEEN.split(words))):
        name, *means = (piece.strip() for piece in _STANDS_FOR.split(part, maxsplit=1))
        if len(name) < 2 or len(name) > LONGEST_NAME or _NO_NAME.fullmatch(name):
            raise PlaceRefused(f"地点名要有2到{LONGEST_NAME}个字，不能只有数字：{name or part}")
        if means and (not means[0] or means[0] == name or len(means[0]) > LONGEST_NAME):
            raise PlaceRefused(f"“{part}”等号后面应写它就是哪里，比如：小白楼=12幢")
        names[name] = means[0] if means else ""
    if not names:
        raise PlaceRefused("没有写地点名。例：凉亭|喷泉广场|小白楼=12幢")
    return names


async def add_places(
    session: AsyncSession, owner: Owner, names: Mapping[str, str], *, by: str, now: datetime
) -> int:
    """Add names, or change what they stand for, from the next message on; how many are new or changed."""
    rows = {row.name: row for row in await place_names_of(session, owner.community_id, owner.group_id)}
    fresh = {name: means for name, means in names.items() if name not in rows or rows[name].means != means}
    if len(rows.keys() | fresh.keys()) > MOST_NAMES:
        raise PlaceRefused(f"{owner.name}的地点名太多，最多{MOST_NAMES}个。")
    for name, means in fresh.items():
        if name in rows:
            rows[name].means = means
        else:
            session.add(
                PlaceName(
                    community_id=owner.community_id,
                    group_id=owner.group_id,
                    name=name,
                    means=means,
                    by=by,
                    at=now,
                )
            )
    await _changed(session, "place.add", owner, fresh, by, now)
    return len(fresh)


async def remove_places(
    session: AsyncSession, owner: Owner, names: Iterable[str], *, by: str, now: datetime
) -> int:
    """Take names away. Raises PlaceRefused for one that is not there."""
    rows = {row.name: row.id for row in await place_names_of(session, owner.community_id, owner.group_id)}
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in rows:
            raise PlaceRefused(f"{owner.name}没有“{name}”这个地点名。")
    await remove_place_names(session, [rows[name] for name in wanted])
    await _changed(session, "place.remove", owner, wanted, by, now)
    return len(wanted)


async def list_places(session: AsyncSession, owner: Owner | None = None) -> Sequence[PlaceInfo]:
    """The names of a community with those of its groups, of one group, or (None) all there are."""
    return [each for each in await list_place_names(session) if owner is None or _belongs(each, owner)]


def _belongs(place: PlaceInfo, owner: Owner) -> bool:
    return place.community_id == owner.community_id and owner.group_id in (None, place.group_id)


async def _changed(
    session: AsyncSession, what: str, owner: Owner, names: Iterable[str], by: str, now: datetime
) -> None:
    found = list(names)
    if found:
        session.add(Audit(at=now, who=by, what=what, detail={"of": owner.name, "names": found}))
        await bump_directory(session)
