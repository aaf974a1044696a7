"""From tickets to figures, in one pass: by month (or week), and in it by community, group, steward and category."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from handlers.measures.judging import JUDGES, RatioKind, left_out
from handlers.measures.periods import Period
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
    """All figures of one period and scope. ``voices``: how many people said so, supporters included."""

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


Key = tuple[Period, Scope, str]
"""Period, scope, and the id or code in it ("" for all)."""


@dataclass(slots=True)
class _Tally:
    opened: int = 0
    voices: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    top: list[int] = field(default_factory=lambda: [0] * len(JUDGES))
    bottom: list[int] = field(default_factory=lambda: [0] * len(JUDGES))
    response: list[float] = field(default_factory=list)
    resolution: list[float] = field(default_factory=list)

    def add(self, other: _Tally) -> None:
        """Count in what another tally has counted."""
        self.opened += other.opened
        self.voices += other.voices
        for reason, count in other.left_out.items():
            self.left_out[reason] = self.left_out.get(reason, 0) + count
        for index in range(len(JUDGES)):
            self.top[index] += other.top[index]
            self.bottom[index] += other.bottom[index]
        self.response += other.response
        self.resolution += other.resolution

    def figures(self) -> Figures:
        """What has been counted."""
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


_Corner = tuple[int, int, int | None, str]
"""Community, group, steward, category: the smallest part that is counted by itself."""


class _Cells:
    """The tallies of the wanted periods, one for each corner of the subdistrict; they are summed up at the end."""

    def __init__(self, periods: Iterable[Period], now: datetime) -> None:
        self.now, self._soon = now, now + timedelta(microseconds=1)
        self._cells: dict[Period, dict[_Corner, _Tally]] = {period: {} for period in periods}
        self._ends = [(each.start.astimezone(UTC), each.end.astimezone(UTC), each) for each in self._cells]
        self._low = self._high = datetime.max.replace(tzinfo=UTC)
        self._here: dict[_Corner, _Tally] | None = None

    def of(self, fact: TicketFact, at: datetime) -> _Tally | None:
        """The tally this ticket adds to at this moment, None outside the wanted periods."""
        if not self._low <= at < self._high:  # mostly it is the period of the last one
            self._turn_to(at)
        if self._here is None:
            return None
        corner = (fact.community_id, fact.group_id, fact.steward_id, fact.category)
        tally = self._here.get(corner)
        if tally is None:
            tally = self._here[corner] = _Tally()
        return tally

    def end_of(self, at: datetime) -> datetime:
        """The end of the period a moment lies in, or now while it runs; the moment itself outside all of them."""
        if not self._low <= at < self._high:
            self._turn_to(at)
        return min(self._high, self._soon)

    def _turn_to(self, at: datetime) -> None:
        for low, high, period in self._ends:
            if low <= at < high:
                self._low, self._high, self._here = low, high, self._cells[period]
                return
        self._low = self._high = at
        self._here = None

    def sums(self) -> Iterator[tuple[Key, _Tally]]:
        """Every period and scope with its sum; the total of a period also when it is empty."""
        for period, cells in self._cells.items():
            found: dict[tuple[Scope, str], _Tally] = {(Scope.ALL, ""): _Tally()}
            for corner, tally in cells.items():
                for scope in _scopes(corner):
                    found.setdefault(scope, _Tally()).add(tally)
            yield from (((period, *scope), tally) for scope, tally in found.items())


def _scopes(corner: _Corner) -> Iterator[tuple[Scope, str]]:
    community, group, steward, category = corner
    yield Scope.ALL, ""
    yield Scope.COMMUNITY, str(community)
    yield Scope.GROUP, str(group)
    yield Scope.CATEGORY, category
    if steward is not None:
        yield Scope.STEWARD, str(steward)


def measure(
    facts: Iterable[TicketFact], rules: MeasureSettings, periods: Iterable[Period], now: datetime
) -> dict[Key, Figures]:
    """The figures of these periods as they are at ``now``; one without tickets has its empty total."""
    cells = _Cells(periods, now)
    for fact in facts:
        _count(fact, rules, cells)
    return {key: tally.figures() for key, tally in cells.sums()}


def _count(fact: TicketFact, rules: MeasureSettings, cells: _Cells) -> None:
    if tally := cells.of(fact, fact.opened_at):
        tally.opened += 1
        tally.voices += 1 + fact.supporters
    reason = left_out(fact, rules)
    if reason is not None:
        if tally := cells.of(fact, fact.closed_at or fact.opened_at):
            tally.left_out[reason] = tally.left_out.get(reason, 0) + 1
        return
    for index, (_, judge) in enumerate(JUDGES):
        for at, top, bottom in judge(fact, rules, cells):
            if tally := cells.of(fact, at):
                tally.top[index] += top
                tally.bottom[index] += bottom
    _time(fact, cells)


def _time(fact: TicketFact, cells: _Cells) -> None:
    """How long the first answer and the (last) solution took, counted in the period they came."""
    if fact.responded_at is not None and (tally := cells.of(fact, fact.responded_at)):
        tally.response.append(_minutes(fact.opened_at, fact.responded_at))
    if fact.resolved and fact.state in (TicketState.RESOLVED, TicketState.CLOSED):
        last = fact.resolved[-1]
        if tally := cells.of(fact, last):
            tally.resolution.append(_minutes(fact.opened_at, last))


def _minutes(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / 60, 1)
