"""When a notice goes out, as it is written at the command line: read, and changed piece by piece."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from bot.cli.reminder_times import TimeWish, make_plan, read_clock, read_date, read_moment
from handlers.reminders import BadSchedule, Days, Plan
from handlers.reminders.outlook import plan_words
from handlers.wording import SHANGHAI

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
EIGHT = time(8)
WORKDAYS = Plan(days=Days.WORKING, at=EIGHT, until=date(2027, 3, 1), excepted=frozenset({date(2027, 2, 10)}))
EVE = Plan(festivals=("冬至",), offset=-1, at=EIGHT)


@pytest.mark.parametrize(
    ("wish", "plan"),
    [
        ({"now": True}, Plan(once_at=NOW)),
        ({"at": "2026-12-1 8点半"}, Plan(once_at=datetime(2026, 12, 1, 8, 30, tzinfo=SHANGHAI))),
        ({"at": "2026-12-01T08:00+00:00"}, Plan(once_at=datetime(2026, 12, 1, 16, tzinfo=SHANGHAI))),
        ({"daily": "8：05"}, Plan(cron="5 8 * * *")),
        ({"weekly": "周日、一", "at": "8:00"}, Plan(cron="0 8 * * 1,7")),
        ({"workdays": "8点"}, Plan(days=Days.WORKING, at=EIGHT)),
        ({"offdays": "8点15分"}, Plan(days=Days.FREE, at=time(8, 15))),
        ({"terms": ("冬至",), "at": "8:00", "before": 1}, EVE),
        ({"terms": ("中秋节", "中秋"), "at": "8:00", "after": 2}, Plan(festivals=("中秋",), offset=2, at=EIGHT)),
        (
            {"cron": "0 8 * * 5", "starts": "2027/1/1", "until": "2027年3月1日", "excepted": ("2027-01-29..2027-01-30",)},
            Plan(
                cron="0 8 * * 5",
                starts=date(2027, 1, 1),
                until=date(2027, 3, 1),
                excepted=frozenset({date(2027, 1, 29), date(2027, 1, 30)}),
            ),
        ),
    ],
)  # fmt: skip
def test_times_are_read_as_they_are_written(wish: dict[str, Any], plan: Plan) -> None:
    assert make_plan(TimeWish(**wish), NOW) == plan


@pytest.mark.parametrize(
    ("old", "wish", "words"),
    [
        (WORKDAYS, {"at": "9:30"}, "每个工作日 09:30，到2027-03-01为止，2027-02-10不发"),
        (WORKDAYS, {"until": "不限", "excepted": ("不限", "2027-02-11")}, "每个工作日 08:00，2027-02-11不发"),
        (
            WORKDAYS,
            {"excepted": ("2027-02-11..2027-02-13",)},
            "每个工作日 08:00，到2027-03-01为止，2027-02-10、2027-02-11、2027-02-12等4天不发",
        ),
        (WORKDAYS, {"daily": "7:00"}, "每天 07:00，到2027-03-01为止，2027-02-10不发"),
        (WORKDAYS, {"at": "2026-12-01 08:00"}, "一次 2026-12-01 周二 08:00"),
        (EVE, {"before": 0}, "冬至 08:00"),
        (EVE, {"after": 3}, "冬至后3天 08:00"),
        (Plan(cron="0 8 1 * *"), {"at": "9:05"}, "重复 5 9 1 * *"),
        (Plan(once_at=NOW), {"at": "10:00"}, "一次 2026-11-24 周二 10:00"),
    ],
)
def test_a_plan_is_changed_piece_by_piece(old: Plan, wish: dict[str, Any], words: str) -> None:
    assert plan_words(make_plan(TimeWish(**wish), NOW, old)) == words


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        ({}, "只写一个时间"),
        ({"starts": "2027-01-01"}, "只写一个时间"),
        ({"now": True, "at": "9:00"}, "--at 只和"),
        ({"at": "9:00"}, "时间看不懂：9:00"),
        ({"terms": ("冬至",), "at": "8:00", "before": 1, "after": 1}, "只写一个"),
        ({"daily": "8:00", "excepted": ("2027-02-12..2027-02-05",)}, "例外的日子看不懂"),
        ({"daily": "8:00", "excepted": ("2027-02-05..2029-02-05",)}, "最多一年"),
        ({"workdays": "8:60"}, "没有8点60分"),
    ],
)
def test_what_cannot_be_read_is_refused(wish: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadSchedule, match=problem):
        make_plan(TimeWish(**wish), NOW)


def test_days_are_taken_from_plans_that_have_none_only_with_a_festival() -> None:
    with pytest.raises(BadSchedule, match="提前或推后"):
        make_plan(TimeWish(before=1), NOW, WORKDAYS)


@pytest.mark.parametrize("text", ["", "9", "上午", "9:5", "99:99"])
def test_an_hour_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadSchedule):
        read_clock(text)


@pytest.mark.parametrize("text", ["", "明天", "2027-13-01", "27-01-01", "2027-1"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadSchedule):
        read_date(text)
    with pytest.raises(BadSchedule):
        read_moment(f"{text} 08:00")
