"""Queries of the names that communities give their places."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import PlaceName


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInfo:
    """A name, what it stands for (empty: itself), and whose it is: a community's, or one group's."""

    name: str
    means: str
    community_id: int
    group_id: int | None


async def list_place_names(session: AsyncSession) -> list[PlaceInfo]:
    """Every name, in the order they were added."""
    rows = await session.scalars(select(PlaceName).order_by(PlaceName.id))
    return [
        PlaceInfo(name=row.name, means=row.means, community_id=row.community_id, group_id=row.group_id)
        for row in rows
    ]


async def place_names_of(
    session: AsyncSession, community_id: int, group_id: int | None
) -> Sequence[PlaceName]:
    """The rows of one community, or of one of its groups."""
    rows = await session.scalars(
        select(PlaceName)
        .where(PlaceName.community_id == community_id, PlaceName.group_id == group_id)
        .order_by(PlaceName.id)
    )
    return rows.all()


async def remove_place_names(session: AsyncSession, ids: Collection[int]) -> None:
    """Forget names."""
    await session.execute(delete(PlaceName).where(PlaceName.id.in_(ids)))
