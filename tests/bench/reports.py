"""How long the measures of a year take: 359 groups, 100,000 tickets; and one month's report, live and frozen."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from handlers.measures import Month, freeze_month, month_report
from handlers.measures.figures import measure
from handlers.measures.periods import months_between
from handlers.settings import MeasureSettings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.measures import ticket_facts
from storage.schema import upgrade
from tests.measures.year import START, write_year

GROUPS, TICKETS = 359, 100_000
NOVEMBER = Month(2026, 11)
NOW = datetime(2027, 1, 5, 8, 0, tzinfo=SHANGHAI)
RULES = MeasureSettings()
T = TypeVar("T")


def run() -> None:
    """Print the seconds on SQLite."""
    print(f"reports: {GROUPS} groups, {TICKETS} tickets in a year, SQLite")
    with tempfile.TemporaryDirectory(prefix="weiwang-bench-") as name:
        asyncio.run(_run(Path(name)))


async def _run(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'year.db'}", durable=False)
    try:
        await upgrade(database)
        await write_year(database, groups=GROUPS, tickets=TICKETS, start=START)
        await _measure_year(database)
        await _measure_month(database)
    finally:
        await database.dispose()


async def _measure_year(database: Database) -> None:
    async with database.read() as session:
        facts, reading = await _timed(ticket_facts(session, Month(2026, 1).start, Month(2026, 12).end))
    start = time.perf_counter()
    found = measure(facts, RULES, months_between(Month(2026, 1), Month(2026, 12)), NOW)
    counting = time.perf_counter() - start
    print(f"  a year by month, community, group, steward, category: {reading + counting:.1f} s", end="")
    print(f" ({reading:.1f} s reading, {counting:.1f} s counting, {len(found)} lines)")


async def _measure_month(database: Database) -> None:
    async with database.read() as session:
        live, seconds = await _timed(month_report(session, NOVEMBER, now=NOW, rules=RULES))
    print(f"  November's report with the trend of twelve months, live: {seconds:.1f} s", end="")
    print(f" ({len(live.lists.details)} tickets, {len(live.figures.lines)} lines of figures)")
    async with database.begin() as session:
        for month in months_between(Month(2026, 1), NOVEMBER):
            _, seconds = await _timed(freeze_month(session, month, now=NOW, by="bench", rules=RULES))
    print(f"  freezing November: {seconds:.1f} s")
    async with database.read() as session:
        frozen, seconds = await _timed(month_report(session, NOVEMBER, now=NOW, rules=RULES))
    print(f"  the same report, every month frozen: {seconds:.1f} s")
    if (frozen.figures, frozen.lists) != (live.figures, live.lists):
        raise AssertionError("the frozen report differs from the live one")
    print("  both reports are the same")


async def _timed(work: Awaitable[T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = await work
    return result, time.perf_counter() - start


if __name__ == "__main__":
    run()
