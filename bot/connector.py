"""The one small interface the service knows of WeChat: events come in, ``send`` goes out.

Backends come and go; everything behind this seam may be replaced without touching intake, outbox or handlers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from handlers.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One thing to say. Exactly one of ``room`` and ``contact`` (ids of the backend) is given.

    ``key`` is the outbox row's unique key: a backend that can refuse repeats should use it.
    ``mentions`` are contact ids; the text already holds the @names. With ``media`` (a name in the media folder) that
    file is what is sent; ``text`` only says what it is, where files cannot be shown.
    """

    key: str
    text: str
    room: str | None = None
    contact: str | None = None
    mentions: tuple[str, ...] = ()
    media: str | None = None


class SendState(StrEnum):
    """What became of one send. UNKNOWN: it may or may not have gone out; never retry it blindly."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Refusal(StrEnum):
    """Whether WeChat itself said no: REFUSED to this message; LIMITED: it says that the account sends too much."""

    NONE = "none"
    REFUSED = "refused"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """``message_id`` when the backend names it; ``reason`` (without anybody's words) unless sent."""

    state: SendState
    message_id: str | None = None
    reason: str = ""
    refusal: Refusal = Refusal.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallResult:
    """Whether a message was taken back; ``reason`` when not."""

    done: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """A file as the backend gave it: its ``name`` there, which proves nothing, and what is in it."""

    name: str
    data: bytes


class FetchFault(Exception):
    """A file could not be had; ``reason`` holds nobody's words, ``again``: it may come at another try."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason, self.again = reason, again


class Inbox(Protocol):
    """Where a connector puts what it hears."""

    async def put(self, event: Event) -> None:
        """Take one event, in the order heard; waits when the service is behind, never drops."""


class Connector(Protocol):
    """One WeChat account's way to the world."""

    account: str

    @property
    def connected(self) -> bool:
        """Whether the account hears and can speak just now."""

    async def run(self, inbox: Inbox) -> None:
        """Hear until cancelled. Reconnects by itself and says so with events; raises only for wrong settings."""

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Say one thing. Never raises for the backend's faults; a cancelled send counts as unknown."""

    async def find_said(self, keys: Collection[str]) -> Mapping[str, str] | None:
        """Message ids of what was said under these keys; None where the backend knows no keys, as in WeChat."""

    async def fetch(self, media: str, *, limit: int) -> FetchedFile:
        """The file behind an incoming message's ``media``, at most ``limit`` bytes. Raises FetchFault."""


@runtime_checkable
class Recaller(Protocol):
    """A connector that can take back what it has said; not every backend can."""

    async def recall(self, message_id: str) -> RecallResult:
        """Take back one message of the bot's. Never raises for the backend's faults."""
