"""Queries about tickets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.counters import locked_counter
from storage.enums import OPEN_STATES, TicketState
from storage.models import Category, Counter, Question, Supporter, Ticket, TicketEvent

TICKET_NUMBER = "ticket"
_RECENT, _EXPECTED, _HOURS = "recent tickets", "expected groups", "hours of categories"
_WAITING = "waiting for residents"
FIRST_NUMBER = 1001


async def next_number(session: AsyncSession) -> int:
    """The next ticket number, without gaps: the counter's row is locked until the transaction ends."""
    counter: Counter | None = session.info.get(TICKET_NUMBER)
    if counter is None:
        counter = await locked_counter(session, TICKET_NUMBER, FIRST_NUMBER - 1)
        session.info[TICKET_NUMBER] = counter
    counter.value += 1
    return counter.value


async def get_ticket(session: AsyncSession, number: int) -> Ticket | None:
    """The ticket of this number, locked for the transaction."""
    return await session.scalar(select(Ticket).where(Ticket.number == number).with_for_update())


async def get_ticket_by_id(session: AsyncSession, ticket_id: int) -> Ticket | None:
    """The ticket of this row id, locked for the transaction."""
    return await session.scalar(select(Ticket).where(Ticket.id == ticket_id).with_for_update())


async def list_of_owner(
    session: AsyncSession, person_id: int, states: Collection[TicketState]
) -> Sequence[Ticket]:
    """What somebody answers for, in these states: the urgent first, then the oldest."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.owner_id == person_id, Ticket.state.in_(states))
        .order_by(Ticket.urgent.desc(), Ticket.number)
        .with_for_update()
    )
    return rows.all()


async def list_of_resident(
    session: AsyncSession, contact: str, group_id: int | None, states: Collection[TicketState]
) -> Sequence[Ticket]:
    """A resident's own tickets in these states, newest first; in one group or (None) in all."""
    query = select(Ticket).where(Ticket.resident == contact, Ticket.state.in_(states))
    if group_id is not None:
        query = query.where(Ticket.group_id == group_id)
    rows = await session.scalars(query.order_by(Ticket.number.desc()).with_for_update())
    return rows.all()


def expect_groups(session: AsyncSession, group_ids: Collection[int]) -> None:
    """The transaction is going to ask for these groups' open tickets: the first question may answer all."""
    session.info[_EXPECTED] = frozenset(group_ids)


def add_ticket(session: AsyncSession, ticket: Ticket) -> None:
    """A new ticket; written with the next flush."""
    session.add(ticket)
    recent: dict[int, list[Ticket]] = session.info.get(_RECENT, {})
    if ticket.group_id in recent:
        recent[ticket.group_id].insert(0, ticket)


async def list_open_in_group(session: AsyncSession, group_id: int, since: datetime) -> Sequence[Ticket]:
    """Tickets of a group that are still to be done and were opened since a moment, newest first.

    A transaction must not ask for an earlier moment than before: each group is read once.
    """
    recent: dict[int, list[Ticket]] = session.info.setdefault(_RECENT, {})
    if group_id not in recent:
        await _read_recent(
            session, recent, {group_id, *session.info.get(_EXPECTED, ())} - recent.keys(), since
        )
    return [each for each in recent[group_id] if each.state in OPEN_STATES and each.opened_at >= since]


