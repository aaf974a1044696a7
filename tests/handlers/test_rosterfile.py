"""Reading rosters: every spelling of a good file, and one sentence with its place for every bad one."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.roster.exporting import as_xlsx
from handlers.rosterfile import GROUP_COLUMNS, PEOPLE_COLUMNS, Contact, RosterError, parse_roster
from storage.enums import RoleKind
from storage.people import is_unbound

GROUP = "玉景社区,一网格,1号群,李四,li4,赵敏,zhao,孙强,sun"
OTHER = "玉景社区,一网格,2号群,周五,zhou5,,,,"
HEADER = ",".join(GROUP_COLUMNS)
PEOPLE_HEADER = ",".join(PEOPLE_COLUMNS)


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


def people(*rows: str) -> tuple[str, bytes]:
    return "people.csv", table(*rows, header=PEOPLE_HEADER)


def sheet(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fault(data: bytes, told: tuple[str, bytes] | None = None) -> RosterError:
    with pytest.raises(RosterError) as caught:
        parse_roster("roster.csv", data, told)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_may_come_in_any_usual_encoding(encoding: str, end: str) -> None:
    data = end.join((HEADER, GROUP, OTHER, "")).encode(encoding)
    assert parse_roster("r.csv", data) == parse_roster("r.csv", table(GROUP, OTHER))


def test_a_spreadsheet_says_the_same_as_a_csv_file() -> None:
    data = sheet(GROUP_COLUMNS, GROUP.split(","), [], OTHER.split(","))
    assert parse_roster("r.xlsx", data) == parse_roster("r.csv", table(GROUP, OTHER))


def test_a_phone_typed_as_a_number_keeps_its_digits() -> None:
    told = sheet(PEOPLE_COLUMNS, ["铁一", "tie1", "铁脚板", None, 13800000001.0])
    roster = parse_roster("r.csv", table(GROUP), ("people.xlsx", told))
    assert roster.people is not None
    assert roster.people[0].phone == "13800000001"
    assert roster.people[0].community is None


def test_columns_may_stand_in_any_order_with_others_between() -> None:
    header = ",".join(("备注", *reversed(GROUP_COLUMNS)))
    row = ",".join(("略", *reversed(GROUP.split(","))))
    assert parse_roster("r.csv", table(row, header=header)) == parse_roster("r.csv", table(GROUP))


def test_a_row_gives_the_group_and_who_answers_for_it() -> None:
    (group, other) = parse_roster("r.csv", table(GROUP, OTHER)).groups
    assert (group.community, group.grid, group.name) == ("玉景社区", "一网格", "1号群")
    assert group.roles == (
        (RoleKind.STEWARD, Contact("李四", "li4")),
        (RoleKind.GRID_WORKER, Contact("赵敏", "zhao")),
        (RoleKind.GRID_LEADER, Contact("孙强", "sun")),
    )
    assert [kind for kind, _ in other.roles] == [RoleKind.STEWARD]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("铁脚板", RoleKind.RESPONSE_TEAM),
        ("五老", RoleKind.ELDER),
        ("海棠先锋", RoleKind.PIONEER),
        ("部门", RoleKind.DEPARTMENT),
        ("职能部门", RoleKind.DEPARTMENT),
        ("社区", RoleKind.COMMUNITY),
        ("社区党委", RoleKind.COMMUNITY),
        ("街道", RoleKind.SUBDISTRICT),
        ("管理员", RoleKind.ADMIN),
    ],
)
def test_roles_are_known_by_their_chinese_words(word: str, kind: RoleKind) -> None:
    roster = parse_roster("r.csv", table(GROUP), people(f"某人,someone,{word},玉景社区,"))
    assert [person.kind for person in roster.people or ()] == [kind]


@pytest.mark.parametrize("column", GROUP_COLUMNS)
def test_a_missing_column_is_named_with_those_found(column: str) -> None:
    header = ",".join(name for name in GROUP_COLUMNS if name != column)
    error = fault(table(GROUP, header=header))
    assert (error.source, error.row, error.column) == ("roster.csv", 1, column)
    assert "、".join(name for name in GROUP_COLUMNS if name != column) in str(error)


@pytest.mark.parametrize(("column", "place"), [("社区", 0), ("群名", 2), ("管家", 3)])
def test_a_cell_that_is_needed_must_not_be_empty(column: str, place: int) -> None:
    cells = GROUP.split(",")
    cells[place] = "  "
    error = fault(table(OTHER, ",".join(cells)))
    assert (error.row, error.column) == (3, column)


def test_a_wechat_without_a_name_is_refused() -> None:
    error = fault(table("玉景社区,一网格,1号群,李四,li4,,zhao,,"))
    assert (error.row, error.column) == (2, "网格员")


def test_without_a_wechat_one_name_in_one_community_is_one_person() -> None:
    rows = (
        "玉景社区,一网格,1号群,李四,,,,,",
        "玉景社区,一网格,2号群,李四,,,,,",
        "湖滨社区,一网格,3号群,李四,,,,,",
    )
    roster = parse_roster("roster.csv", table(*rows))
    ids = [contact.contact_id for group in roster.groups for _, contact in group.roles]
    assert ids[0] == ids[1] != ids[2]
    assert all(is_unbound(each) for each in ids)


def test_nobody_writes_a_made_up_contact() -> None:
    error = fault(table("玉景社区,一网格,1号群,李四,unbound:x,,,,"))
    assert (error.row, error.column) == (2, "管家微信")


def test_a_column_that_is_there_twice_is_refused() -> None:
    error = fault(table(f"{GROUP},李四", header=f"{','.join(GROUP_COLUMNS)},管家"))
    assert (error.row, error.column) == (1, "管家")


def test_a_wrong_cell_of_a_workbook_is_named_with_its_sheet() -> None:
    data = as_xlsx((GROUP_COLUMNS, ("玉景社区", "一网格", "1号群", "", "li4", "", "", "", "")), "群名册")
    with pytest.raises(RosterError, match=r"群\.xlsx 工作表“群名册”：第2行“管家”不能空。"):
        parse_roster("群.xlsx", data)


def test_empty_rows_count_as_a_spreadsheet_counts_them() -> None:
    error = fault(table(GROUP, "", ",,,,,,,,", OTHER.replace("2号群", "1号群")))
    assert (error.row, error.column) == (5, "群名")
    assert "第2行" in str(error)


def test_one_wechat_id_cannot_be_two_people() -> None:
    error = fault(table(GROUP, OTHER.replace("zhou5", "li4")))
    assert (error.row, error.column) == (3, "管家微信")
    assert "李四" in str(error)
    assert "周五" in str(error)


def test_one_wechat_id_cannot_be_two_people_in_two_files() -> None:
    error = fault(table(GROUP), people("王五,li4,五老,,"))
    assert (error.source, error.row, error.column) == ("people.csv", 2, "微信")
    assert "roster.csv 第2行" in str(error)


def test_an_unknown_role_is_refused_with_those_that_are_known() -> None:
    error = fault(table(GROUP), people("铁一,tie1,铁脚板,,", "某人,someone,村长,,"))
    assert (error.source, error.row, error.column) == ("people.csv", 3, "角色")
    assert "海棠先锋" in str(error)


def test_a_community_the_roster_does_not_have_is_refused() -> None:
    error = fault(table(GROUP), people("铁一,tie1,铁脚板,月球社区,"))
    assert (error.source, error.row, error.column) == ("people.csv", 2, "社区")
    assert "月球社区" in str(error)


@pytest.mark.parametrize(
    "data",
    [b"", b" \n", b"\xef\xbb\xbf", HEADER.encode(), sheet(GROUP_COLUMNS), sheet()],
    ids=["nothing", "blank", "mark", "header", "sheet with a header", "empty sheet"],
)
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert fault(data).row in (0, 1)


def test_a_people_file_with_nobody_in_it_is_refused() -> None:
    assert fault(table(GROUP), people()).source == "people.csv"


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 this is not a spreadsheet",
        sheet(GROUP_COLUMNS, GROUP.split(","))[:-200],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\xff\xff",
        table(GROUP).decode().encode("utf-16"),
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
    ids=["fake zip", "cut short", "old excel", "utf-16", "picture"],
)
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    assert fault(data).source == "roster.csv"


def test_an_open_quote_is_refused_with_its_row() -> None:
    assert fault(table(GROUP, '"玉景社区,一网格')).row == 3


@given(data=st.one_of(st.binary(max_size=200), st.binary(max_size=80).map(lambda tail: b"PK\x03\x04" + tail)))
def test_no_bytes_whatever_are_worse_than_a_sentence(data: bytes) -> None:
    with pytest.raises(RosterError):
        parse_roster("roster.csv", data)


@given(cells=st.lists(st.lists(st.text(max_size=6), min_size=9, max_size=9), min_size=1, max_size=4))
def test_odd_cells_are_read_or_refused(cells: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([GROUP_COLUMNS, *cells])
    with contextlib.suppress(RosterError):
        roster = parse_roster("roster.csv", out.getvalue().encode("utf-8", "replace"))
        assert len({group.name for group in roster.groups}) == len(roster.groups)
