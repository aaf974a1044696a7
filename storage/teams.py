"""Queries of calls for hands. Whoever changes a call has locked its ticket first, so that no two wait for each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OPEN_STATES, CallState, HandState, OutboxState, RoleKind
from storage.models import HelpCall, HelpHand, Outbox, Person, Ticket

_FRESH = {"populate_existing": True}


async def open_call(session: AsyncSession, ticket_id: int, team: RoleKind | None = None) -> HelpCall | None:
    """The call of a ticket that is not over (of one team, or the latest), locked."""
    query = select(HelpCall).where(HelpCall.ticket_id == ticket_id, HelpCall.state != CallState.OVER)
    if team is not None:
        query = query.where(HelpCall.team == team)
    query = query.order_by(HelpCall.id.desc()).limit(1).with_for_update()
    return await session.scalar(query.execution_options(**_FRESH))


async def get_call(session: AsyncSession, call_id: int) -> HelpCall | None:
    """One call, locked."""
    return await session.get(HelpCall, call_id, with_for_update=True, populate_existing=True)


async def hands_of(session: AsyncSession, call_id: int) -> Sequence[HelpHand]:
    """Everybody who was called, in that order, locked."""
    rows = await session.scalars(
        select(HelpHand)
        .where(HelpHand.call_id == call_id)
        .order_by(HelpHand.id)
        .with_for_update()
        .execution_options(**_FRESH)
    )
    return rows.all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Somebody was called for a ticket."""

    call_id: int
    ticket_id: int
    number: int
    group_id: int
    text: str
    over: bool
    state: HandState
    asked_at: datetime


async def offers_to(session: AsyncSession, person_id: int, since: datetime) -> list[Offer]:
    """What somebody was called for since a moment, the latest first."""
    rows = await session.execute(
        select(HelpHand, HelpCall, Ticket)
        .join(HelpCall, HelpCall.id == HelpHand.call_id)
        .join(Ticket, Ticket.id == HelpCall.ticket_id)
        .where(HelpHand.person_id == person_id, HelpHand.asked_at >= since)
        .order_by(HelpCall.id.desc())
    )
    return [
        Offer(
            call_id=call.id,
            ticket_id=ticket.id,
            number=ticket.number,
            group_id=ticket.group_id,
            text=ticket.location or ticket.text,
            over=call.state is CallState.OVER or ticket.state not in OPEN_STATES,
            state=hand.state,
            asked_at=hand.asked_at,
        )
        for hand, call, ticket in rows
    ]


def _needs_a_look(now: datetime) -> ColumnElement[bool]:
    """Its time has come, or its ticket needs nobody any more."""
    return and_(
        HelpCall.state != CallState.OVER, or_(HelpCall.next_at <= now, Ticket.state.not_in(OPEN_STATES))
    )


async def due_calls(session: AsyncSession, now: datetime, limit: int) -> list[tuple[HelpCall, Ticket]]:
    """Calls the clock has to look at, with their tickets; those another process holds are left to it."""
    rows = await session.execute(
        select(HelpCall, Ticket)
        .join(Ticket, Ticket.id == HelpCall.ticket_id)
        .where(_needs_a_look(now))
        .order_by(HelpCall.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(**_FRESH)
    )
    return [(call, ticket) for call, ticket in rows]


async def earliest_call(session: AsyncSession) -> datetime | None:
    """When the clock has to look at a call next; a moment of the past when it should have."""
    moment: ColumnElement[datetime | None] = case(
        (Ticket.state.in_(OPEN_STATES), HelpCall.next_at), else_=HelpCall.called_at
    )
    earliest: datetime | None = await session.scalar(
        select(func.min(moment))
        .join(Ticket, Ticket.id == HelpCall.ticket_id)
        .where(HelpCall.state != CallState.OVER)
    )
    return earliest


async def cancel_unsaid(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Take back what has not been said yet; tells which of these outbox keys nobody can have heard.

    A row whose sending had begun when the process died waits to be said again, yet may have been heard.
    """
    if not keys:
        return set()
    rows = await session.execute(
        update(Outbox)
        .where(Outbox.key.in_(keys), Outbox.state == OutboxState.PENDING)
        .values(state=OutboxState.CANCELLED)
        .returning(Outbox.key, Outbox.sending_at)
        .execution_options(synchronize_session=False)
    )
    return {key for key, sending_at in rows if sending_at is None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """Somebody who helped: from when he said he comes (or was there) until he was done."""

    name: str
    person_id: int
    ticket_id: int
    team: RoleKind
    began_at: datetime
    ended_at: datetime | None


async def list_helpers(
    session: AsyncSession,
    *,
    ticket_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Helper]:
    """Who has helped, for one ticket or of all those who came in a time; in the order they came."""
    came = HelpHand.state.in_((HandState.COMING, HandState.ARRIVED, HandState.DONE))
    query = (
        select(HelpHand, HelpCall, Person.name)
        .join(HelpCall, HelpCall.id == HelpHand.call_id)
        .join(Person, Person.id == HelpHand.person_id)
        .where(came)
        .order_by(HelpHand.came_at, HelpHand.id)
    )
    if ticket_id is not None:
        query = query.where(HelpCall.ticket_id == ticket_id)
    if since is not None:
        query = query.where(HelpHand.came_at >= since)
    if until is not None:
        query = query.where(HelpHand.came_at < until)
    return [
        Helper(
            name=name,
            person_id=hand.person_id,
            ticket_id=call.ticket_id,
            team=call.team,
            began_at=hand.arrived_at or hand.came_at or hand.asked_at,
            ended_at=hand.ended_at,
        )
        for hand, call, name in await session.execute(query)
    ]
