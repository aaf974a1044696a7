"""APScheduler as the clock that wakes the work. What is due, and that it happens once, is for the database."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time
from types import TracebackType
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import SystemClock
from handlers.wording import SHANGHAI

log = logging.getLogger(__name__)
Job = Callable[[], Awaitable[object]]


class Clockwork:
    """Named jobs that run by themselves between ``async with`` and its end.

    A job never runs beside itself; times that passed meanwhile become one run; a late run is still run. A job that
    raises is logged and runs again next time. Leaving waits for the jobs that are running, at most ``patience``
    seconds, then cancels them.
    """

    def __init__(self, *, patience: float = 30.0) -> None:
        self._patience = patience
        self._stopped = False
        self._running: set[asyncio.Task[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def every(self, name: str, seconds: float, job: Job) -> None:
        """Run a job at once and then every so many seconds."""
        self._add(name, job, IntervalTrigger(seconds=seconds, timezone=UTC), at_once=True)

    def daily(self, name: str, at: time, job: Job) -> None:
        """Run a job every day at a time of the Suzhou wall clock."""
        trigger = CronTrigger(hour=at.hour, minute=at.minute, second=at.second, timezone=SHANGHAI)
        self._add(name, job, trigger)

    def once(self, name: str, at: datetime, job: Job) -> None:
        """Run a job at one aware moment; the same name again moves it."""
        if at.tzinfo is None:
            raise ValueError("at must be aware")
        self._add(name, job, DateTrigger(at, timezone=UTC))

    def wake(self, name: str) -> None:
        """Let a job run as soon as possible instead of waiting for its time. KeyError when there is none."""
        if self._scheduler.get_job(name) is None:
            raise KeyError(name)
        self._scheduler.modify_job(name, next_run_time=SystemClock().now())

    def drop(self, name: str) -> None:
        """Forget a job; one that runs goes on to its end."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The jobs there are."""
        return tuple(job.id for job in self._scheduler.get_jobs())

    async def __aenter__(self) -> Self:
        self._scheduler.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Start nothing more, wait for what runs, then be gone. A second call does nothing."""
        if self._stopped or not self._scheduler.running:
            return
        self._stopped = True
        self._scheduler.pause()
        await asyncio.sleep(0)  # what was handed to the loop a moment ago begins, and is waited for
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._patience)
            for task in late:
                log.warning("job %s is cancelled at the stop", task.get_name())
                task.cancel()
            if late:
                await asyncio.wait(late)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the shutdown itself is handed to the loop

    def _add(self, name: str, job: Job, trigger: object, *, at_once: bool = False) -> None:
        first = {"next_run_time": SystemClock().now()} if at_once else {}
        self._scheduler.add_job(
            self._run, trigger, args=(name, job), id=name, name=name, replace_existing=True, **first
        )

    async def _run(self, name: str, job: Job) -> None:
        task = asyncio.current_task()
        if task is None:  # pragma: no cover - a coroutine always runs in a task
            return
        task.set_name(name)
        self._running.add(task)
        try:
            await job()
        except Exception as error:
            log.error("job %s failed: %s at %s", name, type(error).__name__, _where(error))
        finally:
            self._running.discard(task)


def _where(error: BaseException) -> str:
    """The way to an error without its words: a database error quotes what residents said."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
