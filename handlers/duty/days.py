"""Days as people say them for leave: 7.1-7.5, 7月1日到5日, 明天, 到周五, 下周一到周三, 3天 (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.duty.errors import DutyRefused
from handlers.wording import SHANGHAI
from nlp.numerals import to_digits

LONGEST = 92
_NAMED = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_WEEK = "一二三四五六日"
_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_DAY = (
    rf"(?:{'|'.join(sorted(_NAMED, key=len, reverse=True))}"
    rf"|(?:这|本|下)?个?(?:周|星期|礼拜)[一二三四五六日天]"
    rf"|{_NUMBER}[.月/]{_NUMBER}[日号]?|{_NUMBER}[日号])"
)
_SPAN = re.compile(
    rf"从?(?P<first>{_DAY})?(?:起|开始)?(?P<half>上午|下午)?(?:[-–—~～到至](?P<last>{_DAY}|\d{{1,2}}))?"
)
_MONTH_DAY = re.compile(rf"(?P<month>{_NUMBER})[.月/](?P<day>{_NUMBER})[日号]?")
_WEEKDAY = re.compile(r"(?P<next>下)?.*?(?P<day>[一二三四五六日天])$")
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a moment until another, both aware."""

    since: datetime
    until: datetime


def read_stretch(span: str, count: str, last: str, now: datetime) -> Stretch | None:
    """``span`` is 7.1-7.5 or empty (today), ``count`` a number of days, ``last`` the last day; None when ``span`` is
    nothing of the kind. Raises DutyRefused for days that cannot be.
    """
    said = _SPAN.fullmatch(span)
    if said is None:
        return None
    today = now.astimezone(SHANGHAI).date()
    first = _day(said["first"], today) if said["first"] else today
    end_said = last or said["last"]
    end = first + timedelta(days=_number(count) - 1) if count else first
    if end_said:
        end = _end(end_said, first, today)
    if end < today and said["first"] and _MONTH_DAY.fullmatch(said["first"]):  # 1.2 said in December
        first, end = _next_year(first), _next_year(end)
    return _stretch(first, end, said["half"], now)


def last_day(text: str, now: datetime) -> date:
    """One day as said alone: 周五, 3.15, 15号, 后天. Raises DutyRefused for anything else."""
    if not re.fullmatch(_DAY, text):
        raise DutyRefused(f"日期看不懂：{text}。")
    today = now.astimezone(SHANGHAI).date()
    return _end(text, today, today)


def _stretch(first: date, end: date, half: str | None, now: datetime) -> Stretch:
    since = datetime.combine(first, _NOON if half == "下午" else time.min, SHANGHAI)
    until = datetime.combine(end + timedelta(days=1), time.min, SHANGHAI)
    if half == "上午" and first == end:
        until = datetime.combine(end, _NOON, SHANGHAI)
    if end < first or until <= now:
        raise DutyRefused("这几天已经过了，请看看日期。")
    if (end - first).days >= LONGEST:
        raise DutyRefused(f"请假最多{LONGEST}天，请看看日期。")
    return Stretch(max(since, now), until)


def _day(text: str, today: date) -> date:
    if text in _NAMED:
        return today + timedelta(days=_NAMED[text])
    if found := _MONTH_DAY.fullmatch(text):
        return _date(today.year, _number(found["month"]), _number(found["day"]))
    if text[-1] in "日号" and (day := text[:-1]) and re.fullmatch(_NUMBER, day):
        that = _date(today.year, today.month, _number(day))
        return that if that >= today else _date(*_month_after(today), that.day)
    return _weekday(text, today)


def _weekday(text: str, today: date) -> date:
    found = _WEEKDAY.search(text)
    if found is None:
        raise DutyRefused(f"日期看不懂：{text}。")
    wanted = _WEEK.index(found["day"].replace("天", "日"))
    monday = today - timedelta(days=today.weekday())
    that = monday + timedelta(days=wanted + (7 if found["next"] else 0))
    return that if that >= today else that + timedelta(days=7)


def _end(text: str, first: date, today: date) -> date:
    """The last day, as said after the first: a bare number is a day of the same month."""
    if text.isdigit():
        return _date(first.year, first.month, int(text))
    if _MONTH_DAY.fullmatch(text):
        that = _day(text, date(first.year, 1, 1))
        return that if that >= first else _next_year(that)
    return _day(text, today if text in _NAMED else first)


def _month_after(day: date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def _next_year(day: date) -> date:
    return _date(day.year + 1, day.month, day.day)


def _number(numeral: str) -> int:
    return int(to_digits(numeral))


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DutyRefused(f"没有{month}月{day}日这一天。") from error


def stretch_words(since: datetime, until: datetime) -> str:
    """``3月10日`` or ``3月10日到3月12日``; half days are said."""
    first, last = since.astimezone(SHANGHAI), (until - timedelta(seconds=1)).astimezone(SHANGHAI)
    start, end = f"{first.month}月{first.day}日", f"{last.month}月{last.day}日"
    if start != end:
        return f"{start}到{end}"
    if last.time() < _NOON:
        return f"{start}上午"
    return f"{start}下午" if first.time() == _NOON else start
