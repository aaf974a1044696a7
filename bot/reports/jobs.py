"""What reports do by themselves: jobs that the clockwork wakes. That each thing happens once is for the database."""

from __future__ import annotations

import asyncio

from bot.clock import Clock
from bot.clockwork import Clockwork
from handlers.measures import compose, keep_report, last_month_to_freeze
from handlers.settings import Settings
from storage.engine import Database

SYSTEM = "系统"


class ReportJobs:
    """The jobs, for the clockwork and for tests."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database, self._settings, self._clock = database, settings, clock

    def wind(self, clockwork: Clockwork) -> None:
        """Let the clockwork wake them."""
        clockwork.daily("freeze the last month", self._settings.measures.freeze_at, self.freeze)

    async def freeze(self) -> None:
        """Freeze the month that is over, if that has not been done yet: on the 1st, or when the service is back."""
        now, rules = self._clock.now(), self._settings.measures
        async with self._database.read() as session:
            material = await last_month_to_freeze(session, now=now, rules=rules)
        if material is not None:
            report = await asyncio.to_thread(compose, material)
            async with self._database.begin() as session:
                await keep_report(session, report, by=SYSTEM)
