"""Pauses and extensions: stopped with a reason, asked before due, decided a rung above (people say, the bot should say)."""

from __future__ import annotations

import pytest

from handlers.chat.delays import parse_delay
from handlers.tickets.timeline import Action
from storage.engine import Database
from tests.handlers.town import GROUP, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
TRASH = "12幢垃圾没人收，臭死了"
G3 = f"[{GROUP}]"


@pytest.fixture
async def town(database: Database) -> Town:
    town = await Town.open(database)
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=10)
    await town.tell("lisi", "1")
    return town


@pytest.mark.parametrize(
    ("text", "action", "number", "words"),
    [
        ("等配件", Action.PAUSE, None, "等配件"),
        ("等配件 1024 周五到货", Action.PAUSE, 1024, "等配件 周五到货"),
        ("1024 等居民 明天在家", Action.PAUSE, 1024, "等居民 明天在家"),
        ("等业主，什么时候在家", Action.PAUSE, None, "等居民 什么时候在家"),
        ("暂停 1024 下雨", Action.PAUSE, 1024, "下雨"),
        ("暂停", Action.PAUSE, None, ""),
        ("继续 1024", Action.RESUME, 1024, ""),
        ("1024继续办", Action.RESUME, 1024, ""),
        ("延期 2天 等配件", Action.EXTEND, None, "2天 等配件"),
        ("延期 1024 两天 等配件", Action.EXTEND, 1024, "两天 等配件"),
        ("1024延期3小时，师傅在路上", Action.EXTEND, 1024, "3小时，师傅在路上"),
        ("申请延期到周五 等配件", Action.EXTEND, None, "到周五 等配件"),
        ("延期", Action.EXTEND, None, ""),
        ("同意", Action.GRANT, None, ""),
        ("同意 1024", Action.GRANT, 1024, ""),
        ("不同意 1024 今天要修好", Action.REFUSE, 1024, "今天要修好"),
        ("催 1024", Action.HURRY, 1024, ""),
        ("１０２４ 催办 居民急", Action.HURRY, 1024, "居民急"),
    ],
)
def test_words_about_time_are_read_leniently(
    text: str, action: Action, number: int | None, words: str
) -> None:
    command = parse_delay(text)
    assert command is not None
    assert (command.action, command.number, command.words) == (action, number, words)


@pytest.mark.parametrize(
    "text",
    ["等配件到了再修", "继续努力", "同意你的看法", "不同意见很多", "催了好几次了", "办结 换了", "延安路"],
)
def test_talk_is_no_command(text: str) -> None:
    assert parse_delay(text) is None


async def test_a_pause_stops_the_clock_and_going_on_gives_back_what_was_left(town: Town) -> None:
    said = await town.tell("lisi", "等配件 周五到货")
    assert said == ["→ lisi: 1001已暂停（等配件 周五到货），时间先不走。可以办了回“继续 1001”。"]
    await town.say("zhangsan", "进度")
    await town.wait(seconds=5)
    assert town.heard() == [f"{G3} @张三 工单1001【公共照明】管家李四已接单，现在等配件 周五到货。"]
    await town.wait(days=2)
    assert town.heard() == []  # neither hurried nor supervised
    assert (await town.tell("lisi", "我的工单"))[0].endswith("正在办理（等配件 周五到货）")
    said = await town.tell("lisi", "继续 1001")
    assert said == ["→ lisi: 1001继续办，请在明天09:12前办好。"]
    timeline = [event["what"] for event in (await town.ticket())["timeline"]]  # type: ignore[attr-defined]
    assert timeline[-2:] == ["paused", "resumed"]


async def test_a_weekend_in_a_pause_is_not_given_twice(town: Town) -> None:
    await town.wait(hours=5)  # Tuesday 14:12: 19 of 24 hours are left
    town.heard()
    await town.tell("lisi", "暂停 下雨不能施工")
    await town.wait(days=4)  # Saturday
    town.heard()
    said = await town.tell(
        "lisi", "继续"
    )  # Saturday counts nothing; 19 hours from Monday 08:30 end at night: in the morning
    assert said == ["→ lisi: 1001继续办，请在3月17日08:30前办好。"]


