"""Working time over a year of real holidays and make-up days, at midnight, with lunch breaks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.wording import SHANGHAI
from handlers.worktime import Limit, WorkCalendar
from storage.enums import Measure

FREE = (  # the State Council's notice for 2026: free stretches, and the weekend days worked for them
    ("01-01", "01-03"),
    ("02-15", "02-23"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("06-19", "06-21"),
    ("09-25", "09-27"),
    ("10-01", "10-07"),
)
WORKED = ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")
LUNCH = WorkCalendar(("08:30-11:30", "13:00-17:30"))
PLAIN = WorkCalendar()
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2026, 11, 30),  # noqa: DTZ001
    timezones=st.just(SHANGHAI),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=number) for number in range(365)]


def is_free(day: date) -> bool:
    stretches = [(date.fromisoformat(f"2026-{a}"), date.fromisoformat(f"2026-{b}")) for a, b in FREE]
    if f"{day:%m-%d}" in WORKED:
        return False
    return day.weekday() >= 5 or any(first <= day <= last for first, last in stretches)


def test_every_day_of_the_year_is_as_published() -> None:
    wrong = [day.isoformat() for day in days_of(2026) if PLAIN.is_working_day(day) == is_free(day)]
    assert wrong == []


@pytest.mark.parametrize("calendar", [PLAIN, LUNCH], ids=["one span", "lunch"])
def test_working_hours_of_every_day_of_the_year_are_counted(calendar: WorkCalendar) -> None:
    """Two working hours from every sixth hour of the year end inside working hours, two working hours later."""
    moment, end = at("01-01 00:00"), at("12-15 00:00")
    while moment < end:
        due = calendar.after(moment, Limit(120, Measure.WORK))
        assert calendar.elapsed(moment, due, Measure.WORK) == timedelta(hours=2)
        assert not is_free(due.date())
        moment += timedelta(hours=6)


@pytest.mark.parametrize(
    ("start", "minutes", "measure", "due"),
    [
        ("03-10 09:12", 120, Measure.WORK, "03-10 11:12"),
        ("03-10 17:00", 60, Measure.WORK, "03-11 09:00"),
        ("03-10 16:30", 60, Measure.WORK, "03-10 17:30"),
        ("03-10 23:59", 30, Measure.WORK, "03-11 09:00"),
        ("03-11 00:00", 30, Measure.WORK, "03-11 09:00"),
        ("03-13 17:00", 60, Measure.WORK, "03-16 09:00"),  # over a weekend
        ("02-13 17:00", 60, Measure.WORK, "02-14 09:00"),  # a Saturday that is worked
        ("02-14 17:00", 60, Measure.WORK, "02-24 09:00"),  # over the spring festival
        ("09-30 17:00", 600, Measure.WORK, "10-09 09:00"),  # over the national day; 10-08 is worked
        ("03-10 09:12", 1440, Measure.DAYS, "03-11 09:12"),
        ("03-10 20:00", 1440, Measure.DAYS, "03-11 20:00"),
        ("03-13 09:12", 1440, Measure.DAYS, "03-16 09:12"),
        ("03-14 10:00", 1440, Measure.DAYS, "03-17 08:30"),  # a Saturday: from Monday's opening
        ("03-15 23:59", 1440, Measure.DAYS, "03-17 08:30"),
        ("02-14 09:00", 1440, Measure.DAYS, "02-24 09:00"),
        ("09-30 12:00", 4320, Measure.DAYS, "10-10 12:00"),
        ("02-16 00:00", 120, Measure.ALWAYS, "02-16 02:00"),
        ("12-31 23:30", 60, Measure.ALWAYS, "2027-01-01 00:30"),
    ],
)
def test_when_a_limit_is_over(start: str, minutes: int, measure: Measure, due: str) -> None:
    wanted = at(due) if due[4] != "-" else datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)
    assert PLAIN.after(at(start), Limit(minutes, measure)) == wanted


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("03-11 06:12", "03-11 08:30"),
        ("03-11 08:30", "03-11 08:30"),
        ("03-11 20:00", "03-11 20:00"),
        ("03-14 03:00", "03-16 08:30"),  # a Saturday: Monday's opening
        ("03-14 08:30", "03-16 08:30"),
        ("03-11 00:00", "03-11 08:30"),
    ],
)
def test_nothing_is_due_before_work(moment: str, day: str) -> None:
    assert PLAIN.by_day(at(moment)) == at(day)


def test_lunch_is_not_counted() -> None:
    assert LUNCH.after(at("03-10 11:00"), Limit(60, Measure.WORK)) == at("03-10 13:30")
    assert LUNCH.after(at("03-10 12:15"), Limit(1, Measure.WORK)) == at("03-10 13:01")
    assert LUNCH.elapsed(at("03-10 08:00"), at("03-10 18:00"), Measure.WORK) == timedelta(hours=7.5)


def test_a_span_may_last_until_midnight() -> None:
    late = WorkCalendar(("16:00-24:00",))
    assert late.after(at("03-10 23:30"), Limit(30, Measure.WORK)) == at("03-11 00:00")
    assert late.after(at("03-10 23:30"), Limit(31, Measure.WORK)) == at("03-11 16:01")


def test_an_admins_day_wins_over_the_published_one() -> None:
    own = WorkCalendar(days={date(2026, 3, 11): False, date(2026, 3, 14): True})
    assert own.after(at("03-10 17:00"), Limit(60, Measure.WORK)) == at("03-12 09:00")
    assert own.after(at("03-13 17:00"), Limit(60, Measure.WORK)) == at("03-14 09:00")


def test_an_unknown_year_counts_monday_to_friday_until_somebody_knows_it() -> None:
    assert PLAIN.knows(2026)
    assert not PLAIN.knows(2031)
    assert PLAIN.is_working_day(date(2031, 2, 6)) is (date(2031, 2, 6).weekday() < 5)
    assert WorkCalendar(days={date(2031, 2, 6): False}).knows(2031)


@given(start=MOMENTS, minutes=st.integers(0, 5000), measure=st.sampled_from(Measure))
def test_what_passes_until_a_limit_is_over_is_the_limit(
    start: datetime, minutes: int, measure: Measure
) -> None:
    due = LUNCH.after(start, Limit(minutes, measure))
    assert due >= start
    assert LUNCH.elapsed(start, due, measure) == timedelta(minutes=minutes)


@given(
    start=MOMENTS, first=st.integers(0, 3000), second=st.integers(0, 3000), measure=st.sampled_from(Measure)
)
def test_a_limit_in_two_parts_is_over_at_the_same_time(
    start: datetime, first: int, second: int, measure: Measure
) -> None:
    """What makes a pause honest: stopping and going on loses nothing and wins nothing."""
    whole = LUNCH.after(start, Limit(first + second, measure))
    assert LUNCH.after(LUNCH.after(start, Limit(first, measure)), Limit(second, measure)) == whole


@given(one=MOMENTS, other=MOMENTS, minutes=st.integers(0, 3000), measure=st.sampled_from(Measure))
def test_who_reports_earlier_is_due_no_later(
    one: datetime, other: datetime, minutes: int, measure: Measure
) -> None:
    early, late = sorted((one, other))
    assert LUNCH.after(early, Limit(minutes, measure)) <= LUNCH.after(late, Limit(minutes, measure))
