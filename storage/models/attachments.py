"""Photos, voice messages, videos and files that belong to tickets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base
from storage.enums import AttachmentState, Phase
from storage.models.tickets import Ticket


class Attachment(Base):
    """One file of a ticket, known by the message that brought it.

    ``source`` is what the account fetches it by, ``path`` its name in the media folder while it is KEPT, ``name`` what
    the sender called it. ``fetch_at`` is when it is to be fetched (again), None when there is nothing to fetch.
    ``given_to_id`` is who has been sent it last: whoever answers for the ticket gets it once.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("account", "message_id"),
        Index("ix_attachments_fetch", "account", "fetch_at"),
        Index("ix_attachments_state", "state", "given_to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    account: Mapped[str]
    message_id: Mapped[str]
    kind: Mapped[str]
    phase: Mapped[Phase]
    by: Mapped[str]
    contact_id: Mapped[str]
    at: Mapped[datetime]
    source: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    state: Mapped[AttachmentState] = mapped_column(default=AttachmentState.WANTED)
    path: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    fetch_at: Mapped[datetime | None]
    given_to_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    error: Mapped[str] = mapped_column(default="")
    _ticket: Mapped[Ticket] = relationship(lazy="raise")
