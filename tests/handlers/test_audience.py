"""Where a notice goes: by place, by tag, by what is open there, all but some, and the groups of the staff."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.reminders import Plan, add_reminder, fire_due
from handlers.reminders.audience import find_audience, settle_scope
from handlers.scopes import Named, Scope, ScopeRefused, UnknownPlace, find_scope
from handlers.settings import Settings
from handlers.wording import SHANGHAI
from storage.audiences import put_tag, remove_tag
from storage.engine import Database
from storage.enums import TicketState
from storage.models import (
    Category,
    Community,
    Firing,
    Group,
    Incident,
    Outbox,
    Person,
    Recipient,
    Ticket,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)


async def fill(database: Database) -> None:
    """Two communities with two groups each, a work group; water is open in groups 1 and 3, one incident in 3."""
    async with database.begin() as session:
        session.add_all([Community(id=1, name="玉景社区"), Community(id=2, name="海棠社区")])
        session.add(Category(code="water", name="供水排水", position=1))
        session.add(Person(id=9, name="网格工作群", contact_id="work-9", topic="网格工作群", account="a"))
        await session.flush()
        session.add(Recipient(name="网格办", person_id=9))
        session.add(Incident(id=3, category="water", opened_at=NOW))
        for number, name, community in (
            (1, "玉景1号群", 1),
            (2, "玉景2号群", 1),
            (3, "海棠1号群", 2),
            (4, "海棠2号群", 2),
        ):
            session.add(
                Group(
                    id=number,
                    community_id=community,
                    name=name,
                    grid="一网格",
                    account="a",
                    room_id=str(number),
                )
            )
        await session.flush()
        session.add_all([_ticket(1, 1), _ticket(2, 3, incident=3), _ticket(3, 4, TicketState.CLOSED)])
        await put_tag(session, "老旧小区", [1, 3])


@pytest.fixture
async def district(sqlite_database: Database) -> Database:
    """The groups on SQLite."""
    await fill(sqlite_database)
    return sqlite_database


def _ticket(
    number: int, group: int, state: TicketState = TicketState.ACCEPTED, incident: int | None = None
) -> Ticket:
    return Ticket(
        id=number,
        number=1000 + number,
        state=state,
        category="water",
        urgent=False,
        group_id=group,
        resident="r",
        resident_name="张三",
        text="停水",
        incident_id=incident,
        opened_at=NOW,
        clock_from=NOW,
    )


MEANT = (
    (Named(everyone=True), [1, 2, 3, 4]),
    (Named(communities=("玉景社区",), groups=("海棠2号群",)), [1, 2, 4]),
    (Named(tags=("老旧小区",)), [1, 3]),
    (Named(communities=("玉景社区",), tags=("老旧小区",)), [1]),
    (Named(everyone=True, not_communities=("海棠社区",)), [1, 2]),
    (Named(everyone=True, not_groups=("海棠2号群",), not_tags=("老旧小区",)), [2]),
    (Named(category="water"), [1, 3]),
    (Named(incident=3), [3]),
    (Named(category="water", not_communities=("海棠社区",)), [1]),
    (Named(work=("网格办",)), [-9]),
    (Named(groups=("玉景1号群",), work=("网格工作群",)), [1, -9]),
)


async def test_a_notice_goes_to_exactly_the_groups_meant(database: Database) -> None:
    await fill(database)
    async with database.read() as session:
        for named, ids in MEANT:
            scope = await find_scope(session, named)
            assert Scope.from_json(scope.to_json()) == scope
            assert [target.id for target in await find_audience(session, scope)] == ids
            places = (await settle_scope(session, scope)).groups
            assert list(places) == [number for number in ids if number > 0]


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        (Named(), "请写明给哪些群"),
        (Named(not_groups=("玉景1号群",)), "请写明给哪些群"),
        (Named(everyone=True, communities=("玉景社区",)), "要么全部"),
        (Named(tags=("没有电梯",)), "没有群贴过这个标签：没有电梯"),
        (Named(everyone=True, not_tags=("没有",)), "没有群贴过这个标签：没有"),
        (Named(incident=8), "没有事件8"),
    ],
)
async def test_groups_that_are_not_named_well_are_refused(
    district: Database, named: Named, problem: str
) -> None:
    async with district.read() as session:
        with pytest.raises(ScopeRefused, match=problem):
            await find_scope(session, named)


async def test_an_unknown_group_to_leave_out_is_named(district: Database) -> None:
    async with district.read() as session:
        with pytest.raises(UnknownPlace, match="这个群：没这群"):
            await find_scope(session, Named(everyone=True, not_groups=("没这群",)))
        with pytest.raises(UnknownPlace, match="这个工作群：没这群"):
            await find_scope(session, Named(work=("没这群",)))


async def test_a_tag_is_put_once_and_taken_away(district: Database) -> None:
    async with district.begin() as session:
        assert await put_tag(session, "老旧小区", [1, 2]) == 1
        assert await remove_tag(session, "老旧小区", [2, 4]) == 1
        assert await remove_tag(session, "老旧小区") == 2
        assert await remove_tag(session, "老旧小区") == 0


async def test_a_firing_keeps_whom_it_was_for_and_sends_the_file_after_the_words(district: Database) -> None:
    async with district.begin() as session:
        scope = await find_scope(session, Named(tags=("老旧小区",), work=("网格办",)))
        await add_reminder(
            session,
            text="{社区}{网格}今天停水，有事找{管家}",
            scope=scope,
            by="a",
            now=NOW,
            plan=Plan(once_at=NOW + timedelta(hours=1)),
            media="停水-0123456789ab.png",
        )
        await fire_due(session, now=NOW + timedelta(hours=1), settings=Settings())
        rows = list(await session.scalars(select(Outbox).order_by(Outbox.id)))
        firing = (await session.scalars(select(Firing))).one()
    assert firing.audience == [1, 3, -9]
    assert [(row.group_id, row.contact_id, row.text, row.media) for row in rows] == [
        (1, None, "玉景社区一网格今天停水，有事找微网管家", None),
        (1, None, "温馨提示的附件", "停水-0123456789ab.png"),
        (3, None, "海棠社区一网格今天停水，有事找微网管家", None),
        (3, None, "温馨提示的附件", "停水-0123456789ab.png"),
        (None, "work-9", "本街道本网格今天停水，有事找微网管家", None),
        (None, "work-9", "温馨提示的附件", "停水-0123456789ab.png"),
    ]
    assert len({row.key for row in rows}) == 6
