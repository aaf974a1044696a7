"""Reading a roster (DESIGN §5): bytes of a CSV or XLSX file in, frozen rows out, or one sentence that says what is wrong."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import openpyxl

from handlers.errors import HandlerError
from storage.enums import RoleKind
from storage.people import UNBOUND, is_unbound

GROUP_COLUMNS = ("社区", "网格", "群名", "管家", "管家微信", "网格员", "网格员微信", "网格长", "网格长微信")
FORMER_COLUMN = "曾用名"
"""May be there: the name under which the group is known until now."""

PEOPLE_COLUMNS = ("姓名", "微信", "角色", "社区", "电话")
GROUP_ROLES = (
    (RoleKind.STEWARD, "管家"),
    (RoleKind.GRID_WORKER, "网格员"),
    (RoleKind.GRID_LEADER, "网格长"),
)
"""The roles that the roster gives, in the order of its columns."""

ROLE_NAMES: Mapping[str, RoleKind] = MappingProxyType(
    {
        **dict.fromkeys(("铁脚板", "铁脚板小分队", "小分队", "铁脚板队员"), RoleKind.RESPONSE_TEAM),
        **dict.fromkeys(("五老", "五老志愿者", "五老队员"), RoleKind.ELDER),
        **dict.fromkeys(("海棠先锋", "先锋", "海棠先锋志愿者"), RoleKind.PIONEER),
        **dict.fromkeys(("部门", "职能部门"), RoleKind.DEPARTMENT),
        **dict.fromkeys(("社区", "社区党委", "社区干部", "社区工作人员"), RoleKind.COMMUNITY),
        **dict.fromkeys(("街道", "街道办", "街道工作人员"), RoleKind.SUBDISTRICT),
        **dict.fromkeys(("管理员", "系统管理员"), RoleKind.ADMIN),
    }
)
KIND_NAMES: Mapping[RoleKind, str] = MappingProxyType(
    {**{kind: name for name, kind in reversed(list(ROLE_NAMES.items()))}, **dict(GROUP_ROLES)}
)
"""How each role is called; also what the people file may say."""


class RosterError(HandlerError):
    """A roster that cannot be used: ``row`` as a spreadsheet counts, 0 for the whole file; ``column`` may be empty."""

    def __init__(self, source: str, row: int, column: str, problem: str) -> None:
        where = f"第{row}行" if row else ""
        super().__init__(f"{source}：{where}{f'“{column}”' if column else ''}{problem}")
        self.source, self.row, self.column, self.problem = source, row, column, problem


@dataclass(frozen=True, slots=True)
class Contact:
    """A name and the WeChat contact id behind it; a made-up id when the roster has none (a code will bind it)."""

    name: str
    contact_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterGroup:
    """One row of the roster; ``roles`` are those of the group, the steward first; ``former`` its former name or ""."""

    community: str
    grid: str
    name: str
    roles: tuple[tuple[RoleKind, Contact], ...]
    former: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPerson:
    """One row of the people file; ``community`` None is the whole subdistrict."""

    contact: Contact
    kind: RoleKind
    community: str | None
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Both files; ``people`` None when no people file was given, which leaves those roles as they are."""

    groups: tuple[RosterGroup, ...]
    people: tuple[RosterPerson, ...] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the file's name, its number as a spreadsheet counts, its cells by column."""

    source: str
    number: int
    cells: Mapping[str, str]

    def need(self, column: str) -> str:
        """The cell's text; RosterError when it is empty."""
        if not self.cells[column]:
            raise self.wrong(column, "不能空。")
        return self.cells[column]

    def wrong(self, column: str, problem: str) -> RosterError:
        """The error that names this row and column."""
        return RosterError(self.source, self.number, column, problem)


