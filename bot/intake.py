"""Taking events in: in the order heard, many messages to a commit, nothing dropped."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import groupby

from sqlalchemy.exc import InterfaceError, OperationalError

from bot.clock import Clock
from bot.metrics import Metrics
from handlers.accounts import note_connection
from handlers.chat.reception import keep_failed, receive
from handlers.chat.residents import Outcome
from handlers.events import Event, IncomingMessage, RoomLeft, RoomRenamed
from handlers.rooms import leave_room, note_room
from handlers.surroundings import Surroundings
from storage.engine import Database
from storage.tickets import count_opened

log = logging.getLogger(__name__)

BATCH = 200
LONGEST_QUEUE = 10_000
RETRY_SECONDS = 1.0


class Intake:
    """The inbox of every connector. ``run`` handles what was put, batch by batch, until cancelled."""

    def __init__(
        self,
        database: Database,
        surroundings: Surroundings,
        clock: Clock,
        metrics: Metrics,
        written: Callable[[], None],
    ) -> None:
        """``written`` is called after each commit: there may be something to say."""
        self._database, self._surroundings, self._clock = database, surroundings, clock
        self._metrics, self._written = metrics, written
        self._queue: asyncio.Queue[Event] = asyncio.Queue(LONGEST_QUEUE)
        self._met: set[tuple[str, str, str]] = set()

    async def put(self, event: Event) -> None:
        """Take one event; waits when the service is behind."""
        await self._queue.put(event)

    async def run(self) -> None:
        """Handle events until cancelled."""
        while True:
            events = [await self._queue.get()]
            while len(events) < BATCH and not self._queue.empty():
                events.append(self._queue.get_nowait())
            self._metrics.intake_queue.set(self._queue.qsize())
            for is_message, run in groupby(events, lambda event: isinstance(event, IncomingMessage)):
                batch = list(run)
                if is_message:
                    await self._take([event for event in batch if isinstance(event, IncomingMessage)])
                else:
                    await self._persist(partial(self._note, batch))

    async def _take(self, messages: Sequence[IncomingMessage]) -> None:
        with self._metrics.intake_seconds.time():
            try:
                await self._persist(partial(self._receive, messages))
            except Exception as error:
                if len(messages) == 1:
                    await self._give_up(messages[0], error)
                    return
                log.warning("a batch failed (%s); its messages are handled one by one", type(error).__name__)
                for message in messages:
                    await self._take([message])

    async def _receive(self, messages: Sequence[IncomingMessage]) -> None:
        await self._meet(messages)
        async with self._database.begin() as session:
            ctx = await self._surroundings.context(session, self._clock.now())
            outcomes = await receive(ctx, messages)
            opened = await count_opened(session, ctx.now) if Outcome.OPENED in outcomes else {}
        self._count(outcomes)
        for category, count in opened.items():
            self._metrics.tickets_opened.labels(category=category).inc(count)
        self._written()

    async def _meet(self, messages: Sequence[IncomingMessage]) -> None:
        """People speak before the connector has named every room: the topic a message carries binds its room, too."""
        rooms = {
            (message.account, message.room, message.topic)
            for message in messages
            if message.room is not None and message.topic is not None
        } - self._met
        if not rooms:
            return
        async with self._database.begin() as session:
            ctx = await self._surroundings.context(session, self._clock.now())
            for spot in sorted(rooms):
                await note_room(ctx, *spot)
        self._met |= rooms

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._metrics.messages.labels(verdict=outcome).inc()

    async def _give_up(self, message: IncomingMessage, error: Exception) -> None:
        """A message our code cannot handle is kept as failed, so that it can be found and handled by people.

        The log tells its id, the error's type and where it arose; the error's own words might be the resident's.
        """
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename}:{place.lineno}"
        log.error("message %s could not be handled: %s at %s", message.id, type(error).__name__, where)
        async with self._database.begin() as session:
            await keep_failed(await self._surroundings.context(session, self._clock.now()), message)

    async def _note(self, events: Sequence[Event]) -> None:
        async with self._database.begin() as session:
            for event in events:
                ctx = await self._surroundings.context(session, self._clock.now())
                match event:
                    case RoomRenamed():
                        if not await note_room(ctx, event.account, event.room, event.topic):
                            log.warning("room is not in the roster", extra={"room": event.room})
                    case RoomLeft():
                        await leave_room(ctx, event)
                        self._met = {spot for spot in self._met if spot[:2] != (event.account, event.room)}
                    case IncomingMessage():
                        raise AssertionError("messages have their own way")
                    case _:
                        await note_connection(ctx, event)
                await session.flush()
        self._written()

    async def _persist(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work; while the database cannot be reached, wait and try again: what was heard is not dropped."""
        while True:
            try:
                await work()
            except (OperationalError, InterfaceError, ConnectionError):
                log.exception("the database does not answer; trying again")
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return
