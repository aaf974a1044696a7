"""Queries of the schedules and their firings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import FiringState, OutboxState, RoleKind, ScheduleState
from storage.models import Community, Firing, Group, Outbox, Person, Role, Schedule

_CHUNK = 1000


async def lock_due(session: AsyncSession, now: datetime) -> Sequence[Schedule]:
    """Active schedules whose time has come, locked; those another process is firing are left to it."""
    rows = await session.scalars(
        select(Schedule)
        .where(Schedule.state == ScheduleState.ACTIVE, Schedule.next_at <= now)
        .order_by(Schedule.next_at, Schedule.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def lock_active(session: AsyncSession, *, after: datetime) -> Sequence[Schedule]:
    """Schedules that wait for a time after a moment (a yes may still be lacking), locked for a change."""
    states = (ScheduleState.ACTIVE, ScheduleState.WAITING)
    rows = await session.scalars(
        select(Schedule)
        .where(Schedule.state.in_(states), Schedule.next_at > after)
        .order_by(Schedule.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def earliest_due(session: AsyncSession) -> datetime | None:
    """When the next active schedule fires."""
    return await session.scalar(
        select(func.min(Schedule.next_at)).where(Schedule.state == ScheduleState.ACTIVE)
    )


async def get_schedule(session: AsyncSession, number: int) -> Schedule | None:
    """One schedule, locked for a change."""
    return await session.get(Schedule, number, with_for_update=True, populate_existing=True)


async def list_schedules(session: AsyncSession) -> Sequence[Schedule]:
    """Every schedule, oldest first."""
    return (await session.scalars(select(Schedule).order_by(Schedule.id))).all()


async def claim_firings(
    session: AsyncSession, schedule_id: int, dues: Iterable[tuple[datetime, FiringState]], now: datetime
) -> dict[datetime, int]:
    """Write the firings that nobody has written before; returns due → id of those that are ours."""
    dialect = session.get_bind().dialect.name
    insert_into = postgresql.insert if dialect == "postgresql" else sqlite.insert
    ours: dict[datetime, int] = {}
    pending = iter(dues)
    while chunk := list(islice(pending, _CHUNK)):
        rows = [
            {"schedule_id": schedule_id, "due_at": due, "fired_at": now, "state": state}
            for due, state in chunk
        ]
        statement = insert_into(Firing).values(rows).on_conflict_do_nothing()
        written = await session.execute(statement.returning(Firing.due_at, Firing.id))
        ours.update((row.due_at, row.id) for row in written)
    return ours


async def list_stewards(session: AsyncSession) -> dict[tuple[int | None, int | None], list[str]]:
    """(group id, community id) of a steward's role → names."""
    rows = await session.execute(
        select(Role.group_id, Role.community_id, Person.name)
        .join(Person, Person.id == Role.person_id)
        .where(Role.kind == RoleKind.STEWARD, Person.active)
        .order_by(Role.id)
    )
    names: dict[tuple[int | None, int | None], list[str]] = {}
    for group_id, community_id, name in rows:
        names.setdefault((group_id, community_id), []).append(name)
    return names


async def note_audience(session: AsyncSession, firing_id: int, audience: list[int]) -> None:
    """Keep which groups a firing was for."""
    await session.execute(update(Firing).where(Firing.id == firing_id).values(audience=audience))


async def broadcasts_since(session: AsyncSession, since: datetime) -> dict[int, int]:
    """Group → how many notices (with their files) were queued for it by firings since a moment, failed and expired ones left out."""
    idle = (OutboxState.CANCELLED, OutboxState.EXPIRED, OutboxState.FAILED, OutboxState.RECALLED)
    rows = await session.execute(
        select(Outbox.group_id, func.count(Outbox.firing_id.distinct()))
        .join(Firing, Firing.id == Outbox.firing_id)
        .where(Firing.fired_at >= since, Outbox.state.not_in(idle), Outbox.group_id.is_not(None))
        .group_by(Outbox.group_id)
    )
    return {group: count for group, count in rows if group is not None}


async def queue_rows(session: AsyncSession, rows: Iterable[dict[str, Any]]) -> None:
    """Put rows into the outbox in bulk."""
    pending = iter(rows)
    while chunk := list(islice(pending, _CHUNK)):
        await session.execute(insert(Outbox), chunk)


async def find_communities(session: AsyncSession, names: Iterable[str]) -> dict[str, int]:
    """Name → id of the communities of these names."""
    rows = await session.execute(select(Community.name, Community.id).where(Community.name.in_(list(names))))
    return {row.name: row.id for row in rows}


async def find_groups(session: AsyncSession, names: Iterable[str]) -> dict[str, int]:
    """Name → id of the active groups of these names."""
    rows = await session.execute(
        select(Group.name, Group.id).where(Group.name.in_(list(names)), Group.active)
    )
    return {row.name: row.id for row in rows}


async def fired_since(session: AsyncSession, since: datetime) -> set[int]:
    """The schedules that have gone out since a moment."""
    return set(
        await session.scalars(
            select(Firing.schedule_id)
            .where(Firing.fired_at >= since, Firing.state == FiringState.SENT)
            .distinct()
        )
    )
