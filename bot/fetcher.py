"""Fetching the files of tickets from an account's backend into the media folder, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.connector import Connector, FetchFault
from bot.filetypes import ending_of
from bot.media import Media
from handlers.events import MessageKind
from handlers.surroundings import Surroundings
from handlers.tickets.files import KIND_NAMES, hand_on_files, keep_file, miss_file
from storage.attachments import WantedFile, earliest_fetch, wanted_files
from storage.engine import Database

log = logging.getLogger(__name__)

LOOK_AGAIN = 5.0
"""Seconds after which the wanted files are looked at even if nobody called."""

BATCH = 20


class Fetcher:
    """Fetches for one account until cancelled. A file is wanted by a row; what was cut off is fetched again."""

    def __init__(
        self,
        database: Database,
        connector: Connector,
        surroundings: Surroundings,
        media: Media,
        clock: Clock,
        *,
        largest: int,
        kept: Callable[[], None],
    ) -> None:
        """``largest`` in bytes; ``kept`` is called when there may be a file to send."""
        self._database, self._connector, self._surroundings = database, connector, surroundings
        self._media, self._clock, self._largest, self._kept = media, clock, largest, kept
        self._called = asyncio.Event()

    def wake(self) -> None:
        """There may be a file to fetch."""
        self._called.set()

    async def run(self) -> None:
        """Fetch what is wanted; wait for more."""
        while True:
            try:
                await self._turn()
            except (SQLAlchemyError, OSError):
                log.exception("the wanted files cannot be read; trying again")
                await asyncio.sleep(LOOK_AGAIN)

    async def _turn(self) -> None:
        self._called.clear()
        wanted = await self._wanted() if self._connector.connected else ()
        for each in wanted:
            await self._fetch(each)
        if not wanted:
            await self._wait(await self._idle_seconds())

    async def _wanted(self) -> Sequence[WantedFile]:
        async with self._database.read() as session:
            return await wanted_files(session, self._connector.account, self._clock.now(), BATCH)

    async def _fetch(self, wanted: WantedFile) -> None:
        try:
            fetched = await self._connector.fetch(wanted.source, limit=self._largest)
            kind = MessageKind(wanted.kind)
            ending = ending_of(fetched.data, kind, wanted.name or fetched.name)
            if ending is None:
                raise FetchFault("is not a file that can be kept", again=False)
            stem = f"{wanted.number}-{KIND_NAMES[kind]}"
            path = await asyncio.to_thread(self._media.keep, fetched.data, stem, ending)
        except FetchFault as fault:
            await self._miss(wanted, fault)
        except OSError as error:
            log.exception("a file could not be written", extra={"attachment": wanted.id})
            await self._miss(wanted, FetchFault(type(error).__name__, again=True))
        else:
            async with self._database.begin() as session:
                ctx = await self._surroundings.context(session, self._clock.now())
                await keep_file(ctx, wanted.id, path, len(fetched.data))
                await hand_on_files(ctx)
            self._kept()

    async def _miss(self, wanted: WantedFile, fault: FetchFault) -> None:
        log.info("a file could not be had: %s", fault.reason, extra={"attachment": wanted.id})
        async with self._database.begin() as session:
            ctx = await self._surroundings.context(session, self._clock.now())
            await miss_file(ctx, wanted.id, fault.reason, again=fault.again)
        self._kept()

    async def _idle_seconds(self) -> float:
        async with self._database.read() as session:
            due = await earliest_fetch(session, self._connector.account)
        if due is None:
            return LOOK_AGAIN
        return min(LOOK_AGAIN, max(0.2, (due - self._clock.now()).total_seconds()))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._called.wait()
