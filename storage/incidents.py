"""Queries of what belongs together: incidents with their tickets, and supporters who turn out not to belong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OPEN_STATES
from storage.models import Incident, Message, Supporter, Ticket


async def running_incidents(session: AsyncSession, category: str, since: datetime) -> Sequence[Incident]:
    """Incidents of a category that began since a moment, the latest first."""
    rows = await session.scalars(
        select(Incident)
        .where(Incident.category == category, Incident.opened_at >= since)
        .order_by(Incident.id.desc())
    )
    return rows.all()


async def lone_tickets(session: AsyncSession, category: str, since: datetime) -> Sequence[Ticket]:
    """Open tickets of a category since a moment that belong to no incident yet, by number."""
    rows = await session.scalars(
        select(Ticket)
        .where(
            Ticket.opened_at >= since,
            Ticket.category == category,
            Ticket.state.in_(OPEN_STATES),
            Ticket.unsure.is_(False),
            Ticket.incident_id.is_(None),
        )
        .order_by(Ticket.number)
    )
    return rows.all()


async def get_incident(session: AsyncSession, number: int) -> Incident | None:
    """The incident of this number."""
    return await session.get(Incident, number)


async def tickets_of(session: AsyncSession, incident_id: int) -> Sequence[Ticket]:
    """The tickets of an incident, by number."""
    rows = await session.scalars(
        select(Ticket).where(Ticket.incident_id == incident_id).order_by(Ticket.number)
    )
    return rows.all()


async def last_supporter(session: AsyncSession, ticket_id: int, name: str = "") -> Supporter | None:
    """Who stood behind a ticket last; with these words in the name when some are given."""
    query = select(Supporter).where(Supporter.ticket_id == ticket_id)
    if name:
        query = query.where(Supporter.name.contains(name, autoescape=True))
    return await session.scalar(query.order_by(Supporter.id.desc()).limit(1))


async def words_of(session: AsyncSession, ticket_id: int, contact: str) -> Sequence[str]:
    """What somebody said about a ticket."""
    rows = await session.scalars(
        select(Message.text)
        .where(Message.ticket_id == ticket_id, Message.talker == contact)
        .order_by(Message.id)
    )
    return rows.all()


async def messages_of(session: AsyncSession, ticket_id: int, contact: str) -> Sequence[Message]:
    """The messages of somebody that belong to a ticket, in the order heard."""
    rows = await session.scalars(
        select(Message).where(Message.ticket_id == ticket_id, Message.talker == contact).order_by(Message.id)
    )
    return rows.all()


async def move_words(session: AsyncSession, contact: str, *, old: int, new: int) -> None:
    """What somebody said about one ticket belongs to another."""
    await session.execute(
        update(Message).where(Message.ticket_id == old, Message.talker == contact).values(ticket_id=new)
    )
