"""The demo subdistrict."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import func, select

from bot.demo import load_demo
from handlers.directory import DirectoryKeeper
from storage.engine import Database
from storage.enums import RoleKind
from storage.models import Category, Group, LocalMember, Schedule

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


async def test_an_empty_database_becomes_a_whole_subdistrict(database: Database) -> None:
    async with database.begin() as session:
        assert await load_demo(session, now=NOW) is True
    async with database.read() as session:
        directory = await DirectoryKeeper().directory(session)
        assert len({group.community for group in directory.groups.values()}) == 3
        assert len(directory.groups) == 9
        assert [admin.name for admin in directory.admins()] == ["王主任"]
        for group in directory.groups.values():
            assert directory.steward(group) is not None
            assert len(directory.holders(RoleKind.RESPONSE_TEAM, group)) == 3
        members = Counter(await session.scalars(select(LocalMember.group_id)))
        assert set(members.values()) == {6}
        assert sorted(str(cron) for cron in await session.scalars(select(Schedule.cron))) == [
            "0 16 * * 5",
            "0 9 * * 1",
        ]
        assert await session.scalar(select(func.count()).select_from(Category)) == 0


async def test_zhang_san_lives_where_li_si_is_the_steward(sqlite_database: Database) -> None:
    async with sqlite_database.begin() as session:
        await load_demo(session, now=NOW)
    async with sqlite_database.read() as session:
        query = select(Group.id).join(LocalMember).where(LocalMember.contact_id == "resident-zhang-san")
        home = await session.scalar(query)
        directory = await DirectoryKeeper().directory(session)
    assert home is not None
    steward = directory.steward(directory.groups[home])
    assert (directory.groups[home].name, steward and steward.contact) == ("玉景湾3号群", "steward-li-si")


async def test_a_database_with_groups_is_left_alone(sqlite_database: Database) -> None:
    for expected in (True, False):
        async with sqlite_database.begin() as session:
            assert await load_demo(session, now=NOW) is expected
