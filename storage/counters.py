"""Named whole numbers, shared by every process."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Counter


async def claim_once(session: AsyncSession, name: str, value: int = 1) -> bool:
    """Write a number that nobody has written before; tells whether this transaction did. Others wait for its end."""
    insert_into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert_into(Counter).values(name=name, value=value).on_conflict_do_nothing()
    return await session.scalar(statement.returning(Counter.name)) is not None


async def locked_counter(session: AsyncSession, name: str, first: int = 0) -> Counter:
    """The row of a number, ``first`` when it is new; nobody else changes it until this transaction ends."""
    counter = await session.get(Counter, name, with_for_update=True)
    if counter is None:
        await claim_once(session, name, first)
        counter = await session.get_one(Counter, name, with_for_update=True)
    return counter


async def counter_value(session: AsyncSession, name: str) -> int:
    """What a number is; 0 before it was ever written."""
    return await session.scalar(select(Counter.value).where(Counter.name == name)) or 0
