"""What an account may say at a moment: quiet hours, its day's budget, a pause after refusals (pure but for one query)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.settings import DeliverySettings
from handlers.wording import SHANGHAI
from storage.allowances import spent_since
from storage.enums import Priority

NO_LIMIT = 1_000_000_000
Band = tuple[Priority, Priority]
"""What may be said: from the first of these priorities to the second, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Whether notices to groups are paused, and how many of them the day's budget still lets out."""

    paused: bool
    left: int

    def less(self, said: int) -> Allowance:
        """What is left after so many more."""
        return Allowance(paused=self.paused, left=self.left - said)


async def allowance(
    session: AsyncSession, account: str, now: datetime, settings: DeliverySettings
) -> Allowance:
    """An account's allowance at this moment. Everything it says counts; only ordinary notices are stopped."""
    spent = await spent_since(session, account, midnight(now))
    left = max(0, settings.daily_budget - spent.said) if settings.daily_budget else NO_LIMIT
    return Allowance(paused=spent.paused_at is not None, left=left)


def bands(allowed: Allowance, settings: DeliverySettings, now: datetime) -> list[Band]:
    """What may be said at this moment, in this order. An urgent notice waits neither for the morning nor for a budget."""
    if is_quiet(settings, now):
        return [(Priority.URGENT, Priority.REPLY)] + (
            [] if allowed.paused else [(Priority.ALERT, Priority.ALERT)]
        )
    lowest = Priority.PROMPT if allowed.paused else Priority.BROADCAST if allowed.left > 0 else Priority.ALERT
    return [(Priority.URGENT, lowest)]


def held_until(
    allowed: Allowance, settings: DeliverySettings, now: datetime
) -> list[tuple[Priority, datetime]]:
    """Priorities that may not be said now, and when they may again; a pause has no end."""
    quiet = quiet_end(settings, now) if is_quiet(settings, now) else None
    notices = quiet
    if allowed.left <= 0:
        tomorrow = midnight(now) + timedelta(days=1)
        notices = quiet_end(settings, tomorrow) if is_quiet(settings, tomorrow) else tomorrow
    held = [(Priority.PROMPT, quiet)] if quiet is not None else []
    return held + ([(Priority.BROADCAST, notices)] if notices is not None and not allowed.paused else [])


def midnight(now: datetime) -> datetime:
    """When the day began in Suzhou."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def is_quiet(settings: DeliverySettings, now: datetime) -> bool:
    """Whether only urgent messages and direct replies may go out."""
    moment, start, end = now.astimezone(SHANGHAI).time(), settings.quiet_from, settings.quiet_until
    return start <= moment < end if start <= end else moment >= start or moment < end


def quiet_end(settings: DeliverySettings, now: datetime) -> datetime:
    """When the quiet hours that ``now`` lies in are over."""
    local = now.astimezone(SHANGHAI)
    end = datetime.combine(local.date(), settings.quiet_until, SHANGHAI)
    return end if end > local else end + timedelta(days=1)


def quiet_start(settings: DeliverySettings, now: datetime) -> datetime:
    """When the next quiet hours after ``now`` begin."""
    local = now.astimezone(SHANGHAI)
    start = datetime.combine(local.date(), settings.quiet_from, SHANGHAI)
    return start if start > local else start + timedelta(days=1)
