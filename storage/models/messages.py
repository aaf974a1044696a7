"""What was heard and what is to be said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base
from storage.enums import OutboxState, Priority
from storage.models.tickets import Ticket

_WAITING = text("answer_due IS NOT NULL")
_RECALLING = text("recall_asked_at IS NOT NULL")


class Message(Base):
    """A message that was heard, written in the transaction that handled it.

    ``text`` of unmatched chat has phone and id numbers masked; ``verdict`` is nlp's (empty for staff and commands).
    ``answer_due`` is when somebody has to be told that this question has had no answer, None for all else.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("account", "message_id"),
        Index("ix_messages_talk", "group_id", "talker", "at"),
        Index("ix_messages_answer_due", "answer_due", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    message_id: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    talker: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    media: Mapped[str | None]
    quote: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(index=True)
    verdict: Mapped[str] = mapped_column(default="")
    answer_due: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    _ticket: Mapped[Ticket | None] = relationship(lazy="raise")


class Outbox(Base):
    """One thing the bot is to say: written with the change it belongs to, delivered after the commit.

    ``key`` is unique: what must be said once has one key. Exactly one of ``group_id`` and ``contact_id`` is set.
    ``rank`` is ``priority.rank``. ``message_id`` is the backend's id once known, so that a quote finds its ticket.
    ``corrects_id`` is the row whose wrong words this one puts right. ``recall_asked_at``: it is to be taken back.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "account", "rank", "not_before"),
        Index("ix_outbox_sent", "account", "sent_at"),
        Index("ix_outbox_recall", "account", sqlite_where=_RECALLING, postgresql_where=_RECALLING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    account: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    contact_id: Mapped[str | None]
    kind: Mapped[str]
    priority: Mapped[Priority]
    rank: Mapped[int]
    text: Mapped[str]
    mentions: Mapped[list[str]]
    media: Mapped[str | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    firing_id: Mapped[int | None] = mapped_column(ForeignKey("firings.id"), index=True)
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.PENDING)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(index=True)
    error: Mapped[str] = mapped_column(default="")
    corrects_id: Mapped[int | None]
    recall_asked_at: Mapped[datetime | None]
    _ticket: Mapped[Ticket | None] = relationship(lazy="raise")


class LocalMessage(Base):
    """A message in the local chat (the embedded stand-in for WeChat), by anybody, the bot included.

    ``group_id`` is None for the direct conversation between ``contact_id`` and the bot.
    ``key`` is the outbox key of what the bot said: saying it twice is refused here.
    ``media`` names the file it is, in the media folder; ``text`` then only says what it is.
    """

    __tablename__ = "local_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    contact_id: Mapped[str | None] = mapped_column(index=True)
    talker: Mapped[str]
    name: Mapped[str]
    text: Mapped[str]
    mentions: Mapped[list[str]]
    quote: Mapped[int | None]
    key: Mapped[str | None] = mapped_column(unique=True)
    at: Mapped[datetime]
    media: Mapped[str | None]