class _Names:
    """One contact id has one name, in both files together. Without an id, one name in one community is one person."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, Row]] = {}

    def contact(self, row: Row, name_column: str, id_column: str) -> Contact:
        name = row.need(name_column)
        given = row.cells[id_column]
        if is_unbound(given):
            raise row.wrong(id_column, f"不能写“{given}”，不知道微信就空着。")
        contact = Contact(name, given or f"{UNBOUND}{row.cells['社区']}:{name}")
        name, first = self._seen.setdefault(contact.contact_id, (contact.name, row))
        if name != contact.name:
            place = f"{first.source} 第{first.number}行"
            raise row.wrong(
                id_column,
                f"{contact.contact_id} 是“{contact.name}”，但在{place}是“{name}”；一个微信只能是一个人。",
            )
        return contact


def parse_roster(source: str, data: bytes, people: tuple[str, bytes] | None = None) -> Roster:
    """Read the roster and, when given, the people file (its name and bytes). Raises RosterError."""
    names = _Names()
    groups = tuple(_groups(read_table(source, data, GROUP_COLUMNS, (FORMER_COLUMN,)), names))
    if people is None:
        return Roster(groups=groups)
    communities = {group.community for group in groups}
    return Roster(
        groups=groups, people=tuple(_people(read_table(*people, PEOPLE_COLUMNS), names, communities))
    )


def _groups(rows: Iterable[Row], names: _Names) -> Iterator[RosterGroup]:
    seen: dict[str, int] = {}
    for row in rows:
        name = row.need("群名")
        first = seen.setdefault(name, row.number)
        if first != row.number:
            raise row.wrong("群名", f"{name} 重复了，第{first}行已经有。")
        yield RosterGroup(
            community=row.need("社区"),
            grid=row.cells["网格"],
            name=name,
            roles=tuple(_group_roles(row, names)),
            former=row.cells[FORMER_COLUMN],
        )


def _group_roles(row: Row, names: _Names) -> Iterator[tuple[RoleKind, Contact]]:
    for kind, column in GROUP_ROLES:
        given = row.cells[column] or row.cells[f"{column}微信"]
        if given or kind is RoleKind.STEWARD:
            yield kind, names.contact(row, column, f"{column}微信")


def _people(rows: Iterable[Row], names: _Names, communities: set[str]) -> Iterator[RosterPerson]:
    for row in rows:
        kind = ROLE_NAMES.get(row.need("角色"))
        if kind is None:
            known = "、".join(dict.fromkeys(_first_names()))
            raise row.wrong("角色", f"没有“{row.cells['角色']}”这种角色；可以写：{known}。")
        community = row.cells["社区"]
        if community and community not in communities:
            raise row.wrong("社区", f"“{community}”不在名册里。")
        yield RosterPerson(
            contact=names.contact(row, "姓名", "微信"),
            kind=kind,
            community=community or None,
            phone=row.cells["电话"],
        )


def _first_names() -> Iterator[str]:
    seen: set[RoleKind] = set()
    for name, kind in ROLE_NAMES.items():
        if kind not in seen:
            seen.add(kind)
            yield name


def read_table(
    source: str, data: bytes, columns: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Rows under the header; empty rows are left out, columns may come in any order and there may be more.

    A column of ``optional`` that is not there is empty.
    """
    if not data.strip():
        raise RosterError(source, 0, "", "文件是空的。")
    if data.startswith(b"PK"):
        source, lines = _sheet(source, data)
    else:
        lines = _csv(source, data)
    header = [cell.strip() for cell in next(lines, [])]
    for column in columns:
        if column not in header:
            found = "、".join(cell[:20] for cell in header[:20] if cell) or "没有"
            raise RosterError(source, 1, column, f"这一列没有找到；第1行的列有：{found}。")
    for column in (*columns, *optional):
        if header.count(column) > 1:
            raise RosterError(source, 1, column, "这一列有两列，请只留一列。")
    places = {column: header.index(column) for column in (*columns, *optional) if column in header}
    empty = True
    for number, line in enumerate(lines, start=2):
        cells = {name: line[at].strip() if at < len(line) else "" for name, at in places.items()}
        if any(cells.values()):
            empty = False
            yield Row(source, number, dict.fromkeys(optional, "") | cells)
    if empty:
        raise RosterError(source, 0, "", "只有表头，没有内容。")


def _csv(source: str, data: bytes) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(_decode(source, data), newline=""), strict=True)
    number = 1
    try:
        for number, line in enumerate(reader, start=2):  # noqa: B007 - the row that comes next
            yield line
    except csv.Error as error:
        raise RosterError(source, number, "", f"不是完好的 CSV（{error}）。") from error


def _decode(source: str, data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # the second is what Excel saves in China
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if "\0" not in text:
                return text
    raise RosterError(source, 0, "", "读不懂，请存成 CSV（UTF-8）或 XLSX。")


def _sheet(source: str, data: bytes) -> tuple[str, Iterator[list[str]]]:
    """The first sheet, by name, and its rows. Whatever openpyxl trips over in a damaged file means the same."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except Exception as error:
        raise RosterError(source, 0, "", "不是完好的 XLSX 文件。") from error
    return f"{source} 工作表“{sheet.title}”", iter(lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():  # a phone number typed as a number
        return str(int(value))
    return str(value)
