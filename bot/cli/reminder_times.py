"""When a notice goes out, as somebody writes it at the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import typer

from handlers.reminders import BadSchedule, Days, Plan
from handlers.reminders.festivals import festival_names
from handlers.wording import SHANGHAI

Now = Annotated[bool, typer.Option("--now", help="Once, at once.")]
At = Annotated[
    str | None,
    typer.Option("--at", help='Once, like "2026-12-01 08:00"; with --weekly or --term only "9:00".'),
]
Cron = Annotated[str | None, typer.Option("--cron", help='Again and again, like "0 8 * * 1".')]
Daily = Annotated[str | None, typer.Option("--daily", help='Every day, like "8:00".')]
Weekly = Annotated[str | None, typer.Option("--weekly", help='On weekdays, like "一,四"; with --at 8:00.')]
Workdays = Annotated[
    str | None,
    typer.Option("--workdays", help='Every working day, holidays and make-up days known, like "8:00".'),
]
Offdays = Annotated[str | None, typer.Option("--offdays", help='Every day that is not worked, like "9:00".')]
Term = Annotated[
    list[str] | None,
    typer.Option(
        "--term", "--festival", help="On a solar term or festival, like 冬至 or 中秋; with --at 9:00."
    ),
]
DaysBefore = Annotated[
    int | None, typer.Option("--days-before", min=0, help="So many days before the --term.")
]
DaysAfter = Annotated[int | None, typer.Option("--days-after", min=0, help="So many days after the --term.")]
From = Annotated[
    str | None, typer.Option("--from", help='Not before this day, like "2027-01-01"; 不限 for none.')
]
Until = Annotated[
    str | None, typer.Option("--until", help='Not after this day, like "2027-03-01"; 不限 for none.')
]
Except = Annotated[
    list[str] | None,
    typer.Option(
        "--except", help='Not on this day, like "2027-02-10", or "2027-02-05..2027-02-12"; 不限 for none.'
    ),
]

_UNLIMITED = ("不限", "none")
_CLOCK = re.compile(r"\s*(\d{1,2})\s*(?:[:：]\s*(\d{2})|[点时](?:(半)|(\d{1,2})分?)?)\s*")
_DATE = re.compile(r"\s*(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})日?\s*")
_WEEK = "一二三四五六日"
_LONGEST_RANGE = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWish:
    """The options about time, as they were written."""

    now: Now = False
    at: At = None
    cron: Cron = None
    daily: Daily = None
    weekly: Weekly = None
    workdays: Workdays = None
    offdays: Offdays = None
    terms: Term = None
    before: DaysBefore = None
    after: DaysAfter = None
    starts: From = None
    until: Until = None
    excepted: Except = None

    @property
    def has_basis(self) -> bool:
        """Whether it says when, not only from when until when."""
        return any(
            (self.now, self.at, self.cron, self.daily, self.weekly, self.workdays, self.offdays, self.terms)
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing about time was said."""
        return not (self.has_basis or self.starts or self.until or self.excepted or self.has_offset)

    @property
    def has_offset(self) -> bool:
        """Whether days before or after a festival were given."""
        return self.before is not None or self.after is not None

    @property
    def offset(self) -> int:
        """Days after a festival, negative before it."""
        if self.before and self.after:
            raise BadSchedule("--days-before 和 --days-after 只写一个。")
        return (self.after or 0) - (self.before or 0)

    @property
    def clock(self) -> time | None:
        """The hour, when nothing but an hour was said of the basis."""
        only = replace(self, at=None)
        return read_clock(self.at) if self.at and not only.has_basis and _CLOCK.fullmatch(self.at) else None


def make_plan(wish: TimeWish, now: datetime, old: Plan | None = None) -> Plan:
    """The plan that was asked for; with an ``old`` one its limits, or what repeats, stay as they were.

    Raises BadSchedule for what cannot be read.
    """
    if old is not None and (wish.clock or not wish.has_basis):
        plan = _moved(old, wish.clock)
        if wish.has_offset:
            plan = replace(plan, offset=wish.offset)
    else:
        plan = Plan(**_basis(wish, now))
        if old is not None and not plan.is_once:
            plan = replace(plan, starts=old.starts, until=old.until, excepted=old.excepted)
    return replace(plan, **_limits(wish, plan))


def _moved(plan: Plan, clock: time | None) -> Plan:
    """The same days at another hour."""
    if clock is None:
        return plan
    if plan.once_at is not None:
        return replace(plan, once_at=datetime.combine(plan.once_at.astimezone(SHANGHAI), clock, SHANGHAI))
    if plan.cron is not None:
        return replace(plan, cron=" ".join((str(clock.minute), str(clock.hour), *plan.cron.split()[2:])))
    return replace(plan, at=clock, skipped=frozenset())


