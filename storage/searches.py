"""Queries of searches for missing people. Whoever changes a search has locked its ticket first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OPEN_STATES, SearchState
from storage.models import Search, SearchGroup, Sighting, Ticket

_WATCHES = "searches that are on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A search that is on: who reported it, and the groups in which people may speak of it."""

    search_id: int
    ticket_id: int
    resident: str
    groups: frozenset[int]


async def watches(session: AsyncSession) -> Sequence[Watch]:
    """Every search that is on, the latest last; read once a transaction."""
    found: list[Watch] | None = session.info.get(_WATCHES)
    if found is None:
        found = session.info[_WATCHES] = await _read_watches(session)
    return found


async def _read_watches(session: AsyncSession) -> list[Watch]:
    rows = await session.execute(
        select(Search.id, Ticket.id, Ticket.resident, Ticket.group_id, SearchGroup.group_id)
        .join(Ticket, Ticket.id == Search.ticket_id)
        .join(SearchGroup, SearchGroup.search_id == Search.id, isouter=True)
        .where(Search.state != SearchState.OVER)
        .order_by(Search.id)
    )
    groups: dict[tuple[int, int, str], set[int]] = {}
    for search_id, ticket_id, resident, home, told in rows:
        heard = groups.setdefault((search_id, ticket_id, resident), {home})
        if told is not None:
            heard.add(told)
    return [
        Watch(search_id=search, ticket_id=ticket, resident=resident, groups=frozenset(heard))
        for (search, ticket, resident), heard in groups.items()
    ]


def forget_watches(session: AsyncSession) -> None:
    """A search has begun, gone further or ended in this transaction: read them again when asked."""
    session.info.pop(_WATCHES, None)


async def get_search(session: AsyncSession, search_id: int) -> Search | None:
    """One search, locked."""
    return await session.get(Search, search_id, with_for_update=True, populate_existing=True)


async def search_of(session: AsyncSession, ticket_id: int) -> Search | None:
    """The search of a ticket that is on, locked."""
    query = (
        select(Search)
        .where(Search.ticket_id == ticket_id, Search.state != SearchState.OVER)
        .order_by(Search.id.desc())
        .limit(1)
        .with_for_update()
    )
    return await session.scalar(query.execution_options(populate_existing=True))


async def told_groups(session: AsyncSession, search_id: int) -> Sequence[SearchGroup]:
    """The groups that were told, in that order, locked."""
    rows = await session.scalars(
        select(SearchGroup)
        .where(SearchGroup.search_id == search_id)
        .order_by(SearchGroup.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def sightings_of(session: AsyncSession, search_id: int) -> Sequence[Sighting]:
    """What people have seen, oldest first."""
    rows = await session.scalars(
        select(Sighting).where(Sighting.search_id == search_id).order_by(Sighting.id)
    )
    return rows.all()


async def asked_witness(
    session: AsyncSession, search_id: int, contact: str, since: datetime
) -> Sighting | None:
    """The sighting about which somebody was asked where, since a moment."""
    return await session.scalar(
        select(Sighting)
        .where(
            Sighting.search_id == search_id,
            Sighting.contact_id == contact,
            Sighting.asked,
            Sighting.at >= since,
        )
        .order_by(Sighting.id.desc())
        .limit(1)
    )


def _needs_a_look(now: datetime) -> ColumnElement[bool]:
    return and_(
        Search.state != SearchState.OVER, or_(Search.next_at <= now, Ticket.state.not_in(OPEN_STATES))
    )


async def due_searches(session: AsyncSession, now: datetime, limit: int) -> list[tuple[Search, Ticket]]:
    """Searches the clock has to look at, with their tickets; those another process holds are left to it."""
    rows = await session.execute(
        select(Search, Ticket)
        .join(Ticket, Ticket.id == Search.ticket_id)
        .where(_needs_a_look(now))
        .order_by(Search.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(search, ticket) for search, ticket in rows]


async def earliest_search(session: AsyncSession) -> datetime | None:
    """When the clock has to look at a search next; a moment of the past when it should have."""
    moment: ColumnElement[datetime | None] = case(
        (Ticket.state.in_(OPEN_STATES), Search.next_at), else_=Search.begun_at
    )
    earliest: datetime | None = await session.scalar(
        select(func.min(moment))
        .join(Ticket, Ticket.id == Search.ticket_id)
        .where(Search.state != SearchState.OVER)
    )
    return earliest
