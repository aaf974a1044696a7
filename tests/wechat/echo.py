"""Our connector with the smallest service behind it, to be measured against :mod:`tests.wechat.bare_bot`.

``python -m tests.wechat.echo ENDPOINT TOKEN``: echoes every room message that is not its own.
"""

from __future__ import annotations

import asyncio
import sys

from bot.connector import OutgoingMessage
from bot.wechat.connector import WechatyConnector
from handlers.events import Event, IncomingMessage


class EchoInbox:
    """Answers as fast as it hears, each room's words in order, up to 32 sends at a time."""

    def __init__(self, connector: WechatyConnector) -> None:
        self._connector = connector
        self._waiting: asyncio.Queue[IncomingMessage] = asyncio.Queue()

    async def put(self, event: Event) -> None:
        """Keep what is to be echoed."""
        if isinstance(event, IncomingMessage) and event.room and not event.is_self:
            self._waiting.put_nowait(event)

    async def speak(self) -> None:
        """Send what waits, until cancelled."""
        while True:
            heard = await self._waiting.get()
            await self._connector.send(OutgoingMessage(key=heard.id, room=heard.room, text=heard.text))


async def echo(endpoint: str, token: str) -> None:
    """Run until killed."""
    connector = WechatyConnector("echo", endpoint, token)
    inbox = EchoInbox(connector)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(connector.run(inbox))
        for _ in range(32):
            tasks.create_task(inbox.speak())


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1], sys.argv[2]))