def _basis(wish: TimeWish, now: datetime) -> dict[str, Any]:
    ways = [wish.now, wish.cron, wish.daily, wish.weekly, wish.workdays, wish.offdays, wish.terms]
    if sum(bool(way) for way in ways) + (not any(ways) and wish.at is not None) != 1:
        raise BadSchedule(
            "请只写一个时间：--now、--at、--cron、--daily、--weekly、--workdays、--offdays 或 --term。"
        )
    if wish.at is not None and not (wish.weekly or wish.terms or not any(ways)):
        raise BadSchedule("--at 只和 --weekly、--term 一起写，或者单独写一次的时间。")
    if wish.has_offset and not wish.terms:
        raise BadSchedule("--days-before、--days-after 只和 --term 一起写。")
    return _repeating(wish) if any(ways[1:]) else {"once_at": now if wish.now else read_moment(wish.at or "")}


def _repeating(wish: TimeWish) -> dict[str, Any]:
    if wish.cron:
        return {"cron": wish.cron}
    if wish.daily:
        clock = read_clock(wish.daily)
        return {"cron": f"{clock.minute} {clock.hour} * * *"}
    if wish.workdays or wish.offdays:
        kind = Days.WORKING if wish.workdays else Days.FREE
        return {"days": kind, "at": read_clock(wish.workdays or wish.offdays or "")}
    if wish.at is None:
        raise BadSchedule("--weekly、--term 还要用 --at 写几点，如 --at 9:00")
    clock = read_clock(wish.at)
    if wish.weekly:
        return {"cron": f"{clock.minute} {clock.hour} * * {_weekdays(wish.weekly)}"}
    names = dict.fromkeys(name for term in wish.terms or () for name in festival_names(term))
    return {"festivals": tuple(names), "at": clock, "offset": wish.offset}


def _limits(wish: TimeWish, plan: Plan) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if wish.starts:
        limits["starts"] = None if wish.starts in _UNLIMITED else read_date(wish.starts)
    if wish.until:
        limits["until"] = None if wish.until in _UNLIMITED else read_date(wish.until)
    if wish.excepted:
        kept = () if set(wish.excepted) & set(_UNLIMITED) else plan.excepted
        limits["excepted"] = frozenset(kept).union(*map(_days, set(wish.excepted) - set(_UNLIMITED)))
    return limits


def _days(text: str) -> Iterator[date]:
    """One day, or every day of ``FIRST..LAST``."""
    first, _, last = text.partition("..")
    start = read_date(first)
    length = (read_date(last) - start).days if last else 0
    if not 0 <= length < _LONGEST_RANGE:
        raise BadSchedule(f"例外的日子看不懂：{text}，应像 2027-02-05..2027-02-12，最多一年。")
    return (start + timedelta(days=number) for number in range(length + 1))


def _weekdays(text: str) -> str:
    """``一,四`` as cron writes it: ``1,4``."""
    found = re.sub(r"[\s,，、]|星期|周", "", text).replace("天", "日")
    if not found or any(each not in _WEEK for each in found):
        raise BadSchedule(f"星期看不懂：{text}，应像 一,四")
    return ",".join(str(number) for number in sorted({_WEEK.index(each) + 1 for each in found}))


def read_clock(text: str) -> time:
    """``9:00``, ``9点半``; raises BadSchedule."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise BadSchedule(f"几点看不懂：{text}，应像 9:00")
    hour, minute = int(found[1]), 30 if found[3] else int(found[2] or found[4] or 0)
    if hour > 23 or minute > 59:
        raise BadSchedule(f"没有{hour}点{minute}分这个时间。")
    return time(hour, minute)


def read_date(text: str) -> date:
    """``2027-02-10``, ``2027年2月10日``; raises BadSchedule."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise BadSchedule(f"日期看不懂：{text}，应像 2027-02-10")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise BadSchedule(f"没有{text.strip()}这一天。") from error


def read_moment(text: str) -> datetime:
    """A moment as people write it; without an offset it is Suzhou's time. Raises BadSchedule."""
    day, _, clock = text.strip().replace("T", " ").partition(" ")
    if _DATE.fullmatch(day) and _CLOCK.fullmatch(clock):
        return datetime.combine(read_date(day), read_clock(clock), SHANGHAI)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadSchedule(f"时间看不懂：{text}，应像 2026-12-01 08:00") from error
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment
