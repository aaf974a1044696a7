"""An admin plans and sends 温馨提示 by direct message; nothing goes out before a second word."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from handlers.reminders import BadSchedule, next_times, reminder_command
from handlers.reminders.spoken import read_spoken
from handlers.settings import Settings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.models import CalendarDay, Community, Group, Outbox

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)  # a Tuesday


@pytest.fixture
async def district(sqlite_database: Database) -> Database:
    """One community with one group."""
    async with sqlite_database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add(Group(id=1, community_id=1, name="1号群", account="a", room_id="1"))
    return sqlite_database


async def say(database: Database, text: str) -> str | None:
    async with database.begin() as session:
        return await reminder_command(session, text, by="wx-admin", now=NOW, settings=Settings())


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


@pytest.mark.parametrize("said", ["明天25点发 停水", "2月30日8点发 停水", "13月1日8点发 停水"])
def test_a_time_that_does_not_exist_is_refused(said: str) -> None:
    with pytest.raises(BadSchedule, match="没有"):
        read_spoken(said, NOW)


async def test_a_notice_goes_out_only_after_the_second_word(district: Database) -> None:
    assert await say(district, "发提示 {社区}明天停水") == (
        "提示1 马上发到1个群：\n玉景社区明天停水\n确认请回：发提示 1"
    )
    assert await queued(district) == 0
    assert await say(district, "发提示 1") == "提示1开始发，共1个群。"
    assert await queued(district) == 1
    assert await say(district, "看提示") == "没有要发的提示。"


async def test_a_planned_notice_is_confirmed_shown_and_stopped(district: Database) -> None:
    assert await say(district, "明天8点发 停水") == "提示1 11月25日08:00发到1个群：\n停水\n确认请回：开提示 1"
    assert await say(district, "看提示") == "1（停着） 停水"
    assert await say(district, "开提示 1") == "已开提示1，下次11月25日08:00发。"
    assert await say(district, "看提示") == "1 11月25日08:00 停水"
    assert await say(district, "停提示 1") == "已停提示1。要再发请回：开提示 1"


async def test_what_cannot_be_done_is_said_plainly(district: Database) -> None:
    assert await say(district, "停提示 9") == "没有发。没有提示9。"
    assert await say(district, "停提示 九") == "没看懂。例：停提示 12"
    assert await say(district, "发提示") == "没看懂。例：发提示 明天上午停水，请提前储水"
    assert await say(district, "今天8点发 停水") == "没有发。这个时间已经过了。"
    assert "不认识{电话}" in (await say(district, "发提示 {电话}") or "")
    assert await say(district, "路灯坏了") is None


async def test_a_notice_on_working_days_is_confirmed_skipped_once_and_goes_on(district: Database) -> None:
    assert await say(district, "每个工作日8点发 早上好") == (
        "提示1 11月25日08:00、11月26日08:00、11月27日08:00发到1个群：\n早上好\n确认请回：开提示 1"
    )
    assert await say(district, "跳提示 1") == "没有发。提示1没有下一次可以跳过。"
    assert await say(district, "开提示 1") == "已开提示1，下次11月25日08:00发。"
    assert await say(district, "跳提示 1") == "提示1跳过11月25日08:00这一次，下次11月26日08:00发。"


async def test_the_name_of_the_day_is_shown_before_it_is_confirmed(district: Database) -> None:
    answer = await say(district, "每年冬至前一天9点发 吃饺子")
    assert answer is not None
    assert answer.startswith("提示1 12月21日09:00（冬至前1天）、2027年12月21日09:00（冬至前1天）、2028年")
    single = await say(district, "冬至前一天9点发 吃饺子")
    assert single == "提示2 12月21日09:00发到1个群：\n吃饺子\n确认请回：开提示 2"


async def test_years_whose_holidays_nobody_knows_are_named(district: Database) -> None:
    async with district.begin() as session:
        session.add(CalendarDay(day="2098-01-01", working=False))
        answer = await reminder_command(
            session,
            "每个工作日8点发 早上好",
            by="wx-admin",
            now=datetime(2098, 12, 30, 9, tzinfo=SHANGHAI),
            settings=Settings(),
        )
    assert answer == (
        "提示1 12月31日08:00、2099年1月1日08:00、2099年1月2日08:00发到1个群：\n早上好\n"
        "2099年的放假安排还不知道，先按周一到周五上班算。\n确认请回：开提示 1"
    )
