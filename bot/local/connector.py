"""The local connector: speaks and listens in the embedded chat as any other connector does in WeChat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.connector import (
    FetchedFile,
    FetchFault,
    Inbox,
    OutgoingMessage,
    RecallResult,
    SendResult,
    SendState,
)
from bot.local.audience import Audience
from bot.local.errors import ChatRefused
from bot.local.files import UPLOAD, SentFile
from bot.local.sayings import Saying, check_quote, place_saying
from bot.local.world import BOT_ID, BOT_NAME, EMPTY_WORLD, World, read_world, room_id
from bot.media import Media, MediaRefused, kind_of
from handlers.events import Event, IncomingMessage, LoggedIn, MessageKind, RoomLeft, RoomRenamed
from storage.engine import Database
from storage.local import (
    LocalSaid,
    LocalWords,
    add_local_message,
    find_local_key,
    latest_local_messages,
    local_conversation,
    local_ids,
    local_world_version,
    note_heard_local_messages,
    recall_local_message,
    unheard_local_messages,
    unsettled_local_messages,
)

log = logging.getLogger(__name__)

ROSTER_SECONDS = 2.0
LARGEST_FILE = 20_000_000
NOTE_SECONDS = 60.0
RETRY_SECONDS = 1.0
RECALLED = "（已撤回）"


class LocalConnector:
    """One account of the local chat.

    Its memory is the database: what people said and nobody handled is told again at the next start.
    ``others`` are the service's other accounts: groups they sit in are not rooms here. ``media`` holds the files
    shown, none of more than ``largest`` bytes.
    """

    def __init__(
        self,
        account: str,
        database: Database,
        now: Callable[[], datetime],
        *,
        others: Collection[str] = (),
        media: Media | None = None,
        largest: int = LARGEST_FILE,
    ) -> None:
        self.account, self.largest = account, largest
        self.media = media or Media()
        self.audience = Audience()
        self._database, self._now, self._others = database, now, frozenset(others)
        self._world, self._version = EMPTY_WORLD, (-1, 0, 0)
        self._announced: dict[str, str] = {}
        self._saying = asyncio.Lock()  # one message at a time: ids, commits and events have one order
        self._reading = asyncio.Lock()
        self._heard: asyncio.Queue[LocalSaid] | None = None
        self._roster_changed = asyncio.Event()
        self._connected = False

    @property
    def connected(self) -> bool:
        """Whether ``run`` has read the rooms and listens."""
        return self._connected

    async def run(self, inbox: Inbox) -> None:
        """Log in, name the rooms, tell what was missed, then everything as it is said; until cancelled."""
        try:
            await inbox.put(LoggedIn(account=self.account, at=self._now(), contact=BOT_ID, name=BOT_NAME))
            missed, heard = await self._catch_up(inbox)
            self._connected = True
            for said in missed:
                await inbox.put(self._event(said))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch_roster(inbox), name=f"{self.account}: roster")
                tasks.create_task(self._keep_noting(), name=f"{self.account}: what was heard")
                await self._listen(inbox, heard)
        finally:
            self._connected, self._heard = False, None
            self._announced.clear()

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Say something as the bot. A repeated key is what was said before; a failure may be tried again."""
        try:
            said = await self.say(await self._words(message))
        except ChatRefused as refused:
            return SendResult(state=SendState.FAILED, reason=str(refused))
        except (SQLAlchemyError, OSError) as error:
            log.warning("the local chat could not write", extra={"key": message.key}, exc_info=error)
            return SendResult(state=SendState.FAILED, reason=type(error).__name__)
        return SendResult(state=SendState.SENT, message_id=str(said.id))

    async def find_said(self, keys: Collection[str]) -> Mapping[str, str]:
        """Message ids of what was said under these keys."""
        async with self._database.read() as session:
            return await local_ids(session, keys)

    async def recall(self, message_id: str) -> RecallResult:
        """Take back what the bot has said; every open page sees it."""
        async with self._database.begin() as session:
            said = await recall_local_message(session, int(message_id), RECALLED)
        if said is None:
            return RecallResult(done=False, reason="there is no such message")
        self.audience.tell(said)
        return RecallResult(done=True)

    async def fetch(self, media: str, *, limit: int) -> FetchedFile:
        """The file somebody has sent: it lies in the media folder already."""
        try:
            data = await asyncio.to_thread(self.media.read, media)
        except MediaRefused as refused:
            raise FetchFault(refused.problem, again=False) from refused
        if len(data) > limit:
            raise FetchFault(f"is larger than {limit} bytes", again=False)
        return FetchedFile(name=media, data=data)

    async def say(self, words: LocalWords) -> LocalSaid:
        """Write a message and tell everyone who listens, once it is committed."""
        async with self._saying:
            async with self._database.begin() as session:
                known = await find_local_key(session, words.key) if words.key else None
                said = known or await add_local_message(session, words)
            if known is None:
                if self._heard is not None:
                    self._heard.put_nowait(said)
                self.audience.tell(said)
        return said

    async def note_heard(self) -> None:
        """Remember what has been handled, so that it is not told again when its record is purged."""
        async with self._database.begin() as session:
            await note_heard_local_messages(session, account=self.account, bot=BOT_ID)

    async def say_as(self, saying: Saying, world: World) -> LocalSaid:
        """Say something as one of the contacts; raises ChatRefused for what cannot be said."""
        words = place_saying(saying, world, self._now())
        async with self._database.read() as session:
            await check_quote(session, words)
        return await self.say(words)

    async def send_as(self, sent: SentFile, world: World) -> LocalSaid:
        """Send a file as one of the contacts; raises ChatRefused for what cannot be sent."""
        words = place_saying(sent.saying, world, self._now())
        name = await asyncio.to_thread(self.media.keep, sent.data, UPLOAD, sent.ending)
        return await self.say(replace(words, media=name))

    async def conversation(
        self, *, group_id: int | None, contact: str | None, after: int = 0, newest: int | None = None
    ) -> list[LocalSaid]:
        """One conversation, oldest first."""
        async with self._database.read() as session:
            return await local_conversation(
                session, group_id=group_id, contact=contact, after=after, newest=newest
            )

    async def latest(self, group_ids: Collection[int], contact: str) -> list[LocalSaid]:
        """The newest message of each of these groups and of the contact's direct conversation."""
        async with self._database.read() as session:
            return await latest_local_messages(session, group_ids, contact)

    async def world(self) -> World:
        """Rooms and contacts as the roster is now."""
        async with self._reading, self._database.read() as session:
            version = await local_world_version(session)
            if version != self._version:
                self._world = await read_world(session, others=self._others)
                self._version = version
                self._roster_changed.set()
            return self._world

    async def _words(self, message: OutgoingMessage) -> LocalWords:
        world = await self.world()
        room = world.rooms.get(message.room or "")
        if message.room is not None and room is None:
            raise ChatRefused("room", "no such room", missing=True)
        if message.room is None and message.contact not in world.contacts:
            raise ChatRefused("contact", "no such contact", missing=True)
        return LocalWords(
            group_id=room.group_id if room else None,
            contact=None if room else message.contact,
            talker=BOT_ID,
            name=BOT_NAME,
            text=message.text,
            at=self._now(),
            mentions=message.mentions,
            key=message.key,
            media=message.media,
        )

    async def _catch_up(self, inbox: Inbox) -> tuple[list[LocalSaid], asyncio.Queue[LocalSaid]]:
        """Name the rooms, then draw the line between what was said before now and what is told live."""
        while True:
            with _logged_faults():
                await self._announce(inbox)
                return await self._missed()
            await asyncio.sleep(RETRY_SECONDS)

    async def _missed(self) -> tuple[list[LocalSaid], asyncio.Queue[LocalSaid]]:
        async with self._saying, self._database.read() as session:
            said = await unsettled_local_messages(session, account=self.account)
            said += await unheard_local_messages(session, account=self.account, bot=BOT_ID)
            self._heard = asyncio.Queue()
            return said, self._heard

    async def _listen(self, inbox: Inbox, heard: asyncio.Queue[LocalSaid]) -> None:
        while True:
            await inbox.put(self._event(await heard.get()))

    async def _watch_roster(self, inbox: Inbox) -> None:
        """Tell of rooms that come, go or change their name while we run."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._roster_changed.wait(), ROSTER_SECONDS)
            with _logged_faults():
                await self._announce(inbox)

    async def _keep_noting(self) -> None:
        while True:
            await asyncio.sleep(NOTE_SECONDS)
            with _logged_faults():
                await self.note_heard()

    async def _announce(self, inbox: Inbox) -> None:
        world = await self.world()
        self._roster_changed.clear()
        for event in self._changes(world):
            await inbox.put(event)
        self._announced = {room.id: room.topic for room in world.rooms.values()}

    def _changes(self, world: World) -> list[Event]:
        at = self._now()
        gone: list[Event] = [
            RoomLeft(account=self.account, at=at, room=room)
            for room in self._announced
            if room not in world.rooms
        ]
        named: list[Event] = [
            RoomRenamed(account=self.account, at=at, room=room.id, topic=room.topic)
            for room in world.rooms.values()
            if self._announced.get(room.id) != room.topic
        ]
        return gone + named

    def _event(self, said: LocalSaid) -> IncomingMessage:
        room = None if said.group_id is None else room_id(said.group_id)
        known = self._world.rooms.get(room or "")
        return IncomingMessage(
            account=self.account,
            id=str(said.id),
            at=said.at,
            talker=said.talker,
            name=said.name,
            text=said.text,
            kind=kind_of(said.media) if said.media else MessageKind.TEXT,
            media=said.media,
            room=room,
            topic=known.topic if known else None,
            mentions=said.mentions,
            quote=None if said.quote is None else str(said.quote),
            quoted_text=said.quoted_text,
            is_self=said.talker == BOT_ID,
            contact=said.contact if said.talker == BOT_ID else None,
        )


@contextmanager
def _logged_faults() -> Iterator[None]:
    """Let a database that does not answer pass: the caller tries again."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        log.warning("the local chat cannot read its database", exc_info=error)
