"""What lies ahead, in words: the plan, and its next times with weekday and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.festivals import EVERY_TERM, TERMS
from handlers.reminders.keeping import day_calendar
from handlers.reminders.plans import Days, Occasion, Plan, next_occasions, offset_words
from handlers.wording import SHANGHAI

NEXT_TIMES = 5
_MOST_DAYS = 3
_WEEK = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next times of a plan; ``guessed``: years whose holidays nobody knows yet, Monday to Friday is assumed."""

    occasions: tuple[Occasion, ...]
    guessed: tuple[int, ...]

    def lines(self) -> list[str]:
        """A line for each time, and one for what is not known."""
        return [*map(occasion_words, self.occasions), *([self.doubt] if self.guessed else [])]

    @property
    def doubt(self) -> str:
        """What is not known; "" when everything is."""
        years = "、".join(f"{year}年" for year in self.guessed)
        return years and f"{years}的放假安排还不知道，先按周一到周五上班算。"


async def look_ahead(session: AsyncSession, plan: Plan, *, now: datetime, count: int = NEXT_TIMES) -> Outlook:
    """The next times of a plan by the calendar in force."""
    calendar = await day_calendar(session, plan)
    found = next_occasions(plan, count, now, calendar)
    years = dict.fromkeys(each.at.astimezone(SHANGHAI).year for each in found)
    guessed = [year for year in years if plan.days is not None and not calendar.knows(year)]
    return Outlook(tuple(found), tuple(guessed))


def occasion_words(occasion: Occasion) -> str:
    """``2026-12-21 周一 09:00（冬至前1天）``."""
    return moment_words(occasion.at) + (f"（{occasion.why}）" if occasion.why else "")


def moment_words(moment: datetime) -> str:
    """``2026-12-21 周一 09:00``, by Suzhou's clock."""
    local = moment.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d} 周{_WEEK[local.weekday()]} {local:%H:%M}"


def plan_words(plan: Plan) -> str:
    """``每个工作日 08:00，到2027-03-01为止，2027-02-10不发``."""
    parts = [_basis_words(plan)]
    if plan.starts:
        parts.append(f"从{plan.starts}开始")
    if plan.until:
        parts.append(f"到{plan.until}为止")
    if plan.excepted:
        parts.append(f"{_few(list(map(str, sorted(plan.excepted))))}不发")
    if plan.skipped:
        parts.append(f"跳过{_few(list(map(moment_words, sorted(plan.skipped))))}")
    return "，".join(parts)


def _few(days: list[str]) -> str:
    """The first ones, and how many there are."""
    return "、".join(days[:_MOST_DAYS]) + (f"等{len(days)}天" if len(days) > _MOST_DAYS else "")


def _basis_words(plan: Plan) -> str:
    if plan.once_at is not None:
        return f"一次 {moment_words(plan.once_at)}"
    if plan.cron is not None:
        return _cron_words(plan.cron)
    if plan.festivals:
        names = EVERY_TERM if plan.festivals == TERMS else "、".join(plan.festivals)
        return f"{names}{offset_words(plan.offset)} {plan.at:%H:%M}"
    return f"{'每个工作日' if plan.days is Days.WORKING else '每个休息日'} {plan.at:%H:%M}"


def _cron_words(cron: str) -> str:
    """每天 and 每周 are said as such; anything more special stays as it was written."""
    minute, hour, day, month, weekdays = cron.split()
    if not (minute.isdecimal() and hour.isdecimal() and day == month == "*"):
        return f"重复 {cron}"
    clock = f"{int(hour):02d}:{int(minute):02d}"
    if weekdays == "*":
        return f"每天 {clock}"
    if all(part in "01234567" for part in weekdays.split(",")):
        return f"每周{'、'.join(_WEEK[int(part) - 1] for part in weekdays.split(','))} {clock}"
    return f"重复 {cron}"
