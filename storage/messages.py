"""Queries about heard messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Message


async def known_ids(session: AsyncSession, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (account, message id) pairs have been handled before."""
    accounts = {account for account, _ in pairs}
    found: set[tuple[str, str]] = set()
    for account in accounts:
        ids = [message_id for name, message_id in pairs if name == account]
        rows = await session.execute(
            select(Message.account, Message.message_id).where(
                Message.account == account, Message.message_id.in_(ids)
            )
        )
        found.update((row.account, row.message_id) for row in rows)
    return found


async def recent_talk(
    session: AsyncSession, talks: Collection[tuple[int, str]], since: datetime
) -> Sequence[Message]:
    """What these (group, talker) pairs have said since a moment, oldest first."""
    rows = await session.scalars(
        select(Message)
        .where(tuple_(Message.group_id, Message.talker).in_(list(talks)), Message.at >= since)
        .order_by(Message.id)
    )
    return rows.all()


async def find_message(session: AsyncSession, account: str, message_id: str) -> Message | None:
    """The message somebody quotes."""
    return await session.scalar(
        select(Message).where(Message.account == account, Message.message_id == message_id)
    )


async def purge_chat(session: AsyncSession, before: datetime) -> int:
    """Forget what belongs to no ticket and was heard before a moment; returns how many rows went."""
    result = await session.execute(delete(Message).where(Message.ticket_id.is_(None), Message.at < before))
    return int(getattr(result, "rowcount", 0))
