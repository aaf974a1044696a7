"""温馨提示: planned in Suzhou's time, fired once for each group, missed ones marked, never too many a day."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from handlers.reminders import (
    BadSchedule,
    Plan,
    Reminder,
    ReminderRefused,
    UnknownReminder,
    add_reminder,
    count_groups,
    fire_due,
    list_reminders,
    next_times,
    pause_reminder,
    resume_reminder,
    run_reminder,
    skip_reminder,
)
from handlers.scopes import Scope, ScopeRefused, UnknownPlace, named_scope
from handlers.settings import DeliverySettings, Settings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import FiringState, OutboxState, Priority, RoleKind, ScheduleState
from storage.models import Community, Firing, Group, Outbox, Person, Role, Schedule

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
EVERYONE = Scope(everyone=True)
SETTINGS = Settings()


@pytest.fixture
async def district(database: Database) -> Database:
    """Two communities with two groups each; nobody sits in the last one; one group is not in use."""
    async with database.begin() as session:
        session.add_all([Community(id=1, name="玉景社区"), Community(id=2, name="海棠社区")])
        session.add(Person(id=1, name="李四", contact_id="wx-li"))
        await session.flush()
        for number, name, community, account in (
            (1, "玉景湾1号群", 1, "a"),
            (2, "玉景湾2号群", 1, "a"),
            (3, "海棠1号群", 2, "b"),
            (4, "海棠2号群", 2, None),
        ):
            session.add(
                Group(id=number, community_id=community, name=name, account=account, room_id=str(number))
            )
        session.add(Group(id=5, community_id=2, name="旧群", account="b", room_id="5", active=False))
        await session.flush()
        session.add(Role(person_id=1, kind=RoleKind.STEWARD, group_id=1))
    return database


async def plan(
    database: Database,
    text: str = "请关好门窗",
    *,
    cron: str | None = None,
    once_at: datetime | None = None,
    scope: Scope = EVERYONE,
    now: datetime = NOW,
) -> Reminder:
    async with database.begin() as session:
        return await add_reminder(
            session, text=text, plan=Plan(cron=cron, once_at=once_at), scope=scope, by="admin", now=now
        )


async def fire(database: Database, now: datetime, settings: Settings = SETTINGS) -> int:
    async with database.begin() as session:
        return await fire_due(session, now=now, settings=settings)


async def firings(database: Database) -> list[tuple[datetime, FiringState]]:
    async with database.read() as session:
        rows = await session.execute(select(Firing.due_at, Firing.state).order_by(Firing.due_at, Firing.id))
        return [(row.due_at, row.state) for row in rows]


async def queued(database: Database) -> list[Outbox]:
    async with database.read() as session:
        return list(await session.scalars(select(Outbox).order_by(Outbox.id)))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_cron_is_read_on_the_wall_clock_of_suzhou() -> None:
    times = next_times(Plan(cron="0 8 * * 1"), 3, NOW)
    assert times == [local("2026-11-30 08:00"), local("2026-12-07 08:00"), local("2026-12-14 08:00")]
    assert all(moment.tzinfo is UTC for moment in times)
    assert next_times(Plan(cron="0 9 * * *"), 1, NOW) == [local("2026-11-25 09:00")]
    assert next_times(Plan(once_at=NOW), 5, NOW) == []


@pytest.mark.parametrize(
    ("cron", "problem"),
    [
        ("每天八点", "五段"),
        ("0 8 * *", "五段"),
        ("0 0 8 * * 1", "五段"),
        ("0 25 * * *", "看不懂"),
        ("0 8 31 2 *", "看不懂"),
    ],
)
def test_a_cron_that_cannot_be_used_is_refused(cron: str, problem: str) -> None:
    with pytest.raises(BadSchedule, match=problem):
        Plan(cron=cron)


def test_a_plan_has_exactly_one_aware_time() -> None:
    for cron, once_at in ((None, None), ("0 8 * * *", NOW)):
        with pytest.raises(BadSchedule, match="只写一个时间"):
            Plan(cron=cron, once_at=once_at)
    with pytest.raises(ValueError, match="aware"):
        Plan(once_at=datetime(2026, 1, 1))  # noqa: DTZ001


async def test_a_firing_queues_one_filled_notice_for_each_group_somebody_sits_in(district: Database) -> None:
    await plan(district, "{社区}｛群名｝的邻居，{日期}降温，有事找{管家}", once_at=local("2026-11-25 08:00"))
    due = local("2026-11-25 08:00")
    assert await fire(district, due - timedelta(seconds=1)) == 0
    assert await fire(district, due + timedelta(seconds=5)) == 3
    rows = await queued(district)
    assert [row.text for row in rows] == [
        "玉景社区玉景湾1号群的邻居，11月25日降温，有事找李四",
        "玉景社区玉景湾2号群的邻居，11月25日降温，有事找微网管家",
        "海棠社区海棠1号群的邻居，11月25日降温，有事找微网管家",
    ]
    assert [(row.account, row.group_id) for row in rows] == [("a", 1), ("a", 2), ("b", 3)]
    first = rows[0]
    assert first.key == f"firing:{first.firing_id}:group:1"
    assert (first.kind, first.priority, first.rank) == ("reminder", Priority.BROADCAST, 4)
    assert first.expires_at == due + timedelta(hours=24)
    assert await fire(district, due + timedelta(seconds=15)) == 0
    async with district.read() as session:
        assert [one.state for one in await list_reminders(session)] == [ScheduleState.DONE]
        assert await list_reminders(session, finished=False) == []


async def test_a_scope_names_communities_and_groups(district: Database) -> None:
    async with district.begin() as session:
        scope = await named_scope(session, communities=["海棠社区"], groups=["玉景湾2号群"])
        assert await count_groups(session, scope) == (3, 1)
        with pytest.raises(UnknownPlace, match="花名册里没有这个群：没这群"):
            await named_scope(session, groups=["没这群"])
        with pytest.raises(ScopeRefused, match="哪些群"):
            await named_scope(session)
    await plan(district, scope=scope, once_at=NOW + timedelta(minutes=1))
    await fire(district, NOW + timedelta(minutes=1))
    assert [row.group_id for row in await queued(district)] == [2, 3]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("  ", "空的"), ("{姓名}您好", "不认识{姓名}"), ("{社区", "没有成对"), ("长" * 2001, "2001个字")],
)
async def test_a_notice_that_cannot_be_sent_is_refused(
    sqlite_database: Database, text: str, problem: str
) -> None:
    with pytest.raises(ReminderRefused, match=problem):
        await plan(sqlite_database, text, cron="0 8 * * *")


async def test_a_time_that_has_passed_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(BadSchedule, match="已经过了"):
        await plan(sqlite_database, once_at=NOW - timedelta(seconds=1))


async def test_of_the_times_missed_only_the_latest_within_its_grace_goes_out(district: Database) -> None:
    await plan(district, cron="0 8 * * *")
    assert await fire(district, local("2026-11-28 09:30")) == 3
    assert await firings(district) == [
        (local("2026-11-25 08:00"), FiringState.MISSED),
        (local("2026-11-26 08:00"), FiringState.MISSED),
        (local("2026-11-27 08:00"), FiringState.MISSED),
        (local("2026-11-28 08:00"), FiringState.SENT),
    ]
    assert await fire(district, local("2026-11-29 10:01")) == 0
    assert (await firings(district))[-1] == (local("2026-11-29 08:00"), FiringState.MISSED)
    async with district.read() as session:
        assert [one.next_at for one in await list_reminders(session)] == [local("2026-11-30 08:00")]


async def test_no_group_gets_more_notices_a_day_than_the_settings_say(district: Database) -> None:
    settings = Settings(delivery=DeliverySettings(broadcasts_per_group_day=2))
    for hour in (10, 11, 12):
        await plan(district, cron=f"0 {hour} * * *")
    counts = [await fire(district, local(f"2026-11-24 {hour}:00"), settings) for hour in (10, 11, 12)]
    assert counts == [3, 3, 0]
    assert await fire(district, local("2026-11-25 10:00"), settings) == 3


async def test_a_notice_that_was_never_said_does_not_count_against_the_day(district: Database) -> None:
    settings = Settings(delivery=DeliverySettings(broadcasts_per_group_day=1))
    await plan(district, cron="0 10 * * *")
    await plan(district, cron="0 11 * * *")
    await fire(district, local("2026-11-24 10:00"), settings)
    async with district.begin() as session:
        for row in await session.scalars(select(Outbox).where(Outbox.group_id == 1)):
            row.state = OutboxState.FAILED
    assert await fire(district, local("2026-11-24 11:00"), settings) == 1


async def test_a_paused_notice_stays_quiet_and_makes_nothing_up(district: Database) -> None:
    number = (await plan(district, cron="0 8 * * *")).number
    async with district.begin() as session:
        assert (await pause_reminder(session, number=number, by="a", now=NOW)).state is ScheduleState.PAUSED
    assert await fire(district, local("2026-11-26 08:00")) == 0
    async with district.begin() as session:
        back = await resume_reminder(session, number=number, by="a", now=local("2026-11-26 08:30"))
    assert back.next_at == local("2026-11-27 08:00")
    async with district.begin() as session:
        skipped, left = await skip_reminder(session, number=number, by="a", now=local("2026-11-26 08:30"))
    assert (skipped, left.next_at) == (local("2026-11-27 08:00"), local("2026-11-28 08:00"))
    assert await fire(district, local("2026-11-27 08:00")) == 0
    assert await firings(district) == []


async def test_a_notice_can_be_sent_now_beside_its_schedule(district: Database) -> None:
    number = (await plan(district, cron="0 8 * * *")).number
    async with district.begin() as session:
        fired = await run_reminder(session, number=number, by="a", now=NOW, settings=SETTINGS)
        assert (fired.queued, fired.unbound, fired.capped) == (3, 1, 0)
        with pytest.raises(ReminderRefused, match="刚刚发过"):
            await run_reminder(session, number=number, by="a", now=NOW, settings=SETTINGS)
        with pytest.raises(UnknownReminder):
            await run_reminder(session, number=99, by="a", now=NOW, settings=SETTINGS)
    assert await fire(district, local("2026-11-25 08:00")) == 3


async def test_two_processes_never_fire_twice(district: Database) -> None:
    await plan(district, cron="0 8 * * *")
    other = Database(district.engine.url.render_as_string(hide_password=False), durable=False)
    days = [local("2026-11-25 08:00") + timedelta(days=day) for day in range(20)]
    try:
        for day in days:
            await asyncio.gather(fire(district, day), fire(other, day + timedelta(seconds=1)))
    finally:
        await other.dispose()
    assert await firings(district) == [(day, FiringState.SENT) for day in days]
    async with district.read() as session:
        per_group = dict(
            (await session.execute(select(Outbox.group_id, func.count()).group_by(Outbox.group_id))).all()
        )
    assert per_group == {1: 20, 2: 20, 3: 20}


async def test_a_firing_written_by_somebody_else_is_left_to_them(district: Database) -> None:
    number = (await plan(district, cron="0 8 * * *")).number
    due = local("2026-11-25 08:00")
    async with district.begin() as session:
        session.add(Firing(schedule_id=number, due_at=due, fired_at=due, state=FiringState.SENT))
    assert await fire(district, due) == 0
    async with district.read() as session:
        row = await session.get_one(Schedule, number)
        assert row.next_at == due + timedelta(days=1)


async def test_a_notice_that_cannot_be_fired_holds_up_no_other(
    district: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await plan(district, cron="0 8 * * *"), await plan(district, cron="0 8 * * *")
    async with district.begin() as session:
        row = await session.get_one(Schedule, broken.number)
        row.cron, row.timing = None, {"festivals": ["没有这个节"], "at": "08:00"}
    due = local("2026-11-25 08:00")
    assert await fire(district, due) == 3
    assert [record.__dict__["schedule"] for record in caplog.records] == [broken.number]
    async with district.read() as session:
        assert (await session.get_one(Schedule, sound.number)).next_at == due + timedelta(days=1)
        assert (await session.get_one(Schedule, broken.number)).next_at == due


async def test_a_firing_rolled_back_is_fired_again(district: Database) -> None:
    await plan(district, cron="0 8 * * *")
    due = local("2026-11-25 08:00")
    async with district.begin() as session:
        assert await fire_due(session, now=due, settings=SETTINGS) == 3
        await session.rollback()
    assert await fire(district, due + timedelta(minutes=1)) == 3
    assert len(await queued(district)) == 3
