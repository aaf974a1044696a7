"""What importing a roster does to the directory, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import event, func, select, update

from handlers.directory import Directory, DirectoryKeeper
from handlers.roster import RosterChange, Tally, import_roster, seed_categories
from handlers.rosterfile import GROUP_COLUMNS, PEOPLE_COLUMNS, Roster, parse_roster
from nlp import CATEGORIES
from storage.directory import groups_by_name, people_by_contact
from storage.engine import Database
from storage.enums import RoleKind
from storage.models import Audit, Category, Group, Person
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


async def take(database: Database, wanted: Roster) -> RosterChange:
    async with database.begin() as session:
        return await import_roster(session, wanted, now=NOW, by="admin")


async def directory_of(database: Database) -> Directory:
    async with database.read() as session:
        return await DirectoryKeeper().directory(session)


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


async def test_the_same_rows_in_another_order_change_nothing(database: Database) -> None:
    await take(database, roster(FIRST, SECOND, others=[TEAM, ADMIN]))
    assert not (await take(database, roster(SECOND, FIRST, others=[ADMIN, TEAM]))).anything


async def test_ids_outlive_a_change(database: Database) -> None:
    await take(database, roster(FIRST, SECOND))
    async with database.read() as session:
        groups_before, people_before = await groups_by_name(session), await people_by_contact(session)
    moved, renamed = ("玉景社区", "九网格", *FIRST[2:]), (*SECOND[:3], "王秀瑛", *SECOND[4:])
    change = await take(database, roster(moved, renamed))
    assert change.groups == Tally(changed=1, unchanged=1)
    assert change.people == Tally(changed=1, unchanged=3)
    async with database.read() as session:
        groups_after, people_after = await groups_by_name(session), await people_by_contact(session)
    assert {name: row[0] for name, row in groups_after.items()} == {
        name: row[0] for name, row in groups_before.items()
    }
    assert {name: row[0] for name, row in people_after.items()} == {
        name: row[0] for name, row in people_before.items()
    }
    assert people_after["wang"][1].name == "王秀瑛"


async def test_a_steward_may_hold_a_role_of_the_people_file_too(database: Database) -> None:
    others = [("李四", "li4", "五老", "玉景社区", "13800000002")]
    await take(database, roster(FIRST, others=others))
    person = (await directory_of(database)).person("li4")
    assert person is not None
    assert [role.kind for role in person.roles] == [RoleKind.STEWARD, RoleKind.ELDER]
    await take(database, roster(FIRST))
    async with database.read() as session:
        assert await session.scalar(select(Person.phone).where(Person.contact_id == "li4")) == "13800000002"


async def test_a_role_written_twice_is_one_role(database: Database) -> None:
    assert (await take(database, roster(FIRST, others=[TEAM, TEAM]))).roles_added == 4


async def test_a_city_of_groups_is_a_handful_of_statements(sqlite_database: Database) -> None:
    rows = [
        (f"社区{n % 90}", f"网格{n % 700}", f"{n}号群", f"管家{n // 3}", f"steward-{n // 3}", "", "", "", "")
        for n in range(3590)
    ]
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(sqlite_database.engine.sync_engine, "before_cursor_execute", note)
    change = await take(sqlite_database, roster(*rows))
    assert (change.groups.added, change.roles_added) == (3590, 3590)
    assert len(statements) < 40
    assert not (await take(sqlite_database, roster(*rows))).anything


async def test_packaged_categories_are_added_once_in_their_order(database: Database) -> None:
    async with database.begin() as session:
        session.add(Category(code="gas", name="天然气", position=99, resolve_hours=1, active=True))
    for expected in (len(CATEGORIES) - 1, 0):
        async with database.begin() as session:
            assert await seed_categories(session) == expected
    async with database.read() as session:
        rows = {row.code: row for row in await session.scalars(select(Category))}
    assert set(rows) == {category.code for category in CATEGORIES}
    assert (rows["gas"].name, rows["gas"].resolve_hours) == ("天然气", 1)
    assert (rows["building"].resolve_hours, rows["lighting"].resolve_hours) == (72, 24)
    assert rows["lighting"].position < rows["other"].position
