"""Clocks in conversations: hurried before due, supervised once overdue, honest after a transfer (virtual time)."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def accepted(town: Town, words: str = LAMP) -> None:
    await town.say("zhangsan", words)
    await town.wait(seconds=10)
    await town.tell("lisi", "1")
    town.heard()


async def test_the_owner_is_hurried_once_before_it_is_due(town: Town) -> None:
    await accepted(town)
    await town.wait(hours=6, minutes=40)
    assert town.heard() == []
    await town.wait(minutes=10)
    assert town.heard() == [
        "→ lisi: 【催办】工单1001请在明天09:12前办好：公共照明 玉景湾3号群 地点：3幢2单元。"
        "来不及就回“延期 1001 1天 原因”。"
    ]
    await town.wait(hours=16)
    assert town.heard() == []


async def test_an_overdue_ticket_goes_up_the_ladder_a_rung_each_working_day(town: Town) -> None:
    await accepted(town)
    await town.wait(days=1)
    said = town.heard()[1:]
    assert said == [
        "→ zhaomin: 【督办】工单1001到期没办好，现在是管家李四在办：公共照明 玉景湾3号群 地点：3幢2单元\n"
        f"“{LAMP}”\n请过问。换人回“转派 1001 名字”，办好回“办结 1001”。",
        "→ lisi: 【到期】工单1001到时间了：公共照明 玉景湾3号群 地点：3幢2单元。办好回“办结 1001”。已报赵敏督办。",
    ]
    await town.wait(days=1)
    assert [line.split("】")[0] for line in town.heard()] == ["→ sunqiang: 【督办", "→ lisi: 【到期"]
    await town.wait(days=1)  # Friday: the subdistrict
    assert [line.split("】")[0] for line in town.heard()] == ["→ laochen: 【督办", "→ lisi: 【到期"]
    await town.wait(days=2)
    assert town.heard() == []
    await town.wait(days=1)  # Monday: nobody is above
    assert [line.split("】")[0] for line in town.heard()] == ["→ lisi: 【到期"]
    ticket = await town.ticket()
    assert (ticket["state"], ticket["steward"], ticket["escalation"]) == ("accepted", "lisi", 3)


async def test_an_urgent_ticket_that_is_late_climbs_every_half_hour_also_at_night(town: Town) -> None:
    await town.wait(hours=12)
    await accepted(town, "3幢楼道里一股煤气味，头晕")
    await town.wait(hours=1, minutes=29)
    assert town.heard() == []
    await town.wait(minutes=1)
    assert town.heard()[0].startswith("→ lisi: 【催办】工单1001请在今天23:12前办好")
    await town.wait(minutes=30)
    assert [line[:9] for line in town.heard()] == ["→ zhaomin", "→ lisi: 【"]
    await town.wait(minutes=30)
    assert [line[:9] for line in town.heard()] == ["→ sunqian", "→ lisi: 【"]


async def test_an_answer_in_the_group_stops_the_response_clock(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(minutes=20)
    await town.say("lisi", "收到，马上安排师傅")
    await town.wait(seconds=3)
    town.heard()
    await town.wait(hours=6)
    assert town.heard() == []  # neither a reminder nor the grid worker: it was answered


async def test_who_gets_a_ticket_late_has_time_and_the_resident_keeps_his_due_time(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(minutes=110)
    await town.tell("lisi", "转派 赵敏 他负责这片")
    town.heard()
    await town.wait(minutes=29)
    assert town.heard() == []  # the old clock would have called the grid worker by now
    await town.wait(hours=7)
    assert any(line.startswith("→ sunqiang: 【请您处理】") for line in town.heard())
    assert (await town.tell("sunqiang", "1"))[0].startswith("→ sunqiang: 1001已接单，请在明天09:12前办好")


async def test_who_accepts_too_late_is_told_so(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(days=6)
    town.heard()
    assert (await town.tell("laochen", "1"))[0].startswith("→ laochen: 1001已接单。时间已经过了")


async def test_nobody_forgets_a_ticket_that_has_reached_the_top(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(days=4)
    town.heard()
    for _ in range(3):
        await town.wait(days=7)
        assert any(line.startswith("→ laochen: 【提醒】工单1001还没人接") for line in town.heard())
