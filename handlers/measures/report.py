"""What a report holds: plain frozen rows, ready to be written into any kind of file.

Words of residents are masked here already: no phone, id or plate number is in any row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.measures.definitions import Definition
from handlers.measures.figures import Figures, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """The figures of one period for one community, group, steward or category, or for all.

    ``above`` is the community a group lies in. ``blind`` are the minutes in which the bot heard nothing there.
    """

    period: str
    scope: Scope
    key: str
    name: str
    above: str
    figures: Figures
    blind: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One ticket of the month (民意落实明细). ``in_time`` None: neither resolved nor due yet; ``without``: why it is left out."""

    number: int
    community: str
    group: str
    category: str
    urgent: bool
    place: str
    words: str
    resident: str
    state: str
    steward: str
    owner: str
    opened_at: datetime
    responded_at: datetime | None
    due: datetime | None
    resolved_at: datetime | None
    in_time: bool | None
    reworks: int
    extensions: int
    rating: int | None
    result: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A ticket that needs somebody's hand: why it is where it is, and what to do next."""

    number: int
    community: str
    group: str
    category: str
    place: str
    words: str
    owner: str
    opened_at: datetime
    due: datetime | None
    days: int
    why: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HotMatter:
    """What many people raised: a category with its tickets and voices, the voices of the month before, and where most was."""

    category: str
    tickets: int
    voices: int
    before: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """The same matter at one place again and again."""

    group: str
    place: str
    category: str
    tickets: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotIncident:
    """The same matter in many groups at once."""

    number: int
    category: str
    opened_at: datetime
    groups: int
    tickets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """How many tickets one day brought and how many were resolved on it."""

    day: str
    opened: int
    resolved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindLine:
    """When the bot heard nothing, and in how many groups."""

    account: str
    since: datetime
    until: datetime
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPart:
    """What trends need of a month."""

    lines: tuple[FigureLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsPart:
    """The rest of a month's report. ``trend``: the figures of twelve months that end with this one."""

    definitions: tuple[Definition, ...]
    days: tuple[DayLine, ...]
    details: tuple[TicketLine, ...]
    hot: tuple[HotMatter, ...]
    spots: tuple[HotSpot, ...]
    incidents: tuple[HotIncident, ...]
    unfinished: tuple[OpenLine, ...]
    follow_up: tuple[OpenLine, ...]
    blind: tuple[BlindLine, ...]
    trend: tuple[FigureLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A month or week. ``as_of``: how things stood; ``frozen``: whether that will never change any more."""

    period: str
    title: str
    as_of: datetime
    frozen: bool
    figures: FiguresPart
    lists: ListsPart

    @property
    def is_week(self) -> bool:
        """Whether it is of a week (``2026-W47``) and not of a month."""
        return "W" in self.period

    def lines(self, scope: Scope) -> list[FigureLine]:
        """The figures of one scope, most tickets first."""
        found = [line for line in self.figures.lines if line.scope is scope]
        return sorted(found, key=lambda line: (-line.figures.opened, line.above, line.name))

    @property
    def total(self) -> FigureLine:
        """The figures of the whole subdistrict."""
        return self.lines(Scope.ALL)[0]
