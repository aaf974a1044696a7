"""A connector that runs inside a test, and an inbox that can be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from bot.media import Media
from bot.wechat.connector import WechatyConnector
from bot.wechat.timing import Timing
from handlers.events import Event, IncomingMessage, LoggedIn
from tests.wechat.gateway import Gateway

Kind = TypeVar("Kind")
QUICK = Timing(
    first_pause=0.05,
    longest_pause=0.2,
    call=2.0,
    send=1.0,
    fetch=1.0,
    probe_after=0.3,
    deaf_after=30.0,
    load_pause=0.05,
)


class FakeInbox:
    """Keeps every event; ``seen`` waits for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Event()

    async def put(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)
        self._changed.set()

    @property
    def messages(self) -> list[IncomingMessage]:
        """What people and the bot said."""
        return self.all(IncomingMessage)

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Every event of this kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, enough: Callable[[], bool], *, within: float = 10.0) -> None:
        """Wait until this holds."""
        async with asyncio.timeout(within):
            while not enough():
                self._changed.clear()
                await self._changed.wait()

    async def seen(self, kind: type[Kind], count: int = 1, *, within: float = 10.0) -> Kind:
        """The ``count``-th event of this kind, as soon as it is there."""
        await self.until(lambda: len(self.all(kind)) >= count, within=within)
        return self.all(kind)[count - 1]

    async def message(self, text: str, *, within: float = 10.0) -> IncomingMessage:
        """The first message with this text."""
        await self.until(lambda: any(m.text == text for m in self.messages), within=within)
        return next(m for m in self.messages if m.text == text)


class Hearer:
    """One running connector and what it heard."""

    def __init__(self, gateway: Gateway, timing: Timing = QUICK, media: Media | None = None) -> None:
        self.connector = WechatyConnector("main", gateway.endpoint, gateway.token, timing=timing, media=media)
        self.inbox = FakeInbox()


@asynccontextmanager
async def hearing(
    gateway: Gateway, timing: Timing = QUICK, *, wait: bool = True, media: Media | None = None
) -> AsyncIterator[Hearer]:
    """A connector running inside the block, logged in unless ``wait`` is False."""
    hearer = Hearer(gateway, timing, media)
    task = asyncio.create_task(hearer.connector.run(hearer.inbox), name="connector")
    try:
        if wait:
            await hearer.inbox.seen(LoggedIn)
        yield hearer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
