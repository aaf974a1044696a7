"""By when: the limits of each category and the calendar they are counted on, as one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.settings import Settings, StepSettings, WorkSettings
from handlers.worktime import Limit, WorkCalendar
from storage.enums import Measure
from storage.timetable import LimitRow, list_calendar, list_limits, timetable_version

EVERY_CATEGORY = ""
USUAL_HOURS = 24
"""What a category says to which nothing special was said; the config's ``resolve_hours`` then counts."""

PACKAGED_BUILDING = ("building", 72)
"""What the packaged categories say of building work; the config's ``building_resolve_hours`` then counts."""

_HOUR = 60


@dataclass(frozen=True, slots=True)
class Timetable:
    """The snapshot; nothing in it changes."""

    version: int
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    _rows: Mapping[tuple[str, bool], LimitRow] = field(default_factory=dict)

    def respond_limit(self, steps: StepSettings, category: str, *, urgent: bool) -> Limit:
        """Within which somebody has to answer: the category's own limit, that of all, the usual one."""
        for row in self._rows_of(category, urgent=urgent):
            if row.respond is not None:
                return Limit(row.respond, row.respond_measure)
        return usual_respond(steps, urgent=urgent)

    def resolve_limit(self, settings: Settings, category: str, hours: int, *, urgent: bool) -> Limit:
        """Within which the matter has to be done; ``hours`` is what the category itself says (24: nothing special)."""
        for row in self._rows_of(category, urgent=urgent):
            general = row.category == EVERY_CATEGORY and category != EVERY_CATEGORY
            if row.resolve is not None and not (general and hours != USUAL_HOURS and not urgent):
                return Limit(row.resolve, row.resolve_measure)
        return usual_resolve(settings, category, hours, urgent=urgent)

    def has_own(self, category: str, *, urgent: bool) -> bool:
        """Whether an admin has set something for just this category."""
        return (category, urgent) in self._rows

    def _rows_of(self, category: str, *, urgent: bool) -> list[LimitRow]:
        keys = dict.fromkeys(((category, urgent), (EVERY_CATEGORY, urgent)))
        return [self._rows[key] for key in keys if key in self._rows]


def usual_respond(steps: StepSettings, *, urgent: bool) -> Limit:
    """Until the grid worker is called."""
    if urgent:
        return Limit(steps.urgent_grid_worker, Measure.ALWAYS)
    return Limit(steps.grid_worker, Measure.WORK)


def usual_resolve(settings: Settings, category: str, hours: int, *, urgent: bool) -> Limit:
    """Urgent matters in plain hours; all else in working days, 24 hours each, by the category or the config."""
    tickets = settings.tickets
    if urgent:
        return Limit(tickets.urgent_resolve_hours * _HOUR, Measure.ALWAYS)
    if hours == USUAL_HOURS:
        hours = tickets.resolve_hours
    elif (category, hours) == PACKAGED_BUILDING:
        hours = tickets.building_resolve_hours
    return Limit(hours * _HOUR, Measure.DAYS)


class TimetableKeeper:
    """Keeps the latest snapshot; asking costs one small query when nothing has changed."""

    def __init__(self, work: WorkSettings) -> None:
        self._work = work
        self._latest = Timetable(-1)

    async def timetable(self, session: AsyncSession) -> Timetable:
        """The snapshot in force."""
        version = await timetable_version(session)
        if version != self._latest.version:
            rows = {(row.category, row.urgent): row for row in await list_limits(session)}
            calendar = WorkCalendar(self._work.spans, await list_calendar(session))
            self._latest = Timetable(version, calendar, rows)
        return self._latest
