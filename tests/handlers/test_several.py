"""One message for several tickets, and answers that are said in a room instead of to the bot."""

from __future__ import annotations

import pytest

from handlers.chat.commands import parse_many
from handlers.tickets.timeline import Action
from storage.engine import Database
from tests.handlers.town import GROUP, PEOPLE, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
TRASH = "12幢垃圾没人收，臭死了"
WORK = "应急工作群"
LOST = "我妈走丢了，有老年痴呆，72岁，叫张桂芳，穿红棉袄，早上8点在东门口不见的，没有照片"


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    return await Town.open(sqlite_database, people=f"{PEOPLE}老李,elder1,五老,玉景社区,\n")


async def report(town: Town, words: str, who: str = "zhangsan") -> list[str]:
    await town.say(who, words)
    await town.wait(seconds=10)
    return town.heard()


@pytest.mark.parametrize(
    ("text", "action", "numbers", "words"),
    [
        ("办结 1001 1002 1003 已换灯泡", Action.RESOLVE, [1001, 1002, 1003], "已换灯泡"),
        ("办结1001、1002", Action.RESOLVE, [1001, 1002], ""),
        ("1001、1002办结 换了灯泡", Action.RESOLVE, [1001, 1002], "换了灯泡"),
        ("1001 1002 都办好了", Action.RESOLVE, [1001, 1002], ""),
        ("4 1001 1001 1002", Action.RESOLVE, [1001, 1002], ""),
        ("接单 1001，1002", Action.ACCEPT, [1001, 1002], ""),
    ],
)
def test_several_numbers_are_read_with_their_words(
    text: str, action: Action, numbers: list[int], words: str
) -> None:
    assert [(each.action, each.number, each.words) for each in parse_many(text)] == [
        (action, number, words) for number in numbers
    ]


@pytest.mark.parametrize(
    "text", ["办结 1001 2026年换的灯泡", "办结 1001 换了1002型灯泡", "1001 1002", "并 1001 到 1002", "1001"]
)
def test_one_number_or_other_talk_is_not_several(text: str) -> None:
    assert parse_many(text) == ()


async def test_several_tickets_are_done_with_one_message_and_answered_with_one_line(town: Town) -> None:
    await report(town, LAMP)
    await report(town, TRASH, "wangwu")
    said = await town.tell("lisi", "办结 1001 1002 1009 都弄好了")
    assert said[0] == "→ lisi: 1001、1002已办结，等居民确认。\n没有查到工单1009，请看看号码。"
    assert "[玉景湾3号群] @张三 工单1001已办结：都弄好了。满意回“满意”，没修好回“没修好”。" in said
    assert "[玉景湾3号群] @王五 工单1002已办结：都弄好了。满意回“满意”，没修好回“没修好”。" in said
    assert await town.tell("lisi", "办结 1001 1002") == [
        "→ lisi: 工单1001已办结，不能办结。\n工单1002已办结，不能办结。"
    ]


async def test_a_helper_may_say_in_the_group_that_he_comes(town: Town) -> None:
    await report(town, LAMP)
    await town.tell("lisi", "3")
    await town.say("tie1", "我来")
    await town.wait(seconds=5)
    assert "→ tie1: 1001交给您了，谢谢！管家李四会跟您联系。到了回“到了”。" in town.heard()


async def test_in_a_group_without_a_call_it_is_talk(town: Town) -> None:
    await report(town, LAMP)
    await town.tell("lisi", "3")
    await town.say("tie1", "我来", room="玉景湾4号群")
    await town.wait(seconds=5)
    assert town.heard() == []


async def test_an_elder_may_say_in_the_group_that_he_has_passed_it_on(town: Town) -> None:
    await town.tell("admin", "请五老转 玉景社区 明天停水")
    await town.wait(seconds=5)
    town.heard()
    await town.say("elder1", "已转")
    await town.wait(seconds=5)
    assert town.heard() == ["→ elder1: 谢谢您！转告1记下了。"]
    assert "老李（玉景湾3号群）" in (await town.tell("admin", "看转告 1"))[0]


async def test_a_work_group_says_yes_to_the_search_it_answers_for(town: Town) -> None:
    await town.tell("admin", f"加部门 应急办 群 {WORK}")
    await town.say("zhangjie", "大家好", room=WORK)
    await report(town, LOST)
    await town.tell("lisi", "转派 1001 应急办")
    await town.wait(minutes=7)
    said = town.heard()
    assert any("【寻人 1001】" in line and "比如“发 1001”" in line for line in said if WORK in line)
    await town.say("zhangjie", "发", room=WORK)
    await town.wait(seconds=5)
    assert not [line for line in town.heard() if "正在发到" in line]  # talk among themselves
    await town.say("zhangjie", "发 1001", room=WORK)
    await town.wait(seconds=5)
    assert any(line.startswith(f"[{WORK}] 1001正在发到") for line in town.heard())
    await town.say("zhangjie", "线索 1001", room=WORK)
    await town.wait(seconds=5)
    assert f"[{WORK}] 1001有0条线索：" in town.heard()
    assert (await town.ticket())["room"] == GROUP
