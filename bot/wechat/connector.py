"""The wechaty connector: one account on one gateway, supervised.

The connection is ours, not ``Wechaty.start()``: that sleeps 60 s on a loss, returns silently when the stream
of events ends, and logs every word. What is used of the family is the gateway's protocol: ``wechaty_grpc``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Collection
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from bot.clock import SystemClock
from bot.connector import (
    FetchedFile,
    FetchFault,
    Inbox,
    OutgoingMessage,
    RecallResult,
    SendResult,
    SendState,
)
from bot.media import Media, MediaRefused
from bot.wechat.faults import GatewayFault, LinkLost, Refused
from bot.wechat.files import LARGEST_BOX, file_box, file_chunks
from bot.wechat.hearing import Hearing
from bot.wechat.line import Line
from bot.wechat.link import Link, load_protocol, parse_endpoint
from bot.wechat.timing import Backoff, Timing
from bot.wechat.verdict import refusal_in, state_after
from handlers.events import ConnectionBack, ConnectionLost, LoggedIn

logger = logging.getLogger(__name__)

# Our own lost stream may still hold the gateway, which takes one at a time. Stop frees it, but logs some
# puppets out, so it is the last resort.
REFUSALS_BEFORE_STOP = 5


def _utc_now() -> datetime:
    return SystemClock().now()


class WechatyConnector:
    """A :class:`bot.connector.Connector` over a wechaty gateway at ``endpoint`` (``host:port``, no TLS).

    ``now`` is the wall clock of the events; waiting goes by the monotonic clock. ``media`` holds the files to send. ValueError for an endpoint
    that is none. One ``run`` at a time.
    """

    def __init__(
        self,
        account: str,
        endpoint: str,
        token: str,
        *,
        now: Callable[[], datetime] = _utc_now,
        timing: Timing | None = None,
        media: Media | None = None,
    ) -> None:
        parse_endpoint(endpoint)
        self.account = account
        self._endpoint, self._token = endpoint, token
        self._now, self._timing, self._media = now, timing or Timing(), media or Media()
        self._link: Link | None = None
        self._logged_in = False
        self._lost_since: datetime | None = None
        self._heard_at = time.monotonic()
        self._refusals = 0
        self._answers_dings = False

    @property
    def connected(self) -> bool:
        """Whether the stream of events is open and the account logged in."""
        return self._link is not None and self._logged_in

    # ---- speaking -------------------------------------------------------------------------------

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Say one thing; see :class:`SendState` for what the states promise. Cancelled means unknown."""
        link = self._link
        conversation = message.room or message.contact
        if not conversation:
            return SendResult(state=SendState.FAILED, reason="neither room nor contact given")
        if link is None or not self._logged_in:
            return SendResult(state=SendState.FAILED, reason="the account is not connected")
        try:
            call = await self._call(link, conversation, message)
            answer = await link.call(call, within=self._timing.send)
        except MediaRefused as refused:
            return SendResult(state=SendState.FAILED, reason=refused.problem)
        except GatewayFault as fault:
            return SendResult(state=state_after(fault), reason=fault.reason, refusal=refusal_in(fault))
        return SendResult(state=SendState.SENT, message_id=answer.id or None)

    async def _call(self, link: Link, conversation: str, message: OutgoingMessage) -> Any:
        """The call that says it. MediaRefused when there is no such file."""
        if message.media is None:
            return link.stub.message_send_text(
                conversation_id=conversation, text=message.text, mentonal_ids=list(message.mentions)
            )
        data = await asyncio.to_thread(self._media.read, message.media)
        if len(data) > LARGEST_BOX:
            return link.send_file(file_chunks(conversation, message.media, data))
        return link.stub.message_send_file(
            conversation_id=conversation, filebox=file_box(message.media, data)
        )

    async def find_said(self, keys: Collection[str]) -> None:
        """WeChat knows no keys."""

    async def recall(self, message_id: str) -> RecallResult:
        """Take back what was said; WeChat allows it for two minutes, and not every puppet can."""
        link = self._link
        if link is None or not self._logged_in:
            return RecallResult(done=False, reason="the account is not connected")
        try:
            answer = await link.call(link.stub.message_recall(id=message_id), within=self._timing.send)
        except GatewayFault as fault:
            return RecallResult(done=False, reason=fault.reason)
        return RecallResult(done=answer.success, reason="" if answer.success else "the gateway cannot recall")

    async def fetch(self, media: str, *, limit: int) -> FetchedFile:
        """The file of a message, streamed, so that one that is too large is not even loaded."""
        link = self._link
        if link is None or not self._logged_in:
            raise FetchFault("the account is not connected", again=True)
        name, data = "", bytearray()
        try:
            async with (
                asyncio.timeout(self._timing.fetch),
                aclosing(link.chunks(link.stub.message_file_stream(id=media))) as chunks,
            ):
                async for chunk in chunks:
                    name = chunk.file_box_chunk.name or name
                    data += chunk.file_box_chunk.data
                    if len(data) > limit:
                        raise FetchFault(f"is larger than {limit} bytes", again=False)
        except GatewayFault as fault:
            raise FetchFault(fault.reason, again=True) from fault
        except TimeoutError as error:
            raise FetchFault("the gateway did not send it in time", again=True) from error
        if not data:
            raise FetchFault("the gateway sent nothing", again=True)
        return FetchedFile(name=name, data=bytes(data))

    # ---- hearing --------------------------------------------------------------------------------

    async def run(self, inbox: Inbox) -> None:
        """Hear until cancelled, reconnecting by itself."""
        line = Line(inbox, self._timing.window)
        hearing = Hearing(self.account, line, self._timing, self._now)
        self._lost_since, self._heard_at = None, time.monotonic()
        await asyncio.to_thread(load_protocol)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(line.deliver(), name=f"wechat-deliver-{self.account}")
                tasks.create_task(self._supervise(line, hearing), name=f"wechat-{self.account}")
        finally:
            self._drop_link()
            await hearing.close()

    async def _supervise(self, line: Line, hearing: Hearing) -> None:
        backoff = Backoff(self._timing.first_pause, self._timing.longest_pause)
        while True:
            began = time.monotonic()
            try:
                await self._session(line, hearing)
            except* GatewayFault as group:
                reason = _reason(group)
            if time.monotonic() - began > self._timing.steady:
                backoff.reset()
            self._drop_link()
            await hearing.use(None)
            await self._lose(line, reason)
            await asyncio.sleep(backoff.pause())

    async def _session(self, line: Line, hearing: Hearing) -> None:
        """One connection from the first try to its loss, which is the fault it raises."""
        link = await Link.open(self._endpoint, self._token, self._timing)
        try:
            if self._refusals >= REFUSALS_BEFORE_STOP:
                self._refusals = 0
                await link.call(link.stub.stop(), within=self._timing.start)
            async with asyncio.TaskGroup() as tasks:
                opened = asyncio.Event()
                self._heard_at = time.monotonic()
                tasks.create_task(self._listen(link, line, hearing, opened, tasks), name="wechat-listen")
                tasks.create_task(self._start_puppet(link, opened), name="wechat-start")
                tasks.create_task(self._watch(link, line), name="wechat-watch")
        except* Refused as group:
            self._refusals += any(_is_busy(fault) for fault in group.exceptions)
            raise
        finally:
            link.close()

    async def _start_puppet(self, link: Link, opened: asyncio.Event) -> None:
        """Start the puppet once the stream is open, so that nothing falls between; harmless when it runs.

        wechaty stops it first, which logs the account out on every reconnect.
        """
        try:
            async with asyncio.timeout(self._timing.call):
                await opened.wait()
        except TimeoutError:
            logger.info("the gateway says no hello; starting its puppet anyway")
        await link.call(link.stub.start(), within=self._timing.start)
        self._refusals = 0

    async def _listen(
        self, link: Link, line: Line, hearing: Hearing, opened: asyncio.Event, tasks: asyncio.TaskGroup
    ) -> None:
        from wechaty_grpc.wechaty.puppet import EventType

        handlers = {
            EventType.EVENT_TYPE_MESSAGE: hearing.message,
            EventType.EVENT_TYPE_SCAN: hearing.scan,
            EventType.EVENT_TYPE_ROOM_TOPIC: hearing.topic,
            EventType.EVENT_TYPE_ROOM_JOIN: hearing.join,
            EventType.EVENT_TYPE_ROOM_LEAVE: hearing.leave,
            EventType.EVENT_TYPE_DIRTY: hearing.dirty,
        }
        async with aclosing(link.events()) as events:
            async for event in events:
                self._heard_at = time.monotonic()
                if not opened.is_set():
                    opened.set()
                    self._link = link
                    await hearing.use(link)
                payload = _read_payload(event.payload)
                if event.type in handlers:
                    await self._hand(handlers[event.type], payload)
                elif event.type == EventType.EVENT_TYPE_LOGIN:
                    await self._log_in(payload, line, hearing)
                    tasks.create_task(hearing.survey(link), name="wechat-survey")
                elif event.type == EventType.EVENT_TYPE_LOGOUT:
                    self._logged_in = False
                    await self._lose(line, "the account was logged out", logged_out=True)
                elif event.type == EventType.EVENT_TYPE_DONG:
                    self._answers_dings = True

    async def _hand(self, handler: Callable[[dict[str, Any]], Any], payload: dict[str, Any]) -> None:
        try:
            await handler(payload)
        except (KeyError, TypeError) as error:
            logger.warning("an event of the gateway makes no sense (%s)", type(error).__name__)

    async def _watch(self, link: Link, line: Line) -> None:
        """Ask after silence; a call without answer or a stream without events is a lost connection.

        Puppets that never dong are not called deaf: a quiet night would look like a loss every minute.
        """
        while True:
            silence = time.monotonic() - self._heard_at
            if silence < self._timing.probe_after:
                await asyncio.sleep(self._timing.probe_after - silence)
            elif silence >= self._timing.deaf_after and self._answers_dings and not line.full:
                raise LinkLost("the gateway answers, but no event comes")
            else:
                await link.call(link.stub.ding(data="weiwang"))
                await asyncio.sleep(self._timing.probe_after)

    # ---- state ----------------------------------------------------------------------------------

    async def _log_in(self, payload: dict[str, Any], line: Line, hearing: Hearing) -> None:
        hearing.own_id = contact = str(payload.get("contactId", ""))
        self._logged_in = True
        now = self._now()
        if self._lost_since is not None:
            await line.tell(ConnectionBack(account=self.account, at=now, since=self._lost_since))
            self._lost_since = None
        name = await hearing.name_of(contact)
        await line.tell(LoggedIn(account=self.account, at=now, contact=contact, name=name))

    async def _lose(self, line: Line, reason: str, *, logged_out: bool = False) -> None:
        """Tell of a loss once, however many tries follow."""
        if self._lost_since is not None:
            return
        now = self._now()
        self._lost_since = now - timedelta(seconds=time.monotonic() - self._heard_at)
        logger.warning("connection lost: %s", reason, extra={"account": self.account})
        await line.tell(
            ConnectionLost(
                account=self.account, at=now, since=self._lost_since, reason=reason, logged_out=logged_out
            )
        )

    def _drop_link(self) -> None:
        self._link = None
        self._logged_in = False


def _read_payload(text: str) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def _is_busy(fault: BaseException) -> bool:
    """Another stream of events, perhaps our own last one, holds the gateway."""
    return isinstance(fault, Refused) and fault.status == "ALREADY_EXISTS"


def _reason(group: BaseExceptionGroup[GatewayFault]) -> str:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first.reason if isinstance(first, GatewayFault) else type(first).__name__
