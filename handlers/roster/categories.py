"""The packaged categories, as rows."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from nlp import CATEGORIES
from storage.directory import category_codes, insert_all
from storage.models import Category

_RESOLVE_HOURS = {"building": 72}


async def seed_categories(session: AsyncSession) -> int:
    """Add the packaged categories that are not there yet; tells how many."""
    known = await category_codes(session)
    rows = [
        {
            "code": category.code,
            "name": category.name,
            "position": position,
            "resolve_hours": _RESOLVE_HOURS.get(category.code, 24),
            "active": True,
        }
        for position, category in enumerate(CATEGORIES)
        if category.code not in known
    ]
    await insert_all(session, Category, rows)
    return len(rows)
