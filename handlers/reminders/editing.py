"""Writing, listing and changing notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.audience import find_audience
from handlers.reminders.errors import BadSchedule, UnknownReminder
from handlers.reminders.keeping import day_calendar, read_plan, write_plan
from handlers.reminders.notices import clean_notice
from handlers.reminders.plans import Plan, first_time
from handlers.scopes import Scope
from storage.enums import ScheduleState
from storage.models import Audit, Schedule
from storage.schedules import (
    get_schedule,
    list_schedules,
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
    by: str = ""
    author: str = ""
    created_at: datetime | None = None
    urgent: bool = False
    media: str | None = None
    needed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes a notice: the name, and where he can be told what becomes of it ("" at the command line)."""

    name: str
    contact: str = ""
    account: str = ""


async def add_reminder(
    session: AsyncSession,
    *,
    text: str,
    scope: Scope,
    by: str | Author,
    now: datetime,
    plan: Plan,
    paused: bool = False,
    media: str | None = None,
    category: str = "",
    urgent: bool = False,
) -> Reminder:
    """Plan a notice; ``media`` names a file in the media folder. Raises ReminderRefused for what cannot be used.

    It still needs ``approvals.submit`` before it may go out; one that needs a yes and has not got it waits then.
    """
    author = Author(name=by) if isinstance(by, str) else by
    text, first = clean_notice(text, file=media is not None), await _first_time(session, plan, now)
    row = Schedule(
        text=text,
        media=media,
        category=category,
        urgent=urgent,
        author=author.contact,
        account=author.account,
        scope=scope.to_json(),
        state=ScheduleState.PAUSED if paused else ScheduleState.ACTIVE,
        next_at=None if paused else first,
        created_by=author.name,
        created_at=now,
    )
    write_plan(row, plan)
    session.add(row)
    await session.flush()
    audit_change(session, row.id, "reminder.add", author.name, now)
    return shown(row)


async def list_reminders(session: AsyncSession, *, finished: bool = True) -> list[Reminder]:
    """Every notice, oldest first; those that will not go out any more only when ``finished``."""
    rows = await list_schedules(session)
    return [shown(row) for row in rows if finished or row.state is not ScheduleState.DONE]


async def find_reminder(session: AsyncSession, number: int, *, lock: bool = False) -> Reminder:
    """One notice, ``lock``ed when it is to be changed; raises UnknownReminder."""
    row = await session.get(Schedule, number, with_for_update=lock, populate_existing=True)
    if row is None:
        raise UnknownReminder(number)
    return shown(row)


async def count_groups(session: AsyncSession, scope: Scope) -> tuple[int, int]:
    """(groups of a scope, those of them no account sits in)."""
    targets = await find_audience(session, scope)
    return len(targets), sum(target.account is None for target in targets)


async def _first_time(session: AsyncSession, plan: Plan, now: datetime) -> datetime:
    first = first_time(plan, now, await day_calendar(session, plan))
    if first is None:
        raise BadSchedule("这个时间已经过了。" if plan.is_once else "照这样写，一次也轮不到发。")
    return first


async def take(session: AsyncSession, number: int) -> Schedule:
    """The row of a notice, locked for a change; raises UnknownReminder."""
    row = await get_schedule(session, number)
    if row is None:
        raise UnknownReminder(number)
    return row


def shown(row: Schedule) -> Reminder:
    """A row as an admin sees it."""
    return Reminder(
        number=row.id,
        text=row.text,
        plan=read_plan(row),
        scope=Scope.from_json(row.scope),
        state=row.state,
        next_at=row.next_at if row.state in (ScheduleState.ACTIVE, ScheduleState.WAITING) else None,
        by=row.created_by,
        author=row.author,
        created_at=row.created_at,
        urgent=row.urgent,
        media=row.media,
        needed=row.needed,
    )


def audit_change(session: AsyncSession, number: int, what: str, by: str, now: datetime) -> None:
    """Note who has changed a notice."""
    session.add(Audit(at=now, who=by, what=what, detail={"schedule": number}))
