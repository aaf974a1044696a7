"""Times as people say them: 明天8点, 周五下午3点半, 12月1日9:30, 每天早上8点, 每周一到周五8点, 每月1号8点, 工作日8点,
每年冬至前一天9点.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from handlers.reminders.errors import BadSchedule
from handlers.reminders.festivals import SPOKEN_NAMES, festival_names
from handlers.reminders.plans import Days, Plan, next_time
from handlers.wording import SHANGHAI
from nlp.numerals import to_digits

_DAYS = {"今天": 0, "今晚": 0, "明天": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3}
_WORKING = ("工作日", "上班日")
_WEEK = "一二三四五六日"
_LONGEST_MONTH = 31
_PART = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上"
_AFTERNOON = ("下午", "傍晚", "晚上", "今晚", "明晚")
_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_WEEKDAY = r"(?:周|星期|礼拜)?[一二三四五六日天]"
_SPOKEN = re.compile(
    rf"""\s*(?:请|麻烦|帮我|帮忙)*\s*(?P<day>大后天|后天|今天|今晚|明天|明早|明晚|每天
         |每个?月(?P<monthday>{_NUMBER})[日号]
         |每(?=周|星期|礼拜)(?P<weekdays>{_WEEKDAY}(?:[、,，和及]?{_WEEKDAY}|[到至]{_WEEKDAY})*)
         |(?:每个?)?(?P<kind>工作日|上班日|休息日|节假日)
         |(?P<yearly>每年)?(?:的)?(?P<festival>{"|".join(SPOKEN_NAMES)}|二十四节气|每个节气)节?
          (?:(?:提?前(?P<before>{_NUMBER})天|后(?P<after>{_NUMBER})天|当天|那天))?
         |(?P<next>下)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])
         |(?P<month>{_NUMBER})月(?P<date>{_NUMBER})[日号])?
    \s*(?P<part>{_PART})?\s*(?P<hour>{_NUMBER})(?:点钟?|时|[:：](?=\d))(?:(?P<half>半)|(?P<minute>{_NUMBER})分?)?
    \s*(?:给(?P<where>[^\s发:：]{{1,60}}))?\s*发(?:一?个|一?条|一下)?(?:温馨)?(?:提示|通知)?[\s:：，,]+(?P<text>.+)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenPlan:
    """When, which words, and the groups as said ("" for no word about them)."""

    plan: Plan
    text: str
    where: str = ""


def read_spoken(said: str, now: datetime) -> SpokenPlan | None:
    """「明天8点发 …」; None when it is nothing of the kind, BadSchedule for a time that does not exist."""
    found = _SPOKEN.fullmatch(said)
    if found is None:
        return None
    return SpokenPlan(
        plan=_plan(found, now.astimezone(SHANGHAI)), text=found["text"].strip(), where=found["where"] or ""
    )


def _plan(found: re.Match[str], now: datetime) -> Plan:
    hour, minute = _clock(found)
    if found["festival"]:
        return _festival(found, time(hour, minute), now)
    return _repeated(found, time(hour, minute)) or Plan(once_at=_once(found, hour, minute, now))


def _repeated(found: re.Match[str], at: time) -> Plan | None:
    if found["kind"]:
        return Plan(days=Days.WORKING if found["kind"] in _WORKING else Days.FREE, at=at)
    if found["monthday"]:
        day = _int(found["monthday"])
        if not 1 <= day <= _LONGEST_MONTH:
            raise BadSchedule(f"没有{day}号这一天。")
        return Plan(cron=f"{at.minute} {at.hour} {day} * *")
    if found["weekdays"] or found["day"] == "每天":
        return Plan(cron=f"{at.minute} {at.hour} * * {_weekdays(found['weekdays'] or '')}")
    return None


def _weekdays(said: str) -> str:
    """一到五, 一、四 as cron writes it; nothing is every day."""
    words = re.sub(r"周|星期|礼拜", "", said).replace("天", "日").replace("至", "到")
    numbers: set[int] = set()
    for first, last in re.findall(r"([一二三四五六日])(?:到([一二三四五六日]))?", words):
        start, end = _WEEK.index(first), _WEEK.index(last or first)
        if end < start:
            raise BadSchedule(f"星期看不懂：{said}，应像 周一到周五。")
        numbers.update(range(start + 1, end + 2))
    return ",".join(map(str, sorted(numbers))) or "*"


def _once(found: re.Match[str], hour: int, minute: int, now: datetime) -> datetime:
    weekday = _WEEK.index(found["weekday"].replace("天", "日")) if found["weekday"] else None
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if weekday is not None:
        return _on_weekday(moment, weekday, now, next_week=bool(found["next"]))
    if found["month"]:
        return _on_date(moment, _int(found["month"]), _int(found["date"]), now)
    if found["day"] is None:
        return moment if moment > now else moment + timedelta(days=1)
    return moment + timedelta(days=_DAYS[found["day"]])


def _festival(found: re.Match[str], at: time, now: datetime) -> Plan:
    """Every year when that was said or many are meant, else the next time only."""
    names = festival_names(found["festival"].removeprefix("每个"))
    offset = _int(found["after"] or "0") - _int(found["before"] or "0")
    plan = Plan(festivals=names, offset=offset, at=at)
    return plan if found["yearly"] or len(names) > 1 else Plan(once_at=next_time(plan, now))


def _clock(found: re.Match[str]) -> tuple[int, int]:
    hour = _int(found["hour"])
    minute = 30 if found["half"] else _int(found["minute"]) if found["minute"] else 0
    late = found["part"] in _AFTERNOON or found["day"] in _AFTERNOON
    if (late and hour < 12) or (found["part"] == "中午" and hour < 3):
        hour += 12
    if hour > 23 or minute > 59:
        raise BadSchedule(f"没有{hour}点{minute}分这个时间。")
    return hour, minute


def _int(numeral: str) -> int:
    return int(to_digits(numeral))


def _on_weekday(moment: datetime, weekday: int, now: datetime, *, next_week: bool) -> datetime:
    """That day of this week (of the next one when it has passed), or of the next week when said so."""
    that = moment + timedelta(days=weekday - moment.weekday() + (7 if next_week else 0))
    return that if that > now else that + timedelta(days=7)


def _on_date(moment: datetime, month: int, day: int, now: datetime) -> datetime:
    try:
        that = moment.replace(month=month, day=day)
        return that if that > now else that.replace(year=that.year + 1)
    except ValueError as error:
        raise BadSchedule(f"没有{month}月{day}日这一天。") from error
