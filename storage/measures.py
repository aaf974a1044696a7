"""Queries behind the measures: one row a ticket of a stretch of time, and what was frozen of a month."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Base
from storage.enums import OPEN_STATES, TicketEventKind, TicketState
from storage.models import (
    BlindWindow,
    Category,
    Community,
    FrozenMonth,
    Group,
    Incident,
    Person,
    ReportRun,
    Ticket,
    TicketEvent,
)

_TOLD = (TicketEventKind.RESOLVED, TicketEventKind.REOPENED, TicketEventKind.EXTENSION_GRANTED)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFact:
    """What the measures know of one ticket.

    ``steward_id`` is who was asked first (首接负责), ``owner_id`` who answers now. ``due`` is by when the matter had to be
    resolved for the first time, ``due_now`` by when it has to be now (other after a 返工); both None while the clock is
    paused. ``resolved``, ``reopened`` and ``extended`` are all times at which that happened.
    """

    id: int
    group_id: int
    community_id: int
    steward_id: int | None
    owner_id: int | None
    category: str
    kind: str
    state: TicketState
    urgent: bool
    unsure: bool
    opened_at: datetime
    respond_due: datetime | None
    responded_at: datetime | None
    due: datetime | None
    due_now: datetime | None
    closed_at: datetime | None
    rating: int | None
    supporters: int
    resolved: tuple[datetime, ...] = ()
    reopened: tuple[datetime, ...] = ()
    extended: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWords:
    """What was said about a ticket; as it was said, so nothing of it may leave without a mask."""

    number: int
    text: str
    location: str
    building: str
    unit: str
    resident: str
    resolution: str
    pause_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How groups (with account), communities, people and categories are called now, those that are gone as well."""

    groups: Mapping[int, str]
    accounts: Mapping[int, str | None]
    communities: Mapping[int, str]
    people: Mapping[int, str]
    categories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BlindRow:
    """An account heard nothing from ``since`` to ``until``."""

    account: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident across groups: how many groups and tickets."""

    id: int
    category: str
    opened_at: datetime
    groups: int
    tickets: int


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """A frozen month as stored; ``lists`` is empty when only the figures were asked for."""

    month: str
    frozen_at: datetime
    frozen_by: str
    figures: dict[str, Any]
    lists: dict[str, Any]


def _touched(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Tickets opened before the end that were not over before the beginning."""
    return and_(
        Ticket.opened_at < until,
        or_(Ticket.opened_at >= since, Ticket.closed_at.is_(None), Ticket.closed_at >= since),
    )


async def ticket_facts(session: AsyncSession, since: datetime, until: datetime) -> list[TicketFact]:
    """Every ticket that was opened or still open between two moments, by number."""
    told = await _told(session, since, until)
    rows = await session.execute(
        select(
            Ticket.id,
            Ticket.group_id,
            Group.community_id,
            Ticket.first_owner_id,
            Ticket.owner_id,
            Ticket.category,
            Ticket.kind,
            Ticket.state,
            Ticket.urgent,
            Ticket.unsure,
            Ticket.opened_at,
            Ticket.respond_due,
            Ticket.responded_at,
            Ticket.first_due,
            case((Ticket.paused_at.is_(None), Ticket.resolve_due)),
            Ticket.closed_at,
            Ticket.rating,
            Ticket.supporters,
        )
        .join(Group, Group.id == Ticket.group_id)
        .where(_touched(since, until))
        .order_by(Ticket.number)
    )
    nothing: _Told = ([], [], [])
    return [
        TicketFact(
            id=row[0],
            group_id=row[1],
            community_id=row[2],
            steward_id=row[3],
            owner_id=row[4],
            category=row[5],
            kind=row[6],
            state=row[7],
            urgent=row[8],
            unsure=row[9],
            opened_at=row[10],
            respond_due=row[11],
            responded_at=row[12],
            due=row[13] or row[14],
            due_now=row[14],
            closed_at=row[15],
            rating=row[16],
            supporters=row[17],
            resolved=tuple(told.get(row[0], nothing)[0]),
            reopened=tuple(told.get(row[0], nothing)[1]),
            extended=tuple(told.get(row[0], nothing)[2]),
        )
        for row in rows
    ]


_Told = tuple[list[datetime], list[datetime], list[datetime]]


async def _told(session: AsyncSession, since: datetime, until: datetime) -> dict[int, _Told]:
    """Ticket → when it was resolved, when it was reopened, when its time was extended."""
    rows = await session.execute(
        select(TicketEvent.ticket_id, TicketEvent.what, TicketEvent.at)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(TicketEvent.what.in_(_TOLD), _touched(since, until))
        .order_by(TicketEvent.id)
    )
    told: dict[int, _Told] = {}
    for ticket_id, what, at in rows:
        told.setdefault(ticket_id, ([], [], []))[_TOLD.index(what)].append(at)
    return told


async def ticket_words(session: AsyncSession, ids: Collection[int]) -> dict[int, TicketWords]:
    """Ticket id → its words."""
    found: dict[int, TicketWords] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        rows = await session.execute(
            select(
                Ticket.id,
                Ticket.number,
                Ticket.text,
                Ticket.location,
                Ticket.building,
                Ticket.unit,
                Ticket.resident_name,
                Ticket.resolution,
                Ticket.pause_reason,
            ).where(Ticket.id.in_(wanted[start : start + _AT_ONCE]))
        )
        for row in rows:
            found[row[0]] = TicketWords(
                number=row[1],
                text=row[2],
                location=row[3],
                building=row[4],
                unit=row[5],
                resident=row[6],
                resolution=row[7],
                pause_reason=row[8],
            )
    return found


