"""Queries about the accounts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Account


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


async def bot_contacts(session: AsyncSession) -> set[str]:
    """The contact ids of all accounts: whose words are a bot's."""
    rows = await session.scalars(select(Account.contact_id).where(Account.contact_id.is_not(None)))
    return {contact for contact in rows if contact is not None}
