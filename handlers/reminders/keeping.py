"""Plans as rows: what a schedule's columns say, and keeping its next time true to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from itertools import takewhile
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.plans import PUBLISHED, Days, Plan, next_time, occasions
from handlers.worktime import WorkCalendar
from storage.enums import FiringState, ScheduleState
from storage.models import Audit, Schedule
from storage.schedules import claim_firings, lock_active
from storage.timetable import list_calendar

_WAITS_FOR_A_TIME = (ScheduleState.ACTIVE, ScheduleState.WAITING)


def read_plan(row: Schedule) -> Plan:
    """The plan a row stands for."""
    timing = row.timing
    return Plan(
        cron=row.cron,
        once_at=row.once_at,
        days=Days(timing["days"]) if "days" in timing else None,
        festivals=tuple(timing.get("festivals", ())),
        offset=timing.get("offset", 0),
        at=time.fromisoformat(timing["at"]) if "at" in timing else None,
        starts=_date(timing.get("starts")),
        until=_date(timing.get("until")),
        excepted=frozenset(map(date.fromisoformat, timing.get("excepted", ()))),
        skipped=frozenset(map(datetime.fromisoformat, timing.get("skipped", ()))),
    )


def write_plan(row: Schedule, plan: Plan) -> None:
    """Let a row stand for this plan."""
    row.cron, row.once_at = plan.cron, plan.once_at
    timing: dict[str, Any] = {
        "days": plan.days,
        "festivals": list(plan.festivals),
        "offset": plan.offset,
        "at": plan.at and plan.at.isoformat("minutes"),
        "starts": plan.starts and plan.starts.isoformat(),
        "until": plan.until and plan.until.isoformat(),
        "excepted": sorted(day.isoformat() for day in plan.excepted),
        "skipped": [moment.isoformat() for moment in sorted(plan.skipped)],
    }
    row.timing = {name: value for name, value in timing.items() if value}


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


async def day_calendar(session: AsyncSession, *plans: Plan) -> WorkCalendar:
    """The calendar in force: the published one with an admin's own days; asked for only when a plan goes by days."""
    if any(plan.days is not None for plan in plans):
        return WorkCalendar(days=await list_calendar(session))
    return PUBLISHED


def due_times(row: Schedule, now: datetime, calendar: WorkCalendar) -> Iterator[datetime]:
    """The time that was waited for and every later one up to now."""
    if row.state not in _WAITS_FOR_A_TIME or row.next_at is None or row.next_at > now:
        return
    yield row.next_at
    later = occasions(read_plan(row), row.next_at, calendar)
    yield from takewhile(lambda due: due <= now, (each.at for each in later))


def advance(row: Schedule, now: datetime, calendar: WorkCalendar) -> None:
    """Wait for the next time after now; done when there is none any more. Skips that have passed are forgotten."""
    plan = read_plan(row)
    if plan.skipped:
        plan = replace(plan, skipped=frozenset(moment for moment in plan.skipped if moment > now))
        write_plan(row, plan)
    row.next_at = next_time(plan, now, calendar)
    if row.next_at is None:
        row.state = ScheduleState.DONE


async def give_up_due(
    session: AsyncSession, row: Schedule, now: datetime, calendar: WorkCalendar
) -> datetime | None:
    """Mark missed what was due before somebody held the notice back or moved it; the latest of these times."""
    dues = list(due_times(row, now, calendar))
    ours = await claim_firings(session, row.id, [(due, FiringState.MISSED) for due in dues], now)
    audit_missed(session, row.id, len(ours), now)
    return dues[-1] if dues else None


def audit_missed(session: AsyncSession, number: int, missed: int, now: datetime) -> None:
    """Note that some times of a notice passed without it."""
    if missed:
        detail = {"schedule": number, "missed": missed}
        session.add(Audit(at=now, who="系统", what="reminder.missed", detail=detail))


async def replan_reminders(session: AsyncSession, *, now: datetime) -> int:
    """Let notices for working or free days follow a calendar that has changed; how many wait for another time now.

    What is due already stays due.
    """
    calendar, moved = WorkCalendar(days=await list_calendar(session)), 0
    for row in await lock_active(session, after=now):
        plan = read_plan(row)
        following = next_time(plan, now, calendar) if plan.days is not None else row.next_at
        if following != row.next_at:
            moved += 1
            advance(row, now, calendar)
    return moved
