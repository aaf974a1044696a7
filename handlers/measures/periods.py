"""Months and weeks as people in Suzhou count them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Self

from handlers.measures.errors import BadMonth
from handlers.wording import SHANGHAI

_TEXT = re.compile(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; it begins and ends at midnight in Asia/Shanghai."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2026-11``; raises BadMonth."""
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise BadMonth(text)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, at: datetime) -> Self:
        """The month an aware moment lies in."""
        local = at.astimezone(SHANGHAI)
        return cls(local.year, local.month)

    def shifted(self, months: int) -> Month:
        """So many months later."""
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return _midnight(date(self.year, self.number, 1))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.shifted(1).start

    @property
    def title(self) -> str:
        """``2026年11月``."""
        return f"{self.year}年{self.number}月"

    def day_name(self, day: date) -> str:
        """``16``."""
        return str(day.day)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """From a Monday's midnight to the next, in Asia/Shanghai."""

    monday: date

    @classmethod
    def of(cls, at: datetime) -> Self:
        """The week an aware moment lies in."""
        day = at.astimezone(SHANGHAI).date()
        return cls(day - timedelta(days=day.weekday()))

    def shifted(self, weeks: int) -> Week:
        """So many weeks later."""
        return Week(self.monday + timedelta(weeks=weeks))

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return _midnight(self.monday)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.shifted(1).start

    @property
    def title(self) -> str:
        """``11月16日至22日``."""
        last = self.monday + timedelta(days=6)
        month = "" if last.month == self.monday.month else f"{last.month}月"
        return f"{self.monday.month}月{self.monday.day}日至{month}{last.day}日"

    def day_name(self, day: date) -> str:
        """``周一``."""
        return f"周{_WEEKDAYS[day.weekday()]}"

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"


Period = Month | Week


@lru_cache(maxsize=1024)
def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def months_between(first: Month, last: Month) -> list[Month]:
    """From ``first`` to ``last``, both included."""
    count = (last.year - first.year) * 12 + last.number - first.number
    return [first.shifted(step) for step in range(count + 1)]