async def test_a_long_pause_is_asked_about_and_goes_on_when_nobody_answers(town: Town) -> None:
    await town.tell("lisi", "等配件")
    await town.wait(days=3)
    assert town.heard() == [
        "→ lisi: 【还在等】工单1001（等配件）：公共照明 玉景湾3号群 地点：3幢2单元。"
        "可以办了回“继续 1001”，还要等不用回。"
    ]
    await town.wait(days=4)
    assert town.heard() == []
    await town.wait(days=1)
    assert len(town.heard()) == 1


async def test_waiting_for_the_resident_asks_him_and_his_answer_starts_the_clock(town: Town) -> None:
    said = await town.tell("lisi", "等居民 1001 明天上午在家吗")
    assert said[1] == f"{G3} @张三 工单1001，管家李四等您：明天上午在家吗。"
    await town.wait(hours=2)
    await town.say("zhangsan", "明天一直在家的")
    await town.wait(seconds=10)
    assert town.heard() == ["→ lisi: 1001居民回话：“明天一直在家的”。时间接着走，请在明天11:12前办好。"]
    await town.say("zhangsan", "谢谢")
    await town.wait(seconds=10)
    assert town.heard() == []


async def test_done_while_paused_is_done(town: Town) -> None:
    await town.tell("lisi", "等配件")
    assert (await town.tell("lisi", "办结 换好了"))[0] == "→ lisi: 1001已办结，等居民确认。"
    await town.wait(days=8)
    assert (await town.ticket())["state"] == "closed"


@pytest.mark.parametrize(
    ("first", "then", "answer"),
    [
        (None, "暂停", "请写上原因，比如：暂停 1001 下雨不能施工"),
        (None, "继续 1001", "工单1001没有暂停，不能继续。"),
        ("等配件", "暂停 1001 下雨", "工单1001已经暂停了，不能暂停。"),
        ("等配件", "延期 1001 2天 等配件", "工单1001已经暂停了，不能延期。"),
        (None, "延期", "1001还没申请延期。没看懂要延多久。例：延期 1001 2天 等配件；延期 1001 到周五 等配件"),
        (None, "延期 2天", "1001还没申请延期。请写上原因。例：延期 1001 2天 等配件；延期 1001 到周五 等配件"),
        (
            None,
            "延期 90天 等配件",
            "1001还没申请延期。最多延60天。例：延期 1001 2天 等配件；延期 1001 到周五 等配件",
        ),
        ("延期 1天 等配件", "延期 1001 2天 等配件", "工单1001已经申请过，还没答复，不能延期。"),
        (None, "同意 1001", "工单1001没有要答复的延期，不能同意延期。"),
        (None, "同意", "现在没有等您答复的延期。"),
        ("延期 1天 等配件", "同意 1001", "工单1001的延期要上一级答复，不能同意延期。"),
    ],
)
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    sqlite_database: Database, first: str | None, then: str, answer: str
) -> None:
    town = await Town.open(sqlite_database)
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=10)
    await town.tell("lisi", "1")
    if first is not None:
        await town.tell("lisi", first)
    before = (await town.ticket())["timeline"]
    assert (await town.tell("lisi", then))[0] == f"→ lisi: {answer}"
    assert (await town.ticket())["timeline"] == before


async def test_an_extension_is_asked_and_granted_a_rung_above_and_everyone_is_told_once(town: Town) -> None:
    assert await town.tell("lisi", "延期 2天 等配件") == [
        "→ lisi: 1001延期已报赵敏，等答复。没答复前还按明天09:12。",
        "→ zhaomin: 【延期申请1001】管家李四想延到3月13日09:12前，原因：等配件。原定明天09:12前。\n"
        "公共照明 玉景湾3号群 地点：3幢2单元\n回“同意 1001”，或“不同意 1001 原因”。",
    ]
    assert await town.tell("zhaomin", "同意") == [
        "→ zhaomin: 1001已同意延期到3月13日09:12。",
        f"{G3} @张三 工单1001要晚一些，预计3月13日09:12前办好。",
        "→ lisi: 1001延期，赵敏同意了，请在3月13日09:12前办好。",
    ]
    assert (await town.tell("zhaomin", "同意 1001"))[0].startswith("→ zhaomin: 工单1001没有要答复的延期")
    await town.wait(days=1)
    assert town.heard() == []  # the old due time passes: nobody is supervised
    await town.wait(days=2)
    assert any("【督办】" in line for line in town.heard())


