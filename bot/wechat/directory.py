"""Names of people and rooms: asked for when first needed, kept, and corrected by events.

wechaty's own caches load whole rooms and never change a topic again, so this one keys on ids and holds names only.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.wechat.faults import GatewayFault

logger = logging.getLogger(__name__)


class Names:
    """A bounded cache of one kind of name; several askers of one id share one call."""

    def __init__(self, load: Callable[[str], Awaitable[str]], limit: int = 50_000) -> None:
        self._load, self._limit = load, limit
        self._known: dict[str, str] = {}
        self._asked: dict[str, asyncio.Future[str | None]] = {}

    def known(self, id_: str) -> str | None:
        """The name when it needs no asking."""
        return self._known.get(id_)

    def learn(self, id_: str, name: str) -> bool:
        """Keep what an event told; whether that is news."""
        news = self._known.pop(id_, None) != name
        self._known[id_] = name
        if len(self._known) > self._limit:
            del self._known[next(iter(self._known))]
        return news

    def forget(self, id_: str) -> None:
        """Ask again next time."""
        self._known.pop(id_, None)

    async def find(self, id_: str) -> str | None:
        """The name; None when the gateway cannot tell just now (asked again next time)."""
        known = self._known.get(id_)
        if known is not None:
            return known
        asked = self._asked.get(id_)
        if asked is None:
            asked = self._asked[id_] = asyncio.ensure_future(self._ask(id_))
            asked.add_done_callback(lambda _: self._asked.pop(id_, None))
        return await asyncio.shield(asked)

    async def _ask(self, id_: str) -> str | None:
        try:
            name = await self._load(id_)
        except GatewayFault as fault:
            logger.info("a name could not be loaded: %s", fault.reason, extra={"wechat_id": id_})
            return None
        if name:
            self.learn(id_, name)
        return name or None

    async def close(self) -> None:
        """Give up the calls under way."""
        asked = list(self._asked.values())
        for future in asked:
            future.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
