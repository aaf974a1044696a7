"""What reports do by themselves, on a clock that the test drives."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import VirtualClock
from bot.reports.jobs import ReportJobs
from handlers.settings import Settings
from storage.engine import Database
from storage.measures import get_frozen
from tests.measures.facts import at
from tests.measures.world import NIGHT, build_world, fill_november, november


async def test_the_last_month_is_frozen_once_and_also_when_the_first_was_missed(database: Database) -> None:
    await build_world(database)
    await fill_november(database)
    clock = VirtualClock(at("11-30 02:00"))
    jobs = ReportJobs(database, Settings(), clock)
    await jobs.freeze()
    async with database.read() as session:
        assert await get_frozen(session, "2026-11") is None
        assert await get_frozen(session, "2026-10") is not None
    clock.moment = NIGHT + timedelta(days=2)  # it was down on the 1st
    await jobs.freeze()
    async with database.read() as session:
        kept = await get_frozen(session, "2026-11")
    assert kept is not None
    assert (kept.frozen_at, kept.frozen_by) == (clock.moment, "系统")
    clock.moment += timedelta(days=1)
    await jobs.freeze()
    assert (await november(database, now=clock.moment)).as_of == kept.frozen_at


async def test_a_month_before_the_first_ticket_is_not_frozen(database: Database) -> None:
    await build_world(database)
    await ReportJobs(database, Settings(), VirtualClock(NIGHT)).freeze()
    async with database.read() as session:
        assert await get_frozen(session, "2026-11") is None