async def test_an_extension_is_refused_with_a_reason(town: Town) -> None:
    await town.tell("lisi", "1001 延期到周五 等配件")
    assert await town.tell("zhaomin", "不同意 1001 今天要修好") == [
        "→ zhaomin: 1001已回复不同意延期。",
        "→ lisi: 1001延期，赵敏没有同意（今天要修好），请在明天09:12前办好。",
    ]


async def test_an_extension_until_a_day_ends_with_its_working_hours(town: Town) -> None:
    said = await town.tell("lisi", "延期到周五 等配件")
    assert "想延到3月13日17:30前" in said[1]


async def test_late_it_is_too_late_to_ask(town: Town) -> None:
    await town.wait(days=2)
    town.heard()
    assert (await town.tell("lisi", "延期 2天 等配件"))[0] == "→ lisi: 工单1001已经到期，不能延期。"
    assert (await town.tell("lisi", "等配件"))[0] == "→ lisi: 工单1001已经到期，不能暂停。"


async def test_an_unanswered_question_goes_up_when_the_time_is_over(town: Town) -> None:
    await town.tell("lisi", "延期 2天 等配件")
    await town.wait(days=1)
    called = next(line for line in town.heard() if "【督办】" in line)
    assert called.startswith("→ zhaomin: ")
    assert called.endswith("他申请过延期（等配件），没人答复。回“同意 1001”或“不同意 1001 原因”。")
    await town.wait(days=1)
    assert next(line for line in town.heard() if "【督办】" in line).startswith("→ sunqiang: ")
    assert (await town.tell("sunqiang", "同意"))[0] == "→ sunqiang: 1001已同意延期到明天09:12。"


async def test_with_several_questions_a_bare_yes_asks_which(town: Town) -> None:
    await town.say("wangwu", TRASH)
    await town.wait(seconds=10)
    await town.tell("lisi", "1 1002")
    await town.tell("lisi", "延期 1001 2天 等配件")
    await town.tell("lisi", "延期 1002 1天 等清运车")
    said = await town.tell("zhaomin", "同意")
    assert said[0].startswith("→ zhaomin: 您有几件，请回序号：\n1. 1001")
    assert (await town.tell("zhaomin", "2"))[0].startswith("→ zhaomin: 1002已同意延期")


async def test_the_top_of_the_ladder_grants_itself(town: Town) -> None:
    await town.tell("lisi", "转派 街道老陈 请协调")
    await town.tell("laochen", "1")
    said = await town.tell("laochen", "延期 1天 等电力公司")
    assert said[0] == "→ laochen: 1001延期，系统同意了，请在后天09:12前办好。"


async def test_an_extension_of_an_urgent_matter_is_counted_round_the_clock(town: Town) -> None:
    await town.say("wangwu", "5幢楼道里一股煤气味，头晕")
    await town.wait(seconds=10)
    await town.tell("lisi", "1 1002")
    said = await town.tell("lisi", "延期 1002 3小时 等燃气公司")
    asked = next(line for line in said if "【延期申请1002】" in line)
    assert "想延到今天14:12前" in asked


async def test_a_superior_hurries_the_owner(town: Town) -> None:
    assert await town.tell("zhaomin", "催 1001 居民等着") == [
        "→ zhaomin: 1001已替您催管家李四。",
        "→ lisi: 【催办】赵敏催您办工单1001：居民等着\n公共照明 玉景湾3号群 地点：3幢2单元",
    ]
