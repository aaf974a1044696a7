"""Calls for hands (铁脚板, 海棠先锋), and notices that 五老 pass on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base
from storage.enums import CallState, HandState, RoleKind
from storage.models.tickets import Ticket


class HelpCall(Base):
    """A team is called for a ticket: the first ``wanted`` who say 我来 have it.

    ``ring`` counts the rings that have been called (own team, neighbouring teams, …); ``turn`` grows each time places
    are offered again. ``next_at`` is when the next ring is called, None when nothing is waited for.
    """

    __tablename__ = "help_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    team: Mapped[RoleKind]
    wanted: Mapped[int]
    ring: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    state: Mapped[CallState] = mapped_column(default=CallState.OPEN, index=True)
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    called_by: Mapped[str]
    called_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    _ticket: Mapped[Ticket] = relationship(lazy="raise")


class HelpHand(Base):
    """Somebody who was called: when he said he comes, when he was there, when he was done (or declined)."""

    __tablename__ = "help_hands"
    __table_args__ = (UniqueConstraint("call_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("help_calls.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[HandState] = mapped_column(default=HandState.ASKED)
    asked_at: Mapped[datetime]
    came_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    _call: Mapped[HelpCall] = relationship(lazy="raise")


class Relay(Base):
    """A notice that 五老 are asked to pass on; one for each firing of a reminder at most."""

    __tablename__ = "relays"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("schedules.id"), index=True)
    firing_id: Mapped[int | None] = mapped_column(ForeignKey("firings.id"), unique=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]


class RelayAsk(Base):
    """One of the 五老 who was asked; ``passed_at`` is when he first answered 已转."""

    __tablename__ = "relay_asks"
    __table_args__ = (UniqueConstraint("relay_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    relay_id: Mapped[int] = mapped_column(ForeignKey("relays.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    asked_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]
    _relay: Mapped[Relay] = relationship(lazy="raise")


class RelayPass(Base):
    """Into which group it was passed on; None when he did not say."""

    __tablename__ = "relay_passes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(ForeignKey("relay_asks.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    at: Mapped[datetime]
    _ask: Mapped[RelayAsk] = relationship(lazy="raise")
