"""Holding back, letting go, skipping and changing notices that are planned. What is going out is left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.approvals import ask_again
from handlers.reminders.editing import Reminder, audit_change, shown, take
from handlers.reminders.errors import BadSchedule, ReminderRefused
from handlers.reminders.keeping import advance, day_calendar, due_times, give_up_due, read_plan, write_plan
from handlers.reminders.notices import clean_notice
from handlers.reminders.plans import Plan, first_time, next_time, next_times
from handlers.scopes import Scope
from handlers.worktime import WorkCalendar
from storage.enums import ScheduleState
from storage.models import Schedule

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different about a notice; None leaves it as it is."""

    text: str | None = None
    plan: Plan | None = None
    scope: Scope | None = None
    media: str | None = None
    urgent: bool | None = None


async def pause_reminder(session: AsyncSession, *, number: int, by: str, now: datetime) -> Reminder:
    """Hold a notice back until it is resumed; what was due and had not gone out is marked missed."""
    row = await _take_open(session, number)
    if row.state is not ScheduleState.PAUSED:
        await give_up_due(session, row, now, await day_calendar(session, read_plan(row)))
        row.state, row.next_at, row.decide_by = ScheduleState.PAUSED, None, None
        audit_change(session, number, "reminder.pause", by, now)
    return shown(row)


async def resume_reminder(session: AsyncSession, *, number: int, by: str, now: datetime) -> Reminder:
    """Let a paused notice go out again, from its next time on; what fell into the pause is not made up for."""
    row = await _take_open(session, number)
    if row.state is ScheduleState.PAUSED:
        plan = read_plan(row)
        following = next_time(plan, now, await day_calendar(session, plan))
        if following is None:
            raise BadSchedule(f"提示{number}的时间已经过了。要现在发请发：发提示 {number}")
        row.state, row.next_at = ScheduleState.ACTIVE, following
        audit_change(session, number, "reminder.resume", by, now)
    return shown(row)


async def skip_reminder(
    session: AsyncSession, *, number: int, by: str, now: datetime
) -> tuple[datetime, Reminder]:
    """Leave out the next time of a repeated notice, or the one that is due just now; which time, and the notice."""
    row = await take(session, number)
    plan = read_plan(row)
    if row.state is not ScheduleState.ACTIVE or plan.is_once:
        raise ReminderRefused(f"提示{number}没有下一次可以跳过。")
    calendar = await day_calendar(session, plan)
    skipped = await give_up_due(session, row, now, calendar)
    if skipped is None:
        skipped, *later = next_times(plan, 2, now, calendar)
        if not later:
            raise ReminderRefused(f"提示{number}只剩这一次了，不想发请停掉它。")
        write_plan(row, replace(plan, skipped=plan.skipped | {skipped}))
    advance(row, now, calendar)
    audit_change(session, number, "reminder.skip", by, now)
    return skipped, shown(row)


async def change_reminder(
    session: AsyncSession, *, number: int, change: Change, by: str, now: datetime
) -> Reminder:
    """Change the text, the times or the groups from the next firing on. Raises ReminderRefused, then nothing changed."""
    row = await _take_open(session, number)
    text = None if change.text is None else clean_notice(change.text, file=bool(change.media or row.media))
    if change.plan is not None:
        await _move(session, row, change.plan, now)
    if text is not None:
        row.text = text
    if change.scope is not None:
        row.scope = change.scope.to_json()
    if change.media is not None:
        row.media = change.media
    if change.urgent is not None:
        row.urgent = change.urgent
    ask_again(row, now)
    audit_change(session, number, "reminder.change", by, now)
    return shown(row)


async def _move(session: AsyncSession, row: Schedule, plan: Plan, now: datetime) -> None:
    """Give a row another plan. A time that is due and that the new plan has as well still goes out."""
    calendar = await day_calendar(session, plan, read_plan(row))
    following = first_time(plan, now, calendar)
    stays_due = _has_due(row, plan, now, calendar)
    if following is None and not stays_due:
        raise BadSchedule("这样改以后，一次也不会再发了。")
    if not stays_due:
        await give_up_due(session, row, now, calendar)
        row.next_at = None if row.state is ScheduleState.PAUSED else following
    write_plan(row, plan)


def _has_due(row: Schedule, plan: Plan, now: datetime, calendar: WorkCalendar) -> bool:
    due = next(due_times(row, now, calendar), None)
    return due is not None and next_time(plan, due - _MOMENT, calendar) == due


async def _take_open(session: AsyncSession, number: int) -> Schedule:
    row = await take(session, number)
    if row.state is ScheduleState.DONE:
        raise ReminderRefused(f"提示{number}已经发完了。")
    return row
