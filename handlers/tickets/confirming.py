"""When a result is confirmed: the resident is asked once more by day, then his silence closes the ticket."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from handlers.settings import TicketSettings
from handlers.wording import SHANGHAI

NO_OBJECTION = "居民无异议"
"""Why a ticket was closed that nobody rated; its timeline says so."""

DAY = time(9, 0), time(20, 0)
"""Between which residents are asked how it went (Asia/Shanghai)."""

LEAST = timedelta(hours=8)
"""How long a resident who was asked late still has to answer."""


ASKING = ("resolved", "resolved_bare", "rating_reminder")
"""What the bot says when a result waits for its rating."""


def closing_time(settings: TicketSettings, resolved_at: datetime) -> datetime:
    """When silence closes a ticket that was resolved at this moment."""
    return resolved_at + timedelta(hours=settings.close_after_hours)


def next_look(settings: TicketSettings, resolved_at: datetime, now: datetime) -> datetime:
    """When the clock looks at it next: to ask once more, or, when that has been done, to close it.

    ``now`` is the moment of the result itself, or that of the question.
    """
    closing = closing_time(settings, resolved_at)
    if now > resolved_at:
        return closing if now + LEAST <= closing else now + LEAST
    asking = by_day(resolved_at + timedelta(hours=settings.ask_again_hours))
    return asking if settings.ask_again_hours and asking + LEAST <= closing else closing


def by_day(moment: datetime) -> datetime:
    """The same moment by day, else the next morning."""
    local, (morning, evening) = moment.astimezone(SHANGHAI), DAY
    if morning <= local.time() < evening:
        return moment
    day = local.date() + timedelta(days=0 if local.time() < morning else 1)
    return datetime.combine(day, morning, SHANGHAI)
