"""Queries of residents' questions that wait for somebody's answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Message


async def due_questions(session: AsyncSession, now: datetime, limit: int) -> Sequence[Message]:
    """Questions whose time is over, the oldest first; those another process holds are left to it."""
    rows = await session.scalars(
        select(Message)
        .where(Message.answer_due.is_not(None), Message.answer_due <= now)
        .order_by(Message.answer_due, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def earliest_question(session: AsyncSession) -> datetime | None:
    """When the clock has to look at a question next."""
    return await session.scalar(select(func.min(Message.answer_due)).where(Message.answer_due.is_not(None)))


async def talk_after(session: AsyncSession, message: Message, limit: int = 500) -> Sequence[Message]:
    """What was said in a message's group after it, oldest first."""
    rows = await session.scalars(
        select(Message)
        .where(Message.group_id == message.group_id, Message.id > message.id)
        .order_by(Message.id)
        .limit(limit)
    )
    return rows.all()
