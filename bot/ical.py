"""What is planned as an iCalendar file (RFC 5545), for the calendars of telephones and offices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from handlers.reminders.feed import Planned
from handlers.wording import SHANGHAI, quote_words

_LENGTH = timedelta(minutes=15)
_REFRESH = timedelta(hours=1)


def write_calendar(planned: Iterable[Planned], now: datetime) -> bytes:
    """The file; a time keeps its UID from one file to the next."""
    calendar = Calendar()
    for name, value in (
        ("prodid", "-//weiwang-bot//reminders//ZH"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("x-wr-calname", "温馨提示"),
        ("x-wr-timezone", str(SHANGHAI)),
    ):
        calendar.add(name, value)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    for one in planned:
        calendar.add_component(_event(one, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(one: Planned, now: datetime) -> Event:
    event = Event()
    why = f"（{one.why}）" if one.why else ""
    start = one.at.astimezone(SHANGHAI)
    for name, value in (
        ("uid", one.uid),
        ("dtstamp", now),
        ("dtstart", start),
        ("dtend", start + _LENGTH),
        ("summary", f"提示{one.number}{why}：{quote_words(one.text, 20)}"),
        ("description", f"{one.text}\n\n{one.plan}，发到{one.groups}个群"),
        ("status", "CONFIRMED" if one.certain else "TENTATIVE"),
        ("transp", "TRANSPARENT"),
    ):
        event.add(name, value)
    return event
