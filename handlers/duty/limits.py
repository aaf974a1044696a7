"""The table of limits: by when a category's tickets have to be answered and resolved.

A change counts for tickets that open, are opened again or get another category from then on: what has been announced
stays (``handlers.tickets.clocks``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.duty.errors import DutyRefused
from handlers.settings import Settings
from handlers.timetable import EVERY_CATEGORY, USUAL_HOURS, TimetableKeeper
from handlers.worktime import Limit
from nlp.numerals import to_digits
from storage.enums import Measure
from storage.models import Audit, ClockLimit
from storage.timetable import bump_timetable, get_limit, list_categories

EVERYTHING = "全部"
USUAL = "默认"
LONGEST = 100_000
_UNITS: dict[str, tuple[int, Measure]] = {
    "工作分钟": (1, Measure.WORK),
    "工作小时": (60, Measure.WORK),
    "工作时": (60, Measure.WORK),
    "工作日": (1440, Measure.DAYS),
    "分钟": (1, Measure.ALWAYS),
    "小时": (60, Measure.ALWAYS),
    "天": (1440, Measure.ALWAYS),
}
_SPOKEN = re.compile(
    rf"(?P<number>\d{{1,6}}|[一二两三四五六七八九十百]{{1,5}})个?(?P<unit>{'|'.join(_UNITS)})"
)


def read_limit(text: str) -> Limit:
    """``2工作日``, ``90工作分钟``, ``30分钟`` (round the clock); DutyRefused for anything else."""
    found = _SPOKEN.fullmatch(re.sub(r"\s", "", text))
    if found is None:
        units = "、".join(_UNITS)
        raise DutyRefused(f"时限看不懂：{text}。应像 2工作日、30分钟；单位有：{units}。")
    factor, measure = _UNITS[found["unit"]]
    minutes = int(to_digits(found["number"])) * factor
    if not 0 < minutes <= LONGEST:
        raise DutyRefused(f"时限要大于0，不超过{LONGEST}分钟，这里是：{text}。")
    return Limit(minutes, measure)


def limit_words(limit: Limit) -> str:
    """A limit as people read it: the largest unit that fits."""
    fitting = [
        (limit.minutes // factor, unit)
        for unit, (factor, measure) in reversed(_UNITS.items())
        if measure is limit.measure and limit.minutes % factor == 0
    ]
    if not fitting:
        return f"{limit.minutes / 1440:g}工作日"
    number, unit = fitting[0]
    return f"{number}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What counts for a category, urgent or not; ``own`` tells whether an admin has set any of it."""

    category: str
    urgent: bool
    respond: Limit
    resolve: Limit
    own: bool

    def __str__(self) -> str:
        urgent, own = "紧急·" if self.urgent else "", "（改过）" if self.own else ""
        return f"{urgent}{self.category} 接单{limit_words(self.respond)} 办结{limit_words(self.resolve)}{own}"


async def show_limits(session: AsyncSession, settings: Settings) -> list[Row]:
    """The whole table: what counts for all, then each category for which something else does."""
    timetable = await TimetableKeeper(settings.work).timetable(session)
    categories = {EVERY_CATEGORY: (EVERYTHING, USUAL_HOURS), **await list_categories(session)}
    return [
        Row(
            category=name,
            urgent=urgent,
            respond=timetable.respond_limit(settings.steps, code, urgent=urgent),
            resolve=timetable.resolve_limit(settings, code, hours, urgent=urgent),
            own=timetable.has_own(code, urgent=urgent),
        )
        for code, (name, hours) in categories.items()
        for urgent in (False, True)
        if code == EVERY_CATEGORY
        or timetable.has_own(code, urgent=urgent)
        or (hours != USUAL_HOURS and not urgent)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be set for a category (its code, "" for all): None leaves it, USUAL takes an own limit away."""

    category: str
    urgent: bool
    respond: Limit | str | None = None
    resolve: Limit | str | None = None


async def set_limits(session: AsyncSession, change: Change, *, by: str, now: datetime) -> None:
    """Change the table for what opens from now on."""
    row = await get_limit(session, change.category, change.urgent)
    if row is None:
        row = ClockLimit(
            category=change.category,
            urgent=change.urgent,
            respond_measure=Measure.WORK,
            resolve_measure=Measure.DAYS,
        )
        session.add(row)
    row.changed_by, row.changed_at = by, now
    if change.respond is not None:
        row.respond, row.respond_measure = _stored(change.respond, row.respond_measure)
    if change.resolve is not None:
        row.resolve, row.resolve_measure = _stored(change.resolve, row.resolve_measure)
    if row.respond is None and row.resolve is None and row.id is not None:
        await session.delete(row)
    await bump_timetable(session)
    detail = {"category": change.category, "urgent": change.urgent, "limits": [row.respond, row.resolve]}
    session.add(Audit(at=now, who=by, what="clock.set", detail=detail))


def _stored(limit: Limit | str, measure: Measure) -> tuple[int | None, Measure]:
    return (limit.minutes, limit.measure) if isinstance(limit, Limit) else (None, measure)


def read_change(text: str) -> Limit | str:
    """A limit, or USUAL."""
    return USUAL if text.strip() == USUAL else read_limit(text)


def find_category(categories: Mapping[str, str], name: str) -> str:
    """The code of a category by its name or code, "" for 全部; DutyRefused when there is none."""
    name = name.strip()
    if name in ("", EVERYTHING):
        return EVERY_CATEGORY
    code = next((code for code, known in categories.items() if name in (code, known)), None)
    if code is None:
        raise DutyRefused(f"没有“{name}”这一类。有：{'、'.join(categories.values())}")
    return code
