"""Transcripts of 五老: their reports need no question, and notices go on through them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.elders.passing import ask_elders
from handlers.scopes import Scope
from handlers.settings import Settings, UnderstandingSettings
from storage.engine import Database
from storage.relays import list_relays
from storage.tickets import list_tickets
from tests.handlers.town import PEOPLE, Town

ELDERS = (
    PEOPLE
    + """五老王奶奶,wangnn,五老,玉景社区,
五老陈伯,chenbo,五老,玉景社区,
五老沈姨,shenyi,五老,湖滨社区,
"""
)
PERHAPS = "3幢2单元楼道灯坏了"
NEVER_SURE = Settings(understanding=UnderstandingSettings(ticket_bound=99.0, ask_bound=0.2))
"""Under which every report is asked about."""

G3 = "[玉景湾3号群]"


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    return await Town.open(sqlite_database, people=ELDERS)


@pytest.fixture
async def unsure(sqlite_database: Database) -> Town:
    return await Town.open(sqlite_database, NEVER_SURE, ELDERS)


async def say(town: Town, who: str, words: str, room: str = "玉景湾3号群") -> list[str]:
    await town.say(who, words, room=room)
    await town.wait(seconds=10)
    return town.heard()


async def test_the_same_words_are_asked_about_when_a_neighbour_says_them(unsure: Town) -> None:
    (asked,) = await say(unsure, "zhangsan", PERHAPS)
    assert asked.startswith("→ lisi: 【请看一下 1001】")


async def test_what_an_elder_reports_is_a_ticket_and_marked_as_verified(unsure: Town) -> None:
    ack, prompt = await say(unsure, "wangnn", PERHAPS)
    assert ack.startswith(f"{G3} @wangnn 已登记【")
    assert prompt.startswith("→ lisi: 【新工单1001】")
    assert " 五老反映\n" in prompt
    async with unsure.database.read() as session:
        (ticket,) = await list_tickets(session)
        assert (ticket.verified, ticket.unsure) == (True, False)
    assert "verified" in await timeline(unsure)


async def test_an_elder_of_another_community_is_a_neighbour_here(unsure: Town) -> None:
    (asked,) = await say(unsure, "shenyi", PERHAPS)
    assert asked.startswith("→ lisi: 【请看一下 1001】")


async def test_what_an_elder_chats_about_stays_chat(town: Town) -> None:
    assert await say(town, "wangnn", "早上好") == []
    assert await town.count() == 0


async def test_an_elder_who_says_the_same_makes_a_question_a_ticket(unsure: Town) -> None:
    await say(unsure, "zhangsan", PERHAPS)
    said = await say(unsure, "wangnn", PERHAPS)
    assert any(line.startswith(f"{G3} @zhangsan 已登记【") or "@张三 已登记【" in line for line in said)
    assert any(line.startswith("→ lisi: 【新工单1001】") and "五老反映" in line for line in said)


async def test_an_elder_who_joins_a_sure_ticket_is_told_to_the_steward(town: Town) -> None:
    await say(town, "zhangsan", "3幢2单元楼道灯坏了")
    said = await say(town, "wangnn", "3幢2单元楼道灯坏了")
    assert "→ lisi: 1001五老wangnn也反映了。" in said
    assert "五老反映" in (await town.tell("lisi", "1001"))[0]


async def test_an_admin_has_a_notice_passed_on_and_sees_who_has(database: Database) -> None:
    town = await Town.open(database, people=ELDERS)
    said = await town.tell("admin", "请五老转 明天上午停水，请提前储水")
    ask = "【请转告 1】明天上午停水，请提前储水\n转到群里或告诉邻居后，请回“已转”。"
    assert set(said) == {
        "→ admin: 转告1已请3位五老转。看谁转了请发：看转告 1",
        f"→ wangnn: {ask}",
        f"→ chenbo: {ask}",
        f"→ shenyi: {ask}",
    }
    assert await town.tell("wangnn", "已转") == ["→ wangnn: 谢谢您！转告1记下了。"]
    assert await town.tell("chenbo", "转了3号群") == ["→ chenbo: 谢谢您！转告1记下了。"]
    assert await town.tell("chenbo", "已转玉景湾4号群") == ["→ chenbo: 谢谢您！转告1记下了。"]
    assert await town.tell("wangnn", "已转") == ["→ wangnn: 谢谢您！转告1记下了。"]
    assert await town.tell("admin", "看转告 1") == [
        "→ admin: 转告1“明天上午停水，请提前储水”2位已转，共3位。\n"
        "已转：五老王奶奶、五老陈伯（玉景湾3号群、玉景湾4号群）\n还没转：五老沈姨"
    ]
    assert await town.tell("admin", "看转告") == ["→ admin: 转告1“明天上午停水，请提前储水”2位已转，共3位。"]


async def test_only_the_elders_of_one_community_are_asked(town: Town) -> None:
    said = await town.tell("admin", "请五老转 湖滨社区 明天停水")
    assert said[0] == "→ admin: 转告1已请1位五老转。看谁转了请发：看转告 1"
    assert [line.split(":")[0] for line in said[1:]] == ["→ shenyi"]


async def test_a_reminder_is_passed_on_by_its_number(town: Town) -> None:
    await town.tell("admin", "明天8点发 {社区}的邻居请关好门窗")
    said = await town.tell("admin", "请五老转 提示1")
    assert "→ wangnn: 【请转告 1】玉景社区的邻居请关好门窗\n转到群里或告诉邻居后，请回“已转”。" in said
    assert "→ shenyi: 【请转告 1】湖滨社区的邻居请关好门窗\n转到群里或告诉邻居后，请回“已转”。" in said
    async with town.database.read() as session:
        (report,) = await list_relays(session, schedule_id=1)
        assert len(report.waiting) == 3
    assert await town.tell("admin", "请五老转 提示9") == ["→ admin: 没有提示9，请看看号码。"]


async def test_who_has_two_notices_to_pass_on_is_asked_which(town: Town) -> None:
    await town.tell("admin", "请五老转 明天停水")
    await town.tell("admin", "请五老转 后天停电")
    assert await town.tell("wangnn", "已转") == [
        "→ wangnn: 您有几条要转，请带号码，比如“已转 2”：\n2 后天停电\n1 明天停水"
    ]
    assert await town.tell("wangnn", "已转 1") == ["→ wangnn: 谢谢您！转告1记下了。"]
    assert await town.tell("wangnn", "已转") == ["→ wangnn: 谢谢您！转告2记下了。"]
    assert await town.tell("wangnn", "已转 7") == ["→ wangnn: 没有转告7，请看看号码。"]


async def test_quoting_says_which_notice(town: Town) -> None:
    await town.tell("admin", "请五老转 湖滨社区 明天停水")
    await town.tell("admin", "请五老转 湖滨社区 后天停电")
    first = "bot-2"  # after the answer to the admin
    assert await town.tell("shenyi", "已转", quote=first) == ["→ shenyi: 谢谢您！转告1记下了。"]


async def test_a_firing_asks_once(town: Town, sqlite_database: Database) -> None:
    await town.tell("admin", "发提示 明天停水")
    await town.tell("admin", "发提示 1")
    for expected in (3, None):
        async with town.acting() as ctx:
            asked = await ask_elders(
                ctx, "明天停水", scope=Scope(everyone=True), by="系统", schedule_id=1, firing_id=1
            )
            assert (asked.count if asked else None) == expected


async def test_who_was_asked_nothing_is_a_resident_like_any_other(town: Town) -> None:
    assert (await town.tell("wangnn", "已转"))[0].startswith("→ wangnn: 请在您所在的微网群里说")
    await say(town, "wangnn", "3幢2单元楼道灯坏了")
    assert "工单1001" in (await town.tell("wangnn", "进度"))[0]


async def test_at_night_a_notice_waits_for_the_morning(town: Town) -> None:
    town.now += timedelta(hours=14)
    assert await town.tell("admin", "请五老转 明天停水") == [
        "→ admin: 转告1已请3位五老转。看谁转了请发：看转告 1"
    ]
    await town.wait(hours=8)
    assert sum("【请转告 1】" in line for line in town.heard()) == 3


async def timeline(town: Town) -> list[str]:
    events = (await town.ticket())["timeline"]
    assert isinstance(events, list)
    return [str(event["what"].value) for event in events]
