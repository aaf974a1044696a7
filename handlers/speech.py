"""Saying something: an outbox row in the transaction of the change it belongs to. Nothing is sent from here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from handlers.context import Context
from storage.enums import Priority
from storage.models import Outbox, Ticket
from storage.people import GroupInfo, PersonInfo


class SpeechKind(StrEnum):
    """What a row says; decides what happens to it when nobody knows whether it went out."""

    ACK = "ack"
    STATUS = "status"
    PROMPT = "prompt"
    REPLY = "reply"
    NOTICE = "notice"
    REMINDER = "reminder"


def say_in_group(
    ctx: Context,
    group: GroupInfo,
    text: str,
    *,
    key: str,
    kind: SpeechKind,
    priority: Priority,
    mentions: list[str] | None = None,
    ticket: Ticket | None = None,
    not_before: datetime | None = None,
    media: str | None = None,
) -> Outbox:
    """Queue words for a group. ``key`` must be the same whenever the same thing would be said again.

    ``media`` (a name in the media folder) is sent instead of the words, which only say what it is.
    """
    return _queue(
        ctx,
        group.account or "",
        text,
        key,
        kind,
        priority,
        mentions or [],
        ticket,
        not_before,
        group.id,
        None,
        media,
    )


def tell(
    ctx: Context,
    person: PersonInfo | str,
    text: str,
    *,
    account: str,
    key: str,
    kind: SpeechKind,
    priority: Priority,
    ticket: Ticket | None = None,
    not_before: datetime | None = None,
    media: str | None = None,
) -> Outbox:
    """Queue a direct message to a person (or a bare contact id) from an account; ``media`` as for a group.

    A work group that receives tickets is spoken to by the account that sits in it.
    """
    contact = person if isinstance(person, str) else person.contact
    if isinstance(person, PersonInfo) and person.topic is not None:
        account = person.account or account
    return _queue(ctx, account, text, key, kind, priority, [], ticket, not_before, None, contact, media)


def _queue(
    ctx: Context,
    account: str,
    text: str,
    key: str,
    kind: SpeechKind,
    priority: Priority,
    mentions: list[str],
    ticket: Ticket | None,
    not_before: datetime | None,
    group_id: int | None,
    contact: str | None,
    media: str | None = None,
) -> Outbox:
    row = Outbox(
        key=key,
        account=account,
        group_id=group_id,
        contact_id=contact,
        kind=kind,
        priority=priority,
        rank=priority.rank,
        text=text,
        mentions=mentions,
        media=media,
        ticket_id=ticket.id if ticket is not None else None,
        created_at=ctx.now,
        not_before=not_before or ctx.now,
    )
    ctx.session.add(row)
    return row
