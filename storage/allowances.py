"""Queries of what an account may still say today, and whether its notices are paused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OutboxState, Priority
from storage.models import Account, Outbox

_MAYBE = (OutboxState.SENDING, OutboxState.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an account has said since a moment, and since when its notices are paused."""

    said: int
    paused_at: datetime | None


async def spent_since(session: AsyncSession, account: str, since: datetime) -> Spent:
    """What was said since a moment; what may have been said counts, too."""
    surely = _count().where(Outbox.account == account, Outbox.sent_at >= since).scalar_subquery()
    maybe = (
        _count()
        .where(Outbox.state.in_(_MAYBE), Outbox.account == account)
        .where(Outbox.sending_at >= since)
        .scalar_subquery()
    )
    paused = select(Account.paused_at).where(Account.name == account).scalar_subquery()
    row = (await session.execute(select(surely + maybe, paused))).one()
    return Spent(said=row[0], paused_at=row[1])


async def waiting_broadcasts(session: AsyncSession, account: str) -> dict[Priority, int]:
    """How many notices to groups wait for an account, by priority."""
    rows = await session.execute(
        select(Outbox.priority, func.count())
        .where(
            Outbox.state == OutboxState.PENDING,
            Outbox.account == account,
            Outbox.rank >= Priority.ALERT.rank,
        )
        .group_by(Outbox.priority)
    )
    return dict(rows.all())


async def paused_accounts(session: AsyncSession) -> Sequence[Account]:
    """Accounts whose notices are paused."""
    rows = await session.scalars(select(Account).where(Account.paused_at.is_not(None)).order_by(Account.id))
    return rows.all()


async def list_accounts(session: AsyncSession) -> Sequence[Account]:
    """Every account that was ever seen, by name."""
    return (await session.scalars(select(Account).order_by(Account.name))).all()


async def expire_due(session: AsyncSession, account: str, now: datetime) -> int:
    """Mark everything of an account that comes too late; returns how many rows."""
    result = await session.execute(
        update(Outbox)
        .where(
            Outbox.state == OutboxState.PENDING,
            Outbox.account == account,
            Outbox.expires_at <= now,
        )
        .values(state=OutboxState.EXPIRED)
        .execution_options(synchronize_session="fetch")
    )
    return int(getattr(result, "rowcount", 0))


def _count() -> Select[int]:
    return select(func.count()).select_from(Outbox)