async def _read_recent(
    session: AsyncSession, recent: dict[int, list[Ticket]], group_ids: Collection[int], since: datetime
) -> None:
    """Whatever their state: one that is done may be opened again in this transaction."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.group_id.in_(group_ids), Ticket.opened_at >= since)
        .order_by(Ticket.number.desc())
        .with_for_update()
    )
    recent.update((group_id, []) for group_id in group_ids)
    for ticket in rows:
        recent[ticket.group_id].append(ticket)


async def waiting_for(session: AsyncSession, resident: str, group_id: int, reason: str) -> Ticket | None:
    """The ticket whose clock waits for this resident, by how its reason begins; one query a transaction for all."""
    waiting: dict[tuple[str, int], int] | None = session.info.get(_WAITING)
    if waiting is None:
        rows = await session.execute(
            select(Ticket.resident, Ticket.group_id, Ticket.id)
            .where(Ticket.paused_at.is_not(None), Ticket.pause_reason.startswith(reason))
            .order_by(Ticket.id)
        )
        waiting = session.info[_WAITING] = {(row.resident, row.group_id): row.id for row in rows}
    number = waiting.get((resident, group_id))
    return await get_ticket_by_id(session, number) if number is not None else None


def forget_waiting(session: AsyncSession) -> None:
    """Whose clock waits has changed in this transaction."""
    session.info.pop(_WAITING, None)


async def list_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Ticket]:
    """Tickets the clock has to look at, those due first first; those another process holds are left to it."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.next_step_at <= now)
        .order_by(Ticket.next_step_at, Ticket.number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def earliest_step(session: AsyncSession) -> datetime | None:
    """When the clock has to look at a ticket next."""
    return await session.scalar(select(func.min(Ticket.next_step_at)))


async def add_supporter(
    session: AsyncSession, ticket: Ticket, contact: str, name: str, now: datetime
) -> bool:
    """Count a neighbour once; tells whether he or she was new."""
    if contact == ticket.resident:
        return False
    known = await session.scalar(
        select(Supporter.id).where(Supporter.ticket_id == ticket.id, Supporter.contact_id == contact)
    )
    if known is not None:
        return False
    session.add(Supporter(ticket_id=ticket.id, contact_id=contact, name=name, at=now))
    ticket.supporters += 1
    return True


async def category_hours(session: AsyncSession, code: str, default: int) -> int:
    """Within how many hours a category is to be resolved."""
    hours: dict[str, int] | None = session.info.get(_HOURS)
    if hours is None:
        rows = await session.execute(select(Category.code, Category.resolve_hours))
        hours = session.info[_HOURS] = {row.code: row.resolve_hours for row in rows}
    return hours.get(code, default)


async def category_names(session: AsyncSession) -> dict[str, str]:
    """Code → Chinese name of every active category, in the order admins gave."""
    rows = await session.execute(
        select(Category.code, Category.name).where(Category.active).order_by(Category.position)
    )
    return dict(rows.all())


async def list_tickets(session: AsyncSession) -> Sequence[Ticket]:
    """Every ticket by number."""
    return (await session.scalars(select(Ticket).order_by(Ticket.number))).all()


async def list_events(session: AsyncSession) -> Sequence[TicketEvent]:
    """Every timeline row, in the order written."""
    return (await session.scalars(select(TicketEvent).order_by(TicketEvent.id))).all()


async def events_of(session: AsyncSession, ticket_id: int) -> Sequence[TicketEvent]:
    """A ticket's timeline, in the order written."""
    rows = await session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
    )
    return rows.all()


async def open_question(session: AsyncSession, contact: str, since: datetime) -> Question | None:
    """What the bot has asked somebody since a moment and is still waiting for."""
    question = await session.get(Question, contact)
    return question if question is not None and question.asked_at >= since else None


async def ask_question(session: AsyncSession, question: Question) -> None:
    """Wait for somebody's bare number; an older question to the same person is forgotten."""
    await session.merge(question)


async def drop_question(session: AsyncSession, contact: str) -> None:
    """Stop waiting."""
    question = await session.get(Question, contact)
    if question is not None:
        await session.delete(question)


async def count_opened(session: AsyncSession, moment: datetime) -> dict[str, int]:
    """Category → how many tickets were opened at this very moment (one batch)."""
    rows = await session.execute(
        select(Ticket.category, func.count()).where(Ticket.opened_at == moment).group_by(Ticket.category)
    )
    return dict(rows.all())
