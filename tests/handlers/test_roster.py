"""Rosters: what a file may look like, and what importing one does to the directory."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import openpyxl
import pytest
from sqlalchemy import event, func, select, update

from handlers.directory import Directory, DirectoryKeeper
from handlers.roster import RosterChange, Tally, import_roster
from handlers.rosterfile import GROUP_COLUMNS, PEOPLE_COLUMNS, Roster, RosterError, parse_roster
from storage.directory import groups_by_name, people_by_contact
from storage.engine import Database
from storage.enums import RoleKind
from storage.models import Audit, Group, Person
from storage.people import directory_version

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
FIRST = ("玉景社区", "一网格", "玉景湾1号群", "李四", "li4", "周敏", "zhou", "赵建国", "zhao")
SECOND = ("玉景社区", "二网格", "玉景湾2号群", "王秀英", "wang", "", "", "", "")
TEAM = ("马志远", "ma", "铁脚板", "玉景社区", "13900000000")
ADMIN = ("小林", "lin", "管理员", "", "")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\r\n".join(",".join(row) for row in (columns, *rows)) + "\r\n"


def groups(*rows: Sequence[str]) -> bytes:
    return table(GROUP_COLUMNS, rows).encode()


def people(*rows: Sequence[str]) -> bytes:
    return table(PEOPLE_COLUMNS, rows).encode()


def roster(*rows: Sequence[str], others: Sequence[Sequence[str]] | None = None) -> Roster:
    return parse_roster("群.csv", groups(*rows), None if others is None else ("人.csv", people(*others)))


def workbook(columns: Sequence[str], *rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (columns, *rows):
        sheet.append(list(row))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


async def take(database: Database, wanted: Roster) -> RosterChange:
    async with database.begin() as session:
        return await import_roster(session, wanted, now=NOW, by="admin")


async def directory_of(database: Database) -> Directory:
    async with database.read() as session:
        return await DirectoryKeeper().directory(session)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_may_have_any_encoding_that_offices_save(encoding: str) -> None:
    data = table(GROUP_COLUMNS, [FIRST]).encode(encoding)
    assert parse_roster("群.csv", data).groups == roster(FIRST).groups


def test_a_workbook_says_the_same_as_a_csv() -> None:
    assert parse_roster("群.xlsx", workbook(GROUP_COLUMNS, FIRST, SECOND)) == roster(FIRST, SECOND)


def test_a_phone_typed_as_a_number_stays_a_phone() -> None:
    data = workbook(PEOPLE_COLUMNS, (*TEAM[:4], 13900000000.0))
    parsed = parse_roster("群.csv", groups(FIRST), ("人.xlsx", data))
    assert [person.phone for person in parsed.people or ()] == ["13900000000"]


def test_columns_may_come_in_any_order_and_empty_rows_do_not_count() -> None:
    backwards = table(GROUP_COLUMNS[::-1], [FIRST[::-1], [""] * 9, SECOND[::-1]])
    assert parse_roster("群.csv", backwards.encode()) == roster(FIRST, SECOND)


@pytest.mark.parametrize(
    ("word", "kind"), [("铁脚板小分队", RoleKind.RESPONSE_TEAM), ("职能部门", RoleKind.DEPARTMENT)]
)
def test_a_role_may_be_written_as_people_say_it(word: str, kind: RoleKind) -> None:
    parsed = roster(FIRST, others=[("马志远", "ma", word, "", "")])
    assert [person.kind for person in parsed.people or ()] == [kind]


@pytest.mark.parametrize(
    ("rows", "row", "column"),
    [
        ([FIRST, ("枫桥社区", *FIRST[1:])], 3, "群名"),
        ([("", *FIRST[1:])], 2, "社区"),
        ([(*FIRST[:2], "", *FIRST[3:])], 2, "群名"),
        ([(*FIRST[:3], "", "", *FIRST[5:])], 2, "管家"),
        ([(*FIRST[:6], "", *FIRST[7:])], 2, "网格员微信"),
        ([FIRST, (*SECOND[:3], "李五", "li4", "", "", "", "")], 3, "管家微信"),
    ],
    ids=["duplicate group", "no community", "no name", "no steward", "half a contact", "two names"],
)
def test_a_wrong_row_is_named_with_its_column(rows: list[Sequence[str]], row: int, column: str) -> None:
    with pytest.raises(RosterError) as refusal:
        roster(*rows)
    assert (refusal.value.source, refusal.value.row, refusal.value.column) == ("群.csv", row, column)


@pytest.mark.parametrize(
    ("person", "column"),
    [
        (("马志远", "ma", "队长", "", ""), "角色"),
        (("马志远", "ma", "铁脚板", "没有的社区", ""), "社区"),
        (("", "ma", "铁脚板", "", ""), "姓名"),
        (("李五", "li4", "五老", "", ""), "微信"),
    ],
)
def test_a_wrong_person_is_named_with_the_column(person: Sequence[str], column: str) -> None:
    with pytest.raises(RosterError) as refusal:
        roster(FIRST, others=[TEAM, person])
    assert (refusal.value.source, refusal.value.row, refusal.value.column) == ("人.csv", 3, column)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(RosterError, match="管家微信"):
        parse_roster("群.csv", table([c for c in GROUP_COLUMNS if c != "管家微信"], [FIRST]).encode())


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\xff\xfe\x00\x81", groups()])
def test_a_file_that_is_no_roster_is_refused(data: bytes) -> None:
    with pytest.raises(RosterError):
        parse_roster("群", data)


async def test_an_import_fills_the_directory(database: Database) -> None:
    change = await take(database, roster(FIRST, SECOND, others=[TEAM, ADMIN]))
    assert change == RosterChange(
        groups=Tally(added=2), people=Tally(added=6), roles_added=6, roles_removed=0
    )
    directory = await directory_of(database)
    first, second = directory.groups.values()
    steward = directory.steward(first)
    assert steward is not None
    assert (steward.name, steward.contact) == ("李四", "li4")
    assert [person.contact for person in directory.holders(RoleKind.RESPONSE_TEAM, second)] == ["ma"]
    assert [person.contact for person in directory.admins()] == ["lin"]


async def test_the_same_roster_again_changes_nothing(database: Database) -> None:
    wanted = roster(FIRST, SECOND, others=[TEAM, ADMIN])
    await take(database, wanted)
    change = await take(database, wanted)
    assert not change.anything
    assert (change.groups.unchanged, change.people.unchanged) == (2, 6)
    async with database.read() as session:
        assert await directory_version(session) == 1
        assert await session.scalar(select(func.count()).select_from(Audit)) == 1


async def test_what_is_gone_is_switched_off_and_comes_back_with_its_id(database: Database) -> None:
    await take(database, roster(FIRST, SECOND))
    before = await directory_of(database)
    change = await take(database, roster(FIRST))
    assert (change.groups.gone, change.people.gone, change.roles_removed) == (1, 1, 1)
    async with database.read() as session:
        assert list(await session.scalars(select(Group.active).order_by(Group.id))) == [True, False]
        assert await session.scalar(select(Person.active).where(Person.contact_id == "wang")) is False
    await take(database, roster(FIRST, SECOND))
    after = await directory_of(database)
    assert (after.groups, after.people) == (before.groups, before.people)


async def test_an_import_leaves_the_bound_room_alone(database: Database) -> None:
    await take(database, roster(FIRST))
    async with database.begin() as session:
        await session.execute(update(Group).values(account="main", room_id="room@1"))
    await take(database, roster(("玉景社区", "新网格", *FIRST[2:])))
    directory = await directory_of(database)
    group = directory.group_in("main", "room@1")
    assert group is not None
    assert group.grid == "新网格"


async def test_a_roster_without_people_file_keeps_the_volunteers(database: Database) -> None:
    await take(database, roster(FIRST, others=[TEAM, ADMIN]))
    change = await take(database, roster(SECOND))
    assert change.people.gone == 3
    directory = await directory_of(database)
    assert [person.contact for person in directory.admins()] == ["lin"]
    assert (await take(database, roster(SECOND, others=[ADMIN]))).people.gone == 1


async def test_a_new_steward_takes_over_and_the_old_one_keeps_no_role(database: Database) -> None:
    await take(database, roster(FIRST))
    change = await take(database, roster((*FIRST[:3], "王秀英", "wang", *FIRST[5:])))
    assert (change.roles_added, change.roles_removed) == (1, 1)
    directory = await directory_of(database)
    assert directory.person("li4") is None
    steward = directory.steward(next(iter(directory.groups.values())))
    assert steward is not None
    assert steward.contact == "wang"


async def test_a_city_of_groups_is_imported_in_bulk(sqlite_database: Database) -> None:
    rows = [
        (f"社区{n % 90}", f"网格{n % 700}", f"{n}号群", f"管家{n // 3}", f"steward-{n // 3}", "", "", "", "")
        for n in range(3590)
    ]
    change = await take(sqlite_database, roster(*rows))
    assert (change.groups.added, change.roles_added) == (3590, 3590)
    assert not (await take(sqlite_database, roster(*rows))).anything
