"""Working time: minutes that count only on China's working days and inside the configured spans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import chinese_calendar

from handlers.settings import WorkSettings
from handlers.wording import SHANGHAI

SATURDAY = 5


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """By the official calendar (holidays and make-up days); in years it does not know, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


@lru_cache(maxsize=64)
def _spans(spans: tuple[str, ...]) -> tuple[tuple[time, time], ...]:
    pairs = (span.split("-", 1) for span in spans)
    return tuple(
        sorted((time.fromisoformat(start.strip()), time.fromisoformat(end.strip())) for start, end in pairs)
    )


def add_working_minutes(start: datetime, minutes: int, work: WorkSettings) -> datetime:
    """The moment at which ``minutes`` of working time have passed since ``start`` (both aware)."""
    left = timedelta(minutes=minutes)
    for begin, end in _working_spans(start, work):
        if end - begin >= left:
            return (begin + left).astimezone(start.tzinfo)
        left -= end - begin
    raise AssertionError("there is always another working day")


def _working_spans(start: datetime, work: WorkSettings) -> Iterator[tuple[datetime, datetime]]:
    local = start.astimezone(SHANGHAI)
    day = local.date()
    while True:
        if is_working_day(day):
            for opens, closes in _spans(work.spans):
                begin = max(datetime.combine(day, opens, SHANGHAI), local)
                end = datetime.combine(day, closes, SHANGHAI)
                if begin < end:
                    yield begin, end
        day += timedelta(days=1)
