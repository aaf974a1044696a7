"""The library of common notices: each an example that reads well in every group and is refused while slots are open."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime

import pytest

from bot.demo.loading import load_demo, read_demo
from handlers.reminders import ReminderRefused
from handlers.reminders.audience import find_audience
from handlers.reminders.library import Example, find_example, library
from handlers.reminders.notices import LONG_TEXT, clean_notice, doubts, fill_notice
from handlers.scopes import Scope
from handlers.wording import SHANGHAI
from nlp import CATEGORIES
from storage.audiences import Target
from storage.engine import Database
from storage.schedules import list_stewards

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
OPEN = re.compile(r"[{}〔〕]")


def filled(example: Example) -> str:
    return example.filled(dict.fromkeys(example.slots, "明天上午"))


async def test_no_field_is_left_open_in_any_notice_for_any_demo_group(sqlite_database: Database) -> None:
    demo = await asyncio.to_thread(read_demo)
    async with sqlite_database.begin() as session:
        await load_demo(session, now=NOW)
        targets = await find_audience(session, Scope(everyone=True))
        stewards = await list_stewards(session)
    assert len(targets) == len(demo.roster.groups)
    for example in library():
        text = clean_notice(filled(example))
        for target in targets:
            said = fill_notice(text, target, stewards, NOW)
            assert not OPEN.search(said), (example.key, target.name)
            assert "微网管家" not in said, (example.key, target.name)


def test_every_field_is_filled_even_for_a_group_that_lacks_everything() -> None:
    bare = Target(id=-1, name="工作群", community_id=0, community="", account="a", contact="w")
    text = clean_notice("{社区} {群名} {网格} {街道} {管家} {日期} {星期} {明天}")
    said = fill_notice(text, bare, {}, NOW, "玉景街道")
    assert said == "玉景街道 工作群 本网格 玉景街道 微网管家 11月24日 星期二 11月25日"


@pytest.mark.parametrize("example", library(), ids=lambda each: each.key)
def test_every_notice_is_short_plain_and_complete(example: Example) -> None:
    text = filled(example)
    assert len(text) <= LONG_TEXT
    assert not doubts(text)
    assert example.category in {each.code for each in CATEGORIES}
    assert example.season
    assert example.kind
    assert all(len(line) <= 60 for line in text.splitlines()), "a line is read in one breath"
    assert not re.search(r"请知悉|特此通知|广大居民|积极配合|敬请谅解|谨防|严禁|切勿|切实", text)
    if example.slots:
        with pytest.raises(ReminderRefused, match="还有没填的：〔"):
            clean_notice(example.text)


def test_keys_and_names_are_told_apart_and_found() -> None:
    assert len({each.key for each in library()}) == len({each.name for each in library()}) == len(library())
    assert find_example("停水").key == "water-cut"
    assert find_example(" Typhoon ").name == "台风"
    assert find_example("义").name == "义诊"
    with pytest.raises(ReminderRefused, match="不止一个范本：防诈骗、老人防骗"):
        find_example("骗")
    with pytest.raises(ReminderRefused, match="没有“飞碟”这个范本。有：台风、"):
        find_example("飞碟")
    with pytest.raises(ReminderRefused, match="没有〔颜色〕。要填的：日期、几点到几点"):
        find_example("停水").filled({"颜色": "红"})


def test_what_is_asked_for_is_there() -> None:
    wanted = (
        "typhoon cold heat rainstorm gas fire ebike fraud mosquito water-cut power-cut visit clinic lift garbage "
        "pipes fireworks drowning"
    )
    assert set(wanted.split()) <= {each.key for each in library()}
