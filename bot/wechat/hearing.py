"""What one account hears: events of the gateway turned into events of the service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.wechat.directory import Names
from bot.wechat.faults import GatewayFault, LinkLost, NotReached
from bot.wechat.line import Line
from bot.wechat.link import Link
from bot.wechat.payloads import read_message
from bot.wechat.timing import Timing
from handlers.events import Event, IncomingMessage, RoomLeft, RoomRenamed, ScanNeeded

logger = logging.getLogger(__name__)

ROOM_PAYLOADS = (3, 4)  # Room and RoomMember of wechaty-puppet's DirtyType; 2 is Contact
CONTACT_PAYLOAD = 2
SURVEY_PAUSE = 0.05


class Hearing:
    """Loads messages and names over whatever link is open; lives as long as the account's run."""

    def __init__(self, account: str, line: Line, timing: Timing, now: Callable[[], datetime]) -> None:
        self.account = account
        self.own_id: str | None = None
        self._line, self._timing, self._now = line, timing, now
        self._link: Link | None = None
        self._people = Names(self._contact_name)
        self._rooms = Names(self._room_topic)
        self._late: set[asyncio.Task[None]] = set()
        self._carried: list[str] = []

    async def use(self, link: Link | None) -> None:
        """Load over this link from now on; what a lost link left unloaded is loaded again."""
        self._link = link
        if link is not None:
            carried, self._carried = self._carried, []
            for message_id in carried:
                await self._line.load(self._hear(message_id))

    async def close(self) -> None:
        """Stop every load that is not in the line."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        await self._people.close()
        await self._rooms.close()

    async def name_of(self, contact: str) -> str:
        """A person's name, empty when the gateway cannot tell."""
        return await self._people.find(contact) or ""

    # ---- events that are not about the connection ----------------------------------------------

    async def message(self, payload: dict[str, Any]) -> None:
        """A message was heard; only its id is in the event."""
        await self._line.load(self._hear(payload["messageId"]))

    async def scan(self, payload: dict[str, Any]) -> None:
        """A code waits for somebody's phone; codes already scanned or confirmed are no news."""
        if payload.get("qrcode"):
            await self._line.tell(
                ScanNeeded(account=self.account, at=self._now(), code=payload["qrcode"]),
            )

    async def topic(self, payload: dict[str, Any]) -> None:
        """Somebody renamed a room."""
        room, topic = payload.get("roomId"), payload.get("newTopic")
        if room and topic:
            self._rooms.learn(room, topic)
            await self._line.tell(self._renamed(room, topic))

    async def join(self, payload: dict[str, Any]) -> None:
        """Somebody came in; when it is the bot, the room is new to us."""
        if self.own_id in payload.get("inviteeIdList", ()):
            room = payload["roomId"]
            self._rooms.forget(room)
            await self._line.load(self._meet(room))

    async def leave(self, payload: dict[str, Any]) -> None:
        """Somebody went; when it is the bot, the room is closed to us."""
        if self.own_id in payload.get("removeeIdList", ()):
            room = payload["roomId"]
            self._rooms.forget(room)
            await self._line.tell(RoomLeft(account=self.account, at=self._now(), room=room))

    async def dirty(self, payload: dict[str, Any]) -> None:
        """The puppet says that something it told before is outdated."""
        if payload.get("payloadType") == CONTACT_PAYLOAD:
            self._people.forget(payload.get("payloadId", ""))
        elif payload.get("payloadType") in ROOM_PAYLOADS:
            self._rooms.forget(payload.get("payloadId", ""))

    # ---- loading --------------------------------------------------------------------------------

    async def survey(self, link: Link) -> None:
        """Learn the names of all rooms, one gentle call after the other; the roster is matched by them."""
        try:
            rooms = (await link.call(link.stub.room_list(), within=self._timing.start)).ids
        except GatewayFault as fault:
            logger.info("the rooms could not be listed: %s", fault.reason, extra={"account": self.account})
            return
        for room in rooms:
            if self._rooms.known(room) is None:
                await self._line.load(self._meet(room))
                await asyncio.sleep(SURVEY_PAUSE)

    async def _meet(self, room: str) -> Event | None:
        topic = await self._rooms.find(room)
        return None if topic is None else self._renamed(room, topic)

    def _renamed(self, room: str, topic: str) -> RoomRenamed:
        return RoomRenamed(account=self.account, at=self._now(), room=room, topic=topic)

    async def _hear(self, message_id: str) -> Event | None:
        """Load in the line; a message whose first load fails gives up its place and comes later."""
        link = self._link
        try:
            return await self._load(message_id)
        except GatewayFault as fault:
            if isinstance(fault, LinkLost) and self._link in (None, link):
                self._carried.append(message_id)
                return None
            task = asyncio.create_task(self._hear_late(message_id), name="wechat-late")
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        except Exception:  # the edge: one odd payload must not end the account; its id is all we may log
            logger.exception("a message could not be read", extra={"message_id": message_id})
        return None

    async def _hear_late(self, message_id: str) -> None:
        for again in range(1, self._timing.load_tries):
            await asyncio.sleep(self._timing.load_pause * 2 ** (again - 1))
            try:
                await self._line.tell(await self._load(message_id))
            except LinkLost:
                self._carried.append(message_id)
                return
            except GatewayFault as fault:
                reason = fault.reason
            else:
                return
        logger.error("a message could not be loaded: %s", reason, extra={"message_id": message_id})

    async def _load(self, message_id: str) -> IncomingMessage:
        link = self._need_link()
        payload = await link.call(link.stub.message_payload(id=message_id))
        name, topic = self._people.known(payload.from_id), self._rooms.known(payload.room_id)
        if name is None and payload.from_id:
            name = await self._people.find(payload.from_id)
        if topic is None and payload.room_id:
            topic = await self._rooms.find(payload.room_id)
        if not name and payload.room_id and payload.from_id:
            name = await self._member_name(payload.room_id, payload.from_id)
        return read_message(
            payload, account=self.account, own_id=self.own_id, name=name or "", topic=topic, now=self._now()
        )

    async def _contact_name(self, contact: str) -> str:
        link = self._need_link()
        payload = await link.call(link.stub.contact_payload(id=contact))
        return str(payload.name)

    async def _room_topic(self, room: str) -> str:
        link = self._need_link()
        payload = await link.call(link.stub.room_payload(id=room))
        return str(payload.topic)

    async def _member_name(self, room: str, contact: str) -> str:
        """Some puppets know strangers only as members of a room."""
        link = self._need_link()
        try:
            payload = await link.call(link.stub.room_member_payload(id=room, member_id=contact))
        except GatewayFault:
            return ""
        return str(payload.room_alias or payload.name)

    def _need_link(self) -> Link:
        if self._link is None:
            raise NotReached("no connection to the gateway")
        return self._link
