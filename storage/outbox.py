"""Queries of the outbox: adding, claiming and settling rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OutboxState, Priority
from storage.models import Outbox


async def pending_of_ticket(session: AsyncSession, ticket_id: int, now: datetime) -> Sequence[Outbox]:
    """What is still held back about a ticket, locked against the sender."""
    rows = await session.scalars(
        select(Outbox)
        .where(Outbox.ticket_id == ticket_id, Outbox.state == OutboxState.PENDING, Outbox.not_before > now)
        .order_by(Outbox.id)
        .with_for_update()
    )
    return rows.all()


async def cancel_lines(session: AsyncSession, ticket_id: int, keys: Collection[str]) -> None:
    """Take back the lines of these keys about a ticket that wait to be said."""
    await session.execute(
        update(Outbox)
        .where(
            Outbox.ticket_id == ticket_id,
            Outbox.state == OutboxState.PENDING,
            or_(*(Outbox.key.endswith(f":{key}", autoescape=True) for key in keys)),
        )
        .values(state=OutboxState.CANCELLED)
        .execution_options(synchronize_session="fetch")
    )


async def next_due(
    session: AsyncSession,
    *,
    account: str,
    now: datetime,
    lowest: Priority,
    highest: Priority = Priority.URGENT,
    busy_groups: Collection[int] = (),
    limit: int = 1,
) -> Sequence[Outbox]:
    """The rows to be said next, highest priority first, locked; none outside these priorities.

    Nothing but urgent messages goes to ``busy_groups``.
    """
    free: ColumnElement[bool] = or_(
        Outbox.rank == Priority.URGENT.rank,
        Outbox.group_id.is_(None),
        Outbox.group_id.not_in(list(busy_groups)),
    )
    rows = await session.scalars(
        select(Outbox)
        .where(
            Outbox.state == OutboxState.PENDING,
            Outbox.account == account,
            Outbox.rank.between(highest.rank, lowest.rank),
            Outbox.not_before <= now,
            free,
        )
        .order_by(Outbox.rank, Outbox.not_before, Outbox.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def earliest_pending(
    session: AsyncSession, *, account: str, lowest: Priority, highest: Priority = Priority.URGENT
) -> datetime | None:
    """When the account next has something to say of these priorities."""
    return await session.scalar(
        select(func.min(Outbox.not_before)).where(
            Outbox.state == OutboxState.PENDING,
            Outbox.account == account,
            Outbox.rank.between(highest.rank, lowest.rank),
        )
    )


async def find_unsettled(
    session: AsyncSession,
    *,
    account: str,
    group_id: int | None,
    contact: str | None,
    text: str,
    is_file: bool = False,
) -> Outbox | None:
    """The oldest row that this echo of the bot's own words proves to have been said; a file comes back without words."""
    return await session.scalar(
        select(Outbox)
        .where(
            Outbox.account == account,
            Outbox.group_id == group_id if group_id is not None else Outbox.contact_id == contact,
            Outbox.media.is_not(None) if is_file else (Outbox.text == text) & Outbox.media.is_(None),
            or_(
                Outbox.state.in_((OutboxState.SENDING, OutboxState.UNCERTAIN)),
                (Outbox.state == OutboxState.SENT) & Outbox.message_id.is_(None),
            ),
        )
        .order_by(Outbox.id)
        .limit(1)
        .with_for_update()
    )


async def interrupted_rows(session: AsyncSession, account: str) -> Sequence[Outbox]:
    """What was being said when a process died, or of which nobody knows whether it was said, locked."""
    rows = await session.scalars(
        select(Outbox)
        .where(Outbox.account == account, Outbox.state.in_((OutboxState.SENDING, OutboxState.UNCERTAIN)))
        .order_by(Outbox.id)
        .with_for_update()
    )
    return rows.all()


async def list_uncertain(session: AsyncSession, *, account: str, before: datetime) -> Sequence[Outbox]:
    """Uncertain rows whose sending began before a moment."""
    rows = await session.scalars(
        select(Outbox)
        .where(Outbox.account == account, Outbox.state == OutboxState.UNCERTAIN, Outbox.sending_at < before)
        .order_by(Outbox.id)
        .with_for_update()
    )
    return rows.all()


async def find_sent(session: AsyncSession, *, account: str, message_id: str) -> Outbox | None:
    """What the bot said under this message id."""
    return await session.scalar(
        select(Outbox).where(Outbox.account == account, Outbox.message_id == message_id).limit(1)
    )


async def told_since(
    session: AsyncSession, ticket_ids: Collection[int], keys: Collection[str], since: datetime
) -> dict[int, datetime]:
    """Ticket id → when its group was last told a line of one of these keys, for what was told since a moment."""
    rows = await session.execute(
        select(Outbox.ticket_id, func.max(Outbox.sent_at))
        .where(
            Outbox.ticket_id.in_(ticket_ids),
            Outbox.group_id.is_not(None),
            Outbox.sent_at >= since,
            or_(*(Outbox.key.endswith(f":{key}", autoescape=True) for key in keys)),
        )
        .group_by(Outbox.ticket_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None and row[1] is not None}


async def known_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Which of these keys have a row already."""
    return set(await session.scalars(select(Outbox.key).where(Outbox.key.in_(keys))))


async def said_since(session: AsyncSession, ticket_id: int, key: str, since: datetime) -> bool:
    """Whether somebody was told a line of this key about a ticket since a moment."""
    found = await session.scalar(
        select(Outbox.id)
        .where(
            Outbox.ticket_id == ticket_id,
            Outbox.created_at >= since,
            Outbox.key.contains(f":{key}:", autoescape=True),
        )
        .limit(1)
    )
    return found is not None


async def readdress(session: AsyncSession, old: str, new: str) -> None:
    """What waits to be said to a contact goes to another one: the same person has a new WeChat."""
    await session.execute(
        update(Outbox)
        .where(Outbox.contact_id == old, Outbox.state == OutboxState.PENDING)
        .values(contact_id=new)
    )


async def count_pending(session: AsyncSession) -> int:
    """How many rows wait to be said."""
    return await session.scalar(select(func.count()).where(Outbox.state == OutboxState.PENDING)) or 0


async def get_rows(session: AsyncSession, row_ids: Collection[int]) -> Mapping[int, Outbox]:
    """The rows of these ids, locked."""
    if not row_ids:
        return {}
    rows = await session.scalars(
        select(Outbox).where(Outbox.id.in_(row_ids)).order_by(Outbox.id).with_for_update()
    )
    return {row.id: row for row in rows}
