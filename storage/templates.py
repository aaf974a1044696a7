"""Queries about the bot's sentences."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Template


async def changed_texts(session: AsyncSession) -> dict[str, str]:
    """Key → text of every sentence an admin has changed."""
    rows = await session.execute(select(Template.key, Template.text))
    return dict(rows.all())


async def keep_text(session: AsyncSession, key: str, text: str, *, by: str, now: datetime) -> None:
    """Put other words in the place of a sentence."""
    await session.merge(Template(key=key, text=text, changed_by=by, changed_at=now))


async def drop_text(session: AsyncSession, key: str) -> bool:
    """Forget a change; tells whether there was one."""
    row = await session.get(Template, key)
    if row is not None:
        await session.delete(row)
    return row is not None
