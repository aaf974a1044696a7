"""What connectors hear: frozen events, the only thing that comes in from WeChat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """What a message carries; anything a backend does not know is UNKNOWN."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    RECALL = "recall"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """One message as WeChat delivered it.

    ``account`` is the configured name of the account that heard it; (account, id) is unique. ``at`` is aware.
    ``room`` is the WeChat room id, None for a direct message to the bot; ``topic`` is the room's name when the
    backend knows it. ``quote`` is the id of the quoted message, ``quoted_text`` its words when only those are known.
    ``is_self`` marks the account's own words coming back (proof of delivery).
    ``recalls`` is the id of the message that a RECALL takes back.
    ``contact`` is the other side of a direct conversation when ``is_self`` and ``room`` is None.
    """

    account: str
    id: str
    at: datetime
    talker: str
    name: str
    text: str
    room: str | None = None
    topic: str | None = None
    kind: MessageKind = MessageKind.TEXT
    media: str | None = None
    mentions: tuple[str, ...] = ()
    quote: str | None = None
    quoted_text: str | None = None
    recalls: str | None = None
    is_self: bool = False
    contact: str | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("IncomingMessage.at must be aware")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """The account speaks as ``contact`` from now on."""

    account: str
    at: datetime
    contact: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanNeeded:
    """Somebody has to scan a code before the account can speak; ``code`` is the text inside it."""

    account: str
    at: datetime
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLost:
    """Nothing has been heard since ``since``; ``reason`` is for the operator. ``logged_out``: WeChat threw it out."""

    account: str
    at: datetime
    since: datetime
    reason: str
    logged_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionBack:
    """The account hears again; it was deaf from ``since`` to ``at``."""

    account: str
    at: datetime
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRenamed:
    """A room the account sits in has (or turns out to have) this name; also told when the bot joins a room."""

    account: str
    at: datetime
    room: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLeft:
    """The account is no longer in this room."""

    account: str
    at: datetime
    room: str


Event = IncomingMessage | LoggedIn | ScanNeeded | ConnectionLost | ConnectionBack | RoomRenamed | RoomLeft
