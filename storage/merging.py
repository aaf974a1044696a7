"""Queries of what goes along when two tickets are followed as one, and comes back when they are parted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Attachment, Message, Supporter


async def supporters_of(session: AsyncSession, ticket_id: int) -> Sequence[Supporter]:
    """The neighbours behind a ticket, in the order they came."""
    rows = await session.scalars(
        select(Supporter).where(Supporter.ticket_id == ticket_id).order_by(Supporter.id)
    )
    return rows.all()


async def follow_supporters(
    session: AsyncSession, residents: Sequence[Supporter], ticket_id: int, into_id: int
) -> int:
    """Let these stand behind another ticket, too, unless they do already; tells how many are new there."""
    known = {each.contact_id for each in await supporters_of(session, into_id)}
    new = {each.contact_id: each for each in residents if each.contact_id not in known}
    for each in new.values():
        session.add(
            Supporter(
                ticket_id=into_id, contact_id=each.contact_id, name=each.name, at=each.at, via_id=ticket_id
            )
        )
    return len(new)


async def leave_supporters(session: AsyncSession, ticket_id: int, into_id: int) -> int:
    """Take those whom a merged ticket has brought away again; tells how many."""
    rows = await session.scalars(
        select(Supporter).where(Supporter.ticket_id == into_id, Supporter.via_id == ticket_id)
    )
    found = rows.all()
    for row in found:
        await session.delete(row)
    return len(found)


async def leave_ticket(session: AsyncSession, ticket_id: int, contact: str) -> bool:
    """Somebody stands behind a ticket no more; tells whether he did."""
    row = await session.scalar(
        select(Supporter).where(Supporter.ticket_id == ticket_id, Supporter.contact_id == contact)
    )
    if row is not None:
        await session.delete(row)
    return row is not None


async def files_that_came(session: AsyncSession, ticket_id: int, into_id: int) -> Sequence[Attachment]:
    """The files of a ticket that messages of a merged one have brought."""
    rows = await session.scalars(
        select(Attachment)
        .join(
            Message,
            (Message.account == Attachment.account) & (Message.message_id == Attachment.message_id),
        )
        .where(Attachment.ticket_id == into_id, Message.ticket_id == ticket_id)
    )
    return rows.all()
