"""Not fixed is not closed: reopened with what is still wrong, counted, and a rung up the second time."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.tickets import list_tickets
from tests.handlers.town import GROUP, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
G3 = f"[{GROUP}]"


@pytest.fixture
async def town(database: Database) -> Town:
    town = await Town.open(database)
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=10)
    await town.tell("lisi", "1")
    await town.tell("lisi", "办结 换了灯泡")
    return town


async def complain(town: Town, words: str) -> list[str]:
    await town.say("zhangsan", words)
    await town.wait(seconds=10)
    return town.heard()


async def test_the_first_time_goes_back_to_whoever_did_it_with_a_time_of_its_own(town: Town) -> None:
    await town.wait(hours=30)
    town.heard()
    assert await complain(town, "没修好，还是不亮") == [
        f"{G3} @张三 好的，工单1001重新办理，管家李四会再来处理。",
        "→ lisi: 【重开1001】张三说没修好：“没修好，还是不亮”\n请再处理，办好回“办结 1001”。",
    ]
    await town.say("zhangsan", "进度")
    await town.wait(seconds=5)
    assert town.heard() == [f"{G3} @张三 工单1001【公共照明】管家李四已接单，预计明天15:12前办好。"]
    await town.wait(days=1)
    assert any("【催办】" in line for line in town.heard())


async def test_who_does_not_say_what_is_wrong_is_asked_and_his_answer_reaches_the_steward(town: Town) -> None:
    said = await complain(town, "没修好")
    assert said[0] == f"{G3} @张三 好的，工单1001重新办理，管家李四会再来处理。哪里还没好，请再说一句。"
    await town.wait(seconds=40)
    assert await complain(town, "二楼那盏还是不亮") == ["→ lisi: 1001补充：“二楼那盏还是不亮” 地点：3幢2单元"]
    assert await town.count() == 1


async def test_the_second_time_the_next_rung_answers_and_both_are_told(town: Town) -> None:
    await complain(town, "没修好，还是不亮")
    await town.tell("lisi", "办结 又换了一个")
    assert await complain(town, "没修好，晚上又灭了") == [
        f"{G3} @张三 好的，工单1001重新办理，赵敏会再来处理。",
        "→ zhaomin: 【返工2次】工单1001 公共照明 玉景湾3号群 地点：3幢2单元\n"
        f"“{LAMP}”\n张三又说没修好：“没修好，晚上又灭了”\n请您来办，办好回“办结 1001”，换人回“转派 1001 名字”。",
        "→ lisi: 1001返工2次，已转给赵敏。",
    ]
    ticket = await town.ticket()
    assert (ticket["state"], ticket["steward"], ticket["escalation"]) == ("accepted", "zhaomin", 1)
    assert (await town.tell("zhaomin", "办结 查了线路"))[0] == "→ zhaomin: 1001已办结，等居民确认。"
    await complain(town, "没修好 1001")
    assert (await town.ticket())["steward"] == "sunqiang"
    async with town.database.read() as session:
        assert (await list_tickets(session))[0].reopened == 3


async def test_at_the_top_it_stays_with_who_has_it(town: Town) -> None:
    for _ in range(4):
        await complain(town, "没修好，还是不亮")
        owner = (await town.ticket())["steward"]
        await town.tell(str(owner), "办结 1001 修了")
    assert (await town.ticket())["steward"] == "laochen"
    said = await complain(town, "没修好，还是不亮")
    assert said[1].startswith("→ laochen: 【重开1001】")


async def test_a_rework_of_somebody_on_leave_goes_to_his_stand_in(town: Town) -> None:
    await town.tell("lisi", "请假3天 钱七代")
    said = await complain(town, "没修好，还是不亮")
    assert said[1].startswith("→ qianqi: 【重开1001】")
    await town.wait(days=3)
    assert (await town.ticket())["steward"] in ("lisi", "zhaomin", "sunqiang")


async def test_reopened_after_closing_starts_a_new_time_and_keeps_the_first_promise_for_the_measures(
    town: Town,
) -> None:
    await town.wait(days=3)
    assert (await town.ticket())["state"] == "closed"
    await complain(town, "没修好 1001 又坏了")
    async with town.database.read() as session:
        ticket = (await list_tickets(session))[0]
        assert ticket.first_due is not None
        assert ticket.resolve_due is not None
        assert ticket.first_due < ticket.clock_from < ticket.resolve_due
        assert ticket.responded_at is not None
        assert ticket.responded_at < ticket.clock_from
