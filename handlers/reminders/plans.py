"""When a notice goes out (Suzhou wall-clock time)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from cronsim import CronSim, CronSimError

from handlers.reminders.errors import BadSchedule
from handlers.reminders.festivals import FESTIVALS, LAST_YEAR, festival_days
from handlers.wording import SHANGHAI
from handlers.worktime import DAY, WorkCalendar

FARTHEST_OFFSET = 60
_MOMENT = timedelta(microseconds=1)
_LAST_DAY = date(LAST_YEAR, 12, 31)


class Days(StrEnum):
    """Every day of a kind."""

    WORKING = "working"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """At one aware moment, by cron (five fields), or at ``at`` on days of a kind or around festivals: just one of these.

    ``offset``: days after the festival, negative before it. Nothing goes out before ``starts``, after ``until``, on
    the ``excepted`` days and at the ``skipped`` moments.
    """

    cron: str | None = None
    once_at: datetime | None = None
    days: Days | None = None
    festivals: tuple[str, ...] = ()
    offset: int = 0
    at: time | None = None
    starts: date | None = None
    until: date | None = None
    excepted: frozenset[date] = frozenset()
    skipped: frozenset[datetime] = frozenset()

    def __post_init__(self) -> None:
        ways = (self.cron, self.once_at, self.days, self.festivals or None)
        if sum(way is not None for way in ways) != 1:
            raise BadSchedule(
                "请只写一个时间：要么一次（如 2026-12-01 08:00），要么重复（如 0 8 * * 1、每个工作日、节气）。"
            )
        if self.once_at is not None and self.once_at.tzinfo is None:
            raise ValueError("once_at must be aware")
        if (self.at is None) != (self.days is None and not self.festivals):
            raise BadSchedule("按工作日、节气或节日发，还要写几点，如 9:00；别的重复不用另写。")
        if self.cron is not None:
            check_cron(self.cron)
        self._check_days()

    def _check_days(self) -> None:
        if unknown := [name for name in self.festivals if name not in FESTIVALS]:
            raise BadSchedule(f"没有“{unknown[0]}”这个节气或节日。")
        if self.offset and not self.festivals:
            raise BadSchedule("只有按节气或节日发，才能提前或推后几天。")
        if abs(self.offset) > FARTHEST_OFFSET:
            raise BadSchedule(f"提前或推后最多{FARTHEST_OFFSET}天。")
        if self.is_once and (self.starts or self.until or self.excepted or self.skipped):
            raise BadSchedule("只发一次的，不用写从哪天到哪天，也没有例外。")
        if self.starts is not None and self.until is not None and self.starts > self.until:
            raise BadSchedule(f"结束的日子（{self.until}）比开始的日子（{self.starts}）还早。")

    @property
    def is_once(self) -> bool:
        """Whether it goes out one single time."""
        return self.once_at is not None


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time of a plan, in UTC, and why it is on this day ("" when the plan itself says so)."""

    at: datetime
    why: str = ""


PUBLISHED = WorkCalendar()
"""The published calendar, without an admin's own days."""


def check_cron(cron: str) -> None:
    """Raise BadSchedule for anything but five readable fields that come true some day."""
    if len(cron.split()) != 5:
        raise BadSchedule(f"重复时间应有五段“分 时 日 月 周”，如 0 8 * * 1，这里是：{cron}")
    try:
        first = next(CronSim(cron, datetime(2026, 1, 1)), None)  # noqa: DTZ001 - wall-clock time
    except CronSimError as error:
        raise BadSchedule(f"重复时间看不懂：{cron}（{error}）") from error
    if first is None:
        raise BadSchedule(f"这个时间永远不会到：{cron}")


def occasions(plan: Plan, after: datetime, calendar: WorkCalendar = PUBLISHED) -> Iterator[Occasion]:
    """Every time of a plan strictly after a moment, in order. The wall clock of Suzhou never jumps."""
    if plan.starts is not None:
        after = max(after, datetime.combine(plan.starts, time.min, SHANGHAI) - _MOMENT)
    for occasion in _unlimited(plan, after, calendar):
        day = occasion.at.astimezone(SHANGHAI).date()
        if plan.until is not None and day > plan.until:
            return
        if day not in plan.excepted and occasion.at not in plan.skipped:
            yield occasion


def next_occasions(
    plan: Plan, count: int, after: datetime, calendar: WorkCalendar = PUBLISHED
) -> list[Occasion]:
    """The next few times of a plan, each with its reason."""
    return list(islice(occasions(plan, after, calendar), count))


def next_times(plan: Plan, count: int, after: datetime, calendar: WorkCalendar = PUBLISHED) -> list[datetime]:
    """The next few times of a plan."""
    return [occasion.at for occasion in next_occasions(plan, count, after, calendar)]


def next_time(plan: Plan, after: datetime, calendar: WorkCalendar = PUBLISHED) -> datetime | None:
    """The next time of a plan, None when there is none any more."""
    return next((occasion.at for occasion in occasions(plan, after, calendar)), None)


def first_time(plan: Plan, now: datetime, calendar: WorkCalendar = PUBLISHED) -> datetime | None:
    """The first time of a plan made now; “at once” is a time as well."""
    if plan.once_at is not None and plan.once_at >= now:
        return plan.once_at
    return next_time(plan, now, calendar)


def _unlimited(plan: Plan, after: datetime, calendar: WorkCalendar) -> Iterator[Occasion]:
    if plan.once_at is not None:
        return iter([Occasion(plan.once_at.astimezone(UTC))] if plan.once_at > after else [])
    if plan.cron is not None:
        return _by_cron(plan.cron, after)
    days = _around_festivals(plan, after) if plan.festivals else _days_of(plan.days, after, calendar)
    moments = ((datetime.combine(day, plan.at or time.min, SHANGHAI), why) for day, why in days)
    return (Occasion(moment.astimezone(UTC), why) for moment, why in moments if moment > after)


def _by_cron(cron: str, after: datetime) -> Iterator[Occasion]:
    for moment in CronSim(cron, after.astimezone(SHANGHAI).replace(tzinfo=None)):
        yield Occasion(moment.replace(tzinfo=SHANGHAI).astimezone(UTC))


def _days_of(kind: Days | None, after: datetime, calendar: WorkCalendar) -> Iterator[tuple[date, str]]:
    day = after.astimezone(SHANGHAI).date()
    while day <= _LAST_DAY:
        if calendar.is_working_day(day) == (kind is Days.WORKING):
            yield day, calendar.oddity(day)
        day += DAY


def _around_festivals(plan: Plan, after: datetime) -> Iterator[tuple[date, str]]:
    reach = timedelta(days=plan.offset)
    for year in range(after.astimezone(SHANGHAI).year - 1, LAST_YEAR + 1):
        names: dict[date, list[str]] = {}
        for name in plan.festivals:
            for day in festival_days(name, year):
                names.setdefault(day, []).append(name)
        for day in sorted(names):
            yield day + reach, "、".join(names[day]) + offset_words(plan.offset)


def offset_words(offset: int) -> str:
    """前1天, 后2天, or nothing for the day itself."""
    return f"{'前' if offset < 0 else '后'}{abs(offset)}天" if offset else ""
