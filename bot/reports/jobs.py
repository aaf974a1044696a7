"""What reports do by themselves: jobs that the clockwork wakes. That each thing happens once is for the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.clock import Clock
from bot.clockwork import Clockwork
from bot.media import Media
from bot.reports.charts import report_picture
from bot.reports.picture import NoChineseFont, draw
from handlers.measures import compose, keep_report, last_month_to_freeze
from handlers.measures.brief import is_brief_due, send_briefs
from handlers.measures.moments import is_time
from handlers.measures.report import Report
from handlers.measures.weekly import send_weekly, weekly_material
from handlers.surroundings import Surroundings
from storage.engine import Database

log = logging.getLogger(__name__)

SYSTEM = "系统"
LOOK_SECONDS = 60.0
"""How often it is asked whether a brief or a picture is due: also after a start that came late."""


class ReportJobs:
    """The jobs, for the clockwork and for tests. ``wake`` is called when something is to be said."""

    def __init__(
        self,
        database: Database,
        surroundings: Surroundings,
        clock: Clock,
        media: Media,
        wake: Callable[[], None],
    ) -> None:
        self._database, self._surroundings, self._clock = database, surroundings, clock
        self._media, self._wake = media, wake

    def wind(self, clockwork: Clockwork) -> None:
        """Let the clockwork wake them."""
        measures = self._surroundings.settings.measures
        clockwork.daily("freeze the last month", measures.freeze_at, self.freeze)
        clockwork.every("brief", LOOK_SECONDS, self.brief)
        clockwork.every("weekly picture", LOOK_SECONDS, self.weekly)

    async def freeze(self) -> None:
        """Freeze the month that is over, if that has not been done yet: on the 1st, or when the service is back."""
        now, rules = self._clock.now(), self._surroundings.settings.measures
        async with self._database.read() as session:
            material = await last_month_to_freeze(session, now=now, rules=rules)
        if material is not None:
            report = await asyncio.to_thread(compose, material)
            async with self._database.begin() as session:
                await keep_report(session, report, by=SYSTEM)

    async def brief(self) -> None:
        """Tell the morning's brief, if it is time."""
        now, settings = self._clock.now(), self._surroundings.settings.reports
        if not is_time(now, settings.brief_at):
            return
        async with self._database.read() as session:
            due = await is_brief_due(await self._surroundings.context(session, now))
        if due:
            async with self._database.begin() as session:
                await send_briefs(await self._surroundings.context(session, now))
            self._wake()

    async def weekly(self) -> None:
        """Draw the week's picture and send it, if it is time; without a Chinese font the numbers go out in words."""
        now = self._clock.now()
        if not is_time(now, self._surroundings.settings.reports.weekly_at):
            return
        async with self._database.read() as session:
            material = await weekly_material(await self._surroundings.context(session, now))
        if material is None:
            return
        report = await asyncio.to_thread(compose, material)
        name = await asyncio.to_thread(self._draw, report)
        async with self._database.begin() as session:
            ctx = await self._surroundings.context(session, material.now)
            told = await send_weekly(ctx, report, name)
        if told:
            self._wake()

    def _draw(self, report: Report) -> str | None:
        try:
            picture = draw(report_picture(report))
        except NoChineseFont as error:
            log.warning("%s", error)
            return None
        return self._media.keep(picture, f"weekly-{report.period}", "png")
