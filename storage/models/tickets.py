"""Tickets (工单), their append-only timeline, and what they are sorted by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base
from storage.enums import Measure, TicketEventKind, TicketState


class Category(Base):
    """What a ticket is about, and how fast it has to be resolved (hours; working hours unless urgent)."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    resolve_hours: Mapped[int] = mapped_column(default=24)
    active: Mapped[bool] = mapped_column(default=True)


class Incident(Base):
    """The same matter in many groups within minutes; ``community_id`` None when it is felt in several communities."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_latest", "category", "opened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    opened_at: Mapped[datetime]


_PAUSED = text("paused_at IS NOT NULL")


class Ticket(Base):
    """One matter of one resident, from report to closure.

    ``id`` is the number of every ticket that the program opens, known before the row is written; what belongs to it
    refers to it by ``_ticket``, so that one flush writes all of it in an order that the foreign keys allow.
    ``verified`` when one of the 五老 has said so. ``owner_id`` answers for it now, ``covered_for_id`` is the person on leave whom the owner stands in for;
    ``level`` is the rung the ladder stands on (0 steward, 1 reminded, 2 grid worker … 5 subdistrict), ``highest_level``
    the highest it has reached, ``called_at`` when it got there. ``clock_from`` is when the clocks began,
    ``resolve_measure`` what the resolve clock counts, ``clock_extra`` the seconds (in that measure) that pauses and
    granted extensions have added, ``clock_left`` those left while paused (``paused_at``).
    ``hurry_at`` is when its owner is to be hurried, ``chased_at`` when it was last chased for being overdue.
    ``photos`` counts the residents' pictures, videos and files, ``voices`` their voice messages.
    ``first_due`` is the ``resolve_due`` there was before the first 返工.
    ``next_step_at`` is when the clock has to look at it again, None when nothing is waited for.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_group", "group_id", "state"),
        Index("ix_tickets_owner", "owner_id", "state"),
        Index("ix_tickets_resident", "resident", "group_id"),
        Index("ix_tickets_paused", "resident", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[TicketState]
    category: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    kind: Mapped[str] = mapped_column(default="request")
    urgent: Mapped[bool]
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    resident: Mapped[str]
    resident_name: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    first_owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    covered_for_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str]
    location: Mapped[str] = mapped_column(default="")
    building: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    room: Mapped[str] = mapped_column(default="")
    supporters: Mapped[int] = mapped_column(default=0)
    photos: Mapped[int] = mapped_column(default=0)
    voices: Mapped[int] = mapped_column(default=0)
    level: Mapped[int] = mapped_column(default=0)
    highest_level: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    resolution: Mapped[str] = mapped_column(default="")
    rating: Mapped[int | None]
    unsure: Mapped[bool] = mapped_column(default=False)
    verified: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    responded_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    resolve_due: Mapped[datetime | None]
    respond_due: Mapped[datetime | None]
    first_due: Mapped[datetime | None]
    clock_from: Mapped[datetime]
    called_at: Mapped[datetime | None]
    resolve_measure: Mapped[Measure] = mapped_column(default=Measure.DAYS)
    clock_extra: Mapped[int] = mapped_column(default=0)
    clock_left: Mapped[int | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(default="")
    hurry_at: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]
    next_step_at: Mapped[datetime | None] = mapped_column(index=True)


class Extension(Base):
    """延期: more time asked for a ticket. ``granted`` is None until somebody has decided or the ticket is done."""

    __tablename__ = "extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    minutes: Mapped[int]
    measure: Mapped[Measure]
    reason: Mapped[str]
    old_due: Mapped[datetime]
    new_due: Mapped[datetime | None]
    granted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    _ticket: Mapped[Ticket] = relationship(lazy="raise")


class TicketEvent(Base):
    """One row of the timeline: who did what, when, from where. Never changed, never removed."""

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[TicketEventKind]
    by: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="chat")
    _ticket: Mapped[Ticket] = relationship(lazy="raise")


class Supporter(Base):
    """A neighbour who said the same. ``via_id`` is the ticket that was merged into this one and brought him along."""

    __tablename__ = "supporters"
    __table_args__ = (UniqueConstraint("ticket_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    contact_id: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]
    via_id: Mapped[int | None]
    _ticket: Mapped[Ticket] = relationship(lazy="raise")


class Counter(Base):
    """Named whole numbers: the last ticket number, the version of the directory."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Question(Base):
    """What the bot has just asked somebody: a bare number that comes back chooses among ``options`` (ticket ids)."""

    __tablename__ = "questions"

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    action: Mapped[str]
    words: Mapped[str]
    options: Mapped[list[int]]
