"""From tickets to figures, in one pass: by month, and in it by community, group, steward and category."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from handlers.measures.judging import JUDGES, RatioKind, left_out
from handlers.measures.months import Month
from handlers.settings import MeasureSettings
from storage.enums import TicketState
from storage.measures import TicketFact


class Scope(StrEnum):
    """What figures are for."""

    ALL = "all"
    COMMUNITY = "community"
    GROUP = "group"
    STEWARD = "steward"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share with both its numbers."""

    top: int = 0
    bottom: int = 0

    @property
    def value(self) -> float | None:
        """The share, None when there was nothing to count."""
        return self.top / self.bottom if self.bottom else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long things took, in minutes; None when there was nothing."""

    count: int = 0
    median: float | None = None
    ninetieth: float | None = None

    @classmethod
    def of(cls, minutes: Sequence[float]) -> Spread:
        """The median, and the 90th percentile by nearest rank: the shortest time that nine of ten did not exceed."""
        if not minutes:
            return cls()
        ordered = sorted(minutes)
        return cls(len(ordered), statistics.median(ordered), ordered[math.ceil(0.9 * len(ordered)) - 1])


@dataclass(frozen=True, slots=True)
class LeftOutCount:
    """How many tickets did not count for one reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of one month and scope. ``voices``: how many people said so, supporters included."""

    opened: int = 0
    voices: int = 0
    left_out: tuple[LeftOutCount, ...] = ()
    responded: Ratio = Ratio()
    solved: Ratio = Ratio()
    satisfied: Ratio = Ratio()
    in_time: Ratio = Ratio()
    rework: Ratio = Ratio()
    extended: Ratio = Ratio()
    first_time: Ratio = Ratio()
    response: Spread = Spread()
    resolution: Spread = Spread()

    def ratio(self, kind: RatioKind) -> Ratio:
        """One of the shares."""
        found: Ratio = getattr(self, kind.value)
        return found


Key = tuple[Month, Scope, str]
"""Month, scope, and the id or code in it ("" for all)."""


@dataclass(slots=True)
class _Tally:
    opened: int = 0
    voices: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    top: list[int] = field(default_factory=lambda: [0] * len(JUDGES))
    bottom: list[int] = field(default_factory=lambda: [0] * len(JUDGES))
    response: list[float] = field(default_factory=list)
    resolution: list[float] = field(default_factory=list)

    def figures(self) -> Figures:
        ratios = {
            kind.value: Ratio(self.top[index], self.bottom[index]) for index, (kind, _) in enumerate(JUDGES)
        }
        return Figures(
            opened=self.opened,
            voices=self.voices,
            left_out=tuple(LeftOutCount(*each) for each in sorted(self.left_out.items())),
            response=Spread.of(self.response),
            resolution=Spread.of(self.resolution),
            **ratios,
        )


class _Tallies:
    """The tallies of the wanted months; those of one ticket are found with one look."""

    def __init__(self, months: Iterable[Month]) -> None:
        self._months = frozenset(months)
        self._cells: dict[tuple[Month, int, int | None, str], tuple[_Tally, ...]] = {}
        self.found: dict[Key, _Tally] = {(month, Scope.ALL, ""): _Tally() for month in self._months}

    def of(self, fact: TicketFact, at: datetime) -> tuple[_Tally, ...]:
        """Every tally that this ticket adds to at this moment."""
        month = Month.of(at)
        if month not in self._months:
            return ()
        cell = (month, fact.group_id, fact.steward_id, fact.category)
        tallies = self._cells.get(cell)
        if tallies is None:
            tallies = tuple(self.found.setdefault((month, *key), _Tally()) for key in _scopes(fact))
            self._cells[cell] = tallies
        return tallies


def _scopes(fact: TicketFact) -> Iterator[tuple[Scope, str]]:
    yield Scope.ALL, ""
    yield Scope.COMMUNITY, str(fact.community_id)
    yield Scope.GROUP, str(fact.group_id)
    yield Scope.CATEGORY, fact.category
    if fact.steward_id is not None:
        yield Scope.STEWARD, str(fact.steward_id)


def measure(
    facts: Iterable[TicketFact], rules: MeasureSettings, months: Iterable[Month], now: datetime
) -> dict[Key, Figures]:
    """The figures of these months as they are at ``now``; a month without tickets has its empty total."""
    tallies = _Tallies(months)
    for fact in facts:
        _count(fact, rules, tallies, now)
    return {key: tally.figures() for key, tally in tallies.found.items()}


def _count(fact: TicketFact, rules: MeasureSettings, tallies: _Tallies, now: datetime) -> None:
    for tally in tallies.of(fact, fact.opened_at):
        tally.opened += 1
        tally.voices += 1 + fact.supporters
    reason = left_out(fact, rules)
    if reason is not None:
        for tally in tallies.of(fact, fact.closed_at or fact.opened_at):
            tally.left_out[reason] += 1
        return
    for index, (_, judge) in enumerate(JUDGES):
        for at, top, bottom in judge(fact, rules, now):
            for tally in tallies.of(fact, at):
                tally.top[index] += top
                tally.bottom[index] += bottom
    _time(fact, tallies)


def _time(fact: TicketFact, tallies: _Tallies) -> None:
    """How long the first answer and the (last) solution took, counted in the month they came."""
    if fact.responded_at is not None:
        for tally in tallies.of(fact, fact.responded_at):
            tally.response.append(_minutes(fact.opened_at, fact.responded_at))
    if fact.resolved and fact.state in (TicketState.RESOLVED, TicketState.CLOSED):
        for tally in tallies.of(fact, fact.resolved[-1]):
            tally.resolution.append(_minutes(fact.opened_at, fact.resolved[-1]))


def _minutes(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / 60, 1)
