"""Everything a report is made from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.measures.judging import left_out
from handlers.measures.periods import Month, Period, months_between
from handlers.settings import MeasureSettings
from storage.enums import TicketEventKind
from storage.measures import (
    BlindRow,
    FrozenRow,
    IncidentRow,
    Names,
    TicketFact,
    TicketWords,
    blind_rows,
    first_opened,
    frozen_figures,
    incident_rows,
    last_words,
    read_names,
    ticket_facts,
    ticket_words,
)

TREND_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Twelve months: those that are frozen, and the tickets of those that are not (``missing``)."""

    frozen: tuple[FrozenRow, ...] = ()
    missing: tuple[Month, ...] = ()
    facts: tuple[TicketFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A period's tickets with their words, those ``around`` it (the period before as well), and what went on meanwhile."""

    period: Period
    now: datetime
    rules: MeasureSettings
    facts: list[TicketFact]
    around: list[TicketFact]
    words: dict[int, TicketWords]
    notes: dict[int, str]
    names: Names
    blind: list[BlindRow]
    incidents: list[IncidentRow]
    past: Past

    @property
    def until(self) -> datetime:
        """The end of the period, or now while it runs."""
        return min(self.period.end, self.now)

    def counted(self, fact: TicketFact) -> bool:
        """Whether a ticket is not left out."""
        return left_out(fact, self.rules) is None


async def read_material(
    session: AsyncSession, period: Period, *, now: datetime, rules: MeasureSettings
) -> Material:
    """Read the tickets that were opened, open or closed in a month or week."""
    both = await ticket_facts(session, period.shifted(-1).start, period.end)
    facts = [fact for fact in both if _touches(fact, period)]
    ids = {fact.id for fact in facts}
    return Material(
        period=period,
        now=now,
        rules=rules,
        facts=facts,
        around=both,
        words=await ticket_words(session, ids),
        notes=await last_words(session, _unsolved(facts), (TicketEventKind.NOTED,)),
        names=await read_names(session),
        blind=await blind_rows(session, period.start, period.end),
        incidents=await incident_rows(session, period.start, period.end),
        past=await _past(session, period) if isinstance(period, Month) else Past(),
    )


async def _past(session: AsyncSession, last: Month) -> Past:
    """The months that the trend needs, without those before the first ticket."""
    begun = await first_opened(session)
    if begun is None or begun >= last.end:
        return Past()
    first = max(last.shifted(1 - TREND_MONTHS), Month.of(begun))
    frozen = await frozen_figures(session, str(first), str(last))
    missing = tuple(month for month in months_between(first, last) if str(month) not in frozen)
    facts = await ticket_facts(session, missing[0].start, missing[-1].end) if missing else []
    return Past(frozen=tuple(frozen.values()), missing=missing, facts=tuple(facts))


def _touches(fact: TicketFact, period: Period) -> bool:
    return fact.opened_at >= period.start or fact.closed_at is None or fact.closed_at >= period.start


def _unsolved(facts: list[TicketFact]) -> set[int]:
    return {fact.id for fact in facts if fact.closed_at is None}
