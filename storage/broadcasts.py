"""Queries of one firing's broadcast: its rows group by group, who was left out, cancelling, repeating, correcting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import FiringState, GapReason, OutboxState, Priority
from storage.models import Community, Firing, FiringGap, Group, Outbox, Person

_CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastRow:
    """One thing said (or not) to one group or work group; ``target`` is a group's id, a work group's person negated."""

    id: int
    target: int
    name: str
    community: str
    account: str
    state: OutboxState
    media: bool
    corrects: int | None
    attempts: int
    error: str
    sent_at: datetime | None
    sending_at: datetime | None
    not_before: datetime


async def find_firing(session: AsyncSession, schedule_id: int, number: int | None = None) -> Firing | None:
    """The latest firing of a schedule that went out, or the one of this number."""
    query = select(Firing).where(Firing.schedule_id == schedule_id, Firing.state == FiringState.SENT)
    if number is not None:
        query = query.where(Firing.id == number)
    return await session.scalar(query.order_by(Firing.id.desc()).limit(1))


async def broadcast_rows(session: AsyncSession, firing_id: int) -> list[BroadcastRow]:
    """Every row of a firing, group by group."""
    query = (
        select(
            Outbox.id, Outbox.group_id, Outbox.account, Outbox.state, Outbox.media, Outbox.corrects_id,
            Outbox.attempts, Outbox.error, Outbox.sent_at, Outbox.sending_at, Outbox.not_before,
            Group.name, Community.name.label("community"), Person.id.label("person_id"), Person.topic,
        )
        .select_from(Outbox)
        .join(Group, Group.id == Outbox.group_id, isouter=True)
        .join(Community, Community.id == Group.community_id, isouter=True)
        .join(Person, Person.contact_id == Outbox.contact_id, isouter=True)
        .where(Outbox.firing_id == firing_id)
        .order_by(Outbox.group_id, Outbox.id)
    )  # fmt: skip
    return [
        BroadcastRow(
            id=row.id,
            target=row.group_id if row.group_id is not None else -(row.person_id or 0),
            name=row.name or row.topic or "",
            community=row.community or "",
            account=row.account,
            state=row.state,
            media=row.media is not None,
            corrects=row.corrects_id,
            attempts=row.attempts,
            error=row.error,
            sent_at=row.sent_at,
            sending_at=row.sending_at,
            not_before=row.not_before,
        )
        for row in await session.execute(query)
    ]


async def add_gaps(session: AsyncSession, firing_id: int, gaps: Iterable[tuple[int, GapReason]]) -> None:
    """Note the groups of a firing that nothing was queued for."""
    pending = iter(gaps)
    while chunk := list(islice(pending, _CHUNK)):
        rows = [{"firing_id": firing_id, "target": target, "why": why} for target, why in chunk]
        await session.execute(insert(FiringGap), rows)


async def list_gaps(session: AsyncSession, firing_id: int) -> list[tuple[str, str, GapReason]]:
    """(group or work group, community, why) of those that nothing was queued for."""
    query = (
        select(Group.name, Person.topic, Community.name.label("community"), FiringGap.why)
        .select_from(FiringGap)
        .join(Group, Group.id == FiringGap.target, isouter=True)
        .join(Community, Community.id == Group.community_id, isouter=True)
        .join(Person, Person.id == -FiringGap.target, isouter=True)
        .where(FiringGap.firing_id == firing_id)
        .order_by(FiringGap.id)
    )
    return [
        (row.name or row.topic or "", row.community or "", row.why) for row in await session.execute(query)
    ]


async def count_rows(session: AsyncSession, firing_id: int) -> list[tuple[bool, bool, OutboxState, int]]:
    """(is a file, is a correction, state, how many rows) of a firing."""
    is_file, corrects = Outbox.media.is_not(None), Outbox.corrects_id.is_not(None)
    rows = await session.execute(
        select(is_file, corrects, Outbox.state, func.count())
        .where(Outbox.firing_id == firing_id)
        .group_by(is_file, corrects, Outbox.state)
    )
    return [(bool(row[0]), bool(row[1]), row[2], row[3]) for row in rows]


async def count_gaps(session: AsyncSession, firing_id: int) -> dict[GapReason, int]:
    """How many groups nothing was queued for, by reason."""
    rows = await session.execute(
        select(FiringGap.why, func.count()).where(FiringGap.firing_id == firing_id).group_by(FiringGap.why)
    )
    return dict(rows.all())


async def waiting_accounts(session: AsyncSession, firing_id: int) -> dict[str, Priority]:
    """Accounts that still have something of a firing to say, and how pressing it is."""
    rows = await session.execute(
        select(Outbox.account, Outbox.priority)
        .where(Outbox.firing_id == firing_id, Outbox.state == OutboxState.PENDING)
        .distinct()
    )
    return dict(rows.all())


async def cancel_waiting(session: AsyncSession, firing_ids: Collection[int], now: datetime) -> int:
    """Cancel what is not said yet; what is being said is never said again. Returns how many were cancelled."""
    mine = Outbox.firing_id.in_(firing_ids)
    cancelled = await session.execute(
        update(Outbox).where(mine, Outbox.state == OutboxState.PENDING).values(state=OutboxState.CANCELLED)
    )
    begun = Outbox.state.in_((OutboxState.SENDING, OutboxState.UNCERTAIN))
    await session.execute(update(Outbox).where(mine, begun).values(expires_at=now))
    return int(getattr(cancelled, "rowcount", 0))


async def unfinished_firings(session: AsyncSession, schedule_id: int) -> list[int]:
    """Firings of a schedule that still have something to say, oldest first."""
    rows = await session.scalars(
        select(Firing.id)
        .where(Firing.schedule_id == schedule_id)
        .where(
            select(Outbox.id)
            .where(
                Outbox.firing_id == Firing.id,
                Outbox.state.in_((OutboxState.PENDING, OutboxState.SENDING)),
            )
            .exists()
        )
        .order_by(Firing.id)
    )
    return list(rows)


async def rows_in(
    session: AsyncSession, firing_id: int, states: Collection[OutboxState] | None = None
) -> Sequence[Outbox]:
    """Rows of a firing, of these states or all, locked."""
    query = select(Outbox).where(Outbox.firing_id == firing_id)
    if states is not None:
        query = query.where(Outbox.state.in_(states))
    rows = await session.scalars(
        query.order_by(Outbox.id).with_for_update().execution_options(populate_existing=True)
    )
    return rows.all()


async def recalls_waiting(session: AsyncSession, account: str) -> bool:
    """Whether an account is to take something back."""
    query = select(Outbox.id).where(Outbox.account == account, Outbox.recall_asked_at.is_not(None))
    return await session.scalar(query.limit(1)) is not None


async def recalls_asked(session: AsyncSession, account: str) -> Sequence[Outbox]:
    """What an account is to take back, the oldest first, locked."""
    rows = await session.scalars(
        select(Outbox)
        .where(Outbox.account == account, Outbox.recall_asked_at.is_not(None))
        .order_by(Outbox.sent_at, Outbox.id)
        .with_for_update()
    )
    return rows.all()


async def accounts_of(session: AsyncSession, firing_id: int) -> dict[int, str | None]:
    """Group → the account that sits in it now, for the groups of a firing."""
    rows = await session.execute(
        select(Group.id, Group.account)
        .join(Outbox, Outbox.group_id == Group.id)
        .where(Outbox.firing_id == firing_id)
        .distinct()
    )
    return dict(rows.all())
