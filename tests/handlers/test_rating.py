"""Transcripts of how a result is rated: in words, in numbers, after a reminder, or by silence."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.tickets import list_events
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
DIRT = "12幢垃圾没人收，臭死了"
G3 = "[玉景湾3号群]"
ASK_AGAIN = f"{G3} @张三 工单1001办得怎样？满意回“满意”，没修好回“没修好”，不回就算好了。"


@pytest.fixture
async def town(database: Database) -> Town:
    """A town in which 张三's lamp has just been called done."""
    town = await Town.open(database)
    await done(town, LAMP, 1001)
    return town


async def done(town: Town, words: str, number: int) -> None:
    await town.say("zhangsan", words)
    await town.wait(seconds=10)
    await town.tell("lisi", f"办结 {number} 弄好了")
    await town.wait(seconds=20)
    town.heard()


async def answer(town: Town, words: str, who: str = "zhangsan", quote: str | None = None) -> list[str]:
    await town.say(who, words, quote=quote)
    await town.wait(seconds=5)
    return town.heard()


async def details(town: Town, number: int = 1001) -> list[str]:
    async with town.database.read() as session:
        return [
            f"{each.what} {each.detail}" for each in await list_events(session) if each.ticket_id == number
        ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("满意", "→ lisi: 1001居民说满意，已结案。"),
        ("5", "→ lisi: 1001居民说满意，已结案。"),
        ("５分", "→ lisi: 1001居民说满意，已结案。"),
        ("五星好评", "→ lisi: 1001居民说满意，已结案。"),
        ("好了，谢谢师傅", "→ lisi: 1001居民评价：满意，谢谢师傅，已结案。"),
        ("1001 4分", "→ lisi: 1001居民评价：4分，已结案。"),
        ("一般，来得太慢", "→ lisi: 1001居民评价：一般，来得太慢，已结案。"),
        ("不满意", "→ lisi: 1001居民评价：不满意，已结案。"),
    ],
)
async def test_a_word_or_a_number_from_1_to_5_closes_the_ticket(town: Town, words: str, told: str) -> None:
    assert await answer(town, words) == [told]
    assert (await town.ticket())["state"] == "closed"


async def test_a_low_rating_with_a_reason_asks_the_steward_to_call_back(town: Town) -> None:
    assert await answer(town, "不满意，来了三次") == [
        f"{G3} @张三 知道了，管家李四会再联系您。",
        "→ lisi: 1001张三评不满意：“来了三次”。\n请打个电话问清楚，问好回“备注 1001 已回访”。",
    ]
    assert (await details(town))[-2:] == ["rated 不满意 来了三次", "closed "]
    assert await answer(town, "不满意，来了三次") == []


async def test_dissatisfied_because_it_is_not_fixed_reopens(town: Town) -> None:
    said = await answer(town, "不满意，没修好")
    assert said[0].startswith(f"{G3} @张三 好的，工单1001重新办理")
    assert (await town.ticket())["state"] == "accepted"


async def test_a_bare_digit_is_a_rating_only_just_after_the_result(town: Town) -> None:
    await town.wait(minutes=15)
    assert await answer(town, "5") == []
    assert (await town.ticket())["state"] == "resolved"
    assert await answer(town, "1001 5") == ["→ lisi: 1001居民说满意，已结案。"]


async def test_a_digit_among_neighbours_who_count_is_no_rating(town: Town) -> None:
    await answer(town, "3", who="wangwu")
    assert await answer(town, "4") == []
    assert (await town.ticket())["state"] == "resolved"


@pytest.mark.parametrize("words", ["5分钟到", "5号楼的", "6", "0", "好了，我去吃饭了", "一般人不懂"])
async def test_other_words_rate_nothing(town: Town, words: str) -> None:
    assert await answer(town, words) == []
    assert (await town.ticket())["state"] == "resolved"


async def test_nobody_else_rates_a_residents_ticket(town: Town) -> None:
    assert await answer(town, "满意 1001", who="wangwu") == []
    assert (await town.ticket())["state"] == "resolved"


async def test_silence_is_asked_once_and_then_closes_without_objection(town: Town) -> None:
    await town.wait(hours=24)
    assert town.heard() == [ASK_AGAIN]
    assert await answer(town, "5") == ["→ lisi: 1001居民说满意，已结案。"]


async def test_no_answer_at_all_is_no_objection(town: Town) -> None:
    await town.wait(hours=47)
    assert town.heard() == [ASK_AGAIN]
    assert (await town.ticket())["state"] == "resolved"
    await town.wait(hours=2)
    assert town.heard() == []
    assert (await town.ticket())["state"] == "closed"
    assert (await details(town))[-2:] == ["reminded 请居民评价", "closed 居民无异议"]


async def test_a_result_of_the_evening_is_asked_about_in_the_morning(database: Database) -> None:
    town = await Town.open(database)
    await town.wait(hours=11, minutes=30)
    await done(town, LAMP, 1001)
    await town.wait(hours=36, minutes=30)
    assert town.heard() == [ASK_AGAIN]
    async with town.database.read() as session:
        asked = [each.at for each in await list_events(session) if each.detail == "请居民评价"]
    assert [each.isoformat() for each in asked] == ["2026-03-12T01:00:00+00:00"]
    await town.wait(hours=12)
    assert (await town.ticket())["state"] == "closed"


async def test_the_result_just_told_is_the_one_that_is_meant(town: Town) -> None:
    await town.wait(minutes=30)
    await done(town, DIRT, 1002)
    assert await answer(town, "满意") == ["→ lisi: 1002居民说满意，已结案。"]
    assert (await town.ticket(1001))["state"] == "resolved"


async def test_with_two_results_just_told_he_is_asked_and_answers_with_a_number(town: Town) -> None:
    await done(town, DIRT, 1002)
    assert await answer(town, "不满意，太慢") == [
        f"{G3} @张三 您有几件，请回序号：\n1. 1002环境卫生\n2. 1001公共照明"
    ]
    said = await answer(town, "2")
    assert said[1].startswith("→ lisi: 1001张三评不满意：“太慢”。")
    assert (await town.ticket(1001))["state"] == "closed"
    assert await answer(town, "2", who="wangwu") == []


async def test_two_tickets_in_one_message(town: Town) -> None:
    await done(town, DIRT, 1002)
    assert await answer(town, "1001 好了 1002 没好") == [
        f"{G3} @张三 好的，工单1002重新办理，管家李四会再来处理。哪里还没好，请再说一句。",
        "→ lisi: 1001居民说满意，已结案。",
        "→ lisi: 【重开1002】张三说没修好：“1002 没好”\n请再处理，办好回“办结 1002”。",
    ]


async def test_quoting_the_result_says_which(town: Town) -> None:
    await done(town, DIRT, 1002)
    assert await answer(town, "4分", quote="bot-4") == ["→ lisi: 1001居民评价：4分，已结案。"]


async def test_he_may_answer_the_bot_directly(town: Town) -> None:
    assert await town.tell("zhangsan", "我的工单") == [
        "→ zhangsan: 工单1001【公共照明】已办结，满意回“满意”。"
    ]
    assert await town.tell("zhangsan", "满意") == [
        "→ zhangsan: 好的，工单1001记下了。",
        "→ lisi: 1001居民说满意，已结案。",
    ]
