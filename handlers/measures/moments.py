"""When reports are told: once on a working day, and not when it is too late to be of use."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from handlers.wording import SHANGHAI
from handlers.worktime import WorkCalendar

GRACE = timedelta(hours=3)
"""How late a brief or a picture still goes out when the service was down at its time."""


def moment_on(day: date, at: time) -> datetime:
    """A wall-clock time of a day in Suzhou."""
    return datetime.combine(day, at, SHANGHAI)


def day_of(now: datetime) -> date:
    """The day in Suzhou."""
    return now.astimezone(SHANGHAI).date()


def is_time(now: datetime, at: time) -> bool:
    """Whether it is this time of the day, or not much later."""
    due = moment_on(day_of(now), at)
    return due <= now < due + GRACE


def working_day_before(day: date, calendar: WorkCalendar) -> date:
    """The last working day before a day."""
    day -= timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_day_from(day: date, calendar: WorkCalendar) -> date:
    """The first working day from a day on, itself included."""
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def is_last_working_day_of_week(day: date, calendar: WorkCalendar) -> bool:
    """Whether the week has no further working day (make-up days count)."""
    rest = (day + timedelta(days=step) for step in range(1, 7 - day.weekday()))
    return calendar.is_working_day(day) and not any(calendar.is_working_day(each) for each in rest)
