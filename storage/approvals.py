"""Queries of notices that need other people's yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import ScheduleState
from storage.models import Approval, Schedule


async def list_approvals(session: AsyncSession, schedule: Schedule) -> Sequence[Approval]:
    """What has been said to a notice as it is now, oldest first."""
    rows = await session.scalars(
        select(Approval)
        .where(Approval.schedule_id == schedule.id, Approval.version == schedule.version)
        .order_by(Approval.id)
    )
    return rows.all()


async def lock_undecided(session: AsyncSession) -> Sequence[Schedule]:
    """Notices that wait for a yes, and those whose author has not been told what was decided, locked."""
    rows = await session.scalars(
        select(Schedule)
        .where(or_(Schedule.state == ScheduleState.WAITING, Schedule.decide_by.is_not(None)))
        .order_by(Schedule.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def list_waiting(session: AsyncSession) -> Sequence[Schedule]:
    """Notices that wait for a yes, oldest first."""
    rows = await session.scalars(
        select(Schedule).where(Schedule.state == ScheduleState.WAITING).order_by(Schedule.id)
    )
    return rows.all()


async def earliest_decision(session: AsyncSession, now: datetime) -> datetime | None:
    """When there is next something to do about a notice that waits for a yes: to ask, or to give up; None for never."""
    unasked = await session.scalar(
        select(Schedule.id)
        .where(Schedule.state == ScheduleState.WAITING, Schedule.decide_by.is_(None))
        .limit(1)
    )
    if unasked is not None:
        return now
    return await session.scalar(
        select(func.min(Schedule.decide_by)).where(Schedule.state == ScheduleState.WAITING)
    )
