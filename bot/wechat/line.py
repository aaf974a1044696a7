"""The line before the inbox: messages are loaded side by side and handed over in the order heard."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from bot.connector import Inbox
from handlers.events import Event

Loading = Coroutine[object, object, Event | None]


class Line:
    """Up to ``window`` loads at a time; what comes out goes to the inbox first in, first out.

    A full line makes the reader of events wait, so a slow service slows the gateway and nothing is dropped.
    """

    def __init__(self, inbox: Inbox, window: int) -> None:
        self._inbox = inbox
        self._waiting: asyncio.Queue[asyncio.Task[Event | None] | Event] = asyncio.Queue(window)

    @property
    def full(self) -> bool:
        """Whether the service is behind, so that silence says nothing about the gateway."""
        return self._waiting.full()

    async def load(self, loading: Loading) -> None:
        """Start a load and keep its place; it gives None when there is nothing to hand over."""
        await self._waiting.put(asyncio.create_task(loading, name="wechat-load"))

    async def tell(self, event: Event) -> None:
        """Hand over an event that needs no loading, after everything heard before it."""
        await self._waiting.put(event)

    async def deliver(self) -> None:
        """Feed the inbox until cancelled."""
        try:
            while True:
                first = await self._waiting.get()
                event = await first if isinstance(first, asyncio.Task) else first
                if event is not None:
                    await self._inbox.put(event)
        finally:
            await self._give_up()

    async def _give_up(self) -> None:
        tasks = []
        while not self._waiting.empty():
            left = self._waiting.get_nowait()
            if isinstance(left, asyncio.Task):
                left.cancel()
                tasks.append(left)
        await asyncio.gather(*tasks, return_exceptions=True)
