"""The same matter in many groups, one answer to just those, and undoing a merge (issue 3, item 6)."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.tickets import list_tickets
from tests.handlers.town import GROUP, Town

GROUPS = (GROUP, "玉景湾4号群", "玉景湾5号群")


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def outage(town: Town, groups: tuple[str, ...] = GROUPS) -> list[str]:
    for number, group in enumerate(groups):
        await town.say(f"r{number}", "3幢停水了，什么时候来水", room=group)
        await town.wait(minutes=2)
    return town.heard()


async def incidents(town: Town) -> list[int | None]:
    async with town.database.read() as session:
        return [each.incident_id for each in await list_tickets(session)]


async def test_three_groups_of_a_community_are_one_incident_told_once(town: Town) -> None:
    said = await outage(town)
    told = [line for line in said if line.startswith("→ laochen")]
    assert told == [
        "→ laochen: 【事件1】供水排水：3个群都有人反映：玉景湾3号群、玉景湾4号群、玉景湾5号群。\n"
        "要一起答复就发：答复事件 1 正在抢修"
    ]
    assert await incidents(town) == [1, 1, 1]
    await town.say("later", "9幢一点水都没有，停水了", room=GROUP)
    await town.wait(minutes=1)
    assert not any(line.startswith("→ laochen") for line in town.heard())
    assert set(await incidents(town)) == {1}


async def test_one_answer_goes_to_just_those_groups(town: Town) -> None:
    await outage(town)
    said = await town.tell("laochen", "答复事件 1 正在抢修，预计18点来水")
    await town.wait(minutes=1)
    said += town.heard()
    assert "→ laochen: 已在3个群里答复事件1。" in said
    assert sorted(line for line in said if line.startswith("[")) == [
        f"[{group}] 关于【供水排水】：正在抢修，预计18点来水。" for group in GROUPS
    ]
    assert await town.tell("admin", "答复事件 9 快了") == ["→ admin: 没有事件9，请看看号码。"]
    assert (await town.tell("lisi", "答复事件 1 快了"))[0].startswith("→ lisi: 没听懂")


async def test_two_groups_are_no_incident(town: Town) -> None:
    await outage(town, GROUPS[:2])
    await town.wait(minutes=30)
    await outage(town, GROUPS[2:])
    assert set(await incidents(town)) == {None}


async def test_a_neighbour_who_was_merged_gets_a_ticket_of_his_own(town: Town) -> None:
    await town.say("zhangsan", "3幢2单元楼道灯坏了")
    await town.wait(seconds=10)
    await town.say("wangwu", "3幢2单元楼道灯不亮了")
    await town.wait(seconds=10)
    town.heard()
    assert await town.tell("lisi", "拆 1001 赵六") == ["→ lisi: 1001里没有单独说“赵六”的人或话，拆不开。"]
    assert (await town.tell("lisi", "拆 1001 王五"))[0] == "→ lisi: 已把王五从1001里拆出来，新工单1002。"
    first, own = await town.ticket(1001), await town.ticket(1002)
    assert (first["supporters"], own["resident"], own["text"]) == (0, "wangwu", "3幢2单元楼道灯不亮了")
    assert await town.tell("lisi", "拆 1001") == [
        "→ lisi: 1001里没有可以拆出来的人。拆一件事请写出来，比如“拆 1001 电梯”。"
    ]


async def test_talk_about_taking_apart_is_no_command(town: Town) -> None:
    assert (await town.tell("lisi", "拆了旧灯"))[0].startswith("→ lisi: 没听懂")
