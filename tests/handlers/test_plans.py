"""When notices go out: working days, solar terms, festivals, limits, exceptions and skips."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reminders import BadSchedule, Days, Plan, next_occasions, next_times
from handlers.reminders.festivals import FESTIVALS, festival_days, festival_names
from handlers.reminders.keeping import read_plan, write_plan
from handlers.wording import SHANGHAI
from handlers.worktime import WorkCalendar
from storage.models import Schedule

EIGHT = time(8)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(plan: Plan, count: int, after: str, calendar: WorkCalendar | None = None) -> list[str]:
    found = next_occasions(plan, count, local(after), calendar or WorkCalendar())
    return [f"{each.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {each.why}".strip() for each in found]


def test_working_days_know_holidays_and_make_up_days() -> None:
    plan = Plan(days=Days.WORKING, at=EIGHT)
    assert shown(plan, 4, "2026-02-13 08:00") == [
        "2026-02-14 08:00 补班",
        "2026-02-24 08:00",
        "2026-02-25 08:00",
        "2026-02-26 08:00",
    ]


def test_free_days_are_all_the_others() -> None:
    plan = Plan(days=Days.FREE, at=time(10))
    assert shown(plan, 5, "2026-09-26 12:00") == [
        "2026-09-27 10:00",
        "2026-10-01 10:00 国庆放假",
        "2026-10-02 10:00 国庆放假",
        "2026-10-03 10:00",
        "2026-10-04 10:00",
    ]


def test_an_admins_own_calendar_wins() -> None:
    own = WorkCalendar(days={date(2027, 2, 6): True, date(2027, 2, 8): False})
    plan = Plan(days=Days.WORKING, at=EIGHT)
    assert shown(plan, 3, "2027-02-05 09:00", own) == [
        "2027-02-06 08:00 补班",
        "2027-02-09 08:00",
        "2027-02-10 08:00",
    ]
    assert shown(replace(plan, days=Days.FREE), 2, "2027-02-06 09:00", own)[1] == "2027-02-08 08:00 放假"


def test_a_term_comes_with_its_offset() -> None:
    plan = Plan(festivals=("冬至",), offset=-1, at=time(9))
    assert shown(plan, 3, "2026-11-24 09:00") == [
        "2026-12-21 09:00 冬至前1天",
        "2027-12-21 09:00 冬至前1天",
        "2028-12-20 09:00 冬至前1天",
    ]
    assert shown(replace(plan, festivals=("元旦",), offset=-3), 1, "2026-12-28 00:00") == [
        "2026-12-29 09:00 元旦前3天"
    ]
    assert shown(replace(plan, festivals=("除夕",), offset=30), 1, "2027-03-01 00:00") == [
        "2027-03-07 09:00 除夕后30天"
    ]


def test_several_festivals_on_one_day_are_one_time() -> None:
    plan = Plan(festivals=("七夕", "立秋", "国庆"), at=EIGHT)
    assert shown(plan, 2, "2027-08-01 00:00") == ["2027-08-08 08:00 七夕、立秋", "2027-10-01 08:00 国庆"]


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("春节", "2026-02-17 2027-02-06 2028-01-26 2033-01-31"),
        ("除夕", "2026-02-16 2027-02-05 2028-01-25 2033-01-30"),
        ("元宵", "2026-03-03 2027-02-20 2028-02-09 2033-02-14"),
        ("清明", "2026-04-05 2027-04-05 2028-04-04 2033-04-04"),
        ("端午", "2026-06-19 2027-06-09 2028-05-28 2033-06-01"),
        ("七夕", "2026-08-19 2027-08-08 2028-08-26 2033-08-01"),
        ("中元", "2026-08-27 2027-08-16 2028-09-03 2033-08-09"),
        ("中秋", "2026-09-25 2027-09-15 2028-10-03 2033-09-08"),
        ("重阳", "2026-10-18 2027-10-08 2028-10-26 2033-10-01"),
        ("腊八", "2026-01-26 2027-01-15 2028-01-04 2033-01-08"),
        ("冬至", "2026-12-22 2027-12-22 2028-12-21 2033-12-21"),
        ("初伏", "2026-07-15 2027-07-20 2028-07-14 2033-07-18"),
        ("助残日", "2026-05-17 2027-05-16 2028-05-21 2033-05-15"),
    ],
)
def test_festivals_fall_where_the_almanac_says(name: str, days: str) -> None:
    for day in map(date.fromisoformat, days.split()):
        assert festival_days(name, day.year) == (day,)


def test_a_leap_month_brings_no_second_festival() -> None:
    assert festival_days("端午", 2028) == (date(2028, 5, 28),)  # a fifth month twice
    assert festival_days("中秋", 2052) == (date(2052, 9, 7),)  # an eighth month twice


def test_a_year_may_see_a_festival_of_the_twelfth_month_twice_or_not_at_all() -> None:
    counts = {len(festival_days("腊八", year)) for year in range(2020, 2060)}
    assert counts == {0, 1, 2}


def test_festivals_are_found_by_the_names_people_use() -> None:
    assert festival_names("元宵节") == festival_names("正月十五") == ("元宵",)
    assert festival_names("国庆节") == festival_names("十一") == ("国庆",)
    assert festival_names("教师") == ("教师节",)
    assert len(festival_names("二十四节气")) == 24
    with pytest.raises(BadSchedule, match="没有“光棍节”"):
        festival_names("光棍节")


def test_a_first_day_a_last_day_and_exceptions_limit_a_plan() -> None:
    plan = Plan(
        cron="0 8 * * *",
        starts=date(2027, 2, 8),
        until=date(2027, 2, 12),
        excepted=frozenset({date(2027, 2, 10)}),
        skipped=frozenset({local("2027-02-11 08:00")}),
    )
    assert shown(plan, 9, "2026-11-24 09:00") == ["2027-02-08 08:00", "2027-02-09 08:00", "2027-02-12 08:00"]


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"days": Days.WORKING}, "写几点"),
        ({"cron": "0 8 * * *", "at": EIGHT}, "写几点"),
        ({"festivals": ("冬至",)}, "写几点"),
        ({"festivals": ("冬至",), "at": EIGHT, "days": Days.FREE}, "只写一个时间"),
        ({"festivals": ("没有节",), "at": EIGHT}, "没有“没有节”"),
        ({"festivals": ("冬至",), "at": EIGHT, "offset": -61}, "最多60天"),
        ({"days": Days.FREE, "at": EIGHT, "offset": 1}, "提前或推后"),
        (
            {"cron": "0 8 * * *", "starts": date(2027, 1, 2), "until": date(2027, 1, 1)},
            "比开始的日子（2027-01-02）还早",
        ),
        ({"once_at": local("2027-01-01 08:00"), "until": date(2027, 1, 1)}, "只发一次"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(parts: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadSchedule, match=problem):
        Plan(**parts)


_DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
_CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 30, 59]))
_BASES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, days=st.sampled_from(Days), at=_CLOCKS),
    st.builds(
        dict,
        festivals=st.lists(st.sampled_from(FESTIVALS), min_size=1, max_size=4, unique=True).map(tuple),
        offset=st.integers(-60, 60),
        at=_CLOCKS,
    ),
    st.builds(
        lambda minute, hour, day, week: {"cron": f"{minute} {hour} {day} * {week}"},
        st.integers(0, 59),
        st.integers(0, 23),
        st.sampled_from(["*", "1,15", "L", "*/3"]),
        st.sampled_from(["*", "1-5", "0,6", "1#1"]),
    ),
)
_CALENDARS = st.builds(
    lambda days: WorkCalendar(days=days), st.dictionaries(_DAYS, st.booleans(), max_size=9)
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    starts, until = draw(st.none() | _DAYS), draw(st.none() | _DAYS)
    if starts and until and starts > until:
        starts, until = until, starts
    return Plan(
        **draw(_BASES), starts=starts, until=until, excepted=frozenset(draw(st.lists(_DAYS, max_size=9)))
    )


_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(plan=plans(), after=_MOMENTS, calendar=_CALENDARS)
def test_times_grow_strictly_and_keep_to_the_limits(
    plan: Plan, after: datetime, calendar: WorkCalendar
) -> None:
    times = next_times(plan, 12, after, calendar)
    assert all(earlier < later for earlier, later in zip([after, *times], times, strict=False))
    for day in (moment.astimezone(SHANGHAI).date() for moment in times):
        assert day not in plan.excepted
        assert (plan.starts or day) <= day <= (plan.until or day)
        if plan.days is not None:
            assert calendar.is_working_day(day) == (plan.days is Days.WORKING)


@given(plan=plans(), after=_MOMENTS, calendar=_CALENDARS, which=st.integers(0, 4))
def test_a_skip_takes_away_exactly_one_time(
    plan: Plan, after: datetime, calendar: WorkCalendar, which: int
) -> None:
    times = next_times(plan, 8, after, calendar)
    if which < len(times):
        left = replace(plan, skipped=frozenset({times[which]}))
        assert next_times(left, 8, after, calendar)[:7] == [*times[:which], *times[which + 1 :]][:7]


@given(plan=plans(), after=_MOMENTS, calendar=_CALENDARS)
def test_asking_from_a_time_on_gives_the_rest(plan: Plan, after: datetime, calendar: WorkCalendar) -> None:
    times = next_times(plan, 6, after, calendar)
    for number, moment in enumerate(times):
        assert next_times(plan, 5 - number, moment, calendar) == times[number + 1 :]


@given(plan=plans(), after=_MOMENTS)
def test_a_plan_is_the_same_after_it_was_kept(plan: Plan, after: datetime) -> None:
    plan = replace(plan, skipped=frozenset(next_times(plan, 2, after)))
    row = Schedule(timing={})
    write_plan(row, plan)
    assert read_plan(row) == plan


def test_a_festival_far_away_is_found_and_the_almanac_ends_with_the_century() -> None:
    plan = Plan(festivals=("冬至",), at=EIGHT, starts=date(2060, 1, 1))
    assert shown(plan, 1, "2026-01-01 00:00") == ["2060-12-21 08:00 冬至"]
    assert shown(plan, 1, "2100-01-01 00:00") == []
