"""Importing a roster again: what is shown first, what is refused, and that ids, tickets and people outlive it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from handlers.roster import LargeLoss, import_roster
from handlers.roster.exporting import as_csv, as_xlsx, export_roster
from handlers.rosterfile import FORMER_COLUMN, GROUP_COLUMNS, Roster, parse_roster
from storage.directory import people_by_contact
from storage.engine import Database
from storage.models import Group, Person
from tests.handlers.test_roster import (
    ADMIN,
    FIRST,
    NOW,
    SECOND,
    TEAM,
    directory_of,
    roster,
    table,
    take,
)


def many(count: int, steward: str = "管家") -> list[tuple[str, ...]]:
    return [
        ("玉景社区", "", f"{n}号群", f"{steward}{n}", f"s{steward}{n}", "", "", "", "")
        for n in range(1, count + 1)
    ]


async def ids(database: Database) -> dict[str, int]:
    async with database.read() as session:
        return {row.contact_id: row.id for row in await session.scalars(select(Person))}


async def test_what_changes_is_told_by_name(sqlite_database: Database) -> None:
    await take(sqlite_database, roster(FIRST, SECOND, others=[TEAM, ADMIN]))
    third = ("湖滨社区", "三网格", "湖滨1号群", "周五", "zhou5", "", "", "", "")
    moved = (*FIRST[:1], "九网格", *FIRST[2:])
    change = await take(sqlite_database, roster(moved, third, others=[TEAM, ("大林", *ADMIN[1:])]))
    assert change.lines() == [
        "群：新增1，变动1，停用1，不变0",
        "人：新增1，变动1，停用1，不变4",
        "角色：新增1，取消1",
        "新增的群：湖滨1号群",
        "变动的群：玉景湾1号群（网格）",
        "停用的群：玉景湾2号群",
        "新增的人：周五",
        "变动的人：小林→大林",
        "停用的人：王秀英",
        "新增的角色：周五 湖滨1号群管家",
        "取消的角色：王秀英 玉景湾2号群管家",
    ]


async def test_a_long_list_is_cut_and_counted(sqlite_database: Database) -> None:
    change = await take(sqlite_database, roster(*many(30)))
    assert "20号群……还有10个" in "".join(change.lines())
    assert "21号群" not in "".join(change.lines())


async def test_a_wrong_file_cannot_switch_the_subdistrict_off(database: Database) -> None:
    await take(database, roster(*many(10)))
    for fewer in (many(7), many(10, "别人")):
        with pytest.raises(LargeLoss, match="--yes"):
            async with database.begin() as session:
                await import_roster(session, roster(*fewer), now=NOW, by="admin", accept_loss=False)
    assert not (await take(database, roster(*many(10)))).anything


async def test_a_small_loss_needs_no_word_more(sqlite_database: Database) -> None:
    await take(sqlite_database, roster(*many(10)))
    async with sqlite_database.begin() as session:
        change = await import_roster(session, roster(*many(8)), now=NOW, by="admin", accept_loss=False)
    assert change.groups.gone == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_what_is_written_out_imports_back_unchanged(kind: str, database: Database) -> None:
    unbound = (*SECOND[:3], "王秀英", "", *SECOND[5:])
    others = [TEAM, ADMIN, ("李四", "li4", "五老", "", "010123"), ("陈姨", "", "五老", "玉景社区", "")]
    await take(database, roster(FIRST, unbound, others=others))
    async with database.read() as session:
        exported = await export_roster(session)

    def through_files() -> Roster:
        write = as_csv if kind == "csv" else lambda rows: as_xlsx(rows, "名册")
        return parse_roster("a", write(exported.groups), ("b", write(exported.people)))

    again = await asyncio.to_thread(through_files)
    assert not (await take(database, again)).anything
    assert again == roster(FIRST, unbound, others=others)


async def test_somebody_with_a_new_wechat_in_the_roster_is_the_same_person(database: Database) -> None:
    await take(database, roster(FIRST, SECOND))
    before = await ids(database)
    change = await take(database, roster((*FIRST[:4], "li4-new", *FIRST[5:]), SECOND))
    assert change.people_names.changed == ("李四（微信）",)
    assert (change.people.added, change.people.gone, change.roles_added) == (0, 0, 0)
    assert (await ids(database))["li4-new"] == before["li4"]


async def test_another_steward_of_the_same_group_is_another_person(database: Database) -> None:
    await take(database, roster(FIRST, SECOND))
    change = await take(database, roster((*FIRST[:3], "李五", "li5", *FIRST[5:]), SECOND))
    assert (change.people.added, change.people.gone) == (1, 1)


async def test_a_steward_without_wechat_gets_one_later(database: Database) -> None:
    await take(database, roster((*FIRST[:4], "", *FIRST[5:])))
    directory = await directory_of(database)
    assert directory.steward(next(iter(directory.groups.values()))) is None
    before = next(
        number for contact, number in (await ids(database)).items() if contact.startswith("unbound")
    )
    change = await take(database, roster(FIRST))
    assert change.people.changed == 1
    assert (await ids(database))["li4"] == before
    async with database.read() as session:
        assert (await people_by_contact(session))["li4"][1].roster_id is None


async def test_an_emptied_cell_takes_nobodys_wechat_away(database: Database) -> None:
    await take(database, roster(FIRST))
    await take(database, roster((*FIRST[:4], "", *FIRST[5:])))
    directory = await directory_of(database)
    steward = directory.steward(next(iter(directory.groups.values())))
    assert steward is not None
    assert steward.contact == "li4"
    assert not (await take(database, roster((*FIRST[:4], "", *FIRST[5:])))).anything


async def test_a_former_name_keeps_the_groups_history(database: Database) -> None:
    await take(database, roster(FIRST, SECOND))
    header = (*GROUP_COLUMNS, FORMER_COLUMN)
    rows = ((*FIRST[:2], "玉景湾花园群", *FIRST[3:], FIRST[2]), (*SECOND, ""))
    renamed = parse_roster("群.csv", table(header, rows).encode())
    change = await take(database, renamed)
    assert change.group_names.changed == ("玉景湾1号群→玉景湾花园群",)
    assert (change.groups.added, change.groups.gone, change.roles_added) == (0, 0, 0)
    async with database.read() as session:
        assert list(await session.scalars(select(Group.name).order_by(Group.id))) == [
            "玉景湾花园群",
            SECOND[2],
        ]
    assert not (await take(database, renamed)).anything
