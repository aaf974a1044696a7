"""Who watches the chat live: every open page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from storage.local import LocalSaid

MOST_BEHIND = 2_000


class Audience:
    """Hands every message to every listener's queue; who falls too far behind gets None and nothing more."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[LocalSaid | None]] = set()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[LocalSaid | None]]:
        """A queue of everything said from now on."""
        queue: asyncio.Queue[LocalSaid | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def tell(self, said: LocalSaid) -> None:
        """Pass on what was just said."""
        for queue in list(self._queues):
            if queue.qsize() >= MOST_BEHIND:
                self._queues.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(said)

    def dismiss(self) -> None:
        """Tell every listener that nothing more comes."""
        for queue in self._queues:
            queue.put_nowait(None)
        self._queues.clear()
