"""The tickets of a month, one line each (民意落实明细)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.measures.definitions import LEFT_OUT_NAMES
from handlers.measures.judging import left_out
from handlers.measures.material import Material, read_material
from handlers.measures.periods import Month
from handlers.measures.report import TicketLine
from handlers.measures.wording import shown_place, shown_resident, shown_words
from handlers.settings import MeasureSettings
from handlers.tickets.timeline import STATE_NAMES
from storage.measures import TicketFact


def ticket_lines(material: Material) -> tuple[TicketLine, ...]:
    """Every ticket that was opened, still open or closed in the month, by number."""
    return tuple(ticket_line(material, fact) for fact in material.facts)


async def month_tickets(
    session: AsyncSession, month: Month, *, now: datetime, rules: MeasureSettings
) -> tuple[TicketLine, ...]:
    """Every ticket opened in a month as it is at this moment, frozen or not."""
    material = await read_material(session, month, now=now, rules=rules)
    return tuple(line for line in ticket_lines(material) if line.opened_at >= month.start)


def ticket_line(material: Material, fact: TicketFact) -> TicketLine:
    """One of them."""
    words, names = material.words[fact.id], material.names
    reason = left_out(fact, material.rules)
    return TicketLine(
        number=words.number,
        community=names.communities[fact.community_id],
        group=names.groups[fact.group_id],
        category=names.categories.get(fact.category, fact.category),
        urgent=fact.urgent,
        place=shown_place(words),
        words=shown_words(words.text),
        resident=shown_resident(words.resident),
        state=STATE_NAMES[fact.state],
        steward=names.people.get(fact.steward_id or 0, ""),
        owner=names.people.get(fact.owner_id or 0, ""),
        opened_at=fact.opened_at,
        responded_at=fact.responded_at,
        due=fact.due_now,
        resolved_at=fact.resolved[-1] if fact.resolved else None,
        in_time=in_time(fact, material.now),
        reworks=len(fact.reopened),
        extensions=len(fact.extended),
        rating=fact.rating,
        result=shown_words(words.resolution),
        without=LEFT_OUT_NAMES[reason] if reason else "",
    )


def in_time(fact: TicketFact, now: datetime) -> bool | None:
    """Whether a ticket was resolved in time the first time; None while that is open."""
    if fact.due is None:
        return True if fact.resolved else None
    if fact.resolved:
        return fact.resolved[0] <= fact.due
    return False if fact.due <= now else None
