"""Firing: what is due becomes outbox rows, once for each group, whoever else is firing too."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.allowances import midnight
from handlers.reminders.approvals import must_wait
from handlers.reminders.audience import find_audience
from handlers.reminders.errors import NotApproved, ReminderRefused, UnknownReminder
from handlers.reminders.keeping import advance, audit_missed, day_calendar, due_times, read_plan
from handlers.reminders.notices import FILE_WORDS, fill_notice
from handlers.scopes import Scope
from handlers.settings import Settings
from handlers.speech import SpeechKind
from storage.audiences import Target
from storage.broadcasts import add_gaps, cancel_waiting, unfinished_firings
from storage.enums import FiringState, GapReason, OutboxState, Priority, ScheduleState
from storage.models import Audit, Schedule
from storage.schedules import (
    broadcasts_since,
    claim_firings,
    get_schedule,
    list_stewards,
    lock_due,
    note_audience,
    queue_rows,
)

log = logging.getLogger(__name__)

CLOCK_SLACK = timedelta(days=1)
"""What is due now stays due when the machine's clock is put back by up to this much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What one firing came to: groups queued, groups no account sits in, groups that had enough today."""

    queued: int
    unbound: int
    capped: int


async def fire_due(session: AsyncSession, *, now: datetime, settings: Settings) -> int:
    """Fire every schedule whose time has come; returns how many notices were queued.

    Of the times that passed while nobody looked, the latest still goes out when it is within its grace; every
    other one is marked missed. A notice that cannot be fired is logged and tried again the next time; it does not
    hold up the others.
    """
    queued = 0
    for schedule in await lock_due(session, now):
        number = schedule.id
        try:
            async with session.begin_nested():
                queued += await _fire(session, schedule, now, settings)
        except Exception:
            log.exception("a notice could not be fired", extra={"schedule": number})
    return queued


async def run_reminder(
    session: AsyncSession, *, number: int, by: str, now: datetime, settings: Settings
) -> Fired:
    """Send a notice now, beside its schedule. A one-time notice is done with it."""
    schedule = await get_schedule(session, number)
    if schedule is None:
        raise UnknownReminder(number)
    if await must_wait(session, schedule, settings.reminders):
        raise NotApproved(number, schedule.needed)
    ours = await claim_firings(session, number, [(now, FiringState.SENT)], now)
    if now not in ours:
        raise ReminderRefused(f"提示{number}刚刚发过。")
    if read_plan(schedule).is_once:
        schedule.state, schedule.next_at = ScheduleState.DONE, None
    return await _send(session, schedule, ours[now], now, now, settings, by)


async def _fire(session: AsyncSession, schedule: Schedule, now: datetime, settings: Settings) -> int:
    if await must_wait(session, schedule, settings.reminders):
        return 0
    grace = timedelta(minutes=settings.reminders.grace_minutes)
    calendar = await day_calendar(session, read_plan(schedule))
    dues = list(due_times(schedule, now, calendar))
    late = now - dues[-1] > grace
    states = [(due, FiringState.MISSED) for due in dues[:-1]]
    states.append((dues[-1], FiringState.MISSED if late else FiringState.SENT))
    ours = await claim_firings(session, schedule.id, states, now)
    advance(schedule, now, calendar)
    missed = sum(state is FiringState.MISSED and due in ours for due, state in states)
    audit_missed(session, schedule.id, missed, now)
    if late or dues[-1] not in ours:
        return 0
    fired = await _send(session, schedule, ours[dues[-1]], dues[-1], now, settings, "系统")
    return fired.queued


