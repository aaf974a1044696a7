"""Queries of the shadow runs of rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import DifferenceKind, TrialState
from storage.models import Group, Message, Trial, TrialDifference

_JUDGED = ("ticket", "ask", "silent")


@dataclass(frozen=True, slots=True)
class TrialMark:
    """What tells one trial from every other; an id alone may be used again after a rollback."""

    id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """What rules made of a message: the first category (None when silent), how sure, how urgent."""

    category: str | None
    verdict: str
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """A message that the candidate takes for something else; ``text`` is empty when words are not kept."""

    kind: DifferenceKind
    group: str
    at: datetime
    text: str
    before: Judged
    after: Judged


async def running_mark(session: AsyncSession) -> TrialMark | None:
    """Which trial is on; None for none."""
    row = (await session.execute(select(Trial.id, Trial.at).where(Trial.state == TrialState.RUNNING))).first()
    return None if row is None else TrialMark(*row)


async def get_trial(session: AsyncSession, number: int) -> Trial | None:
    """The trial of this number."""
    return await session.get(Trial, number)


async def running_trial(session: AsyncSession) -> Trial | None:
    """The trial that is on, locked for a change."""
    return await session.scalar(select(Trial).where(Trial.state == TrialState.RUNNING).with_for_update())


async def latest_trial(session: AsyncSession) -> Trial | None:
    """The trial that was started last."""
    return await session.scalar(select(Trial).order_by(Trial.id.desc()).limit(1))


async def count_judged(
    session: AsyncSession, groups: Collection[int], since: datetime, until: datetime
) -> int:
    """How many messages of residents the rules have judged in these groups."""
    return (
        await session.scalar(
            select(func.count())
            .select_from(Message)
            .where(
                Message.at >= since,
                Message.at < until,
                Message.group_id.in_(groups),
                Message.verdict.in_(_JUDGED),
            )
        )
        or 0
    )


async def count_differences(session: AsyncSession, trial_id: int) -> dict[DifferenceKind, int]:
    """How many differences of each kind."""
    rows = await session.execute(
        select(TrialDifference.kind, func.count())
        .where(TrialDifference.trial_id == trial_id)
        .group_by(TrialDifference.kind)
    )
    return dict(rows.all())


async def list_differences(
    session: AsyncSession, trial_id: int, kinds: Collection[DifferenceKind], limit: int
) -> Sequence[DifferenceRow]:
    """The latest differences of some kinds, newest first."""
    rows = await session.execute(
        select(TrialDifference, Group.name, Message.at, Message.text)
        .join(Message, Message.id == TrialDifference.message_id)
        .join(Group, Group.id == Message.group_id)
        .where(TrialDifference.trial_id == trial_id, TrialDifference.kind.in_(kinds))
        .order_by(TrialDifference.id.desc())
        .limit(limit)
    )
    return [
        DifferenceRow(
            kind=row.kind,
            group=group,
            at=at,
            text=words,
            before=Judged(**row.before),
            after=Judged(**row.after),
        )
        for row, group, at, words in rows
    ]
