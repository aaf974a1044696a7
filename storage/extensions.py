"""Queries of asked-for extensions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import TicketState
from storage.models import Extension, Ticket


async def pending_extension(session: AsyncSession, ticket_id: int) -> Extension | None:
    """What has been asked for a ticket and not been decided, locked."""
    return await session.scalar(
        select(Extension)
        .where(Extension.ticket_id == ticket_id, Extension.decided_at.is_(None))
        .order_by(Extension.id.desc())
        .limit(1)
        .with_for_update()
    )


async def pending_for(session: AsyncSession, person_id: int) -> Sequence[Ticket]:
    """Tickets under way for which somebody has been asked for more time, the oldest question first."""
    rows = await session.scalars(
        select(Ticket)
        .join(Extension, Extension.ticket_id == Ticket.id)
        .where(
            Extension.approver_id == person_id,
            Extension.decided_at.is_(None),
            Ticket.state == TicketState.ACCEPTED,
        )
        .order_by(Extension.id)
        .with_for_update(of=Ticket)
    )
    return list(dict.fromkeys(rows))


async def waiting_for_word_of(
    session: AsyncSession, people: Collection[int]
) -> list[tuple[Extension, Ticket]]:
    """What some of these people were asked and have not decided, with the tickets, locked."""
    rows = await session.execute(
        select(Extension, Ticket)
        .join(Ticket, Ticket.id == Extension.ticket_id)
        .where(
            Extension.approver_id.in_(people),
            Extension.decided_at.is_(None),
            Ticket.state == TicketState.ACCEPTED,
        )
        .order_by(Extension.id)
        .with_for_update()
    )
    return [(extension, ticket) for extension, ticket in rows]
