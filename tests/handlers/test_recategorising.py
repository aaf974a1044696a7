"""Transcripts of 改类 with names nobody knows, and of 备注, which residents never see."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
G3 = "[玉景湾3号群]"


@pytest.fixture
async def town(database: Database) -> Town:
    town = await Town.open(database)
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    town.heard()
    return town


@pytest.mark.parametrize(
    ("words", "name"), [("电梯", "电梯"), ("供电", "供电用电"), ("停车类", "停车秩序"), ("power", "供电用电")]
)
async def test_a_name_or_a_part_of_it_is_enough(town: Town, words: str, name: str) -> None:
    assert await town.tell("lisi", f"改类 1001 {words}") == [f"→ lisi: 1001已改为【{name}】。"]


@pytest.mark.parametrize(
    ("words", "near"),
    [("电瓶车", "停车秩序"), ("漏水", "供水排水"), ("物管", "物业服务"), ("安", "房屋安全")],
)
async def test_an_unknown_name_offers_near_ones(town: Town, words: str, near: str) -> None:
    (asked,) = await town.tell("lisi", f"改类 1001 {words}")
    assert asked.startswith(f"→ lisi: 没有“{words}”这一类。是不是这几类？请回序号：\n1. ")
    assert len(asked) <= 200
    lines = asked.split("\n")[1:]
    choice = next(line for line in lines if line.endswith(near)).partition(".")[0]
    assert await town.tell("lisi", choice) == [f"→ lisi: 1001已改为【{near}】。"]


async def test_without_a_name_it_asks_and_other_words_change_nothing(town: Town) -> None:
    assert (await town.tell("lisi", "改类 1001"))[0].startswith("→ lisi: 1001改成哪一类？请回序号")
    await town.tell("lisi", "9")
    assert (await town.ticket())["category"] == "lighting"


async def test_a_word_near_to_nothing_lists_them_all(town: Town) -> None:
    (asked,) = await town.tell("lisi", "改类 1001 xyz")
    assert asked.startswith("→ lisi: 没有“xyz”这一类。有：公共照明、")


async def test_notes_are_for_the_staff_only(town: Town) -> None:
    assert await town.tell("lisi", "备注 1001 业主脾气大，先打电话") == ["→ lisi: 1001已记下备注。"]
    assert await town.tell("lisi", "这户是独居老人", quote="bot-2") == ["→ lisi: 1001已记下备注。"]
    shown = (await town.tell("lisi", "1001"))[0]
    assert shown.split("\n")[-3:] == [
        "现在：待接单",
        "备注（李四）：业主脾气大，先打电话",
        "备注（李四）：这户是独居老人",
    ]
    await town.tell("lisi", "办结 换了灯泡")
    await town.say("zhangsan", "进度")
    await town.say("zhangsan", "我的工单", room=None)
    await town.wait(hours=49)
    assert not any("老人" in line or "脾气" in line for line in town.heard())
    shown = (await town.tell("lisi", "1001"))[0]
    assert "现在：已结案（居民无异议）\n办结：换了灯泡" in shown


async def test_words_of_ten_thousand_characters_are_refused_and_change_nothing(town: Town) -> None:
    answer = ["→ lisi: 太长了，没有记下。请少于1000个字再发。"]
    assert await town.tell("lisi", "备注 1001 " + "长" * 10_000) == answer
    assert await town.tell("lisi", "办结 1001 " + "长" * 10_000) == answer
    assert (await town.ticket())["state"] == "prompted"
