"""What each measure counts. One function a measure; its Chinese definition is in ``definitions``.

Each gives the ticket's parts in the measure: the moment that decides the month (or week), what it adds to the numerator and to the
denominator. Nothing that lies ahead of ``now`` is judged, and what happens after the end of the month changes nothing.
Tickets that are left out (剔除) are not judged at all: see ``left_out``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from handlers.settings import MeasureSettings
from nlp import RequestKind
from storage.enums import TicketState
from storage.measures import TicketFact


class RatioKind(StrEnum):
    """The measures that are shares."""

    RESPONDED = "responded"
    SOLVED = "solved"
    SATISFIED = "satisfied"
    IN_TIME = "in_time"
    REWORK = "rework"
    EXTENDED = "extended"
    FIRST_TIME = "first_time"


class Judged(NamedTuple):
    """One part of a ticket in a measure."""

    at: datetime
    top: int
    bottom: int


class View(Protocol):
    """From where tickets are judged: nothing lies behind ``now``, and a period has its end."""

    @property
    def now(self) -> datetime:
        """The present moment."""

    def end_of(self, at: datetime) -> datetime:
        """The end of the period a moment lies in, or the present one while it runs."""


Judge = Callable[[TicketFact, MeasureSettings, View], Iterator[Judged]]

_GONE = {
    TicketState.REJECTED: "rejected",
    TicketState.CANCELLED: "cancelled",
    TicketState.MERGED: "merged",
}


def left_out(fact: TicketFact, rules: MeasureSettings) -> str | None:
    """Why a ticket does not count, None when it does."""
    gone = _GONE.get(fact.state)
    if gone is not None and gone in rules.exclude:
        return gone
    if fact.unsure and "unsure" in rules.exclude:
        return "unsure"
    if fact.kind == RequestKind.INQUIRY and "inquiry" in rules.exclude:
        return "inquiry"
    return "category" if fact.category in rules.exclude_categories else None


def judge_responded(fact: TicketFact, rules: MeasureSettings, view: View) -> Iterator[Judged]:
    """响应率. Of the tickets that were answered or had to be: those answered in time (or at all, by the settings).

    An answer is the first acceptance or the steward's first words to the resident. The month is that of the answer or of
    the time limit, whichever came first. Without a limit of its own the answer has the time of the solution.
    """
    answered, limit = fact.responded_at, fact.respond_due or fact.due
    at = _first(answered, limit)
    if at is None or at > view.now:
        return
    if rules.response == "in_time":
        good = answered is not None and (limit is None or answered <= limit)
    else:
        good = answered is not None and answered < view.end_of(at)
    yield Judged(at, int(good), 1)


def judge_solved(fact: TicketFact, rules: MeasureSettings, view: View) -> Iterator[Judged]:
    """解决率. Of the tickets that were resolved or had to be: those that are resolved at the end of the month.

    One that the resident says is not fixed (返工) is not resolved until it is again. The month is that of the first
    resolution or of the due time, whichever came first.
    """
    at = _accountable(fact, view.now)
    if at is not None:
        yield Judged(at, int(is_solved(fact, view.end_of(at))), 1)


def judge_in_time(fact: TicketFact, rules: MeasureSettings, view: View) -> Iterator[Judged]:
    """按期办结率. Of the same tickets as 解决率: those first resolved by the due time (granted extensions included)."""
    at = _accountable(fact, view.now)
    if at is not None:
        yield Judged(at, int(bool(fact.resolved) and fact.resolved[0] == at), 1)


def judge_extended(fact: TicketFact, rules: MeasureSettings, view: View) -> Iterator[Judged]:
    """延期率. Of the same tickets as 解决率: those whose time was extended."""
    at = _accountable(fact, view.now)
    if at is not None:
        yield Judged(at, int(any(moment <= at for moment in fact.extended)), 1)


def judge_satisfied(fact: TicketFact, rules: MeasureSettings, view: View) -> Iterator[Judged]:
    """满意率. Of the tickets closed in the month with a rating: those rated ``satisfied_from`` or better.

    Silence is not counted, or counted as satisfied, by the settings.
    """
    if fact.state is not TicketState.CLOSED or fact.closed_at is None:
        return
    if fact.rating is not None:
        yield Judged(fact.closed_at, int(fact.rating >= rules.satisfied_from), 1)
    elif rules.silence == "satisfied":
        yield Judged(fact.closed_at, 1, 1)


def judge_rework(fact: TicketFact, rules: MeasureSettings, view: View) -> Iterator[Judged]:
    """返工率. How often residents said in the month that it is not fixed, of how often tickets were resolved in it."""
    for moment in fact.resolved:
        yield Judged(moment, 0, 1)
    for moment in fact.reopened:
        yield Judged(moment, 1, 0)


def judge_first_time(fact: TicketFact, rules: MeasureSettings, view: View) -> Iterator[Judged]:
    """一次完成率. Of the tickets closed in the month: those resolved in time and never reopened."""
    if fact.state is not TicketState.CLOSED or fact.closed_at is None:
        return
    good = not fact.reopened and bool(fact.resolved) and (fact.due is None or fact.resolved[0] <= fact.due)
    yield Judged(fact.closed_at, int(good), 1)


JUDGES: tuple[tuple[RatioKind, Judge], ...] = (
    (RatioKind.RESPONDED, judge_responded),
    (RatioKind.SOLVED, judge_solved),
    (RatioKind.SATISFIED, judge_satisfied),
    (RatioKind.IN_TIME, judge_in_time),
    (RatioKind.REWORK, judge_rework),
    (RatioKind.EXTENDED, judge_extended),
    (RatioKind.FIRST_TIME, judge_first_time),
)


def is_solved(fact: TicketFact, before: datetime) -> bool:
    """Whether the matter counted as solved just before a moment: resolved, and not reopened since."""
    resolved = sum(moment < before for moment in fact.resolved)
    return resolved > sum(moment < before for moment in fact.reopened)


def _accountable(fact: TicketFact, now: datetime) -> datetime | None:
    """When a ticket was resolved first or had to be, whichever came first; None while neither has come."""
    at = _first(fact.resolved[0] if fact.resolved else None, fact.due)
    return at if at is not None and at <= now else None


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
