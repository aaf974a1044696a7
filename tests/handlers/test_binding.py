"""One-time codes bind a WeChat contact to somebody of the roster: once, directly, and nobody guesses."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.replay.events import ACCOUNT
from handlers.chat.reception import receive
from handlers.events import IncomingMessage
from handlers.roster import import_roster
from handlers.roster.codes import CodeRefused, make_codes, read_code
from handlers.rosterfile import parse_roster
from storage.engine import Database
from storage.models import BindingCode, Message, Person
from storage.people import list_groups
from tests.handlers.town import PEOPLE, ROSTER, Town

SIX = "玉景湾6号群"
MORE = f"玉景社区,第一网格,{SIX},周敏,,赵敏,zhaomin,孙强,sunqiang\n"
LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    return await Town.open(sqlite_database, more=MORE)


async def issue(town: Town, name: str | None, place: str | None = None) -> list[str]:
    async with town.database.begin() as session:
        groups = {group.id: group.name for group in await list_groups(session)}
        codes = await make_codes(session, name, place=place, groups=groups, now=town.now, by="test")
    return [each.code for each in codes]


async def test_until_he_is_bound_the_next_in_line_is_asked_then_he_is(town: Town) -> None:
    await town.say("zhangsan", LAMP, room=SIX)
    await town.wait(seconds=20)
    assert [line.split("\n")[0] for line in town.heard()] == [
        f"[{SIX}] @张三 已登记【公共照明】3幢2单元，工单1001。赵敏会跟进，回“进度”可查。",
        "→ zhaomin: 【新工单1001】公共照明 玉景湾6号群 张三 09:12",
    ]
    (code,) = await issue(town, "周敏")
    assert await town.tell("wx-zhoumin", f"绑定 {code}") == [
        "→ wx-zhoumin: 绑定好了，周敏您好！您是玉景湾6号群管家。回“帮助”看怎么用。",
        "→ admin: 周敏（玉景湾6号群管家）已经绑定微信。不是本人的话，请马上给他一个新码。",
    ]
    await town.say("wangwu", "5幢水管爆了，水漫出来了", room=SIX)
    await town.wait(seconds=20)
    assert any(line.startswith("→ wx-zhoumin: 【") for line in town.heard())


async def test_a_code_works_once(town: Town) -> None:
    (code,) = await issue(town, "周敏")
    await town.tell("wx-zhoumin", code)
    assert await town.tell("thief", f"绑定 {code}") == [
        "→ thief: 这个码不对，或者过期、用过了。请找管理员要新的。"
    ]


async def test_a_new_phone_takes_over_everything_that_was_on_the_old_one(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    await town.tell("lisi", "1")
    await town.tell("lisi", "7.1-7.5 请假 钱七代")
    (code,) = await issue(town, "李四")
    assert await town.tell("lisi-new", code.replace(" ", "")) == [
        "→ lisi-new: 绑定好了，李四您好！您是玉景湾3号群等2个群管家。您手上有1件，回“我的工单”看。回“帮助”看怎么用。",
        "→ admin: 李四（玉景湾3号群等2个群管家）换了微信，新的已经绑定。不是本人的话，请马上给他一个新码。",
    ]
    assert "1001" in (await town.tell("lisi-new", "我的工单"))[0]
    assert "已取消请假" in (await town.tell("lisi-new", "取消请假"))[0]
    assert "1001" not in "".join(await town.tell("lisi", "我的工单"))
    assert (await town.ticket())["steward"] == "lisi-new"


async def test_what_waits_for_the_old_phone_goes_to_the_new_one(town: Town) -> None:
    town.now += timedelta(hours=14)  # at night a prompt waits for the morning
    await town.say("zhangsan", LAMP)
    (code,) = await issue(town, "李四")
    await town.tell("lisi-new", code)
    town.heard()
    await town.wait(hours=10)
    assert any(line.startswith("→ lisi-new: 【新工单1001】") for line in town.heard())


async def test_nobody_guesses_for_long(town: Town) -> None:
    (code,) = await issue(town, "周敏")
    wrong = [f"{n:04d} {n:04d}" for n in range(6) if f"{n:04d} {n:04d}" != code][:5]
    for each in wrong:
        assert "不对" in (await town.tell("thief", f"绑定 {each}"))[0]
    assert "过一小时" in (await town.tell("thief", f"绑定 {code}"))[0]
    assert "绑定好了" in (await town.tell("wx-zhoumin", code))[0]
    (code,) = await issue(town, "周敏")
    await town.wait(hours=1, minutes=1)
    town.heard()
    assert "绑定好了" in (await town.tell("thief", code))[0]


async def test_a_code_dies_of_old_age_and_of_a_newer_one(town: Town) -> None:
    (old,) = await issue(town, "周敏")
    (new,) = await issue(town, "周敏")
    assert "不对" in (await town.tell("wx-zhoumin", f"绑定 {old}"))[0]
    await town.wait(days=3, minutes=1)
    town.heard()
    assert "不对" in (await town.tell("wx-zhoumin", f"绑定 {new}"))[0]


async def test_a_code_shown_to_a_group_is_dead(town: Town) -> None:
    (code,) = await issue(town, "周敏")
    await town.say("wx-zhoumin", f"绑定{code}", room=SIX)
    await town.wait(seconds=20)
    assert town.heard() == [
        "→ wx-zhoumin: 绑定码只能私下发给我，刚才那个作废了，请找管理员要新的。",
        "→ admin: 周敏的绑定码发到了群里，已经作废，请再给他一个。",
    ]
    assert "不对" in (await town.tell("thief", f"绑定 {code}"))[0]


async def test_a_telephone_number_is_no_code(town: Town) -> None:
    assert read_code("13912345678") is None
    assert "绑定" not in "".join(await town.tell("zhangsan", "8213 4567"))
    await town.say("zhangsan", "82134567")
    await town.wait(seconds=20)
    assert town.heard() == []


async def test_a_wechat_that_is_somebody_else_stays_who_it_is(town: Town) -> None:
    (code,) = await issue(town, "周敏")
    assert await town.tell("qianqi", f"绑定 {code}") == ["→ qianqi: 这个微信已经是钱七，没有改。请找管理员。"]
    assert "绑定好了" in (await town.tell("wx-zhoumin", code))[0]


async def test_neither_the_code_nor_its_words_are_kept(town: Town) -> None:
    (code,) = await issue(town, "周敏")
    await town.tell("wx-zhoumin", f"绑定 {code}")
    async with town.database.read() as session:
        hashes = list(await session.scalars(select(BindingCode.code_hash)))
        words = list(await session.scalars(select(Message.text)))
    assert code.replace(" ", "") not in "".join(hashes + words).replace(" ", "")


async def test_everybody_without_a_wechat_gets_a_code_and_two_of_a_name_are_told_apart(
    sqlite_database: Database,
) -> None:
    more = MORE + "湖滨社区,第二网格,湖滨2号群,周敏,,,,,\n"
    town = await Town.open(sqlite_database, more=more)
    with pytest.raises(CodeRefused, match=r"有2个“周敏”（玉景湾6号群管家；湖滨2号群管家）"):
        await issue(town, "周敏")
    with pytest.raises(CodeRefused, match="名册里没有“周大敏”"):
        await issue(town, "周大敏")
    assert len(await issue(town, None)) == 2
    (code,) = await issue(town, "周敏", "湖滨社区")
    assert "湖滨2号群管家" in (await town.tell("zhou2", code))[0]
    assert len(await issue(town, None)) == 1


async def test_of_two_who_send_a_code_at_once_only_one_is_bound(database: Database) -> None:
    town = await Town.open(database, more=MORE)
    (code,) = await issue(town, "周敏")

    async def send(who: str) -> None:
        message = IncomingMessage(account=ACCOUNT, id=who, at=town.now, talker=who, name=who, text=code)
        async with town.database.begin() as session:
            await receive(await town.context(session), [message])

    await asyncio.gather(send("one"), send("two"))
    async with database.read() as session:
        bound = await session.scalars(select(Person.contact_id).where(Person.contact_id.in_(("one", "two"))))
        assert len(list(bound)) == 1


async def test_a_bound_steward_outlives_another_import(town: Town) -> None:
    (code,) = await issue(town, "周敏")
    await town.tell("wx-zhoumin", code)
    async with town.database.begin() as session:
        roster = parse_roster("r", (ROSTER + MORE).encode(), ("p", PEOPLE.encode()))
        assert not (await import_roster(session, roster, now=town.now, by="test")).anything
    await town.say("zhangsan", LAMP, room=SIX)
    await town.wait(seconds=20)
    assert any(line.startswith("→ wx-zhoumin: 【新工单1001】") for line in town.heard())
