"""People leave the roster: what they had in hand goes on with the next who answers, told once, explained by the timeline."""

from __future__ import annotations

import pytest

from handlers.roster import import_roster
from handlers.roster.leaving import hand_over
from handlers.rosterfile import parse_roster
from storage.engine import Database
from storage.enums import TicketEventKind
from tests.handlers.town import GROUP, PEOPLE, ROSTER, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
TRASH = "12幢垃圾没人收，臭死了"
WITHOUT_LISI = ROSTER.replace("李四,lisi", "钱七,qianqi")


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def reimport(town: Town, roster: str, people: str = PEOPLE) -> list[str]:
    async with town.database.begin() as session:
        wanted = parse_roster("roster.csv", roster.encode(), ("people.csv", people.encode()))
        change = await import_roster(session, wanted, now=town.now, by="test")
        lines = await hand_over(await town.context(session), change)
    await town.restart()
    await town.wait(seconds=20)
    return lines


async def report(town: Town, *words: str, accept: str | None = None, room: str = GROUP) -> None:
    for each in words:
        await town.say("zhangsan", each, room=room)
        await town.wait(minutes=1)
        if accept:
            await town.tell(accept, "1")
    town.heard()


async def test_a_stewards_open_tickets_go_to_who_comes_after_him_told_once(town: Town) -> None:
    await report(town, LAMP, TRASH, accept="lisi")
    due = (await town.ticket())["timeline"]
    assert await reimport(town, WITHOUT_LISI) == ["李四的2件工单转给了钱七。"]
    assert town.heard() == [
        "→ qianqi: 【接手】李四不在名册了，这2件归您，回号码看详情：\n"
        "1001 公共照明 玉景湾3号群 3幢2单元\n1002 环境卫生 玉景湾3号群 12幢"
    ]
    ticket = await town.ticket()
    assert (ticket["steward"], ticket["state"]) == ("qianqi", "prompted")
    assert isinstance(due, list)
    assert isinstance(ticket["timeline"], list)
    assert [each["what"] for each in ticket["timeline"][len(due) :]] == [TicketEventKind.REASSIGNED]
    assert ticket["timeline"][-1]["by"] == "名册"
    assert await reimport(town, WITHOUT_LISI) == []
    assert town.heard() == []
    assert "已接单" in "".join(await town.tell("qianqi", "接单 1001"))


async def test_what_nobody_takes_climbs_the_ladder_as_ever(town: Town) -> None:
    await report(town, LAMP, accept="lisi")
    await reimport(town, WITHOUT_LISI)
    town.heard()
    await town.wait(hours=3)
    assert any(line.startswith("→ zhaomin: 【请您处理】") for line in town.heard())


async def test_without_a_steward_the_grid_worker_has_it(town: Town) -> None:
    await report(town, LAMP)
    lines = await reimport(town, ROSTER.replace("李四,lisi", "新人,"))
    assert lines == ["李四的1件工单转给了赵敏。"]
    assert (await town.ticket())["steward"] == "zhaomin"


async def test_whoever_only_changes_groups_leaves_behind_what_came_from_the_old_one(town: Town) -> None:
    await report(town, LAMP)
    await report(town, TRASH, room="玉景湾4号群")
    swapped = ROSTER.replace("玉景湾3号群,李四,lisi", "玉景湾3号群,钱七,qianqi")
    assert await reimport(town, swapped) == ["李四的1件工单转给了钱七。"]
    assert ((await town.ticket())["steward"], (await town.ticket(1002))["steward"]) == ("qianqi", "lisi")


async def test_a_ticket_given_to_a_colleague_elsewhere_stays_with_him(town: Town) -> None:
    await report(town, LAMP)
    await town.tell("lisi", "转派 1001 钱七")
    assert await reimport(town, ROSTER.replace("孙强,sunqiang", "吴刚,wugang")) == []
    assert (await town.ticket())["steward"] == "qianqi"


async def test_a_ticket_high_on_the_ladder_stays_there(town: Town) -> None:
    await report(town, LAMP)
    await town.wait(hours=9)
    await town.wait(hours=24)
    assert (await town.ticket())["steward"] == "sunqiang"
    town.heard()
    assert await reimport(town, ROSTER.replace("孙强,sunqiang", "吴刚,wugang")) == [
        "孙强的1件工单转给了吴刚。"
    ]
    assert (await town.ticket())["steward"] == "wugang"


async def test_a_stand_in_who_leaves_gives_the_tickets_back(town: Town) -> None:
    await report(town, LAMP, accept="lisi")
    await town.tell("lisi", "3.10-3.12 请假 钱七代")
    assert (await town.ticket())["steward"] == "qianqi"
    town.heard()
    await reimport(town, ROSTER.replace("钱七,qianqi", "周五,zhouwu"))
    heard = town.heard()
    assert (
        "→ lisi: 【代班】钱七不在名册了，您3月10日到3月12日请假没有人代了。还要请假，请再发一次，写上别人代。"
        in heard
    )
    assert sum("【接手】" in line for line in heard) == 1
    assert (await town.ticket())["steward"] == "lisi"
    await town.wait(days=4)
    assert not any("代班" in line for line in town.heard())


async def test_whoever_stood_in_for_somebody_gone_keeps_only_what_is_his(town: Town) -> None:
    await report(town, LAMP)
    await town.tell("lisi", "3.10-3.12 请假 赵敏代")
    town.heard()
    await reimport(town, WITHOUT_LISI)
    heard = town.heard()
    assert "→ zhaomin: 【代班】李四不用您代了，谢谢！" in heard
    assert any(line.startswith("→ qianqi: 【接手】李四不在名册了，这1件") for line in heard)


async def test_a_volunteer_who_leaves_frees_his_place(town: Town) -> None:
    await report(town, LAMP, accept="lisi")
    await town.tell("lisi", "3")
    await town.tell("tie1", "我来")
    town.heard()
    await reimport(town, ROSTER, PEOPLE.replace("铁一,tie1,铁脚板,玉景社区,\n", ""))
    heard = town.heard()
    assert "→ lisi: 1001铁一来不了了，再找人。" in heard
    assert any(line.startswith("→ tie2: ") for line in heard)


async def test_an_extension_waits_for_the_next_above(town: Town) -> None:
    await report(town, LAMP, accept="lisi")
    await town.tell("lisi", "延期 1001 2天 等配件")
    town.heard()
    await reimport(town, ROSTER.replace("赵敏,zhaomin", "何静,hejing"))
    assert any(line.startswith("→ hejing: 【延期申请1001】") for line in town.heard())
    assert "已同意" in "".join(await town.tell("hejing", "同意 1001"))
