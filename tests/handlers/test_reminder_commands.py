"""An admin plans and sends 温馨提示 by direct message; nothing goes out before a second word."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from handlers.events import IncomingMessage
from handlers.reminders import BadSchedule, Plan, next_times, reminder_command
from handlers.reminders.spoken import read_spoken
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import RoleKind
from storage.models import CalendarDay, Community, Group, Outbox, Person, Role
from storage.people import bump_directory
from tests.handlers.town import QUIET, make_surroundings

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)  # a Tuesday


@pytest.fixture
async def district(sqlite_database: Database) -> Database:
    """One community with one group."""
    async with sqlite_database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        session.add(Person(id=1, name="王主任", contact_id="wx-admin"))
        await session.flush()
        session.add(Role(person_id=1, kind=RoleKind.ADMIN))
        session.add(Group(id=1, community_id=1, name="1号群", account="a", room_id="1"))
        await bump_directory(session)
    return sqlite_database


async def say(database: Database, text: str, now: datetime = NOW) -> str | None:
    """What 王主任, an admin, is answered."""
    async with database.begin() as session:
        ctx = await make_surroundings(QUIET).context(session, now)
        admin = ctx.directory.person("wx-admin")
        assert admin is not None
        message = IncomingMessage(account="a", id="m", at=now, talker="wx-admin", name="王主任", text=text)
        return await reminder_command(ctx, admin, message)


async def queued(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Outbox)) or 0


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("明天8点发 停水", "2026-11-25 08:00"),
        ("8点发 停水", "2026-11-25 08:00"),
        ("10:30发 停水", "2026-11-24 10:30"),
        ("后天晚上七点半发：停水", "2026-11-26 19:30"),
        ("今晚8点发提示 停水", "2026-11-24 20:00"),
        ("周五下午3点发 停水", "2026-11-27 15:00"),
        ("周一8点发 停水", "2026-11-30 08:00"),
        ("下周五8点发 停水", "2026-12-04 08:00"),
        ("12月1日8点05分发 停水", "2026-12-01 08:05"),
        ("1月1号9点发 停水", "2027-01-01 09:00"),
        ("每天早上8点发 停水", "2026-11-25 08:00"),
        ("每周日8点发 停水", "2026-11-29 08:00"),
        ("每个工作日早上8点发 停水", "2026-11-25 08:00"),
        ("每个休息日9点发 停水", "2026-11-28 09:00"),
        ("冬至前一天晚上6点发 停水", "2026-12-21 18:00"),
        ("每年除夕提前2天9点发 停水", "2027-02-03 09:00"),
        ("元宵节当天9:30发 停水", "2027-02-20 09:30"),
        ("国庆节后1天9点发 停水", "2027-10-02 09:00"),
        ("每个节气8点发 停水", "2026-12-07 08:00"),
        ("十一点发 停水", "2026-11-24 11:00"),
        ("工作日8点发 停水", "2026-11-25 08:00"),
        ("每月1号8点发 停水", "2026-12-01 08:00"),
        ("每个月二十五日上午10点发 停水", "2026-11-25 10:00"),
    ],
)
def test_times_are_understood_as_people_say_them(said: str, first: str) -> None:
    spoken = read_spoken(said, NOW)
    assert spoken is not None
    assert spoken.text == "停水"
    assert next_times(spoken.plan, 1, NOW) == [datetime.fromisoformat(first).replace(tzinfo=SHANGHAI)]


@pytest.mark.parametrize("said", ["明天发 停水", "明天8点发钱", "明天8点", "8点发 ", "你好"])
def test_other_words_are_no_plan(said: str) -> None:
    assert read_spoken(said, NOW) is None


@pytest.mark.parametrize(
    ("said", "cron"),
    [
        ("每周一到周五8点发 停水", "0 8 * * 1,2,3,4,5"),
        ("每周一、四下午3点半发 停水", "30 15 * * 1,4"),
        ("每星期六和星期天9点发 停水", "0 9 * * 6,7"),
        ("每周二8点发 停水", "0 8 * * 2"),
        ("每天8点发 停水", "0 8 * * *"),
    ],
)
def test_several_days_of_the_week_are_understood(said: str, cron: str) -> None:
    spoken = read_spoken(said, NOW)
    assert spoken is not None
    assert spoken.plan == Plan(cron=cron)


@pytest.mark.parametrize(
    "said", ["明天25点发 停水", "2月30日8点发 停水", "13月1日8点发 停水", "每月32号8点发 停水"]
)
def test_a_time_that_does_not_exist_is_refused(said: str) -> None:
    with pytest.raises(BadSchedule, match="没有"):
        read_spoken(said, NOW)


async def test_a_notice_goes_out_only_after_the_second_word(district: Database) -> None:
    assert await say(district, "发提示 {社区}明天停水") == (
        "提示1 马上发到1个群（1号群）：\n玉景社区明天停水\n发就回“确认 1”，不发回“不发 1”。"
    )
    assert await queued(district) == 0
    assert await say(district, "确认 1") == "提示1开始发，共1个群。看发了多少：看提示 1"
    assert await queued(district) == 1
    assert await say(district, "看提示") == "1 已发0个群，共1个 {社区}明天停水"
    assert await say(district, "看提示", NOW + timedelta(days=2)) == "没有要发的提示。"


async def test_a_planned_notice_is_confirmed_shown_and_stopped(district: Database) -> None:
    assert await say(district, "明天8点发 停水") == (
        "提示1 11月25日08:00发到1个群（1号群）：\n停水\n发就回“确认 1”，不发回“不发 1”。"
    )
    assert await say(district, "看提示") == "1（停着） 停水"
    assert await say(district, "确认") == "已开提示1，下次11月25日08:00发。"
    assert await say(district, "看提示") == "1 11月25日08:00 停水"
    assert await say(district, "看提示1") == (
        "提示1 王主任写的，发到1个群（1号群）\n停水\n时间：一次 2026-11-25 周三 08:00\n下次：11月25日08:00"
    )
    assert await say(district, "停提示 1") == "已停提示1。要再发请回：开提示 1"
    assert await say(district, "开提示 1") == "已开提示1，下次11月25日08:00发。"


@pytest.mark.parametrize(
    "said",
    [
        "停提示1",
        "停提示 1",
        "停提示：1",
        "停提示１",
        "停提示 一",
        "停掉提示1。",
        "取消提示 1",
        "把提示1停掉",
        "提示1别发了",
    ],
)
async def test_stopping_is_understood_however_it_is_said(district: Database, said: str) -> None:
    await say(district, "明天8点发 停水")
    await say(district, "确认")
    assert await say(district, said) == "已停提示1。要再发请回：开提示 1"


@pytest.mark.parametrize(
    "said",
    [
        "发提示 停水",
        "发提示：停水",
        "发提示停水",
        "帮我发一条提示 停水",
        "发个温馨提示，停水",
        "发通知 停水",
        "麻烦发一下提示 给大家 停水",
        "发提示 给1号群 停水",
        "发提示 给玉景社区 停水",
        "发提示 发给1号群 停水",
    ],
)
async def test_sending_is_understood_however_it_is_said(district: Database, said: str) -> None:
    assert (await say(district, said) or "").startswith("提示1 马上发到1个群（1号群）：\n停水\n")


@pytest.mark.parametrize("said", ["确认", "确认1", "确认发 1", "确认发送", "确认提示1", "确认。", "发提示 1"])
async def test_confirming_is_understood_however_it_is_said(district: Database, said: str) -> None:
    await say(district, "发提示 停水")
    assert (await say(district, said) or "").startswith("提示1开始发")


async def test_a_draft_can_be_dropped_and_a_late_bare_yes_means_nothing(district: Database) -> None:
    await say(district, "发提示 停水")
    assert await say(district, "确认", NOW + timedelta(minutes=31)) is None
    assert await say(district, "不发") == "好的，提示1不发。"
    assert await say(district, "确认") is None
    assert await say(district, "确认 1") == "提示1已经发完了。要再发请发：发提示 1"
    assert await queued(district) == 0


async def test_what_cannot_be_done_is_said_plainly(district: Database) -> None:
    assert await say(district, "停提示 9") == "没有提示9。"
    assert await say(district, "停提示") == "没看懂。例：停提示 12"
    assert await say(district, "改提示 9") == "没看懂。例：改提示 12 明天下午停水"
    assert await say(district, "发提示") == "没看懂。例：发提示 明天上午停水，请提前储水"
    assert await say(district, "今天8点发 停水") == "没有发。这个时间已经过了。"
    assert "不认识{电话}" in (await say(district, "发提示 {电话}") or "")
    assert await say(district, "发提示 给没有群、1号群 停水") == "没有发。没有叫“没有群”的社区、群或标签。"
    assert await say(district, "明天8点给火星发 停水") == "没有发。没有叫“火星”的社区、群或标签。"
    assert await say(district, "发提示 电话1381234567") == "没有发。电话号码不对，请核对：1381234567"
    assert await say(district, "发提示 【停水】〔日期〕停水") == "没有发。还有没填的：〔日期〕，请先填好。"
    assert await say(district, "看提示") == "没有要发的提示。"
    for talk in ("路灯坏了", "通知了", "确认", "不发", "发通知了"):
        assert await say(district, talk) is None


async def test_the_words_are_changed_and_shown(district: Database) -> None:
    await say(district, "明天8点发 停水")
    assert await say(district, "改提示 1 {社区}后天停水") == (
        "提示1改成：\n玉景社区后天停水\n发就回“确认 1”，不发回“不发 1”。"
    )
    assert await say(district, "确认") == "已开提示1，下次11月25日08:00发。"
    assert await say(district, "改提示1：不停水了") == "提示1改成：\n不停水了\n11月25日08:00发。"


async def test_the_library_is_shown_and_copied(district: Database) -> None:
    listed = await say(district, "看范本") or ""
    assert listed.startswith("天气：台风、暴雨、高温、")
    assert listed.endswith("看一个请发：看范本 停水")
    shown = await say(district, "看范本 停水") or ""
    assert shown.startswith("【示例】停水（接到停水通知时）\n【停水】〔日期〕")
    assert await say(district, "看范本 飞碟雨") is not None


async def test_a_notice_on_working_days_is_confirmed_skipped_once_and_goes_on(district: Database) -> None:
    assert await say(district, "每个工作日8点发 早上好") == (
        "提示1 11月25日08:00、11月26日08:00、11月27日08:00发到1个群（1号群）：\n早上好\n"
        "发就回“确认 1”，不发回“不发 1”。"
    )
    assert await say(district, "跳提示 1") == "提示1没有下一次可以跳过。"
    assert await say(district, "开提示 1") == "已开提示1，下次11月25日08:00发。"
    assert await say(district, "跳过提示 1") == "提示1跳过11月25日08:00这一次，下次11月26日08:00发。"


async def test_the_name_of_the_day_is_shown_before_it_is_confirmed(district: Database) -> None:
    answer = await say(district, "每年冬至前一天9点发 吃饺子")
    assert answer is not None
    assert answer.startswith("提示1 12月21日09:00（冬至前1天）、2027年12月21日09:00（冬至前1天）、2028年")
    single = await say(district, "冬至前一天9点发 吃饺子")
    assert single == ("提示2 12月21日09:00发到1个群（1号群）：\n吃饺子\n发就回“确认 2”，不发回“不发 2”。")


async def test_years_whose_holidays_nobody_knows_are_named(district: Database) -> None:
    async with district.begin() as session:
        session.add(CalendarDay(day="2098-01-01", working=False))
    answer = await say(district, "每个工作日8点发 早上好", datetime(2098, 12, 30, 9, tzinfo=SHANGHAI))
    assert answer == (
        "提示1 12月31日08:00、2099年1月1日08:00、2099年1月2日08:00发到1个群（1号群）：\n早上好\n"
        "2099年的放假安排还不知道，先按周一到周五上班算。\n发就回“确认 1”，不发回“不发 1”。"
    )
