"""Queries of what happened after a notice: who spoke in the groups that got it, and tickets before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OutboxState, TicketState
from storage.models import Group, Message, Outbox, Ticket

_NO_TICKET = (TicketState.REJECTED, TicketState.MERGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A group that got the notice, and when."""

    group_id: int
    name: str
    at: datetime


async def heard_by(session: AsyncSession, firing_id: int) -> list[Heard]:
    """The groups that surely got a firing's notice, each with the first time, by id."""
    rows = await session.execute(
        select(Group.id, Group.name, func.min(Outbox.sent_at).label("at"))
        .join(Outbox, Outbox.group_id == Group.id)
        .where(Outbox.firing_id == firing_id, Outbox.state == OutboxState.SENT, Outbox.corrects_id.is_(None))
        .group_by(Group.id, Group.name)
        .order_by(Group.id)
    )
    return [Heard(group_id=row.id, name=row.name, at=row.at) for row in rows]


async def speakers_between(
    session: AsyncSession, since: datetime, until: datetime
) -> list[tuple[int, str, datetime]]:
    """(group, who, when) of everything heard in groups in a time; no words."""
    rows = await session.execute(
        select(Message.group_id, Message.talker, Message.at)
        .where(Message.group_id.is_not(None), Message.at > since, Message.at <= until)
        .order_by(Message.at)
    )
    return [(row.group_id, row.talker, row.at) for row in rows if row.group_id is not None]


async def tickets_between(
    session: AsyncSession, category: str, since: datetime, until: datetime
) -> list[tuple[int, datetime]]:
    """(group, opened at) of a category's tickets in a time; rejected and merged ones are left out."""
    rows = await session.execute(
        select(Ticket.group_id, Ticket.opened_at).where(
            Ticket.category == category,
            Ticket.opened_at > since,
            Ticket.opened_at <= until,
            Ticket.state.not_in(_NO_TICKET),
        )
    )
    return [(row.group_id, row.opened_at) for row in rows]
