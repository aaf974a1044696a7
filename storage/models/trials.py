"""Shadow runs: a rule file tried beside the one in force, and where the two differ."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base
from storage.enums import DifferenceKind, TrialState
from storage.models.messages import Message

_RUNNING = text("state = 'running'")


class Trial(Base):
    """A candidate rule file that judges what chosen groups say, seen by nobody; one runs at a time.

    ``base_id`` is the revision that was in force at its start; ``scope`` is as a schedule's. It compares until
    ``until`` (None: until it is ended).
    """

    __tablename__ = "trials"
    __table_args__ = (
        Index("ix_trials_running", "state", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    note: Mapped[str]
    text: Mapped[str]
    base_id: Mapped[int] = mapped_column(ForeignKey("rule_revisions.id"))
    scope: Mapped[dict[str, Any]]
    until: Mapped[datetime | None]
    state: Mapped[TrialState] = mapped_column(default=TrialState.RUNNING)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")


class TrialDifference(Base):
    """A message of which the candidate makes something else. It goes when the message is forgotten."""

    __tablename__ = "trial_differences"
    __table_args__ = (Index("ix_trial_differences_kind", "trial_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DifferenceKind]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    _message: Mapped[Message] = relationship(lazy="raise")