async def _send(
    session: AsyncSession,
    schedule: Schedule,
    firing_id: int,
    due: datetime,
    now: datetime,
    settings: Settings,
    by: str,
) -> Fired:
    """Queue the notice for every group of its scope that may get one more today; what an earlier sending of it has
    not said by now is not said any more."""
    targets = await find_audience(session, Scope.from_json(schedule.scope))
    await note_audience(session, firing_id, [target.id for target in targets])
    await cancel_waiting(session, await unfinished_firings(session, schedule.id), now)
    had = await broadcasts_since(session, midnight(now))
    free, gaps = sort_targets(targets, had, settings, urgent=schedule.urgent)
    await add_gaps(session, firing_id, gaps.items())
    stewards, street = await list_stewards(session), settings.reminders.street
    texts = ((target, fill_notice(schedule.text, target, stewards, due, street)) for target in free)
    posting = Posting.of(firing_id, due, now, settings, urgent=schedule.urgent)
    await queue_rows(session, notice_rows(texts, schedule.media, posting))
    reasons = Counter(gaps.values())
    fired = Fired(queued=len(free), unbound=reasons[GapReason.NO_ACCOUNT], capped=reasons[GapReason.CAPPED])
    session.add(Audit(at=now, who=by, what="reminder.fired", detail=_detail(schedule.id, firing_id, fired)))
    return fired


def sort_targets(
    targets: Iterable[Target], had: Mapping[int, int], settings: Settings, *, urgent: bool
) -> tuple[list[Target], dict[int, GapReason]]:
    """The groups that may be told, and why the others may not; an urgent notice is never one too many."""
    limit = settings.delivery.broadcasts_per_group_day
    free: list[Target] = []
    gaps: dict[int, GapReason] = {}
    for target in targets:
        if target.account is None:
            gaps[target.id] = GapReason.NO_ACCOUNT
        elif had.get(target.id, 0) >= limit and not urgent:
            gaps[target.id] = GapReason.CAPPED
        else:
            free.append(target)
    return free, gaps


def _detail(schedule: int, firing: int, fired: Fired) -> dict[str, Any]:
    return {
        "schedule": schedule,
        "firing": firing,
        "queued": fired.queued,
        "unbound": fired.unbound,
        "capped": fired.capped,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What the rows of one sending have in common."""

    firing_id: int
    priority: Priority
    now: datetime
    expires: datetime

    @classmethod
    def of(cls, firing_id: int, due: datetime, now: datetime, settings: Settings, *, urgent: bool) -> Posting:
        """What a notice due at a moment and queued now goes by."""
        return cls(
            firing_id=firing_id,
            priority=Priority.ALERT if urgent else Priority.BROADCAST,
            now=now,
            expires=due + timedelta(hours=settings.reminders.useful_hours),
        )


def notice_rows(
    texts: Iterable[tuple[Target, str]], media: str | None, posting: Posting
) -> Iterator[dict[str, Any]]:
    """For each group its text, then the file, if there is one."""
    for target, text in texts:
        if text:
            yield _row(target, text, None, posting)
        if media is not None:
            yield _row(target, FILE_WORDS, media, posting)


def _row(target: Target, text: str, media: str | None, posting: Posting) -> dict[str, Any]:
    group = target.contact is None
    key = f"firing:{posting.firing_id}:{'group' if group else 'work'}:{abs(target.id)}"
    return row_values(
        posting,
        key=key if media is None else f"{key}:file",
        account=target.account or "",
        group_id=target.id if group else None,
        contact_id=target.contact,
        text=text,
        media=media,
    )


def row_values(
    posting: Posting,
    *,
    key: str,
    account: str,
    group_id: int | None,
    contact_id: str | None,
    text: str,
    media: str | None = None,
) -> dict[str, Any]:
    """The values of one outbox row of a sending."""
    return {
        "key": key,
        "account": account,
        "group_id": group_id,
        "contact_id": contact_id,
        "kind": SpeechKind.REMINDER.value,
        "priority": posting.priority,
        "rank": posting.priority.rank,
        "text": text,
        "media": media,
        "mentions": [],
        "firing_id": posting.firing_id,
        "state": OutboxState.PENDING,
        "created_at": posting.now,
        "not_before": posting.now - CLOCK_SLACK,
        "expires_at": posting.expires,
        "attempts": 0,
        "error": "",
    }