async def last_words(
    session: AsyncSession, ids: Collection[int], kinds: Collection[TicketEventKind]
) -> dict[int, str]:
    """Ticket id → the detail of its latest timeline row of these kinds."""
    found: dict[int, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        rows = await session.execute(
            select(TicketEvent.ticket_id, TicketEvent.detail)
            .where(
                TicketEvent.ticket_id.in_(wanted[start : start + _AT_ONCE]),
                TicketEvent.what.in_(list(kinds)),
            )
            .order_by(TicketEvent.id)
        )
        found.update((row.ticket_id, row.detail) for row in rows)
    return found


async def read_names(session: AsyncSession) -> Names:
    """All names, by id or code."""
    groups = (await session.execute(select(Group.id, Group.name, Group.account))).all()
    communities = await session.execute(select(Community.id, Community.name))
    people = await session.execute(select(Person.id, Person.name))
    categories = await session.execute(select(Category.code, Category.name))
    return Names(
        groups={row.id: row.name for row in groups},
        accounts={row.id: row.account for row in groups},
        communities=dict(communities.all()),
        people=dict(people.all()),
        categories=dict(categories.all()),
    )


async def blind_rows(session: AsyncSession, since: datetime, until: datetime) -> list[BlindRow]:
    """When accounts heard nothing, cut to a stretch of time, in order."""
    rows = await session.execute(
        select(BlindWindow.account, BlindWindow.since, BlindWindow.until)
        .where(BlindWindow.since < until, BlindWindow.until > since)
        .order_by(BlindWindow.since, BlindWindow.id)
    )
    return [BlindRow(row.account, max(row.since, since), min(row.until, until)) for row in rows]


async def incident_rows(session: AsyncSession, since: datetime, until: datetime) -> list[IncidentRow]:
    """Incidents that began in a stretch of time, in order."""
    rows = await session.execute(
        select(
            Incident.id,
            Incident.category,
            Incident.opened_at,
            func.count(func.distinct(Ticket.group_id)),
            func.count(Ticket.id),
        )
        .join(Ticket, Ticket.incident_id == Incident.id)
        .where(Incident.opened_at >= since, Incident.opened_at < until)
        .group_by(Incident.id, Incident.category, Incident.opened_at)
        .order_by(Incident.id)
    )
    return [IncidentRow(*row) for row in rows]


async def open_tickets(session: AsyncSession) -> Sequence[Ticket]:
    """Everything somebody still has to do or to confirm, by number."""
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.state.in_((*OPEN_STATES, TicketState.RESOLVED)), Ticket.unsure.is_(False))
        .order_by(Ticket.number)
    )
    return rows.all()


async def count_since(session: AsyncSession, since: datetime, until: datetime) -> tuple[int, int]:
    """How many tickets were opened and how many resolved between two moments."""
    opened = select(func.count()).where(
        Ticket.opened_at >= since, Ticket.opened_at < until, Ticket.unsure.is_(False)
    )
    resolved = select(func.count(func.distinct(TicketEvent.ticket_id))).where(
        TicketEvent.what == TicketEventKind.RESOLVED, TicketEvent.at >= since, TicketEvent.at < until
    )
    return await session.scalar(opened) or 0, await session.scalar(resolved) or 0


async def first_opened(session: AsyncSession) -> datetime | None:
    """When the first ticket was opened."""
    return await session.scalar(select(func.min(Ticket.opened_at)))


async def get_frozen(session: AsyncSession, month: str) -> FrozenRow | None:
    """A frozen month with everything."""
    row = await session.get(FrozenMonth, month)
    if row is None:
        return None
    return FrozenRow(row.month, row.frozen_at, row.frozen_by, row.figures, row.lists)


async def is_frozen(session: AsyncSession, month: str) -> bool:
    """Whether a month has been frozen."""
    return await session.scalar(select(FrozenMonth.month).where(FrozenMonth.month == month)) is not None


async def frozen_figures(session: AsyncSession, first: str, last: str) -> dict[str, FrozenRow]:
    """Month → its frozen figures, from ``first`` to ``last`` (both included)."""
    rows = await session.execute(
        select(FrozenMonth.month, FrozenMonth.frozen_at, FrozenMonth.frozen_by, FrozenMonth.figures).where(
            FrozenMonth.month >= first, FrozenMonth.month <= last
        )
    )
    return {row[0]: FrozenRow(row[0], row[1], row[2], row[3], {}) for row in rows}


async def add_frozen(session: AsyncSession, row: FrozenRow) -> bool:
    """Keep a month for ever; False when it has been kept before, which changes nothing."""
    values = {
        "month": row.month,
        "frozen_at": row.frozen_at,
        "frozen_by": row.frozen_by,
        "figures": row.figures,
        "lists": row.lists,
    }
    return await _add_once(session, FrozenMonth, values)


async def claim_run(session: AsyncSession, kind: str, day: str, now: datetime) -> bool:
    """Take on what is done once on a day; False when it has been taken before."""
    return await _add_once(session, ReportRun, {"kind": kind, "day": day, "at": now})


async def has_run(session: AsyncSession, kind: str, day: str) -> bool:
    """Whether what is done once on a day has been taken on."""
    return await session.get(ReportRun, (kind, day)) is not None


async def _add_once(session: AsyncSession, table: type[Base], values: dict[str, Any]) -> bool:
    """Add a row unless one of the same key is there; tells whether it was added."""
    dialect = session.get_bind().dialect.name
    insert_into = postgresql.insert if dialect == "postgresql" else sqlite.insert
    done = await session.execute(insert_into(table).values(**values).on_conflict_do_nothing())
    return bool(getattr(done, "rowcount", 0))
