"""A thousand days of notices on PostgreSQL: two processes, restarts, crashes, days when nobody looked."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from random import Random

from sqlalchemy import select

from handlers.reminders import Days, Plan, add_reminder, fire_due, next_times
from handlers.scopes import Scope
from handlers.settings import DeliverySettings, Settings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import FiringState
from storage.models import Community, Firing, Group, Outbox

START = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
DAYS = 1000
END = START + timedelta(days=DAYS)
SETTINGS = Settings(delivery=DeliverySettings(broadcasts_per_group_day=99))
SKEW = timedelta(seconds=40)
"""So much the second process's clock is slow."""
GRACE = timedelta(minutes=SETTINGS.reminders.grace_minutes)
PLANS = (
    Plan(days=Days.FREE, at=time(8), excepted=frozenset({date(2027, 2, 7)})),
    Plan(cron="30 8 * * 1"),
    Plan(festivals=("冬至", "除夕", "端午"), offset=-1, at=time(7, 30)),
)


class Crash(Exception):
    """The process dies before it commits."""


async def look(database: Database, now: datetime, *, dies: bool) -> None:
    try:
        async with database.begin() as session:
            await fire_due(session, now=now, settings=SETTINGS)
            if dies:
                raise Crash
    except Crash:
        return


async def prepare(database: Database) -> None:
    async with database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add(Group(id=1, community_id=1, name="1号群", account="a", room_id="1"))
        await session.flush()
        for plan in PLANS:
            await add_reminder(
                session, text="早", plan=plan, scope=Scope(everyone=True), by="admin", now=START
            )


def mornings(random: Random) -> list[datetime]:
    """When somebody looks: most days about half past eight, some days hours later, some not at all."""
    days = (START + timedelta(days=day) for day in range(1, DAYS))
    late = [timedelta(minutes=random.choice((0, 0, 0, 1, 80, 130, 500))) for _ in range(1, DAYS)]
    awake = [random.random() > 0.1 for _ in range(1, DAYS)]
    return [
        day.replace(hour=8, minute=30) + wait
        for day, wait, looked in zip(days, late, awake, strict=True)
        if looked
    ] + [END]


async def test_two_processes_fire_every_time_once_or_mark_it_missed(postgres_database_url: str) -> None:
    random = Random(5)
    processes = [Database(postgres_database_url) for _ in range(2)]
    await prepare(processes[0])
    for now in mornings(random):
        if random.random() < 0.02:
            restarted = random.randrange(2)
            await processes[restarted].dispose()
            processes[restarted] = Database(postgres_database_url)
        dies = random.randrange(20)
        await asyncio.gather(*(look(each, now, dies=dies == number) for number, each in enumerate(processes)))
    await look(processes[0], END, dies=False)
    async with processes[0].read() as session:
        firings = list(await session.scalars(select(Firing).order_by(Firing.due_at)))
        said = list(await session.execute(select(Outbox.firing_id, Outbox.created_at)))
    for each in processes:
        await each.dispose()
    for number, plan in enumerate(PLANS, 1):
        expected = list(takewhile(lambda due: due <= END, next_times(plan, DAYS, START)))
        assert [each.due_at for each in firings if each.schedule_id == number] == expected
    sent = {each.id: each.due_at for each in firings if each.state is FiringState.SENT}
    assert sorted(row.firing_id for row in said) == sorted(
        sent
    )  # one group: each firing said once, nothing else
    assert all(row.created_at - sent[row.firing_id] <= GRACE for row in said)
    assert 0 < len(sent) < len(firings)
