"""Months as people in Suzhou count them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self

from handlers.measures.errors import BadMonth
from handlers.wording import SHANGHAI

_TEXT = re.compile(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])")


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
        return _first_moment(self.year, self.number)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.shifted(1).start

    @property
    def title(self) -> str:
        """``2026年11月``."""
        return f"{self.year}年{self.number}月"

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"


@lru_cache(maxsize=1024)
def _first_moment(year: int, number: int) -> datetime:
    return datetime(year, number, 1, tzinfo=SHANGHAI)


def months_between(first: Month, last: Month) -> list[Month]:
    """From ``first`` to ``last``, both included."""
    count = (last.year - first.year) * 12 + last.number - first.number
    return [first.shifted(step) for step in range(count + 1)]
