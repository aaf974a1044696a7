"""Transcripts of stewards who take one of two matters out of a ticket by naming it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.tickets.matters import take_matter
from nlp import compile_rules, default_rules
from storage.engine import Database
from storage.models import Ticket
from storage.tickets import get_ticket, list_events
from tests.handlers.town import MORNING, Town

TWO = "3幢2单元楼道灯坏了，黑漆漆的，电梯也坏了，停在5楼不动"
G3 = "[玉景湾3号群]"


@pytest.fixture
async def town(database: Database) -> Town:
    """张三 has told of a lamp and a lift in one breath; the steward has taken it on."""
    town = await Town.open(database)
    await town.say("zhangsan", TWO)
    await town.wait(seconds=20)
    await town.tell("lisi", "1")
    await town.wait(minutes=30)
    town.heard()
    return town


async def row(town: Town, number: int) -> Ticket:
    async with town.database.read() as session:
        ticket = await get_ticket(session, number)
        assert ticket is not None
        return ticket


@pytest.mark.parametrize("words", ["拆 1001 电梯", "拆1001电梯", "1001 拆 电梯", "拆单 1001 停在5楼"])
async def test_one_of_two_matters_gets_a_ticket_of_its_own(town: Town, words: str) -> None:
    said = await town.tell("lisi", words)
    assert said[0] == "→ lisi: 已把“电梯也坏了，停在5楼不动”从1001里拆出来，新工单1002。"
    await town.wait(seconds=20)
    assert (said + town.heard())[1:] == [
        f"{G3} @张三 已登记【电梯】3幢2单元，工单1002。管家李四会跟进，回“进度”可查。",
        "→ lisi: 【新工单1002】电梯 玉景湾3号群 张三 09:12\n“电梯也坏了，停在5楼不动” 地点：3幢2单元\n"
        "回复 1接单 2转派 3叫铁脚板 4办结 0不是诉求",
    ]
    first, second = await row(town, 1001), await row(town, 1002)
    assert (first.text, first.category) == ("3幢2单元楼道灯坏了，黑漆漆的", "lighting")
    assert (second.text, second.category) == ("电梯也坏了，停在5楼不动", "elevator")


async def test_the_clocks_of_both_count_from_when_it_was_said(town: Town) -> None:
    await town.tell("lisi", "拆 1001 电梯")
    first, second = await row(town, 1001), await row(town, 1002)
    assert first.opened_at == second.opened_at == first.clock_from == second.clock_from == MORNING
    assert second.responded_at == first.responded_at
    assert second.resolve_due == first.resolve_due
    await town.wait(minutes=20)
    assert not any("提醒" in line for line in town.heard())
    await town.wait(minutes=15)
    assert any("【提醒】工单1002" in line for line in town.heard())


async def test_what_is_left_is_named_anew_when_its_first_matter_went(town: Town) -> None:
    await town.tell("lisi", "拆 1001 公共照明")
    assert ((await row(town, 1001)).category, (await row(town, 1002)).category) == ("elevator", "lighting")


@pytest.mark.parametrize("words", ["垃圾", "修"])
async def test_what_is_not_there_is_not_split(town: Town, words: str) -> None:
    assert await town.tell("lisi", f"拆 1001 {words}") == [
        f"→ lisi: 1001里没有单独说“{words}”的人或话，拆不开。"
    ]
    assert await town.count() == 1
    assert (await row(town, 1001)).text == TWO


async def test_a_neighbours_split_counts_from_when_he_said_it(town: Town) -> None:
    await town.say("wangwu", "3幢2单元楼道灯不亮了")
    await town.wait(hours=1)
    await town.tell("lisi", "拆 1001 王五")
    own = await row(town, 1002)
    assert own.resident == "wangwu"
    assert own.opened_at == own.clock_from == town.now - timedelta(hours=1, seconds=1)
    async with town.database.read() as session:
        notes = [each.detail for each in await list_events(session) if each.what == "noted"]
    assert notes == ["拆出王五，工单1002"]


@pytest.mark.parametrize(
    ("text", "words", "taken"),
    [
        ("楼道灯坏了\n还有12幢垃圾没人收，臭死了", "垃圾", ("还有12幢垃圾没人收，臭死了", "楼道灯坏了")),
        ("水管漏水，墙都湿了，门也关不上", "门", ("门也关不上", "水管漏水\n墙都湿了")),
        ("楼道灯坏了", "灯", None),
        ("楼道灯坏了，垃圾没人收", "电梯", None),
        ("", "灯", None),
        ("灯" * 5_000, "灯", None),
    ],
)
def test_matters_are_found_by_words_or_category(text: str, words: str, taken: tuple[str, str] | None) -> None:
    names = {"lighting": "公共照明", "sanitation": "环境卫生", "elevator": "电梯"}
    assert take_matter(compile_rules(default_rules()), text, words, names) == taken
