"""Stewards and admins talk to the bot about 温馨提示: transcripts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.scopes import Scope
from handlers.settings import ReminderSettings
from storage.audiences import put_tag
from storage.engine import Database
from storage.models import Schedule
from tests.handlers.town import PEOPLE, QUIET, Town


def said_in(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("[")]


async def scope_of(town: Town, number: int = 1) -> Scope:
    async with town.database.read() as session:
        return Scope.from_json((await session.get_one(Schedule, number)).scope)


async def test_a_steward_tells_his_own_groups_and_sees_how_many_have_it(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    assert await town.tell("lisi", "发提示 明天停水，请存水。有事找{管家}") == [
        "→ lisi: 提示1 马上发到2个群（玉景湾3号群、玉景湾4号群）：\n明天停水，请存水。有事找李四\n"
        "发就回“确认 1”，不发回“不发 1”。"
    ]
    said = await town.tell("lisi", "确认")
    assert said[0] == "→ lisi: 提示1开始发，共2个群。看发了多少：看提示 1"
    assert said_in(said) == [f"[玉景湾{n}号群] 明天停水，请存水。有事找李四" for n in (3, 4)]
    assert await town.tell("lisi", "看提示") == ["→ lisi: 1 已发2个群，共2个 明天停水，请存水。有事找{管家}"]
    assert (await town.tell("lisi", "看提示 1"))[0].endswith("上次：已发2个群")


async def test_a_steward_reaches_nobody_elses_groups_and_notices(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    assert await town.tell("lisi", "发提示 给湖滨1号群 停水") == [
        "→ lisi: 没有发。湖滨1号群不归您管，请找管理员发。"
    ]
    await town.tell("admin", "明天8点发 停水")
    assert await town.tell("lisi", "看提示") == ["→ lisi: 没有要发的提示。"]
    assert await town.tell("lisi", "停提示 1") == ["→ lisi: 提示1不是您写的，请找管理员。"]
    await town.tell("lisi", "发提示 给4号群 停水")
    assert len((await scope_of(town, 2)).groups) == 1
    assert "[湖滨1号群]" not in " ".join(await town.tell("lisi", "确认"))


async def test_residents_and_volunteers_cannot_send_notices(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    for who in ("zhangsan", "tie1"):
        await town.tell(who, "发提示 停水")
        await town.tell(who, "确认")
    async with town.database.read() as session:
        assert await session.get(Schedule, 1) is None


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("发提示 给所有群 停水", 4),
        ("发提示 给玉景社区 停水", 3),
        ("发提示 给玉景湾3号群、湖滨1号群 停水", 2),
        ("发提示 给湖滨1号群和玉景湾4号群：停水", 2),
        ("发提示 给所有群除了玉景社区 停水", 1),
        ("发提示 给玉景社区除了玉景湾5号群 停水", 2),
        ("发提示 给老旧小区 停水", 2),
        ("发提示 给老旧小区的群 停水", 2),
        ("发提示 给供水排水没办完的群 停水", 1),
        ("明天8点给玉景社区发 停水", 3),
        ("麻烦明天早上8点给老旧小区发提示 停水", 2),
    ],
)
async def test_an_admin_says_where_in_his_own_words(sqlite_database: Database, said: str, count: int) -> None:
    town = await Town.open(sqlite_database)
    async with town.acting() as ctx:
        await put_tag(
            ctx.session,
            "老旧小区",
            [each.id for each in ctx.directory.groups.values() if each.name in ("玉景湾3号群", "湖滨1号群")],
        )
    await town.say("zhangsan", "3幢2单元停水了")
    await town.wait(seconds=20)
    town.heard()
    (answer,) = await town.tell("admin", said)
    assert f"发到{count}个群" in answer
    assert "\n停水\n" in answer


async def test_a_notice_that_is_going_out_is_stopped_half_way(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    town.now = town.now.replace(hour=23)
    await town.tell("admin", "发提示 停水")
    assert "共4个群" in (await town.tell("admin", "确认"))[0]
    assert await town.tell("admin", "停提示 1") == ["→ admin: 已停提示1。已取消4个群。"]
    await town.wait(hours=12)
    assert said_in(town.heard()) == []


async def test_an_approved_notice_from_draft_to_groups(sqlite_database: Database) -> None:
    settings = replace(QUIET, reminders=ReminderSettings(approval=True, approval_over=2))
    town = await Town.open(sqlite_database, settings, people=PEOPLE + "李姐,lijie,管理员,,\n")
    await town.tell("admin", "明天8点发 {社区}停水")
    assert await town.tell("admin", "确认") == [
        "→ admin: 提示1要另外1个人同意才发，已经去问了，有结果告诉您。",
        *(
            f"→ {who}: 【请您看】提示1，王主任写的，明天08:00发到4个群：\n玉景社区停水\n"
            "可以发回“同意 1”，不行回“不同意 1 原因”。"
            for who in ("laochen", "lijie")
        ),
    ]
    assert await town.tell("admin", "看提示") == ["→ admin: 1 3月11日08:00（等人同意） {社区}停水"]
    assert await town.tell("lijie", "不同意 1 写清楚几点") == [
        "→ lijie: 好的，提示1不发，已告诉王主任。",
        "→ admin: 提示1，李姐没有同意：写清楚几点。没有发。要改就回“改提示 1 新的话”。",
    ]
    edited = await town.tell("admin", "改提示 1 {社区}9点到11点停水")
    assert edited[0].startswith("→ admin: 提示1改成：\n玉景社区9点到11点停水\n提示1要另外1个人同意才发")
    assert "→ lijie: 【请您看】提示1" in edited[2]
    await town.tell("lijie", "同意")
    await town.wait(hours=24)
    assert len(said_in(town.heard())) == 4


async def test_an_urgent_notice_asks_two_people_and_then_goes_at_once(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database, people=PEOPLE + "李姐,lijie,管理员,,\n")
    (draft,) = await town.tell("admin", "紧急发提示 给玉景社区 燃气漏了，请不要开灯，快到楼下")
    assert draft.startswith("→ admin: 紧急提示1 马上发到3个群（玉景湾3号群、玉景湾4号群、玉景湾5号群）：")
    asked = await town.tell("admin", "确认 1")
    assert "→ admin: 提示1要另外2个人同意才发，已经去问了，有结果告诉您。" in asked
    assert await town.tell("laochen", "同意") == ["→ laochen: 好的，提示1还要1个人同意。"]
    said = await town.tell("lijie", "同意")
    assert len(said_in(said)) == 3


async def test_a_refusal_changes_nothing(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    await town.tell("admin", "紧急发提示 快跑")
    (answer,) = await town.tell("admin", "确认")
    assert answer == "→ admin: 要另外2个人同意才能发，名册里能同意的：街道老陈。"
    assert await town.tell("admin", "看提示") == ["→ admin: 1（停着） 【紧急】快跑"]
    await town.wait(hours=3)
    assert town.heard() == []
