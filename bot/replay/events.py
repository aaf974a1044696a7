"""Reading a recorded day (DESIGN §5): one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import BotError
from handlers.events import IncomingMessage, MessageKind

ACCOUNT = "replay"
FIRST_YEAR, LAST_YEAR = 1970, 2200


class EventsError(BotError):
    """A line of the recorded day cannot be used."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}: line {line}: {problem}")
        self.path, self.line = path, line


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes until here."""

    at: datetime


def read_events(path: Path) -> list[IncomingMessage | Tick]:
    """Every event of the file by time (those of one moment in the file's order). Raises EventsError naming the line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BotError(f"{path}: {error.strerror}") from error
    return sorted(_parse_lines(path, data), key=lambda event: event.at)


def _parse_lines(path: Path, data: bytes) -> Iterator[IncomingMessage | Tick]:
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise EventsError(path, number, "is not UTF-8") from error
        except json.JSONDecodeError as error:
            raise EventsError(path, number, f"is not JSON ({error.msg}, column {error.colno})") from error
        except (ValueError, RecursionError) as error:  # thousands of digits, thousands of brackets
            raise EventsError(path, number, "is not JSON that can be read") from error
        if not isinstance(record, dict):
            raise EventsError(path, number, "expected a JSON object")
        yield _parse(record, path, number)


def _parse(record: dict[str, Any], path: Path, number: int) -> IncomingMessage | Tick:
    def text(key: str, *, needed: bool = True) -> str | None:
        value = record.get(key)
        if value is None and not needed:
            return None
        if not isinstance(value, str):
            raise EventsError(path, number, f'"{key}" must be a text')
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise EventsError(path, number, f'"{key}" holds characters that are no text')
        return value

    at = _time(text("at") or "", path, number)
    match record.get("type"):
        case "tick":
            return Tick(at)
        case "message":
            mentions = record.get("mentions") or []
            if not isinstance(mentions, list) or not all(isinstance(each, str) for each in mentions):
                raise EventsError(path, number, '"mentions" must be a list of texts')
            room, image = text("room", needed=False), text("image", needed=False)
            return IncomingMessage(
                account=ACCOUNT,
                id=text("id") or "",
                at=at,
                talker=text("talker") or "",
                name=text("name", needed=False) or text("talker") or "",
                text=text("text", needed=image is None) or "",
                room=room,
                topic=room,
                kind=MessageKind.IMAGE if image is not None else MessageKind.TEXT,
                media=image,
                mentions=tuple(mentions),
                quote=text("quote", needed=False),
            )
        case other:
            raise EventsError(path, number, f'"type" must be "message" or "tick", not {other!r}')


def _time(text: str, path: Path, number: int) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise EventsError(path, number, f'"at" is not an ISO-8601 time: {text!r}') from error
    if at.tzinfo is None:
        raise EventsError(path, number, f'"at" has no offset: {text!r}')
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise EventsError(path, number, f'"at" must be from {FIRST_YEAR} to {LAST_YEAR}: {text!r}')
    return at
