"""An admin's own calendar of holidays and make-up days, and what is said when a year's is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.context import Context
from handlers.reminders.keeping import read_plan, replan_reminders
from handlers.rosterfile import Row, read_table
from handlers.speech import SpeechKind, tell
from handlers.wording import SHANGHAI
from storage.counters import claim_once
from storage.enums import Priority, ScheduleState
from storage.models import Audit
from storage.schedules import list_schedules
from storage.timetable import bump_timetable, replace_calendar

COLUMNS = ("日期", "类型", "名称")
_KINDS = {
    **dict.fromkeys(("放假", "休", "休息", "假", "节假日"), False),
    **dict.fromkeys(("上班", "班", "补班", "调休上班", "工作日"), True),
}
_DATE = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*(?:0{1,2}:0{2}:0{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """One day that is not what its weekday says."""

    day: date
    working: bool
    name: str


def parse_calendar(source: str, data: bytes) -> tuple[Holiday, ...]:
    """Read a CSV or XLSX of 日期, 类型 (放假 or 上班), 名称; raises RosterError naming the row and the column."""
    days: dict[date, Holiday] = {}
    for row in read_table(source, data, COLUMNS):
        holiday = Holiday(day=_day(row), working=_kind(row), name=row.cells["名称"])
        if holiday.day in days:
            raise row.wrong("日期", f"{holiday.day.isoformat()} 重复了。")
        days[holiday.day] = holiday
    return tuple(days.values())


def _day(row: Row) -> date:
    found = _DATE.fullmatch(row.need("日期"))
    try:
        year, month, day = (int(part) for part in found.groups()) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError as error:
        raise row.wrong("日期", f"看不懂：{row.cells['日期']}，应像 2027-02-06。") from error


def _kind(row: Row) -> bool:
    kind = _KINDS.get(row.need("类型"))
    if kind is None:
        raise row.wrong("类型", f"“{row.cells['类型']}”看不懂，请写：放假 或 上班。")
    return kind


async def import_calendar(
    session: AsyncSession, holidays: Iterable[Holiday], *, by: str, now: datetime
) -> list[int]:
    """Let these days be the calendar of their years; which years.

    Due times of tickets already announced stay as they are; notices for working days follow at once.
    """
    days = {each.day: (each.working, each.name) for each in holidays}
    years = {day.year for day in days}
    await replace_calendar(session, years, days)
    await bump_timetable(session)
    await replan_reminders(session, now=now)
    detail = {"years": sorted(years), "days": len(days)}
    session.add(Audit(at=now, who=by, what="calendar.import", detail=detail))
    return sorted(years)


async def warn_guessed_days(ctx: Context) -> None:
    """Tell the admins when a notice for working or free days waits for a day of a year nobody knows."""
    for row in await list_schedules(ctx.session):
        if row.state is ScheduleState.ACTIVE and row.next_at is not None and read_plan(row).days is not None:
            await warn_unknown_year(ctx, row.next_at)


async def warn_unknown_year(ctx: Context, due: datetime) -> None:
    """Tell the admins, once for each year, that its holidays are not known and Monday to Friday are counted."""
    year = due.astimezone(SHANGHAI).year
    if ctx.timetable.calendar.knows(year) or not await claim_once(ctx.session, f"calendar {year}"):
        return
    account = next((group.account for group in ctx.directory.groups.values() if group.account), "")
    for admin in ctx.directory.admins():
        tell(
            ctx,
            admin,
            ctx.texts.render("unknown_year", year=year),
            account=account,
            key=f"calendar:{year}:{admin.id}",
            kind=SpeechKind.NOTICE,
            priority=Priority.PROMPT,
        )
