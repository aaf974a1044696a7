"""Queries of the files that belong to tickets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OPEN_STATES, AttachmentState, OutboxState, Phase
from storage.models import Attachment, Message, Outbox, Ticket

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """A file to be fetched from an account's backend."""

    id: int
    number: int
    kind: str
    source: str
    name: str


async def wanted_files(
    session: AsyncSession, account: str, now: datetime, limit: int
) -> Sequence[WantedFile]:
    """What is to be fetched now, the oldest first."""
    rows = await session.execute(
        select(Attachment, Ticket.number)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .where(Attachment.account == account, Attachment.fetch_at <= now)
        .order_by(Attachment.fetch_at, Attachment.id)
        .limit(limit)
    )
    return [
        WantedFile(id=each.id, number=number, kind=each.kind, source=each.source, name=each.name)
        for each, number in rows
    ]


async def earliest_fetch(session: AsyncSession, account: str) -> datetime | None:
    """When something is to be fetched next."""
    return await session.scalar(
        select(func.min(Attachment.fetch_at)).where(
            Attachment.account == account, Attachment.fetch_at.is_not(None)
        )
    )


async def get_attachment(session: AsyncSession, attachment_id: int) -> Attachment | None:
    """The attachment of this id, locked."""
    return await session.get(Attachment, attachment_id, with_for_update=True)


async def find_attachment(session: AsyncSession, account: str, message_id: str) -> Attachment | None:
    """The attachment that a message brought."""
    return await session.scalar(
        select(Attachment)
        .where(Attachment.account == account, Attachment.message_id == message_id)
        .with_for_update()
    )


async def attachments_of(session: AsyncSession, ticket_id: int) -> Sequence[Attachment]:
    """Every file of a ticket, in the order they came."""
    rows = await session.scalars(
        select(Attachment).where(Attachment.ticket_id == ticket_id).order_by(Attachment.at, Attachment.id)
    )
    return rows.all()


async def brought_since(session: AsyncSession, ticket_id: int, phase: Phase, since: datetime) -> bool:
    """Whether a ticket has got a file of this phase since a moment."""
    found = await session.scalar(
        select(Attachment.id)
        .where(Attachment.ticket_id == ticket_id, Attachment.phase == phase, Attachment.at >= since)
        .limit(1)
    )
    return found is not None


async def files_to_hand_on(session: AsyncSession, limit: int) -> Sequence[tuple[Attachment, Ticket]]:
    """Kept files of open tickets that whoever answers now has not been sent, with their tickets, locked.

    Only tickets that the clock looks at are searched, however many files there are of those that have ended.
    """
    active = await session.execute(
        select(Attachment.id, Attachment.state, Attachment.given_to_id, Ticket.owner_id)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .where(Ticket.next_step_at > _BEGINNING, Ticket.state.in_(OPEN_STATES), Ticket.owner_id.is_not(None))
        .order_by(Attachment.at, Attachment.id)
    )
    due = [row.id for row in active if row.state is AttachmentState.KEPT and row.given_to_id != row.owner_id]
    if not due:
        return []
    rows = await session.execute(
        select(Attachment, Ticket)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .where(Attachment.id.in_(due[:limit]))
        .order_by(Attachment.at, Attachment.id)
        .with_for_update(of=Attachment, skip_locked=True)
    )
    return [(attachment, ticket) for attachment, ticket in rows]


async def resolved_since(session: AsyncSession, owner_id: int, since: datetime) -> Sequence[Ticket]:
    """What somebody has resolved since a moment, the latest first."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.owner_id == owner_id, Ticket.resolved_at >= since)
        .order_by(Ticket.resolved_at.desc())
        .with_for_update()
    )
    return rows.all()


async def sendings_of(session: AsyncSession, attachment: Attachment) -> Sequence[Outbox]:
    """What is still to be sent of a file, locked."""
    rows = await session.scalars(
        select(Outbox)
        .where(
            Outbox.ticket_id == attachment.ticket_id,
            Outbox.media == attachment.path,
            Outbox.state == OutboxState.PENDING,
        )
        .with_for_update()
    )
    return rows.all() if attachment.path else []


async def loose_files(
    session: AsyncSession, talker: str, group_id: int, kinds: Collection[str], since: datetime
) -> Sequence[Message]:
    """Photos and the like that somebody sent since a moment, in the group or directly, and that belong to no ticket."""
    rows = await session.scalars(
        select(Message)
        .where(
            Message.talker == talker,
            Message.at >= since,
            Message.kind.in_(kinds),
            Message.ticket_id.is_(None),
            or_(Message.group_id == group_id, Message.group_id.is_(None)),
        )
        .order_by(Message.id)
    )
    return rows.all()


async def outlived_files(session: AsyncSession, before: datetime, limit: int) -> Sequence[Attachment]:
    """Kept files of tickets that ended before a moment, and those whose sender has taken them back."""
    rows = await session.scalars(
        select(Attachment)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .where(
            Attachment.path.is_not(None),
            or_(Ticket.closed_at < before, Attachment.state == AttachmentState.GONE),
        )
        .order_by(Attachment.id)
        .limit(limit)
        .with_for_update(of=Attachment)
    )
    return rows.all()


async def paths_in_use(session: AsyncSession, paths: Collection[str]) -> set[str]:
    """Which of these files some ticket still has."""
    rows = await session.scalars(
        select(Attachment.path).where(Attachment.path.in_(paths), Attachment.state == AttachmentState.KEPT)
    )
    return {path for path in rows if path is not None}
