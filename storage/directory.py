"""Bulk reads and writes of the directory, for the roster import. Rows go in and out as plain values, never one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Base
from storage.enums import RoleKind
from storage.models import Category, Community, Group, Person, Role

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class GroupRow:
    """What a roster says of a group; the account and room are not its business."""

    community_id: int
    grid: str
    name: str
    active: bool = True
    roster_name: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a roster says of a person."""

    name: str
    contact_id: str
    phone: str
    active: bool = True
    roster_id: str | None = None


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role of a person, by ids."""

    person_id: int
    kind: RoleKind
    group_id: int | None
    community_id: int | None


async def communities_by_name(session: AsyncSession) -> dict[str, int]:
    """Ids of all communities."""
    rows = await session.execute(select(Community.name, Community.id))
    return dict(rows.all())


async def groups_by_name(session: AsyncSession) -> dict[str, tuple[int, GroupRow]]:
    """All groups with their ids, the inactive ones too."""
    rows = await session.execute(
        select(
            Group.id,
            Group.community_id,
            Group.grid,
            Group.name,
            Group.active,
            Group.roster_name,
            Group.topic,
        )
    )
    return {row.name: (number, row) for number, row in ((r[0], GroupRow(*r[1:])) for r in rows)}


async def people_by_contact(session: AsyncSession) -> dict[str, tuple[int, PersonRow]]:
    """Everybody who ever had a role, with the ids."""
    rows = await session.execute(
        select(Person.id, Person.name, Person.contact_id, Person.phone, Person.active, Person.roster_id)
    )
    return {row.contact_id: (number, row) for number, row in ((r[0], PersonRow(*r[1:])) for r in rows)}


async def roles_by_row(session: AsyncSession) -> dict[RoleRow, int]:
    """All roles with their ids."""
    rows = await session.execute(
        select(Role.id, Role.person_id, Role.kind, Role.group_id, Role.community_id).order_by(Role.id.desc())
    )
    return {RoleRow(*row[1:]): row[0] for row in rows}


async def category_codes(session: AsyncSession) -> set[str]:
    """The codes of all categories."""
    return set(await session.scalars(select(Category.code)))


async def insert_all(session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows."""
    if rows:
        await session.execute(insert(table), rows)


async def update_all(session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Change rows, each given with its ``id``."""
    if rows:
        await session.execute(update(table), rows)


async def remove_roles(session: AsyncSession, ids: Iterable[int]) -> None:
    """Take roles away; the people stay."""
    numbers = sorted(ids)
    for start in range(0, len(numbers), _AT_ONCE):
        await session.execute(delete(Role).where(Role.id.in_(numbers[start : start + _AT_ONCE])))
