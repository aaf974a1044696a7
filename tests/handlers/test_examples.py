"""Taught by use: corrections are kept, proposals come of them, and one word accepts one (issue 3, item 7)."""

from __future__ import annotations

import asyncio

import pytest

from handlers.examples import gather, labelled_texts, news, propose, work_out
from handlers.rules import load_text
from storage.engine import Database
from storage.examples import Labelled, list_examples
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，电话13812345678"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def report(town: Town, words: str = LAMP, who: str = "zhangsan") -> None:
    await town.say(who, words)
    await town.wait(seconds=10)
    town.heard()


async def examples(town: Town) -> list[Labelled]:
    async with town.database.read() as session:
        return await list_examples(session)


async def test_what_is_not_a_request_is_kept_without_numbers(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "0")
    assert await examples(town) == [Labelled("3幢2单元楼道灯坏了，电话138******78", None)]


async def test_another_category_is_kept_and_the_last_word_counts(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "改类 公共设施维修")
    await town.tell("lisi", "改类 物业服务")
    assert await examples(town) == [Labelled("3幢2单元楼道灯坏了，电话138******78", "property")]


async def test_accepting_teaches_nothing(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "1")
    assert await examples(town) == []


async def test_proposals_are_listed_and_accepted_one_by_one(town: Town) -> None:
    assert await town.tell("admin", "建议") == ["→ admin: 现在没有建议。大家纠正过的，每天夜里会整理一次。"]
    assert (await town.tell("admin", "采纳 1"))[0] == "→ admin: 没有改动。没有建议1。"
    await report(town, "9幢楼道灯坏了")
    for words in ("3幢楼道灯坏了，就是风铃旁边", "风铃那里路灯坏了，5幢"):
        await report(town, words, who=words)
        await town.tell("lisi", f"{1000 + await town.count()} 改类 公共设施维修")
    async with town.database.read() as session:
        assert await news(session)
        material = await gather(session)
    found = await asyncio.to_thread(work_out, material)
    assert found
    async with town.database.begin() as session:
        await propose(session, found, now=town.now)
    async with town.database.read() as session:
        assert not await news(session)
    listed = (await town.tell("admin", "建议"))[0]
    assert listed.startswith("→ admin: 从大家的纠正里想到这些改法：\n1. “")
    assert listed.endswith("比如：采纳 1")
    said = (await town.tell("admin", "采纳 1"))[0]
    assert said.startswith("→ admin: 已采纳，就是规则")
    async with town.database.read() as session:
        assert found[0].line in await load_text(session)
    assert (await town.tell("admin", "采纳 1"))[0] == "→ admin: 没有改动。没有建议1。"


async def test_only_an_admin_sees_proposals(town: Town) -> None:
    assert (await town.tell("lisi", "建议"))[0].startswith("→ lisi: 没听懂")


async def test_tickets_taken_on_and_corrections_are_what_tables_are_learned_from(town: Town) -> None:
    await report(town)
    await report(town, "9幢垃圾没人收，臭死了", who="wangwu")
    await town.tell("lisi", "1001 接单")
    await town.tell("lisi", "1002 改类 物业服务")
    async with town.database.read() as session:
        texts, labels = await labelled_texts(session)
    assert (len(texts), labels) == (2, ["lighting", "property"])
