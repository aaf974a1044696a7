"""What reports do by themselves, on a clock that the test drives."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import VirtualClock
from bot.media import Media
from bot.reports.jobs import ReportJobs
from handlers.measures.moments import is_last_working_day_of_week
from handlers.settings import ReportSettings, Settings
from handlers.surroundings import Surroundings
from handlers.worktime import WorkCalendar
from storage.engine import Database
from storage.measures import get_frozen
from storage.models import Outbox
from tests.measures.facts import at
from tests.measures.test_files import read_png
from tests.measures.world import NIGHT, build_world, fill_november, november


def jobs_of(database: Database, clock: VirtualClock) -> ReportJobs:
    return ReportJobs(database, Surroundings(Settings()), clock, Media(), lambda: None)


async def test_the_last_month_is_frozen_once_and_also_when_the_first_was_missed(database: Database) -> None:
    await build_world(database)
    await fill_november(database)
    clock = VirtualClock(at("11-30 02:00"))
    jobs = jobs_of(database, clock)
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
    await jobs_of(database, VirtualClock(NIGHT)).freeze()
    async with database.read() as session:
        assert await get_frozen(session, "2026-11") is None


FRIDAY = at("11-06 16:30")


async def sent(database: Database) -> list[Outbox]:
    async with database.read() as session:
        return list(await session.scalars(select(Outbox).order_by(Outbox.id)))


async def test_the_weeks_picture_goes_to_the_work_group_once(database: Database, tmp_path: Path) -> None:
    await build_world(database)
    await fill_november(database)
    media, woken = Media(tmp_path / "media"), []
    reports = ReportSettings(work_groups=("玉景湾4号群", "没有这个群"))
    clock = VirtualClock(FRIDAY - timedelta(minutes=1))

    def process() -> ReportJobs:
        surroundings = Surroundings(Settings(reports=reports))
        return ReportJobs(database, surroundings, clock, media, lambda: woken.append(1))

    await process().weekly()
    assert await sent(database) == []
    clock.moment = FRIDAY + timedelta(minutes=20)  # the service was down at half past four
    await asyncio.gather(process().weekly(), process().weekly())
    await process().weekly()
    (row,) = await sent(database)
    assert (row.group_id, row.key, row.media is not None) == (2, "weekly:2026-11-06:group:2", True)
    assert row.text == (
        "一周小结 11月2日至8日：登记3件，没办完1件，响应率66.7%（2/3），解决率100.0%（3/3），"
        "按期办结率66.7%（2/3），满意率50.0%（1/2）。"
    )
    assert woken == [1]
    picture = await asyncio.to_thread(media.read, row.media or "")
    width, height, colours = read_png(picture)
    assert width >= 1000
    assert height >= 700
    assert colours > 50


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-11-06", True),
        ("2026-11-05", False),
        ("2026-11-07", False),
        ("2026-02-13", False),  # the Saturday after it is worked
        ("2026-02-14", True),
        ("2026-09-30", True),  # a Wednesday before the holidays
    ],
)
def test_the_last_working_day_of_a_week(day: str, last: bool) -> None:
    assert is_last_working_day_of_week(date.fromisoformat(day), WorkCalendar()) is last


async def test_without_a_work_group_nothing_is_drawn(database: Database, tmp_path: Path) -> None:
    await build_world(database)
    await fill_november(database)
    jobs = ReportJobs(
        database, Surroundings(Settings()), VirtualClock(FRIDAY), Media(tmp_path / "media"), lambda: None
    )
    await jobs.weekly()
    assert await sent(database) == []
    assert not (tmp_path / "media").exists()


async def test_the_brief_is_told_by_its_job(database: Database, tmp_path: Path) -> None:
    await build_world(database)
    await fill_november(database)
    clock = VirtualClock(at("11-23 08:29"))
    jobs = ReportJobs(database, Surroundings(Settings()), clock, Media(tmp_path), lambda: None)
    await jobs.brief()
    assert await sent(database) == []
    clock.moment = at("11-23 08:30")
    await jobs.brief()
    await jobs.brief()
    assert [row.key for row in await sent(database)] == ["brief:2026-11-23:1"]
