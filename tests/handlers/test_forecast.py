"""Before a notice goes out: how long it takes and when it ends, by day and within the budgets."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers.reminders.forecast import SAYING, brief_words, forecast, forecast_lines, sending
from handlers.scopes import Scope
from handlers.settings import DeliverySettings, ReminderSettings, Settings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.models import Account, Community, Group

MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
EVENING = MORNING.replace(hour=21, minute=50)
PACED = DeliverySettings(pause_min=1.5, pause_max=3.5 - 2 * SAYING + 2.0)
"""Three seconds for each message and SAYING, which is three seconds and a little."""

PACE = timedelta(seconds=(PACED.pause_min + PACED.pause_max) / 2 + SAYING)
FAR = MORNING + timedelta(days=30)


def test_a_broadcast_by_day_goes_through_at_its_pace() -> None:
    (only,) = sending(359, MORNING, PACED, said=0, urgent=False, until=FAR)
    assert (only.begins, only.ends, only.count) == (MORNING, MORNING + 359 * PACE, 359)


def test_the_night_interrupts_a_broadcast_unless_it_is_urgent() -> None:
    before, after = sending(359, EVENING, PACED, said=0, urgent=False, until=FAR)
    assert before.count == -(-timedelta(minutes=10) // PACE)
    assert after.begins == datetime(2026, 11, 25, 7, 0, tzinfo=SHANGHAI)
    assert before.count + after.count == 359
    (only,) = sending(359, EVENING, PACED, said=0, urgent=True, until=FAR)
    assert only.ends == EVENING + 359 * PACE


def test_a_used_up_budget_interrupts_it_until_the_next_morning() -> None:
    tight = DeliverySettings(daily_budget=300)
    today, tomorrow = sending(359, MORNING, tight, said=100, urgent=False, until=FAR)
    assert (today.count, tomorrow.count) == (200, 159)
    assert tomorrow.begins == datetime(2026, 11, 25, 7, 0, tzinfo=SHANGHAI)
    none = list(sending(5, MORNING, tight, said=300, urgent=False, until=MORNING + timedelta(hours=9)))
    assert none == []


@pytest.mark.parametrize("start", [MORNING, EVENING, EVENING + timedelta(hours=5)])
@pytest.mark.parametrize("budget", [0, 7, 500])
def test_stretches_say_what_a_clock_would_say_second_by_second(start: datetime, budget: int) -> None:
    settings = DeliverySettings(pause_min=600, pause_max=600, daily_budget=budget)
    pace = timedelta(seconds=600 + SAYING)
    said, now, moments = 3, start, list[datetime]()
    while len(moments) < 200 and now < FAR:
        local = now.astimezone(SHANGHAI)
        if local.hour >= 22 or local.hour < 7 or (budget and said >= budget):
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            morning = midnight.replace(hour=7)
            now = morning if local.hour < 7 else morning + timedelta(days=1)
            said = said if local.hour < 7 and now.date() == start.date() else 0
            continue
        moments.append(now)
        said, now = said + 1, now + pace
    found = [
        stretch.begins + pace * place
        for stretch in sending(200, start, settings, said=3, urgent=False, until=FAR)
        for place in range(stretch.count)
    ]
    assert found == moments


@pytest.fixture
async def district(sqlite_database: Database) -> Database:
    """359 groups of the account a, one more that b sits in, one nobody sits in."""
    async with sqlite_database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        session.add(Account(name="b", connector="", paused_at=MORNING, pause_reason="x"))
        await session.flush()
        session.add_all(
            Group(
                id=n, community_id=1, name=f"{n}号群", account="a" if n <= 359 else "b" if n == 360 else None
            )
            for n in range(1, 362)
        )
    return sqlite_database


async def test_the_forecast_of_a_district_reads_like_a_sentence(district: Database) -> None:
    async with district.read() as session:
        settings = Settings(delivery=DeliverySettings(daily_budget=300))
        shown = await forecast(session, Scope(everyone=True), at=MORNING, settings=settings)
    assert (shown.groups, shown.no_account, shown.too_late) == (360, 1, 1)
    assert forecast_lines(shown, MORNING) == [
        "发到360个群，大约要22小时3分钟，明天07:02发完，1个群没有助手。",
        "账号a：359条，今天已发0条，还能发300条，夜里和到数后停，明天07:00接着发。",
        "账号b：1条，今天已发0条，还能发300条，现在停发提示。",
    ]


async def test_a_chat_is_told_only_what_takes_long_or_comes_too_late(district: Database) -> None:
    async with district.read() as session:
        long = await forecast(session, Scope(everyone=True), at=MORNING, settings=Settings())
        short = await forecast(session, Scope(groups=(1, 2)), at=MORNING, settings=Settings())
    assert brief_words(long, MORNING) == "大约要17分钟，今天09:16发完，有1条来不及发。"
    assert brief_words(short, MORNING) == ""


async def test_what_would_come_too_late_is_said_before(district: Database) -> None:
    async with district.read() as session:
        settings = Settings(reminders=ReminderSettings(useful_hours=1))
        shown = await forecast(session, Scope(everyone=True), at=EVENING, settings=settings, parts=2)
    first = next(each for each in shown.accounts if each.account == "a")
    assert shown.messages == 720
    assert first.too_late == 718 - first.stretches[0].count
    assert f"有{first.too_late}条来不及发" in forecast_lines(shown, EVENING)[1]
