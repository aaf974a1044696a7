"""Working time: what counts by a calendar of working days and the spans of a working day (pure; Asia/Shanghai)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import chinese_calendar

from handlers.wording import SHANGHAI
from storage.enums import Measure

SATURDAY = 5
DAY = timedelta(days=1)
_HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午",
    "National Day": "国庆",
    "Mid-autumn Festival": "中秋",
}
MIDNIGHT = "24:00"
"""How a span may end that lasts until the day is over."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many minutes of what a measure counts; a working day has 24 hours of its own."""

    minutes: int
    measure: Measure

    @property
    def length(self) -> timedelta:
        """The same as a duration."""
        return timedelta(minutes=self.minutes)


@lru_cache(maxsize=8192)
def _official(day: date) -> bool | None:
    """Whether the published calendar makes this a working day; None in years it does not know."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _holiday(day: date) -> str:
    name = chinese_calendar.get_holiday_detail(day)[1]
    return str(name)


@lru_cache(maxsize=64)
def read_spans(spans: tuple[str, ...]) -> tuple[tuple[timedelta, timedelta], ...]:
    """``("08:30-11:30", "13:00-24:00")`` as times since midnight, in order."""
    pairs = (span.split("-", 1) for span in spans)
    return tuple(sorted((_since_midnight(start), _since_midnight(end)) for start, end in pairs))


def _since_midnight(text: str) -> timedelta:
    if text.strip() == MIDNIGHT:
        return DAY
    clock = time.fromisoformat(text.strip())
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked and when. ``days`` are an admin's own and win over the published calendar."""

    spans: tuple[str, ...] = ("08:30-17:30",)
    days: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """By the admin's table, else the published calendar, else (in years nobody knows) Monday to Friday."""
        known = self.days.get(day)
        if known is None:
            known = _official(day)
        return day.weekday() < SATURDAY if known is None else known

    def knows(self, year: int) -> bool:
        """Whether this year's holidays are known."""
        return _official(date(year, 1, 1)) is not None or any(day.year == year for day in self.days)

    def oddity(self, day: date) -> str:
        """What makes a day other than its weekday says: 补班, 放假 (with the holiday's name when published), or ""."""
        working = self.is_working_day(day)
        if working == (day.weekday() < SATURDAY):
            return ""
        if working:
            return "补班"
        return "放假" if day in self.days else f"{_HOLIDAYS.get(_holiday(day), '')}放假"

    def after(self, start: datetime, limit: Limit) -> datetime:
        """The moment at which a limit has passed since ``start`` (both aware, same zone)."""
        return self.add(start, limit.length, limit.measure)

    def add(self, start: datetime, length: timedelta, measure: Measure) -> datetime:
        """The moment at which so much of a measure has passed since ``start``."""
        if measure is Measure.ALWAYS:
            return start + length
        for begin, end in self._counted(start, measure):
            if end - begin >= length:
                return (begin + length).astimezone(start.tzinfo)
            length -= end - begin
        raise AssertionError("there is always another working day")

    def by_day(self, moment: datetime) -> datetime:
        """The same moment; before work or on a free day the next opening, which is as much working time later."""
        local = moment.astimezone(SHANGHAI)
        midnight = datetime.combine(local.date(), time.min, SHANGHAI)
        if self.is_working_day(local.date()) and local - midnight >= read_spans(self.spans)[0][0]:
            return moment
        begin, _ = next(self._counted(moment, Measure.WORK))
        return begin.astimezone(moment.tzinfo)

    def elapsed(self, start: datetime, end: datetime, measure: Measure) -> timedelta:
        """How much of a measure lies between two moments; nothing when ``end`` is not later."""
        if measure is Measure.ALWAYS or end <= start:
            return max(end - start, timedelta())
        total = timedelta()
        for begin, finish in self._counted(start, measure):
            if begin >= end:
                break
            total += min(finish, end) - begin
        return total

    def _counted(self, start: datetime, measure: Measure) -> Iterator[tuple[datetime, datetime]]:
        """Stretches of time that count, from ``start`` on, in order."""
        local = start.astimezone(SHANGHAI)
        spans = read_spans(self.spans)
        if (
            measure is Measure.DAYS
        ):  # a working day lasts from its opening until the same time of the next day
            spans = ((spans[0][0], spans[0][0] + DAY),)
        day = local.date() - DAY
        while True:
            if self.is_working_day(day):
                midnight = datetime.combine(day, time.min, SHANGHAI)
                for opens, closes in spans:
                    begin, end = max(midnight + opens, local), midnight + closes
                    if begin < end:
                        yield begin, end
            day += DAY
