"""Queries about the accounts and the rooms they sit in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Account, Group
from storage.people import bump_directory


async def get_account(session: AsyncSession, name: str) -> Account:
    """The account's row, made when it is seen for the first time."""
    account = await find_account(session, name)
    if account is None:
        account = Account(name=name, connector="")
        session.add(account)
        await session.flush()
    return account


async def find_account(session: AsyncSession, name: str) -> Account | None:
    """The account's row, locked; None when it was never seen."""
    return await session.scalar(
        select(Account)
        .where(Account.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def unbind_room(session: AsyncSession, *, account: str, room: str) -> None:
    """Forget that a group is this room."""
    group = await session.scalar(select(Group).where(Group.account == account, Group.room_id == room))
    if group is not None:
        group.account = group.room_id = None
        await bump_directory(session)
