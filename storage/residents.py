"""Queries of what residents have to do with tickets beyond reporting them: stand behind one, hurry it, count along."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import TicketEventKind, TicketState
from storage.models import Message, Supporter, Ticket, TicketEvent

DIGITS = tuple("123456789")


async def is_supporter(session: AsyncSession, ticket_id: int, contact: str) -> bool:
    """Whether somebody stands behind a neighbour's ticket."""
    found = await session.scalar(
        select(Supporter.id).where(Supporter.ticket_id == ticket_id, Supporter.contact_id == contact)
    )
    return found is not None


async def list_supported(
    session: AsyncSession, contact: str, group_id: int | None, states: Collection[TicketState]
) -> Sequence[Ticket]:
    """The neighbours' tickets somebody stands behind, in these states, newest first; in one group or (None) in all."""
    query = (
        select(Ticket)
        .join(Supporter, Supporter.ticket_id == Ticket.id)
        .where(Supporter.contact_id == contact, Ticket.state.in_(states))
    )
    if group_id is not None:
        query = query.where(Ticket.group_id == group_id)
    rows = await session.scalars(query.order_by(Ticket.number.desc()).with_for_update(of=Ticket))
    return rows.all()


async def numbers_said(session: AsyncSession, group_id: int, since: datetime, but: str) -> bool:
    """Whether anybody ``but`` one has said nothing but a digit in a group since a moment."""
    found = await session.scalar(
        select(Message.id)
        .where(
            Message.group_id == group_id,
            Message.at >= since,
            Message.talker != but,
            func.trim(Message.text).in_(DIGITS),
        )
        .limit(1)
    )
    return found is not None


async def reminded_since(
    session: AsyncSession, ticket_id: int, by: str, detail: str, since: datetime
) -> bool:
    """Whether somebody has had just this reminder noted since a moment."""
    return (
        await session.scalar(
            select(TicketEvent.id)
            .where(
                TicketEvent.ticket_id == ticket_id,
                TicketEvent.what == TicketEventKind.REMINDED,
                TicketEvent.by == by,
                TicketEvent.detail == detail,
                TicketEvent.at >= since,
            )
            .limit(1)
        )
        is not None
    )


async def urged_since(session: AsyncSession, ticket_id: int, since: datetime) -> bool:
    """Whether a resident has asked to hurry since a moment."""
    found = await session.scalar(
        select(TicketEvent.id)
        .where(
            TicketEvent.ticket_id == ticket_id,
            TicketEvent.what == TicketEventKind.REMINDED,
            TicketEvent.source == "chat",
            TicketEvent.at >= since,
        )
        .limit(1)
    )
    return found is not None
