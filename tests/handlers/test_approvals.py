"""A second person's yes: asked for once, counted once, and without it nothing goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.replay.events import ACCOUNT
from handlers.reminders import (
    Author,
    Change,
    NotApproved,
    Plan,
    ReminderRefused,
    add_reminder,
    change_reminder,
    pause_reminder,
    run_reminder,
    submit,
)
from handlers.scopes import Named, find_scope
from handlers.settings import ReminderSettings
from storage.engine import Database
from storage.enums import FiringState, ScheduleState
from storage.models import Firing, Schedule
from tests.handlers.town import MORNING, PEOPLE, QUIET, Town

ASKING = replace(QUIET, reminders=ReminderSettings(approval=True, approval_over=1))
STAFF = PEOPLE + "社区老吴,laowu,社区,玉景社区,\n李姐,lijie,管理员,,\n"
ASKED = "【请您看】提示1，王主任写的，明天08:00发到3个群：\n玉景社区明天停水\n可以发回“同意 1”，不行回“不同意 1 原因”。"
TOMORROW = MORNING.replace(hour=8, minute=0) + timedelta(days=1)


async def town_with(
    database: Database, *, plan: Plan | None = None, urgent: bool = False, group: str = ""
) -> Town:
    """A town where 王主任 has just written a notice to 玉景社区 (or to one group) and let it go."""
    town = await Town.open(database, ASKING, people=STAFF)
    await town.wait(seconds=0)
    async with town.acting() as ctx:
        named = Named(groups=(group,)) if group else Named(communities=("玉景社区",))
        made = await add_reminder(
            ctx.session,
            text="{社区}明天停水",
            scope=await find_scope(ctx.session, named),
            by=Author(name="王主任", contact="admin", account=ACCOUNT),
            now=ctx.now,
            plan=plan or Plan(once_at=TOMORROW),
            urgent=urgent,
        )
        row = await ctx.session.get_one(Schedule, made.number)
        await submit(ctx.session, row, ctx.directory, ctx.settings.reminders)
    return town


async def state_of(town: Town) -> ScheduleState:
    async with town.database.read() as session:
        return (await session.get_one(Schedule, 1)).state


async def test_those_who_may_say_yes_are_asked_once_and_never_the_author(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    await town.wait(seconds=20)
    assert town.heard() == [f"→ {who}: {ASKED}" for who in ("laowu", "laochen", "lijie")]
    await town.wait(minutes=30)
    assert town.heard() == []


async def test_whoever_is_asked_sees_the_file_too(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    async with town.acting() as ctx:
        change = Change(media="a-0123456789ab.png")
        await change_reminder(ctx.session, number=1, change=change, by="王主任", now=ctx.now)
    await town.wait(seconds=20)
    asked = [line for line in town.heard() if line.startswith("→ laowu")]
    assert asked[-2].endswith("明天停水（另有一个文件）\n可以发回“同意 1”，不行回“不同意 1 原因”。")
    assert asked[-1] == "→ laowu: 温馨提示的附件 <a-0123456789ab.png>"


async def test_one_yes_lets_it_go_and_the_author_hears_of_it_once(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    await town.wait(seconds=20)
    town.heard()
    assert await town.tell("laowu", "同意1") == [
        "→ laowu: 好的，提示1明天08:00发。",
        "→ admin: 提示1，社区老吴同意了，明天08:00发。",
    ]
    assert await town.tell("laochen", "同意 1") == ["→ laochen: 提示1现在不用同意。"]
    await town.wait(hours=24)
    assert [line for line in town.heard() if "停水" in line] == [
        "[玉景湾3号群] 玉景社区明天停水",
        "[玉景湾4号群] 玉景社区明天停水",
        "[玉景湾5号群] 玉景社区明天停水",
    ]


@pytest.mark.parametrize(
    "said", ["同意", "同意。", "可以发", "提示1同意".replace("提示1", "1"), "同意发提示1"]
)
async def test_a_bare_yes_is_enough_when_only_one_waits(sqlite_database: Database, said: str) -> None:
    town = await town_with(sqlite_database)
    await town.wait(seconds=20)
    await town.tell("laochen", said)
    assert await state_of(town) is ScheduleState.ACTIVE


async def test_a_no_stops_it_and_says_why(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    await town.wait(seconds=20)
    town.heard()
    assert await town.tell("laochen", "不同意 1，时间写错了。") == [
        "→ laochen: 好的，提示1不发，已告诉王主任。",
        "→ admin: 提示1，街道老陈没有同意：时间写错了。没有发。要改就回“改提示 1 新的话”。",
    ]
    await town.wait(days=2)
    assert town.heard() == []
    assert await state_of(town) is ScheduleState.REFUSED


async def test_the_author_and_strangers_cannot_say_yes(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    await town.wait(seconds=20)
    town.heard()
    assert await town.tell("admin", "同意 1") == ["→ admin: 提示1是您自己写的，要请别人同意。"]
    assert await town.tell("lisi", "同意 1") == ["→ lisi: 提示1要管理员、街道或社区的人同意。"]
    assert await state_of(town) is ScheduleState.WAITING


async def test_without_a_yes_by_its_time_it_does_not_go_out_and_the_author_is_told(
    sqlite_database: Database,
) -> None:
    town = await town_with(sqlite_database)
    await town.wait(seconds=20)
    town.heard()
    await town.wait(days=2)
    assert town.heard() == ["→ admin: 提示1到时间还差1个人同意，这次没有发。"]
    assert await state_of(town) is ScheduleState.REFUSED
    assert await town.tell("laochen", "同意 1") == ["→ laochen: 提示1现在不用同意。"]


async def test_a_notice_for_now_waits_two_hours_and_goes_out_on_the_yes(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database, plan=Plan(once_at=MORNING))
    await town.wait(minutes=119)
    town.heard()
    said = await town.tell("laowu", "同意")
    await town.wait(seconds=30)
    assert sum("玉景社区明天停水" in line for line in [*said, *town.heard()]) == 3
    async with town.database.read() as session:
        assert [each.state for each in await session.scalars(select(Firing))] == [FiringState.SENT]


async def test_a_repeated_notice_is_left_out_until_the_yes(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database, plan=Plan(cron="0 8 * * *"))
    await town.wait(days=2)
    late = [line for line in town.heard() if "还差1个人" in line]
    assert late == ["→ admin: 提示1到时间还差1个人同意，这次没有发。"]
    await town.tell("laowu", "同意 1")
    town.heard()
    await town.wait(days=2)
    assert sum("停水" in line for line in town.heard()) == 6


async def test_an_edit_after_the_yes_needs_it_again(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    await town.wait(seconds=20)
    await town.tell("laowu", "同意 1")
    async with town.acting() as ctx:
        change = Change(text="{社区}后天停水")
        await change_reminder(ctx.session, number=1, change=change, by="王主任", now=ctx.now)
    assert await state_of(town) is ScheduleState.WAITING
    town.heard()
    await town.wait(seconds=20)
    assert "→ laowu: 【请您看】提示1，王主任写的，明天08:00发到3个群：\n玉景社区后天停水" in town.heard()[0]
    await town.tell("laowu", "同意 1")
    assert await state_of(town) is ScheduleState.ACTIVE


async def test_an_urgent_notice_needs_two_peoples_yes_for_any_group(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database, plan=Plan(once_at=MORNING), urgent=True, group="玉景湾3号群")
    await town.wait(seconds=20)
    assert town.heard()[0].startswith("→ laowu: 【紧急，请您看】提示1，王主任写的，马上发到1个群：")
    assert await town.tell("laowu", "同意") == ["→ laowu: 好的，提示1还要1个人同意。"]
    assert await town.tell("laowu", "同意 1") == ["→ laowu: 提示1您已经答复过了。"]
    assert await state_of(town) is ScheduleState.WAITING
    said = await town.tell("laochen", "同意")
    assert "→ admin: 提示1，社区老吴、街道老陈同意了，马上发。" in said
    assert "[玉景湾3号群] 玉景社区明天停水" in said


async def test_a_notice_to_few_groups_goes_without_asking(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database, group="玉景湾3号群")
    assert await state_of(town) is ScheduleState.ACTIVE
    await town.wait(days=1)
    assert town.heard() == ["[玉景湾3号群] 玉景社区明天停水"]


async def test_nothing_goes_round_the_yes(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    async with town.database.begin() as session:
        with pytest.raises(NotApproved, match="要另外1个人同意"):
            await run_reminder(session, number=1, by="a", now=town.now, settings=ASKING)
        row = await session.get_one(Schedule, 1)
        row.state, row.needed = ScheduleState.ACTIVE, 0  # as one that was planned before the setting
    await town.wait(days=1)
    assert not any(line.startswith("[") for line in town.heard())
    assert await state_of(town) is ScheduleState.WAITING


async def test_a_notice_that_is_held_back_is_not_asked_about(sqlite_database: Database) -> None:
    town = await town_with(sqlite_database)
    async with town.acting() as ctx:
        await pause_reminder(ctx.session, number=1, by="王主任", now=ctx.now)
    await town.wait(days=2)
    assert town.heard() == []


async def test_too_few_people_to_ask_are_said_at_once(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database, ASKING)
    async with town.acting() as ctx:
        made = await add_reminder(
            ctx.session,
            text="快跑",
            scope=await find_scope(ctx.session, Named(everyone=True)),
            by=Author(name="王主任", contact="admin", account=ACCOUNT),
            now=ctx.now,
            plan=Plan(once_at=MORNING),
            urgent=True,
        )
        row = await ctx.session.get_one(Schedule, made.number)
        with pytest.raises(ReminderRefused, match="要另外2个人同意才能发，名册里能同意的：街道老陈。"):
            await submit(ctx.session, row, ctx.directory, ctx.settings.reminders)
        row.state = ScheduleState.PAUSED


async def test_a_yes_to_an_extension_is_not_taken_for_a_notice(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database, ASKING, people=STAFF)
    assert "没有等您答复的延期" in (await town.tell("laochen", "同意"))[0]
    assert "没有查到工单1024" in (await town.tell("laochen", "同意 1024"))[0]
