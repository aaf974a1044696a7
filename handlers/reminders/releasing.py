"""Letting a notice go: at once or at its time, or first to those whose yes it needs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.reminders.approvals import submit
from handlers.reminders.changing import resume_reminder
from handlers.reminders.editing import Reminder, audit_change, shown, take
from handlers.reminders.firing import Fired, run_reminder
from handlers.settings import Settings
from storage.enums import ScheduleState


async def release(
    session: AsyncSession, *, number: int, by: str, now: datetime, settings: Settings, directory: Directory
) -> Reminder:
    """Let a notice that is held back go out at its times; it is WAITING when it needs somebody's yes first."""
    await resume_reminder(session, number=number, by=by, now=now)
    row = await take(session, number)
    if row.state is ScheduleState.ACTIVE:
        await submit(session, row, directory, settings.reminders)
    return shown(row)


async def submit_new(
    session: AsyncSession, *, number: int, settings: Settings, directory: Directory
) -> Reminder:
    """A notice that has just been written or changed: it is WAITING when it needs somebody's yes first."""
    row = await take(session, number)
    if row.state in (ScheduleState.ACTIVE, ScheduleState.WAITING):
        await submit(session, row, directory, settings.reminders)
    return shown(row)


async def send_now(
    session: AsyncSession, *, number: int, by: str, now: datetime, settings: Settings, directory: Directory
) -> Fired | None:
    """Send a notice at once, beside its times; None when it needs somebody's yes first and goes out with that."""
    row = await take(session, number)
    before = row.state, row.next_at
    if await submit(session, row, directory, settings.reminders):
        if before[0] is not ScheduleState.WAITING:
            row.next_at = now
            audit_change(session, number, "reminder.submit", by, now)
        return None
    return await run_reminder(session, number=number, by=by, now=now, settings=settings)
