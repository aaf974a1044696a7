"""走失寻人: what is known of somebody missing, the groups that were told, and who has seen him or her."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base
from storage.enums import SearchKind, SearchState
from storage.models.tickets import Ticket


class Search(Base):
    """The drill of one missing person. A ticket has one at a time that is not over.

    ``words`` are the reporter's lines, ``known`` what they answer (names of the drill's questions), ``asked`` the last
    question put. ``photo`` is a name in the media folder. ``directly`` when the reporter has written to the bot itself.
    ``level`` counts whom the draft was shown to, ``approved_by`` is the contact id of whoever said yes. ``next_at`` is when the clock looks at it, None when nothing is waited for.
    """

    __tablename__ = "searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[SearchKind]
    state: Mapped[SearchState] = mapped_column(default=SearchState.ASKING, index=True)
    words: Mapped[str]
    known: Mapped[list[str]]
    asked: Mapped[str] = mapped_column(default="")
    photo: Mapped[str | None]
    directly: Mapped[bool] = mapped_column(default=False)
    level: Mapped[int] = mapped_column(default=0)
    approved_by: Mapped[str] = mapped_column(default="")
    begun_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    spread_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    _ticket: Mapped[Ticket] = relationship(lazy="raise")


class SearchGroup(Base):
    """A group that was told; ``cleared_at`` is when the all-clear was queued for it."""

    __tablename__ = "search_groups"
    __table_args__ = (UniqueConstraint("search_id", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("searches.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)
    told_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    _search: Mapped[Search] = relationship(lazy="raise")


class Sighting(Base):
    """Somebody says he has seen the person. ``asked`` while the bot waits for him to say where."""

    __tablename__ = "sightings"

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("searches.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    contact_id: Mapped[str]
    name: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime]
    asked: Mapped[bool] = mapped_column(default=False)
    _search: Mapped[Search] = relationship(lazy="raise")
