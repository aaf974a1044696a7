"""Queries about the bot's sentences."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Template


async def changed_texts(session: AsyncSession) -> dict[str, str]:
    """Key → text of every sentence an admin has changed."""
    rows = await session.execute(select(Template.key, Template.text))
    return dict(rows.all())
