"""Writing, listing and changing notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.audience import find_audience
from handlers.reminders.errors import BadSchedule, ReminderRefused, UnknownReminder
from handlers.reminders.notices import clean_notice, fill_notice
from handlers.reminders.plans import Plan, next_time
from handlers.scopes import Scope
from storage.enums import ScheduleState
from storage.models import Audit, Schedule
from storage.schedules import (
    get_schedule,
    list_schedules,
    list_stewards,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A notice as an admin sees it."""

    number: int
    text: str
    plan: Plan
    scope: Scope
    state: ScheduleState
    next_at: datetime | None


async def add_reminder(
    session: AsyncSession,
    *,
    text: str,
    scope: Scope,
    by: str,
    now: datetime,
    cron: str | None = None,
    once_at: datetime | None = None,
    paused: bool = False,
    media: str | None = None,
) -> Reminder:
    """Plan a notice; ``media`` names a file in the media folder. Raises ReminderRefused for what cannot be used."""
    text, plan = clean_notice(text, file=media is not None), Plan(cron=cron, once_at=once_at)
    first = once_at if once_at is not None and once_at >= now else next_time(plan, now)
    if first is None:
        raise BadSchedule("这个时间已经过了。")
    row = Schedule(
        text=text,
        media=media,
        cron=cron,
        once_at=once_at,
        scope=scope.to_json(),
        state=ScheduleState.PAUSED if paused else ScheduleState.ACTIVE,
        next_at=first,
        created_by=by,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    _audit(session, row.id, "reminder.add", by, now)
    return _shown(row)


async def list_reminders(session: AsyncSession, *, finished: bool = True) -> list[Reminder]:
    """Every notice, oldest first; those that will not go out any more only when ``finished``."""
    rows = await list_schedules(session)
    return [_shown(row) for row in rows if finished or row.state is not ScheduleState.DONE]


async def pause_reminder(session: AsyncSession, *, number: int, by: str, now: datetime) -> Reminder:
    """Hold a notice back until it is resumed."""
    row = await _take(session, number)
    if row.state is ScheduleState.DONE:
        raise ReminderRefused(f"提示{number}已经发完了。")
    if row.state is ScheduleState.ACTIVE:
        row.state = ScheduleState.PAUSED
        _audit(session, number, "reminder.pause", by, now)
    return _shown(row)


async def resume_reminder(session: AsyncSession, *, number: int, by: str, now: datetime) -> Reminder:
    """Let a paused notice go out again, from its next time on; what fell into the pause is not made up for."""
    row = await _take(session, number)
    if row.state is ScheduleState.PAUSED:
        following = next_time(_plan(row), now)
        if following is None:
            raise BadSchedule(f"提示{number}的时间已经过了。要现在发请发：发提示 {number}")
        row.state, row.next_at = ScheduleState.ACTIVE, following
        _audit(session, number, "reminder.resume", by, now)
    elif row.state is ScheduleState.DONE:
        raise ReminderRefused(f"提示{number}已经发完了。")
    return _shown(row)


async def skip_reminder(session: AsyncSession, *, number: int, by: str, now: datetime) -> Reminder:
    """Leave out the next time of a repeated notice."""
    row = await _take(session, number)
    following = next_time(_plan(row), max(now, row.next_at or now)) if row.cron else None
    if following is None or row.state is not ScheduleState.ACTIVE:
        raise ReminderRefused(f"提示{number}没有下一次可以跳过。")
    row.next_at = following
    _audit(session, number, "reminder.skip", by, now)
    return _shown(row)


async def count_groups(session: AsyncSession, scope: Scope) -> tuple[int, int]:
    """(groups of a scope, those of them no account sits in)."""
    targets = await find_audience(session, scope)
    return len(targets), sum(target.account is None for target in targets)


async def preview_notice(session: AsyncSession, text: str, scope: Scope, due: datetime) -> str | None:
    """The notice as the first group of its scope would read it; None when the scope is empty."""
    targets = await find_audience(session, scope)
    if not targets:
        return None
    return fill_notice(clean_notice(text), targets[0], await list_stewards(session), due)


async def _take(session: AsyncSession, number: int) -> Schedule:
    row = await get_schedule(session, number)
    if row is None:
        raise UnknownReminder(number)
    return row


def _plan(row: Schedule) -> Plan:
    return Plan(cron=row.cron, once_at=row.once_at)


def _shown(row: Schedule) -> Reminder:
    return Reminder(
        number=row.id,
        text=row.text,
        plan=_plan(row),
        scope=Scope.from_json(row.scope),
        state=row.state,
        next_at=row.next_at if row.state is ScheduleState.ACTIVE else None,
    )


def _audit(session: AsyncSession, number: int, what: str, by: str, now: datetime) -> None:
    session.add(Audit(at=now, who=by, what=what, detail={"schedule": number}))
