"""The outbox's use cases: what to say next, and what became of it (DESIGN §2, Delivery). Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.allowances import Allowance, allowance, bands, held_until
from handlers.context import Context
from handlers.directory import Directory
from handlers.events import IncomingMessage, MessageKind
from handlers.settings import DeliverySettings
from nlp import hide_private, hide_rooms
from storage.allowances import expire_due
from storage.enums import OutboxState, Priority
from storage.models import Outbox
from storage.outbox import (
    earliest_pending,
    find_unsettled,
    get_rows,
    interrupted_rows,
    list_uncertain,
    next_due,
)
from storage.people import GroupInfo

SETTLE_TIME = timedelta(seconds=20)
"""How long an uncertain row waits for its echo before its kind decides."""

FIRST_RETRY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One row being said: exactly one of ``room`` (the backend's room id) and ``contact``."""

    id: int
    key: str
    kind: str
    priority: Priority
    text: str
    mentions: tuple[str, ...]
    group_id: int | None
    ticket_id: int | None
    room: str | None
    contact: str | None
    media: str | None


async def claim(
    session: AsyncSession,
    directory: Directory,
    *,
    account: str,
    now: datetime,
    settings: DeliverySettings,
    busy_groups: Collection[int] = (),
    limit: int = 1,
) -> list[Utterance]:
    """Mark what is to be said next as being said. What has expired is marked so and skipped."""
    allowed = await allowance(session, account, now, settings)
    claimed: list[Utterance] = []
    while len(claimed) < limit:
        rows = await _next(session, account, now, settings, allowed, busy_groups, limit - len(claimed))
        if not rows:
            break
        if any(_is_late(row, now) for row in rows):
            await expire_due(session, account, now)
            continue
        started = [utterance for row in rows if (utterance := _start(row, directory, now)) is not None]
        allowed = allowed.less(sum(each.priority is Priority.BROADCAST for each in started))
        claimed.extend(started)
        await session.flush()
    return claimed


async def _next(
    session: AsyncSession,
    account: str,
    now: datetime,
    settings: DeliverySettings,
    allowed: Allowance,
    busy_groups: Collection[int],
    limit: int,
) -> Sequence[Outbox]:
    """What is to be said next, of the first band that has anything; no more notices than the budget lets out."""
    for highest, lowest in bands(allowed, settings, now):
        most = min(limit, allowed.left) if lowest is Priority.BROADCAST else limit
        rows = await next_due(
            session,
            account=account,
            now=now,
            highest=highest,
            lowest=lowest,
            busy_groups=busy_groups,
            limit=most,
        )
        if rows:
            return rows
    return []


def _is_late(row: Outbox, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _start(row: Outbox, directory: Directory, now: datetime) -> Utterance | None:
    work = directory.person(row.contact_id) if row.contact_id is not None else None
    in_group = row.group_id is not None or (work is not None and work.topic is not None)
    room = directory.groups[row.group_id].room if row.group_id is not None else work.room if work else None
    if room is None and in_group:
        row.state, row.error = OutboxState.FAILED, "no account sits in this group"
        return None
    if room is not None and row.group_id is None:  # the staff's own group: written as to one person
        row.text = hide_rooms(hide_private(row.text))
    row.state, row.sending_at, row.attempts = OutboxState.SENDING, now, row.attempts + 1
    return Utterance(
        id=row.id,
        key=row.key,
        kind=row.kind,
        priority=row.priority,
        text=row.text,
        mentions=tuple(row.mentions),
        group_id=row.group_id,
        ticket_id=row.ticket_id,
        room=room,
        contact=row.contact_id if room is None else None,
        media=row.media,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What became of a row: SENT; UNCERTAIN; or FAILED, which is tried again with growing pauses, then given up."""

    id: int
    state: OutboxState
    message_id: str | None = None
    reason: str = ""


async def finish(
    session: AsyncSession, results: Sequence[Finished], *, now: datetime, settings: DeliverySettings
) -> None:
    """Note what became of these rows, with one query and one bulk update."""
    rows = await get_rows(session, [result.id for result in results])
    for result in results:
        if (row := rows.get(result.id)) is not None and row.state is not OutboxState.SENT:
            _finish(row, result, now, settings)


def _finish(row: Outbox, result: Finished, now: datetime, settings: DeliverySettings) -> None:
    row.state, row.error = result.state, result.reason
    if result.state is OutboxState.SENT:
        row.sent_at, row.message_id = now, result.message_id or row.message_id
    elif result.state is OutboxState.FAILED and row.attempts < settings.attempts:
        row.state, row.sending_at = OutboxState.PENDING, None
        row.not_before = now + FIRST_RETRY * 2 ** (row.attempts - 1)


async def settle_echo(ctx: Context, message: IncomingMessage, group: GroupInfo | None) -> None:
    """The bot's own words came back: the row they belong to has surely been said."""
    work = ctx.directory.work_group(message.account, message.room) if message.room is not None else None
    row = await find_unsettled(
        ctx.session,
        account=message.account,
        group_id=group.id if group is not None else None,
        contact=work.contact if work is not None else message.contact,
        text=message.text,
        is_file=message.kind is not MessageKind.TEXT,
    )
    if row is not None:
        row.state, row.message_id, row.sent_at = OutboxState.SENT, message.id, row.sent_at or message.at


async def interrupted_keys(session: AsyncSession, account: str) -> list[str]:
    """The keys of which a backend that knows them can tell whether they were said."""
    return [row.key for row in await interrupted_rows(session, account)]


async def recover(session: AsyncSession, account: str, said: Mapping[str, str] | None = None) -> None:
    """After a start, before anything is said: what was being said when the process died is uncertain now.

    ``said`` (key → message id): the backend knows what was said, so that nothing is uncertain; the rest waits again.
    """
    for row in await interrupted_rows(session, account):
        if said is None:
            row.state = OutboxState.UNCERTAIN
        elif (message_id := said.get(row.key)) is not None:
            row.state, row.message_id, row.sent_at = OutboxState.SENT, message_id, row.sending_at
        else:
            row.state, row.sending_at = OutboxState.PENDING, None


async def settle_uncertain(session: AsyncSession, account: str, now: datetime) -> int:
    """No echo came: urgent messages and direct prompts are said again, the rest waits for an admin."""
    again = 0
    for row in await list_uncertain(session, account=account, before=now - SETTLE_TIME):
        if row.contact_id is not None or row.priority is Priority.URGENT:
            row.state, row.not_before = OutboxState.PENDING, now
            again += 1
    return again


async def next_wake(
    session: AsyncSession, *, account: str, now: datetime, settings: DeliverySettings
) -> datetime | None:
    """When the account next has something to say; None when the outbox is empty."""
    allowed = await allowance(session, account, now, settings)
    moments = [
        await earliest_pending(session, account=account, highest=highest, lowest=lowest)
        for highest, lowest in bands(allowed, settings, now)
    ]
    for priority, until in held_until(allowed, settings, now):
        waiting = await earliest_pending(session, account=account, highest=priority, lowest=priority)
        moments.append(max(waiting, until) if waiting is not None else None)
    return min((moment for moment in moments if moment is not None), default=None)
