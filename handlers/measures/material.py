"""Everything a month's report is made from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.measures.figures import Figures, Key, measure
from handlers.measures.judging import left_out
from handlers.measures.months import Month
from handlers.settings import MeasureSettings
from storage.enums import TicketEventKind
from storage.measures import (
    BlindRow,
    IncidentRow,
    Names,
    TicketFact,
    TicketWords,
    blind_rows,
    incident_rows,
    last_words,
    read_names,
    ticket_facts,
    ticket_words,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A month's tickets with their words, the figures of it and of the month before, and what went on around them."""

    month: Month
    now: datetime
    rules: MeasureSettings
    facts: list[TicketFact]
    words: dict[int, TicketWords]
    notes: dict[int, str]
    names: Names
    figures: dict[Key, Figures]
    blind: list[BlindRow]
    incidents: list[IncidentRow]

    @property
    def until(self) -> datetime:
        """The end of the month, or now while it runs."""
        return min(self.month.end, self.now)

    def counted(self, fact: TicketFact) -> bool:
        """Whether a ticket is not left out."""
        return left_out(fact, self.rules) is None


async def read_material(
    session: AsyncSession, month: Month, *, now: datetime, rules: MeasureSettings
) -> Material:
    """Read the tickets that were opened, open or closed in a month."""
    before = month.shifted(-1)
    both = await ticket_facts(session, before.start, month.end)
    facts = [fact for fact in both if _touches(fact, month)]
    ids = {fact.id for fact in facts}
    return Material(
        month=month,
        now=now,
        rules=rules,
        facts=facts,
        words=await ticket_words(session, ids),
        notes=await last_words(session, _unsolved(facts), (TicketEventKind.NOTED,)),
        names=await read_names(session),
        figures=measure(both, rules, (before, month), now),
        blind=await blind_rows(session, month.start, month.end),
        incidents=await incident_rows(session, month.start, month.end),
    )


def _touches(fact: TicketFact, month: Month) -> bool:
    return fact.opened_at >= month.start or fact.closed_at is None or fact.closed_at >= month.start


def _unsolved(facts: list[TicketFact]) -> set[int]:
    return {fact.id for fact in facts if fact.closed_at is None}
