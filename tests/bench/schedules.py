"""How long planning takes: 500 notices by working days, terms, festivals and cron; and a minute with all of them due."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path

from bot.ical import write_calendar
from handlers.reminders import Days, Plan, add_reminder, fire_due, list_reminders, replan_reminders
from handlers.reminders.feed import list_planned
from handlers.reminders.festivals import TERMS
from handlers.reminders.outlook import look_ahead
from handlers.scopes import Scope
from handlers.settings import DeliverySettings, Settings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.models import Community, Group
from storage.schema import upgrade

NOTICES = 500
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
ONE_GROUP = Scope(groups=(1,))
SETTINGS = Settings(delivery=DeliverySettings(broadcasts_per_group_day=NOTICES))
PLANS = (
    Plan(days=Days.WORKING, at=clock(8)),
    Plan(days=Days.FREE, at=clock(9)),
    Plan(festivals=TERMS, at=clock(9)),
    Plan(festivals=("除夕", "端午", "中秋"), offset=-1, at=clock(9)),
    Plan(cron="0 8 * * 1"),
)


def run() -> None:
    """Print the seconds on SQLite."""
    print(f"schedules: {NOTICES} notices, SQLite")
    with tempfile.TemporaryDirectory(prefix="weiwang-bench-") as name:
        asyncio.run(_run(Path(name)))


async def _run(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'schedules.db'}", durable=False)
    try:
        await upgrade(database)
        await _plan(database)
        await _look(database)
        await _fire(database)
    finally:
        await database.dispose()


async def _plan(database: Database) -> None:
    async with database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add(Group(id=1, community_id=1, name="1号群", account="a", room_id="1"))
        with _timed("planning all of them"):
            for number in range(NOTICES):
                plan = PLANS[number % len(PLANS)]
                await add_reminder(session, text="早", plan=plan, scope=ONE_GROUP, by="bench", now=NOW)


async def _look(database: Database) -> None:
    async with database.read() as session:
        with _timed("the next five times of each"):
            for reminder in await list_reminders(session):
                await look_ahead(session, reminder.plan, now=NOW)
        with _timed("what the calendar feed shows of 90 days"):
            planned = await list_planned(session, now=NOW)
    with _timed(f"the same as an iCalendar file ({len(planned)} times)"):
        write_calendar(planned, NOW)


async def _fire(database: Database) -> None:
    async with database.begin() as session:
        with _timed("a look when nothing is due"):
            await fire_due(session, now=NOW + timedelta(minutes=1), settings=SETTINGS)
        with _timed("following a new calendar"):
            await replan_reminders(session, now=NOW)
    async with database.begin() as session:
        with _timed("a look after a week in which nobody looked"):
            await fire_due(session, now=NOW + timedelta(days=7), settings=SETTINGS)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"  {what}: {time.perf_counter() - start:.2f} s")
