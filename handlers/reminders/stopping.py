"""Cancelling half-way, and saying once more what failed or may have been lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.errors import ReminderRefused, UnknownReminder
from handlers.reminders.ledger import Progress, read_progress, take_firing
from handlers.settings import Settings
from storage.broadcasts import accounts_of, cancel_waiting, rows_in, unfinished_firings
from storage.enums import OutboxState
from storage.models import Audit
from storage.schedules import find_groups, get_schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """How many messages were taken back before they were said, and how the groups stand now."""

    messages: int
    progress: Progress


async def cancel_broadcast(session: AsyncSession, *, number: int, by: str, now: datetime) -> Cancelled:
    """Say nothing more of a notice that is going out. What is being said this moment is still said."""
    if await get_schedule(session, number) is None:
        raise UnknownReminder(number)
    unfinished = await unfinished_firings(session, number)
    if not unfinished:
        raise ReminderRefused(f"提示{number}没有正在发的，不用取消。")
    cancelled = await cancel_waiting(session, unfinished, now)
    detail = {"schedule": number, "cancelled": cancelled}
    session.add(Audit(at=now, who=by, what="reminder.cancel", detail=detail))
    await session.flush()
    return Cancelled(messages=cancelled, progress=await read_progress(session, number))


async def resend(
    session: AsyncSession,
    *,
    number: int,
    state: OutboxState,
    by: str,
    now: datetime,
    settings: Settings,
    groups: Collection[str] = (),
    firing: int | None = None,
) -> int:
    """Say again what failed (or what nobody knows of), in all groups or these; returns how many messages.

    Each once: a row that waits again is not failed any more. What was corrected since is not said again.
    """
    fired = await take_firing(session, number, firing)
    wanted = await _group_ids(session, groups)
    rows = await rows_in(session, fired.id)
    corrected = {row.corrects_id for row in rows}
    accounts = await accounts_of(session, fired.id)
    again = [
        row
        for row in rows
        if row.state is state and row.id not in corrected and (not groups or row.group_id in wanted)
    ]
    for row in again:
        row.account = accounts.get(row.group_id or 0) or row.account
        row.state, row.attempts, row.error, row.sending_at = OutboxState.PENDING, 0, "", None
        row.not_before, row.expires_at = now, now + timedelta(hours=settings.reminders.useful_hours)
    detail = {"schedule": number, "firing": fired.id, "state": state.value, "messages": len(again)}
    session.add(Audit(at=now, who=by, what="reminder.resend", detail=detail))
    return len(again)


async def _group_ids(session: AsyncSession, names: Collection[str]) -> set[int]:
    found = await find_groups(session, names)
    for name in names:
        if name not in found:
            raise ReminderRefused(f"花名册里没有这个群：{name}")
    return set(found.values())
