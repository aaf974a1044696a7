"""What is planned, for calendars that subscribe to it: when, which words, to how many groups. No people's names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.editing import count_groups
from handlers.reminders.keeping import day_calendar, read_plan
from handlers.reminders.outlook import plan_words
from handlers.reminders.plans import Plan, occasions
from handlers.scopes import Scope
from handlers.worktime import WorkCalendar
from storage.enums import ScheduleState
from storage.models import Schedule
from storage.schedules import list_schedules

FEED_DAYS = 90
MOST_OF_ONE = 200
"""So many times of one notice at most, so that one that repeats every minute does not fill the calendar."""

MOST_PLANNED = 2000
"""So many times altogether, the nearest ones: writing one takes a calendar about a millisecond."""

_SHOWN = (ScheduleState.ACTIVE, ScheduleState.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One time at which a notice goes out. ``uid`` stays the same as long as the time does.

    ``text`` is as it was written, its fields ({管家} …) not filled. ``certain``: nobody's yes is lacking.
    """

    uid: str
    number: int
    at: datetime
    why: str
    text: str
    plan: str
    groups: int
    certain: bool


async def list_planned(session: AsyncSession, *, now: datetime, days: int = FEED_DAYS) -> list[Planned]:
    """Everything that is to go out in the next days, in order, the nearest ``MOST_PLANNED``."""
    rows = [row for row in await list_schedules(session) if row.state in _SHOWN]
    plans = [read_plan(row) for row in rows]
    calendar, sizes = await day_calendar(session, *plans), dict[str, int]()
    found: list[Planned] = []
    for row, plan in zip(rows, plans, strict=True):
        scope = str(row.scope)
        if scope not in sizes:
            sizes[scope] = (await count_groups(session, Scope.from_json(row.scope)))[0]
        found.extend(_times(row, plan, now, now + timedelta(days=days), calendar, sizes[scope]))
    return sorted(found, key=lambda one: (one.at, one.number))[:MOST_PLANNED]


def _times(
    row: Schedule, plan: Plan, now: datetime, end: datetime, calendar: WorkCalendar, groups: int
) -> Iterable[Planned]:
    ahead = takewhile(lambda occasion: occasion.at <= end, occasions(plan, now, calendar))
    words = plan_words(plan)
    for occasion in islice(ahead, MOST_OF_ONE):
        yield Planned(
            uid=f"{row.id}-{row.created_at:%Y%m%d%H%M%S%f}-{occasion.at:%Y%m%dT%H%M%SZ}@weiwang-bot",
            number=row.id,
            at=occasion.at,
            why=occasion.why,
            text=row.text,
            plan=words,
            groups=groups,
            certain=row.state is ScheduleState.ACTIVE,
        )
