"""The measures, each worked out by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.measures.figures import Figures, Ratio, Scope, Spread, measure
from handlers.measures.judging import RatioKind, left_out
from handlers.measures.periods import Month
from handlers.settings import MeasureSettings
from storage.enums import TicketState
from storage.measures import TicketFact
from tests.measures.facts import at, fact

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
LATER = at("2027-01-05 08:00")
CLOSED, RESOLVED, ACCEPTED = TicketState.CLOSED, TicketState.RESOLVED, TicketState.ACCEPTED
RULES = MeasureSettings()


def figures(
    *facts: TicketFact, month: Month = NOVEMBER, rules: MeasureSettings = RULES, now: str = "2027-01-05 08:00"
) -> Figures:
    """The total of one month."""
    return measure(facts, rules, [month], at(now))[month, Scope.ALL, ""]


# Five tickets of one November; the comments are the sums.
GOOD = fact(
    "11-03 09:00", responded_at="11-03 09:10", respond_due="11-03 10:00", due="11-04 09:00",
    resolved="11-03 15:00", state=CLOSED, closed_at="11-03 16:00", rating=5,
)  # fmt: skip
SILENT = fact(
    "11-04 09:00", responded_at="11-04 09:20", respond_due="11-04 10:00", due="11-05 09:00",
    resolved="11-05 08:00", state=CLOSED, closed_at="11-07 08:00", category="water", supporters=2,
)  # fmt: skip
LATE = fact(
    "11-05 09:00", responded_at="11-05 11:00", respond_due="11-05 10:00", due="11-06 09:00",
    resolved="11-08 09:00", state=CLOSED, closed_at="11-08 10:00", rating=1,
)  # fmt: skip
TWICE = fact(
    "11-10 09:00", responded_at="11-10 09:30", respond_due="11-10 10:00", due="11-11 09:00",
    resolved="11-10 18:00|11-12 12:00", reopened="11-11 08:00", state=CLOSED, closed_at="11-12 13:00", rating=3,
)  # fmt: skip
LEFT = fact(
    "11-20 09:00", respond_due="11-20 10:00", due="11-23 09:00", extended="11-21 09:00", state=ACCEPTED
)
REFUSED = fact("11-21 09:00", state=TicketState.REJECTED, closed_at="11-21 10:00", due="11-22 09:00")
MONTH = (GOOD, SILENT, LATE, TWICE, LEFT, REFUSED)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (RatioKind.RESPONDED, (3, 5)),  # not LATE (after 10:00), not LEFT (nobody)
        (RatioKind.SOLVED, (4, 5)),  # not LEFT
        (RatioKind.IN_TIME, (3, 5)),  # GOOD, SILENT, TWICE the first time
        (RatioKind.EXTENDED, (1, 5)),  # LEFT
        (RatioKind.SATISFIED, (1, 3)),  # 5 of 5, 1, 3; SILENT said nothing
        (RatioKind.REWORK, (1, 5)),  # one 没修好, five times resolved
        (RatioKind.FIRST_TIME, (2, 4)),  # GOOD, SILENT of four closed
    ],
)
def test_a_month_by_hand(kind: RatioKind, expected: tuple[int, int]) -> None:
    assert figures(*MONTH).ratio(kind) == Ratio(*expected)


def test_times_by_hand() -> None:
    found = figures(*MONTH)
    # 10, 20, 120, 30 minutes; six hours, 23 h, three days, two days and three hours
    assert found.response == Spread(4, 25.0, 120.0)
    assert found.resolution == Spread(4, (23 + 51) / 2 * 60, 72 * 60.0)
    assert (found.opened, found.voices) == (6, 8)
    assert [(each.reason, each.count) for each in found.left_out] == [("rejected", 1)]


@pytest.mark.parametrize(
    ("minutes", "median", "ninetieth"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1.5, 2),
        (list(range(1, 11)), 5.5, 9),
        (list(range(1, 12)), 6, 10),
        ([10, 1, 1, 1, 1, 1, 1, 1, 1, 1], 1, 1),
    ],
)
def test_the_middle_and_the_ninetieth(
    minutes: list[float], median: float | None, ninetieth: float | None
) -> None:
    assert Spread.of(minutes) == Spread(len(minutes), median, ninetieth)


def test_an_empty_month_has_no_shares() -> None:
    empty = figures()
    assert empty == Figures()
    assert empty.solved.value is None


def test_every_scope_adds_up_to_the_total() -> None:
    found = measure(
        [GOOD, SILENT, fact("11-09 09:00", group_id=2, community_id=2, steward_id=None, due="11-10 09:00")],
        RULES, [NOVEMBER], LATER,
    )  # fmt: skip
    for scope in (Scope.COMMUNITY, Scope.GROUP, Scope.CATEGORY):
        parts = [each for (_, kind, _), each in found.items() if kind is scope]
        assert sum(each.opened for each in parts) == 3
        assert sum(each.solved.bottom for each in parts) == 3
    assert found[NOVEMBER, Scope.CATEGORY, "water"].voices == 3
    assert found[NOVEMBER, Scope.STEWARD, "1"].opened == 2


@pytest.mark.parametrize(
    ("opened", "month"),
    [
        ("2026-10-31T15:59:59+00:00", "2026-10"),
        ("2026-10-31T16:00:00+00:00", "2026-11"),
        ("2026-11-30T15:59:59+00:00", "2026-11"),
        ("2026-11-30T16:00:00+00:00", "2026-12"),
        ("2026-12-31T16:00:00+00:00", "2027-01"),
    ],
)
def test_the_month_of_a_moment(opened: str, month: str) -> None:
    moment = datetime.fromisoformat(opened)
    assert str(Month.of(moment)) == month
    assert Month.parse(month).start <= moment < Month.parse(month).end


def test_a_ticket_counts_in_the_month_of_its_due_time_or_solution_whichever_is_first() -> None:
    due_first = fact("11-29 09:00", due="11-30 09:00", resolved="12-02 09:00", state=RESOLVED)
    done_first = fact("11-30 09:00", due="12-01 09:00", resolved="11-30 20:00", state=RESOLVED)
    both = (due_first, done_first)
    november, december = figures(*both), figures(*both, month=DECEMBER)
    assert (november.solved, november.in_time) == (Ratio(1, 2), Ratio(1, 2))
    assert (december.solved, december.in_time) == (Ratio(), Ratio())


def test_what_is_not_due_yet_is_not_counted() -> None:
    young = fact("11-30 20:00", due="12-01 20:00", respond_due="12-01 09:00")
    assert figures(young, now="12-01 02:00") == Figures(opened=1, voices=1)
    assert figures(young, month=DECEMBER, now="12-01 09:00").responded == Ratio(0, 1)
    assert figures(young, month=DECEMBER, now="12-02 09:00").solved == Ratio(0, 1)


def test_a_solution_at_midnight_belongs_to_the_next_month() -> None:
    midnight = fact("11-29 09:00", due="11-30 09:00", resolved="12-01 00:00", state=RESOLVED)
    before = fact("11-29 09:00", due="11-30 09:00", resolved="11-30 23:59", state=RESOLVED)
    assert figures(midnight, before).solved == Ratio(1, 2)


def test_rework_and_ratings_count_when_they_are_said() -> None:
    ticket = fact(
        "11-29 09:00", due="11-30 09:00", resolved="11-30 08:00|12-02 08:00", reopened="12-01 08:00",
        state=CLOSED, closed_at="12-03 08:00", rating=5,
    )  # fmt: skip
    november, december = figures(ticket), figures(ticket, month=DECEMBER)
    assert (november.rework, november.satisfied, november.solved) == (Ratio(0, 1), Ratio(), Ratio(1, 1))
    assert (december.rework, december.satisfied, december.first_time) == (
        Ratio(1, 1),
        Ratio(1, 1),
        Ratio(0, 1),
    )


def test_nothing_may_be_left_out() -> None:
    assert figures(*MONTH, rules=MeasureSettings(exclude=())).solved == Ratio(4, 6)


def test_a_category_may_be_left_out() -> None:
    rules = MeasureSettings(exclude_categories=("water",))
    assert figures(*MONTH, rules=rules).solved == Ratio(3, 4)
    assert left_out(SILENT, rules) == "category"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"state": TicketState.CANCELLED}, "cancelled"),
        ({"state": TicketState.MERGED}, "merged"),
        ({"unsure": True}, "unsure"),
        ({"kind": "inquiry"}, None),
        ({}, None),
    ],
)
def test_what_is_left_out_by_default(known: dict[str, object], reason: str | None) -> None:
    assert left_out(fact("11-03 09:00", **known), RULES) == reason


def test_silence_may_count_as_satisfied() -> None:
    assert figures(*MONTH, rules=MeasureSettings(silence="satisfied")).satisfied == Ratio(2, 4)


def test_a_fair_rating_may_count_as_satisfied() -> None:
    assert figures(*MONTH, rules=MeasureSettings(satisfied_from=3)).satisfied == Ratio(2, 3)


def test_a_late_answer_may_count_as_an_answer() -> None:
    assert figures(*MONTH, rules=MeasureSettings(response="ever")).responded == Ratio(4, 5)
