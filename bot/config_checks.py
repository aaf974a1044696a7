"""What a config's values must keep to beyond their types: a wrong one is refused at the start, not met by a resident."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from datetime import time
from typing import TYPE_CHECKING, Any

from handlers.worktime import MIDNIGHT

if TYPE_CHECKING:
    from bot.config import Config

LARGEST = 100_000
"""No number of the file is sensibly larger; dates stay far from where they end."""

LARGEST_FILE_MB = 200
"""A file is held in memory while it is fetched."""

HIGHEST_PORT = 65_535
HIGHEST_RATING = 5
WHOLE = 100


def wrong_values(config: Config) -> Iterator[tuple[str, str]]:
    """Every wrong value: its key's dotted name and what is wrong with it."""
    yield from _sizes(config, "")
    if config.web.port > HIGHEST_PORT:
        yield "web.port", f"must be from 0 to {HIGHEST_PORT}"
    if config.delivery.attempts < 1:
        yield "delivery.attempts", "must be at least 1"
    if config.delivery.refusals < 1:
        yield "delivery.refusals", "must be at least 1"
    if config.intake.takeover_minutes < 2:
        yield "intake.takeover_minutes", "must be at least 2"
    if config.reminders.useful_hours < 1:
        yield "reminders.useful_hours", "must be at least 1"
    if config.reminders.approval_minutes < 1:
        yield "reminders.approval_minutes", "must be at least 1"
    if not 1 <= config.media.largest_mb <= LARGEST_FILE_MB:
        yield "media.largest_mb", f"must be from 1 to {LARGEST_FILE_MB}"
    if not config.media.folder.strip():
        yield "media.folder", "must not be empty"
    if not 1 <= config.measures.satisfied_from <= HIGHEST_RATING:
        yield "measures.satisfied_from", f"must be from 1 to {HIGHEST_RATING}"
    if config.tickets.hurry_percent > WHOLE:
        yield "tickets.hurry_percent", f"must be from 0 to {WHOLE}"
    yield from _spans(config.work.spans)
    for index, account in enumerate(config.accounts):
        if not account.name.strip():
            yield f"accounts[{index}].name", "must not be empty"
        if account.connector == "wechaty" and not is_endpoint(account.endpoint):
            yield f"accounts[{index}].endpoint", f"expected host:port, got {account.endpoint!r}"


def is_endpoint(text: str) -> bool:
    """Whether this is the ``host:port`` of a gateway."""
    host, _, port = text.removeprefix("http://").rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port[:6]) <= HIGHEST_PORT


def _sizes(part: Any, where: str) -> Iterator[tuple[str, str]]:
    for each in dataclasses.fields(part):
        value, spot = getattr(part, each.name), f"{where}.{each.name}" if where else each.name
        if dataclasses.is_dataclass(value):
            yield from _sizes(value, spot)
        elif isinstance(value, float) and not math.isfinite(value):
            yield spot, "must be a finite number"
        elif isinstance(value, (int, float)) and value > LARGEST:
            yield spot, f"must not be larger than {LARGEST}"
        elif isinstance(value, time) and value.tzinfo is not None:
            yield spot, 'expected a time like "22:00", without a zone'


def _spans(spans: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not spans:
        yield "work.spans", "at least one span of working time is needed"
    ends: list[tuple[time, time]] = []
    for index, text in enumerate(spans):
        span = _span(text)
        if span is None:
            yield f"work.spans[{index}]", f'expected a span like "08:30-17:30", got {text!r}'
        elif any(span[0] < end and start < span[1] for start, end in ends):
            yield f"work.spans[{index}]", f"{text} overlaps another span"
        else:
            ends.append(span)


def _span(text: str) -> tuple[time, time] | None:
    start, _, end = text.partition("-")
    end = "23:59:59.999999" if end.strip() == MIDNIGHT else end
    try:
        opens, closes = time.fromisoformat(start.strip()), time.fromisoformat(end.strip())
    except ValueError:
        return None
    if opens.tzinfo or closes.tzinfo or opens >= closes:
        return None
    return opens, closes
