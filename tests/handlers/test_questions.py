"""A question nobody answers becomes one quiet line to the steward (issue 3, item 3)."""

from __future__ import annotations

import pytest

from handlers.settings import Settings, UnderstandingSettings
from storage.engine import Database
from tests.handlers.town import Town

QUESTION = "请问门口在修什么呢"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def wait_for_answer(town: Town, minutes: int = 40) -> list[str]:
    await town.wait(minutes=minutes)
    return town.heard()


async def test_nobody_answers_and_the_steward_is_asked_once(town: Town) -> None:
    await town.say("zhangsan", QUESTION)
    assert await wait_for_answer(town, 29) == []
    assert await wait_for_answer(town, 2) == [
        f"→ lisi: 【请看一下 1001】玉景湾3号群 张三 09:12问：\n“{QUESTION}”，还没人回答。\n回 1登记 0不用"
    ]
    assert await town.tell("lisi", "0") == ["→ lisi: 1001已撤下，不算诉求。"]
    assert await wait_for_answer(town, 24 * 60) == []


async def test_the_steward_may_register_it(town: Town) -> None:
    await town.say("zhangsan", QUESTION)
    await wait_for_answer(town)
    said = await town.tell("lisi", "1")
    assert said[0].startswith("→ lisi: 1001已接单")
    assert "@张三 已登记" in said[1]


@pytest.mark.parametrize("who", ["lisi", "wangwu"])
async def test_an_answer_keeps_it_quiet(town: Town, who: str) -> None:
    await town.say("zhangsan", QUESTION)
    await town.wait(minutes=5)
    await town.say(who, "在修水管")
    assert await wait_for_answer(town) == []
    assert await town.count() == 0


@pytest.mark.parametrize("words", ["吃了吗", "孩子放学了吗", "周末去爬山吗", "早上好"])
async def test_small_talk_is_nobodys_question(town: Town, words: str) -> None:
    await town.say("zhangsan", words)
    assert await wait_for_answer(town) == []


async def test_a_line_the_steward_leaves_is_forgotten(town: Town) -> None:
    await town.say("zhangsan", QUESTION)
    await wait_for_answer(town)
    assert await wait_for_answer(town, 25 * 60) == []
    assert (await town.ticket())["state"] == "rejected"


async def test_it_can_be_switched_off(database: Database) -> None:
    quiet = Settings(understanding=UnderstandingSettings(unanswered_minutes=0))
    town = await Town.open(database, quiet)
    await town.say("zhangsan", QUESTION)
    assert await wait_for_answer(town) == []
