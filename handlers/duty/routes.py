"""The routing table: who gets a new ticket first, by category and place. The most specific row wins.

A group's row comes before its community's, and that before one for everywhere; in the same place a category's row
comes before one for any category. Without a row the group's steward gets the ticket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.duty.errors import DutyRefused
from handlers.rosterfile import Row, read_table
from storage.duty import RouteInfo, add_routes, list_routes, put_route, remove_routes
from storage.enums import RoleKind
from storage.models import Audit
from storage.people import bump_directory

ANY = "全部"
COLUMNS = ("类别", "社区", "群名", "转给")
RUNG_NAMES: Mapping[str, RoleKind] = {
    "管家": RoleKind.STEWARD,
    "网格员": RoleKind.GRID_WORKER,
    "网格长": RoleKind.GRID_LEADER,
    "社区": RoleKind.COMMUNITY,
    "街道": RoleKind.SUBDISTRICT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A row as somebody writes it, by names; empty for any."""

    category: str = ""
    community: str = ""
    group: str = ""
    to: str


class RoutingTable:
    """Names to ids and back, for one snapshot of the directory. ``categories``: code → name."""

    def __init__(self, directory: Directory, categories: Mapping[str, str]) -> None:
        self._directory, self._categories = directory, categories
        self._communities = {
            group.community: group.community_id for group in directory.groups.values() if group.active
        }
        self._groups = {group.name: group.id for group in directory.groups.values() if group.active}

    def read(self, wish: Wish) -> RouteInfo:
        """The row that is meant; raises DutyRefused naming what is not known."""
        if wish.community and wish.group:
            raise DutyRefused(f"写了群名“{wish.group}”就不用再写社区。")
        person_id, rung = self._target(wish.to)
        return RouteInfo(
            id=0,
            category=self._category(wish.category),
            community_id=_find("社区", wish.community, self._communities),
            group_id=_find("群", wish.group, self._groups),
            person_id=person_id,
            rung=rung,
        )

    def place(self, words: Iterable[str], to: str) -> Wish:
        """The row that words in any order mean: 供水排水 玉景社区."""
        parts = {"category": "", "community": "", "group": ""}
        for word in words:
            if word == ANY:
                continue
            kind = self._kind(word)
            if parts[kind]:
                raise DutyRefused(f"“{parts[kind]}”和“{word}”只能写一个。")
            parts[kind] = word
        return Wish(**parts, to=to)

    def line(self, route: RouteInfo) -> str:
        """``3 供水排水 玉景社区 → 水务所``."""
        category = self._categories.get(route.category, route.category) or "各类"
        communities = {number: name for name, number in self._communities.items()}
        place = "各社区"
        if route.group_id is not None:
            place = self._directory.groups[route.group_id].name
        elif route.community_id is not None:
            place = communities.get(route.community_id, "（没有了的社区）")
        return f"{route.id} {category} {place} → {self._shown(route)}"

    def _shown(self, route: RouteInfo) -> str:
        if route.person_id is None:
            return next(name for name, kind in RUNG_NAMES.items() if kind is route.rung)
        person = self._directory.people.get(route.person_id)
        return self._directory.called(person) if person is not None else "（名册里没有了，仍给管家）"

    def _kind(self, word: str) -> str:
        if word in self._communities:
            return "community"
        if word in self._groups:
            return "group"
        if word in self._categories or word in self._categories.values():
            return "category"
        raise DutyRefused(f"“{word}”不是类别、社区，也不是群名。")

    def _category(self, name: str) -> str:
        if name in ("", ANY):
            return ""
        code = next((code for code, known in self._categories.items() if name in (code, known)), None)
        if code is None:
            raise DutyRefused(f"没有“{name}”这一类。有：{'、'.join(self._categories.values())}")
        return code

    def _target(self, name: str) -> tuple[int | None, RoleKind | None]:
        if name in RUNG_NAMES:
            return None, RUNG_NAMES[name]
        if name in self._directory.recipients:
            return self._directory.recipients[name].id, None
        contact = self._directory.person(name)
        found = self._directory.staff_named(name) or ([contact] if contact is not None else [])
        if len(found) != 1:
            problem = f"有{len(found)}个“{name}”，请写微信编号" if found else f"没有“{name}”"
            raise DutyRefused(f"{problem}。可以写：{'、'.join((*RUNG_NAMES, *self._directory.recipients))}")
        return found[0].id, None


def _find(kind: str, name: str, known: Mapping[str, int]) -> int | None:
    if name in ("", ANY):
        return None
    if name not in known:
        raise DutyRefused(f"名册里没有这个{kind}：{name}")
    return known[name]


async def add_route(
    session: AsyncSession, table: RoutingTable, wish: Wish, *, by: str, now: datetime
) -> RouteInfo:
    """Put one row in force, in the place of one for the same category and place."""
    route = table.read(wish)
    number = await put_route(session, route)
    await _note(session, "route.add", {"route": number}, by, now)
    return next(each for each in await list_routes(session) if each.id == number)


async def drop_route(session: AsyncSession, number: int, *, by: str, now: datetime) -> None:
    """Take one row away."""
    if not await remove_routes(session, [number]):
        raise DutyRefused(f"没有分派{number}。")
    await _note(session, "route.remove", {"route": number}, by, now)


async def import_routes(
    session: AsyncSession, routes: Iterable[RouteInfo], *, by: str, now: datetime
) -> tuple[int, int]:
    """Let the table be just these rows; how many there were before and are now."""
    wanted = list(routes)
    before = await remove_routes(session)
    await add_routes(session, wanted)
    await _note(session, "route.import", {"rows": len(wanted)}, by, now)
    return before, len(wanted)


def parse_routes(source: str, data: bytes, table: RoutingTable) -> list[RouteInfo]:
    """Read a CSV or XLSX of 类别, 社区, 群名, 转给 (empty: any); raises RosterError naming the row."""
    found: dict[tuple[str, int | None, int | None], int] = {}
    routes = []
    for row in read_table(source, data, COLUMNS):
        route = _read_row(row, table)
        if route.place in found:
            raise row.wrong("类别", f"和第{found[route.place]}行是同一类、同一个地方。")
        found[route.place] = row.number
        routes.append(route)
    return routes


def _read_row(row: Row, table: RoutingTable) -> RouteInfo:
    cells = row.cells
    wish = Wish(category=cells["类别"], community=cells["社区"], group=cells["群名"], to=row.need("转给"))
    try:
        return table.read(wish)
    except DutyRefused as refused:
        raise row.wrong("", str(refused)) from refused


async def _note(session: AsyncSession, what: str, detail: dict[str, int], by: str, now: datetime) -> None:
    await bump_directory(session)
    session.add(Audit(at=now, who=by, what=what, detail=dict(detail)))
