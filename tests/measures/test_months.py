"""A month's report on both databases: lists by hand, and a frozen month that nothing changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.measures import Month, MonthNotOver, freeze_month, month_report, month_tickets
from handlers.measures.figures import Ratio, Scope
from handlers.measures.judging import RatioKind
from handlers.settings import MeasureSettings
from storage.engine import Database
from storage.enums import TicketState
from storage.measures import get_frozen
from storage.models import Group, Ticket
from tests.measures.facts import at
from tests.measures.world import HOSTILE, NIGHT, NOVEMBER, RULES, build_world, fill_november, november, put


@pytest.fixture
async def world(database: Database) -> Database:
    await build_world(database)
    await fill_november(database)
    return database


async def test_the_figures_of_a_month_by_hand(world: Database) -> None:
    total = (await november(world)).total.figures
    assert {kind: (total.ratio(kind).top, total.ratio(kind).bottom) for kind in RatioKind} == {
        RatioKind.RESPONDED: (4, 5),  # 1002, 1004, 1005, 1007; 1003 too late
        RatioKind.SOLVED: (3, 4),  # 1002, 1003, 1007; 1004 came back; 1005 waits, its clock stands
        RatioKind.IN_TIME: (3, 4),  # 1002, 1004 (the first time), 1007
        RatioKind.EXTENDED: (0, 4),
        RatioKind.SATISFIED: (1, 2),  # 1002 of 1002 and 1003
        RatioKind.REWORK: (1, 4),  # 1004; resolved were 1002, 1003, 1004, 1007
        RatioKind.FIRST_TIME: (2, 3),  # 1002 and 1007 of three closed
    }
    assert (total.opened, total.voices) == (7, 8)
    assert [(each.reason, each.count) for each in total.left_out] == [("rejected", 1)]
    assert (total.resolution.count, total.resolution.median, total.resolution.ninetieth) == (3, 600, 72 * 60)


async def test_the_month_before_has_what_fell_due_in_it(world: Database) -> None:
    async with world.read() as session:
        report = await month_report(session, Month(2026, 10), now=NIGHT, rules=RULES)
    assert (report.total.figures.solved, report.total.figures.opened) == (Ratio(0, 1), 1)


async def test_the_lists_of_a_month_by_hand(world: Database) -> None:
    lists = (await november(world)).lists
    assert [(each.number, each.without) for each in lists.details] == [
        (1001, ""), (1002, ""), (1003, ""), (1004, ""), (1005, ""), (1006, "不是诉求"), (1007, ""), (1008, ""),
    ]  # fmt: skip
    assert [each.in_time for each in lists.details] == [False, True, False, True, None, False, True, None]
    assert [(each.number, each.days, each.why, each.todo) for each in lists.unfinished] == [
        (1001, 32, "还没人接单，已超期31天", "社区定一个人来办"),
        (1004, 26, "居民说没修好，正在返工，已超期23天", "上门看一看，问清还差什么"),
        (1005, 11, "暂停：等配件，找***；备注：厂家说要一周", "盯住这件事，有了结果接着办"),
        (1008, 1, "还没人接单", "社区定一个人来办"),
    ]
    assert [each.number for each in lists.follow_up] == [1001, 1003, 1004, 1005, 1008]
    assert lists.follow_up[1].why == "居民评了1分"


async def test_what_is_hot_by_hand(world: Database) -> None:
    lists = (await november(world)).lists
    assert [(each.category, each.tickets, each.voices, each.before) for each in lists.hot] == [
        ("公共照明", 5, 6, 0),
        ("电梯", 1, 1, 0),
        ("噪音扰民", 1, 1, 0),
    ]
    assert lists.hot[0].where == "玉景社区5件"
    assert [(each.place, each.tickets, each.numbers) for each in lists.spots] == [
        ("3幢2单元", 3, (1002, 1003, 1004))
    ]
    assert len(lists.days) == 30
    assert [(day.day, day.opened, day.resolved) for day in lists.days if day.opened + day.resolved > 1] == [
        ("2", 1, 1),
        ("5", 1, 1),
        ("22", 1, 1),
    ]


async def test_words_are_masked(world: Database) -> None:
    report = await november(world)
    line = report.lists.details[1]
    assert (line.place, line.resident) == ("3幢2单元", "张**")
    assert "13812345678" not in repr(report)
    assert "501" not in line.words


async def test_groups_that_were_not_heard_are_marked(world: Database) -> None:
    report = await november(world)
    assert {line.name: line.blind for line in report.lines(Scope.GROUP)} == {
        "玉景湾3号群": 0,
        "玉景湾4号群": 0,
        f"湖滨{HOSTILE}": 45,
    }
    assert report.total.blind == 45
    assert [(each.account, each.groups) for each in report.lists.blind] == [("b", 1)]
    marked = await november(world, rules=MeasureSettings(blind_minutes=46))
    assert marked.total.blind == 0


async def test_a_frozen_month_stays_whatever_happens_later(world: Database) -> None:
    before = await november(world)
    assert not before.frozen
    async with world.begin() as session:
        assert await freeze_month(session, NOVEMBER, now=NIGHT, by="test", rules=RULES)
    frozen = await november(world, now=at("12-20 09:00"))
    assert frozen.frozen
    assert frozen.as_of == NIGHT
    assert (frozen.figures, frozen.lists) == (before.figures, before.lists)
    async with world.begin() as session:
        for number in (1001, 1003, 1007):
            ticket = await session.get_one(Ticket, number)
            ticket.state, ticket.rating, ticket.text = TicketState.REJECTED, 5, "改过了"
        (await session.get_one(Group, 1)).name = "新名字"
        await put(session, 1009, "11-15 09:00", resolve_due="11-16 09:00")
    assert await november(world, now=at("12-21 09:00")) == frozen


async def test_freezing_twice_gives_the_same(world: Database) -> None:
    async with world.begin() as session:
        assert await freeze_month(session, NOVEMBER, now=NIGHT, by="first", rules=RULES)
    async with world.read() as session:
        kept = await get_frozen(session, "2026-11")
    async with world.begin() as session:
        (await session.get_one(Ticket, 1003)).rating = 5
        later = NIGHT + timedelta(days=3)
        other = MeasureSettings(exclude=())
        assert not await freeze_month(session, NOVEMBER, now=later, by="second", rules=other)
    async with world.read() as session:
        assert await get_frozen(session, "2026-11") == kept


async def test_a_month_that_is_not_over_cannot_be_frozen(world: Database) -> None:
    async with world.begin() as session:
        with pytest.raises(MonthNotOver):
            await freeze_month(session, NOVEMBER, now=at("11-30 23:59"), by="test", rules=RULES)
        assert await get_frozen(session, "2026-11") is None


async def test_a_month_without_tickets_has_an_empty_report(database: Database) -> None:
    await build_world(database)
    report = await november(database)
    assert report.total.figures.opened == 0
    assert (report.lists.details, report.lists.hot, report.lists.unfinished, report.lists.trend) == (
        (),
        (),
        (),
        (),
    )
    async with database.begin() as session:
        assert await freeze_month(session, NOVEMBER, now=NIGHT, by="test", rules=RULES)
    frozen = await november(database)
    assert (frozen.figures, frozen.lists) == (report.figures, report.lists)


async def test_the_trend_takes_frozen_months_as_they_were(world: Database) -> None:
    live = (await november(world)).lists.trend
    assert [(line.period, line.figures.opened) for line in live] == [("2026-10", 1), ("2026-11", 7)]
    async with world.begin() as session:
        await freeze_month(session, Month(2026, 10), now=NIGHT, by="test", rules=RULES)
        (await session.get_one(Ticket, 1001)).state = TicketState.REJECTED
    assert (await november(world)).lists.trend == live


async def test_an_export_has_everything_up_to_this_minute(world: Database) -> None:
    async with world.begin() as session:
        await freeze_month(session, NOVEMBER, now=NIGHT, by="test", rules=RULES)
        await put(session, 1010, "11-30 23:59", text="刚刚说的")
    async with world.read() as session:
        lines = await month_tickets(session, NOVEMBER, now=at("12-01 02:05"), rules=RULES)
    assert [line.number for line in lines] == [1002, 1003, 1004, 1005, 1006, 1007, 1008, 1010]
