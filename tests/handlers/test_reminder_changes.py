"""Notices that are held, skipped and changed while they run; their next time is always true."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import select

from handlers.calendars import Holiday, import_calendar
from handlers.reminders import (
    BadSchedule,
    Change,
    Days,
    Plan,
    Reminder,
    ReminderRefused,
    add_reminder,
    change_reminder,
    fire_due,
    list_reminders,
    next_time,
    pause_reminder,
    replan_reminders,
    resume_reminder,
    skip_reminder,
)
from handlers.reminders.keeping import due_times, read_plan
from handlers.scopes import Scope
from handlers.settings import Settings
from handlers.wording import SHANGHAI
from handlers.worktime import WorkCalendar
from storage.engine import Database
from storage.enums import FiringState, ScheduleState
from storage.models import Audit, Community, Firing, Group, Outbox, Schedule

DAILY = Plan(cron="0 8 * * *")
WORKDAYS = Plan(days=Days.WORKING, at=time(8))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


NOW = local("2026-11-24 09:00")


@pytest.fixture
async def district(sqlite_database: Database) -> Database:
    """One community with two groups."""
    async with sqlite_database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        for number in (1, 2):
            session.add(
                Group(id=number, community_id=1, name=f"{number}号群", account="a", room_id=str(number))
            )
    return sqlite_database


async def plan(database: Database, plan: Plan, now: datetime = NOW) -> Reminder:
    async with database.begin() as session:
        return await add_reminder(
            session, text="请关好门窗", plan=plan, scope=Scope(everyone=True), by="admin", now=now
        )


async def change(database: Database, now: datetime = NOW, **parts: object) -> Reminder:
    async with database.begin() as session:
        return await change_reminder(session, number=1, change=Change(**parts), by="admin", now=now)  # type: ignore[arg-type]


async def skip(database: Database, now: datetime) -> tuple[datetime, Reminder]:
    async with database.begin() as session:
        return await skip_reminder(session, number=1, by="admin", now=now)


async def fire(database: Database, now: datetime) -> int:
    async with database.begin() as session:
        return await fire_due(session, now=now, settings=Settings())


async def firings(database: Database) -> list[tuple[datetime, FiringState]]:
    async with database.read() as session:
        rows = await session.execute(select(Firing.due_at, Firing.state).order_by(Firing.due_at))
        return [(row.due_at, row.state) for row in rows]


async def said(database: Database) -> list[tuple[int | None, str]]:
    async with database.read() as session:
        rows = await session.execute(select(Outbox.group_id, Outbox.text).order_by(Outbox.id))
        return [(row.group_id, row.text) for row in rows]


async def test_working_days_and_terms_fire_by_the_calendar(district: Database) -> None:
    assert (await plan(district, WORKDAYS)).next_at == local("2026-11-25 08:00")
    eve = await plan(district, Plan(festivals=("冬至",), offset=-1, at=time(9)))
    assert eve.next_at == local("2026-12-21 09:00")
    assert await fire(district, local("2026-11-28 08:30")) == 0  # a Saturday: Friday's was missed
    assert await fire(district, local("2026-11-30 08:00")) == 2
    assert await fire(district, local("2026-12-21 09:00")) == 4  # the term, and the day's own of an hour ago
    async with district.read() as session:
        assert [one.next_at for one in await list_reminders(session)] == [
            local("2026-12-22 08:00"),
            local("2027-12-21 09:00"),
        ]


async def test_a_change_of_the_text_or_the_groups_leaves_what_is_going_out_alone(district: Database) -> None:
    await plan(district, DAILY)
    await fire(district, local("2026-11-25 08:00"))
    changed = await change(district, local("2026-11-25 08:01"), text="请关好燃气", scope=Scope(groups=(2,)))
    assert (changed.text, changed.next_at) == ("请关好燃气", local("2026-11-26 08:00"))
    assert await said(district) == [(1, "请关好门窗"), (2, "请关好门窗")]
    await fire(district, local("2026-11-26 08:00"))
    assert (await said(district))[2:] == [(2, "请关好燃气")]


async def test_a_change_of_the_time_moves_the_next_time(district: Database) -> None:
    await plan(district, DAILY)
    assert (await change(district, plan=WORKDAYS)).next_at == local("2026-11-25 08:00")
    eve = Plan(festivals=("除夕",), offset=-1, at=time(18))
    assert (await change(district, plan=eve)).next_at == local("2027-02-04 18:00")
    assert await fire(district, local("2026-11-25 08:00")) == 0


async def test_a_planned_notice_can_be_changed_to_go_out_at_once(district: Database) -> None:
    await plan(district, DAILY)
    changed = await change(district, plan=Plan(once_at=NOW))
    assert (changed.next_at, changed.state) == (NOW, ScheduleState.ACTIVE)
    assert await fire(district, NOW) == 2
    assert await fire(district, local("2026-11-25 08:00")) == 0


async def test_a_time_that_passed_before_the_yes_is_marked_missed_when_it_is_held_back(
    district: Database,
) -> None:
    await plan(district, DAILY)
    async with district.begin() as session:
        (await session.get_one(Schedule, 1)).state = ScheduleState.WAITING
        await pause_reminder(session, number=1, by="a", now=local("2026-11-25 08:30"))
    assert await firings(district) == [(local("2026-11-25 08:00"), FiringState.MISSED)]


async def test_a_due_time_the_new_plan_no_longer_has_is_marked_missed(district: Database) -> None:
    await plan(district, DAILY)
    late = local("2026-11-25 08:00") + timedelta(seconds=5)
    moved = await change(district, late, plan=Plan(cron="0 9 * * *"))
    assert moved.next_at == local("2026-11-25 09:00")
    assert await firings(district) == [(local("2026-11-25 08:00"), FiringState.MISSED)]


async def test_a_due_time_the_new_plan_has_too_still_goes_out(district: Database) -> None:
    await plan(district, DAILY)
    due = local("2026-11-25 08:00")
    await change(district, due + timedelta(seconds=5), plan=replace(DAILY, until=date(2026, 11, 25)))
    assert await fire(district, due + timedelta(seconds=9)) == 2
    assert await firings(district) == [(due, FiringState.SENT)]
    async with district.read() as session:
        assert [one.state for one in await list_reminders(session)] == [ScheduleState.DONE]


async def test_a_change_that_leaves_nothing_is_refused_and_changes_nothing(district: Database) -> None:
    before = await plan(district, DAILY)
    with pytest.raises(BadSchedule, match="一次也不会再发"):
        await change(district, text="别的", plan=replace(DAILY, until=date(2026, 11, 24)))
    with pytest.raises(ReminderRefused, match="空的"):
        await change(district, text=" ", plan=WORKDAYS)
    async with district.read() as session:
        assert await list_reminders(session) == [before]


async def test_a_plan_that_never_comes_true_is_refused(district: Database) -> None:
    with pytest.raises(BadSchedule, match="一次也轮不到"):
        await plan(district, replace(WORKDAYS, until=date(2026, 11, 24)))


async def test_a_paused_notice_can_be_changed_and_goes_on_with_the_new_time(district: Database) -> None:
    await plan(district, DAILY)
    async with district.begin() as session:
        held = await pause_reminder(session, number=1, by="a", now=NOW)
    assert (await change(district, plan=WORKDAYS)).state is held.state is ScheduleState.PAUSED
    assert await fire(district, local("2026-11-25 08:00")) == 0
    async with district.begin() as session:
        back = await resume_reminder(session, number=1, by="a", now=local("2026-11-28 07:00"))
    assert back.next_at == local("2026-11-30 08:00")


async def test_what_was_due_when_somebody_paused_is_marked_missed(district: Database) -> None:
    await plan(district, DAILY)
    async with district.begin() as session:
        await pause_reminder(session, number=1, by="a", now=local("2026-11-26 08:30"))
    assert await firings(district) == [
        (local("2026-11-25 08:00"), FiringState.MISSED),
        (local("2026-11-26 08:00"), FiringState.MISSED),
    ]


async def test_a_skip_leaves_out_exactly_the_next_time(district: Database) -> None:
    await plan(district, WORKDAYS)
    friday = local("2026-11-27 07:00")
    await fire(district, friday - timedelta(hours=22))
    skipped, left = await skip(district, friday)
    assert (skipped, left.next_at) == (local("2026-11-27 08:00"), local("2026-11-30 08:00"))
    async with district.begin() as session:  # a skip outlives a pause
        await pause_reminder(session, number=1, by="a", now=friday)
        back = await resume_reminder(session, number=1, by="a", now=friday)
    assert back.next_at == local("2026-11-30 08:00")
    await fire(district, local("2026-11-30 08:00"))
    async with district.read() as session:
        (shown,) = await list_reminders(session)
    assert (shown.next_at, shown.plan) == (local("2026-12-01 08:00"), WORKDAYS)


async def test_a_skip_just_when_it_is_due_takes_that_one_alone(district: Database) -> None:
    await plan(district, DAILY)
    due = local("2026-11-25 08:00")
    skipped, left = await skip(district, due + timedelta(seconds=5))
    assert (skipped, left.next_at) == (due, local("2026-11-26 08:00"))
    assert await fire(district, due + timedelta(seconds=9)) == 0
    assert await firings(district) == [(due, FiringState.MISSED)]


async def test_the_only_time_left_cannot_be_skipped(district: Database) -> None:
    await plan(district, replace(DAILY, until=date(2026, 11, 25)))
    with pytest.raises(ReminderRefused, match="只剩这一次"):
        await skip(district, NOW)
    await plan(district, Plan(once_at=local("2026-12-01 08:00")))
    async with district.begin() as session:
        with pytest.raises(ReminderRefused, match="没有下一次"):
            await skip_reminder(session, number=2, by="a", now=NOW)


async def test_notices_for_working_days_follow_a_new_calendar_at_once(district: Database) -> None:
    friday = local("2027-02-05 09:00")
    await plan(district, WORKDAYS, now=friday)
    await plan(district, DAILY, now=friday)
    own = [
        Holiday(day=date(2027, 2, 6), working=True, name="补班"),
        Holiday(day=date(2027, 2, 8), working=False, name="春节"),
    ]
    async with district.begin() as session:
        assert [one.next_at for one in await list_reminders(session)] == [
            local("2027-02-08 08:00"),
            local("2027-02-06 08:00"),
        ]
        await import_calendar(session, own, by="admin", now=friday)
        assert {one.next_at for one in await list_reminders(session)} == {local("2027-02-06 08:00")}
        assert await replan_reminders(session, now=friday) == 0
    assert await fire(district, local("2027-02-06 08:00")) == 4


async def test_every_change_is_on_record(district: Database) -> None:
    await plan(district, DAILY)
    await change(district, plan=WORKDAYS)
    await skip(district, NOW)
    async with district.read() as session:
        whats = list(await session.scalars(select(Audit.what).order_by(Audit.id)))
    assert whats == ["reminder.add", "reminder.change", "reminder.skip"]


@pytest.mark.parametrize("seed", range(3))
async def test_the_next_time_is_true_after_any_row_of_changes(district: Database, seed: int) -> None:
    random, now = Random(seed), NOW
    await plan(district, DAILY)
    for _ in range(60):
        now += timedelta(minutes=random.choice((1, 60, 700, 1500)))
        async with district.begin() as session:
            with suppress(ReminderRefused):
                match random.randrange(5):
                    case 0:
                        await pause_reminder(session, number=1, by="a", now=now)
                    case 1:
                        await skip_reminder(session, number=1, by="a", now=now)
                    case 2:
                        wanted = Change(plan=random.choice((DAILY, WORKDAYS, Plan(cron="0 9 * * 1,4"))))
                        await change_reminder(session, number=1, change=wanted, by="a", now=now)
                    case 3:
                        await fire_due(session, now=now, settings=Settings())
                    case _:
                        await resume_reminder(session, number=1, by="a", now=now)
        async with district.read() as session:
            row = await session.get_one(Schedule, 1)
        if row.state is ScheduleState.PAUSED:
            assert row.next_at is None
        elif row.next_at is not None and row.next_at > now:
            assert row.next_at == next_time(read_plan(row), now)
        else:
            assert next(due_times(row, now, WorkCalendar())) == row.next_at
