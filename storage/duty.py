"""Queries about who answers: recipients, routes and leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OPEN_STATES, RoleKind
from storage.models import Leave, Person, Recipient, Route, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteInfo:
    """One row of the routing table: where it holds, and who gets the ticket (a person, or a rung of the ladder)."""

    id: int
    category: str
    community_id: int | None
    group_id: int | None
    person_id: int | None
    rung: RoleKind | None

    @property
    def place(self) -> tuple[str, int | None, int | None]:
        """What makes the row the only one of its kind."""
        return self.category, self.community_id, self.group_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveInfo:
    """Somebody is away and another answers."""

    id: int
    person_id: int
    deputy_id: int
    since: datetime
    until: datetime


async def list_routes(session: AsyncSession) -> list[RouteInfo]:
    """The routing table, oldest row first."""
    rows = await session.scalars(select(Route).order_by(Route.id))
    return [
        RouteInfo(
            id=row.id,
            category=row.category,
            community_id=row.community_id,
            group_id=row.group_id,
            person_id=row.person_id,
            rung=row.rung,
        )
        for row in rows
    ]


async def put_route(session: AsyncSession, route: RouteInfo) -> int:
    """Write one row of the table, in the place of one that holds for the same; its number."""
    row = await session.scalar(
        select(Route).where(
            Route.category == route.category,
            Route.community_id.is_(None)
            if route.community_id is None
            else Route.community_id == route.community_id,
            Route.group_id.is_(None) if route.group_id is None else Route.group_id == route.group_id,
        )
    )
    if row is None:
        row = Route(category=route.category, community_id=route.community_id, group_id=route.group_id)
        session.add(row)
    row.person_id, row.rung = route.person_id, route.rung
    await session.flush()
    return row.id


async def remove_routes(session: AsyncSession, numbers: Collection[int] | None = None) -> int:
    """Take rows away (None: all of them); how many there were."""
    statement = delete(Route) if numbers is None else delete(Route).where(Route.id.in_(numbers))
    return int(getattr(await session.execute(statement), "rowcount", 0))


async def add_routes(session: AsyncSession, routes: Sequence[RouteInfo]) -> None:
    """Add many rows."""
    if routes:
        await session.execute(
            insert(Route),
            [
                {
                    "category": each.category,
                    "community_id": each.community_id,
                    "group_id": each.group_id,
                    "person_id": each.person_id,
                    "rung": each.rung,
                }
                for each in routes
            ],
        )


async def list_recipients(session: AsyncSession) -> dict[str, int]:
    """Name → person id of the recipients an admin has defined."""
    rows = await session.execute(select(Recipient.name, Recipient.person_id).order_by(Recipient.id))
    return dict(rows.all())


async def find_contact(session: AsyncSession, contact: str) -> Person | None:
    """The person behind a contact id, whether active or not."""
    return await session.scalar(select(Person).where(Person.contact_id == contact))


async def remove_recipient(session: AsyncSession, name: str) -> None:
    """Forget a recipient; the person or work group behind it stays known to its old tickets."""
    await session.execute(delete(Recipient).where(Recipient.name == name))


async def count_open_of(session: AsyncSession, person_id: int) -> int:
    """How many open tickets somebody answers for."""
    return (
        await session.scalar(
            select(func.count()).where(Ticket.owner_id == person_id, Ticket.state.in_(OPEN_STATES))
        )
        or 0
    )


async def bind_work_group(session: AsyncSession, *, topic: str, account: str, room: str) -> bool:
    """Note that the work group of this name is this room; tells whether there is such a work group."""
    row = await session.scalar(select(Person).where(Person.topic == topic))
    if row is None:
        return False
    await release_work_group(session, account=account, room=room)
    row.account, row.room_id = account, room
    return True


async def release_work_group(session: AsyncSession, *, account: str, room: str) -> None:
    """Forget which work group this room was."""
    await session.execute(
        update(Person)
        .where(Person.account == account, Person.room_id == room)
        .values(account=None, room_id=None)
    )


async def list_leaves(session: AsyncSession) -> list[LeaveInfo]:
    """Leave that is planned or under way, the earliest first."""
    rows = await session.scalars(
        select(Leave).where(Leave.next_at.is_not(None)).order_by(Leave.since, Leave.id)
    )
    return [
        LeaveInfo(
            id=row.id, person_id=row.person_id, deputy_id=row.deputy_id, since=row.since, until=row.until
        )
        for row in rows
    ]


async def leaves_of(session: AsyncSession, person_id: int) -> Sequence[Leave]:
    """Somebody's own leave that is planned or under way, locked, the earliest first."""
    rows = await session.scalars(
        select(Leave)
        .where(Leave.person_id == person_id, Leave.next_at.is_not(None))
        .order_by(Leave.since, Leave.id)
        .with_for_update()
    )
    return rows.all()


async def due_leaves(session: AsyncSession, now: datetime) -> Sequence[Leave]:
    """Leave that begins or ends now; what another process holds is left to it."""
    rows = await session.scalars(
        select(Leave)
        .where(Leave.next_at <= now)
        .order_by(Leave.next_at, Leave.id)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def earliest_leave(session: AsyncSession) -> datetime | None:
    """When leave begins or ends next."""
    return await session.scalar(select(func.min(Leave.next_at)))


async def open_tickets_of(session: AsyncSession, person_id: int) -> Sequence[Ticket]:
    """Open tickets that somebody answers for, and all that anybody stands in for; locked, oldest first."""
    rows = await session.scalars(
        select(Ticket)
        .where(
            or_(Ticket.owner_id == person_id, Ticket.covered_for_id.is_not(None)),
            Ticket.state.in_(OPEN_STATES),
        )
        .order_by(Ticket.number)
        .with_for_update()
    )
    return rows.all()


async def tickets_touching(session: AsyncSession, people: Collection[int]) -> Sequence[Ticket]:
    """Open tickets that some of these people answer for, or have others answer for; locked, oldest first."""
    rows = await session.scalars(
        select(Ticket)
        .where(
            or_(Ticket.owner_id.in_(people), Ticket.covered_for_id.in_(people)),
            Ticket.state.in_(OPEN_STATES),
        )
        .order_by(Ticket.number)
        .with_for_update()
    )
    return rows.all()


async def leaves_touching(session: AsyncSession, people: Collection[int]) -> Sequence[Leave]:
    """Leave, planned or under way, of these people or for which they stand in; locked."""
    rows = await session.scalars(
        select(Leave)
        .where(
            or_(Leave.person_id.in_(people), Leave.deputy_id.in_(people)),
            Leave.next_at.is_not(None),
        )
        .order_by(Leave.id)
        .with_for_update()
    )
    return rows.all()


async def people_names(session: AsyncSession, people: Collection[int]) -> dict[int, str]:
    """Names by id, also of those who have left."""
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return dict(rows.all())
