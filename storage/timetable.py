"""Queries behind the timetable snapshot: limits by category and the admin's own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.counters import counter_value, locked_counter
from storage.enums import Measure
from storage.models import CalendarDay, Category, ClockLimit

TIMETABLE = "timetable"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """What the table says of one category, urgent or not; None leaves the usual limit."""

    category: str
    urgent: bool
    respond: int | None
    respond_measure: Measure
    resolve: int | None
    resolve_measure: Measure


async def timetable_version(session: AsyncSession) -> int:
    """A number that grows with every change of limits or calendar; 0 before the first."""
    return await counter_value(session, TIMETABLE)


async def bump_timetable(session: AsyncSession) -> None:
    """Tell every process that the timetable has changed."""
    (await locked_counter(session, TIMETABLE)).value += 1


async def list_limits(session: AsyncSession) -> list[LimitRow]:
    """The whole table, the general rows first."""
    rows = await session.scalars(select(ClockLimit).order_by(ClockLimit.category, ClockLimit.urgent))
    return [
        LimitRow(
            category=row.category,
            urgent=row.urgent,
            respond=row.respond,
            respond_measure=row.respond_measure,
            resolve=row.resolve,
            resolve_measure=row.resolve_measure,
        )
        for row in rows
    ]


async def get_limit(session: AsyncSession, category: str, urgent: bool) -> ClockLimit | None:
    """One row of the table, locked."""
    return await session.scalar(
        select(ClockLimit)
        .where(ClockLimit.category == category, ClockLimit.urgent == urgent)
        .with_for_update()
    )


async def list_categories(session: AsyncSession) -> dict[str, tuple[str, int]]:
    """Code → (name, hours to resolve) of the categories in use, in their order."""
    rows = await session.execute(
        select(Category.code, Category.name, Category.resolve_hours)
        .where(Category.active)
        .order_by(Category.position, Category.code)
    )
    return {row.code: (row.name, row.resolve_hours) for row in rows}


async def list_calendar(session: AsyncSession) -> dict[date, bool]:
    """The admin's own days: worked or free."""
    rows = await session.execute(select(CalendarDay.day, CalendarDay.working).order_by(CalendarDay.day))
    return {date.fromisoformat(day): working for day, working in rows}


async def replace_calendar(
    session: AsyncSession, years: set[int], days: Mapping[date, tuple[bool, str]]
) -> None:
    """Let the admin's calendar of these years say just this."""
    for year in years:
        await session.execute(delete(CalendarDay).where(CalendarDay.day.startswith(f"{year:04d}-")))
    await session.execute(
        insert(CalendarDay),
        [{"day": day.isoformat(), "working": working, "name": name} for day, (working, name) in days.items()],
    )
