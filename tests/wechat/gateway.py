"""A real wechaty gateway for tests: the npm ``PuppetServer`` with the mock puppet, driven from here.

Everything a bot sees travels over the real gRPC protocol; only WeChat behind the puppet is a mock.
See :class:`Gateway`; the Node side is ``tests/gateway/gateway.js``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SCRIPT = Path(__file__).parents[1] / "gateway" / "gateway.js"
LINE_LIMIT = 1 << 24


class PayloadType(IntEnum):
    """The message types of the gateway protocol that tests use; 99 is one nobody knows."""

    UNKNOWN = 0
    ATTACHMENT = 1
    AUDIO = 2
    IMAGE = 6
    TEXT = 7
    RECALLED = 13
    VIDEO = 15
    POST = 16
    NEVER_HEARD_OF = 99


class Fault(StrEnum):
    """What goes wrong inside the puppet: an error, no answer at all, or done but never answered."""

    FAIL = "fail"
    HANG = "hang"
    LATE = "late"


class GatewayError(RuntimeError):
    """The gateway process could not do what a test asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing the bot said; ``conversation`` is a room or a contact id; with a ``file`` so many ``bytes``."""

    conversation: str
    text: str
    mentions: tuple[str, ...]
    id: str
    file: str | None = None
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One message of somebody: in a ``room``, else directly to ``to`` (default: the bot).

    ``at`` is the payload's timestamp as the puppet gives it (milliseconds; some give seconds), None for now.
    ``file`` is what an image or the like holds, in Base64. ``quiet`` puts the message into WeChat without an event.
    """

    talker: str
    text: str = ""
    room: str | None = None
    to: str | None = None
    type: int = PayloadType.TEXT
    id: str | None = None
    at: float | None = None
    mentions: tuple[str, ...] = ()
    filename: str | None = None
    file: str | None = None
    quiet: bool = False

    def as_json(self) -> dict[str, Any]:
        """Only what was given: the Node side has the defaults."""
        fields = ("talker", "text", "room", "to", "type", "id", "at", "mentions", "filename", "file", "quiet")
        return {name: getattr(self, name) for name in fields if getattr(self, name) is not None}


def free_port() -> int:
    """A TCP port on the loopback nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Gateway:
    """A gateway process; an async context manager that leaves nothing behind.

    The bot connects to ``endpoint`` with ``token``. Messages take ids of contacts and rooms as WeChat has
    them: any string without ``@`` for a contact, one with ``@`` (``"g1@chatroom"``) for a room.
    A client that stops and starts the puppet (wechaty does) is logged in again after ``login_delay`` seconds.
    """

    def __init__(self, *, token: str = "test-token", login_delay: float = 0.5) -> None:  # noqa: S107 - a test's own
        self.token = token
        self.port = free_port()
        self.said: list[Said] = []
        self.recalled: list[str] = []
        self.faulted: list[str] = []
        self._login_delay = login_delay
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._changed = asyncio.Event()

    @property
    def endpoint(self) -> str:
        """Where the bot connects: ``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            "node", "--no-deprecation", str(SCRIPT), self.token,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_LIMIT,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(), name="gateway-reader")
        await self._command("set", options={"loginDelay": self._login_delay * 1000})
        await self._start_on_a_free_port()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self.resume()
        try:
            await asyncio.wait_for(self._process.wait(), 2)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader

    async def _start_on_a_free_port(self) -> None:
        """Another worker may take the port between our look and our use of it."""
        with suppress(GatewayError):
            await self.start()
            return
        self.port = free_port()
        await self.start()

    # ---- the server ---------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen on ``endpoint`` (the context manager has done it once)."""
        await self._command("start", endpoint=self.endpoint)

    async def stop(self) -> None:
        """Die as seen from outside: every connection is cut and nothing listens. WeChat lives on."""
        await self._command("stop")

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Dead inside the block, back on the same port after it."""
        await self.stop()
        yield
        await self.start()

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[None]:
        """Connections stay open, but nothing answers (a half-open link) inside the block."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.resume()

    def resume(self) -> None:
        """Undo :meth:`frozen`; harmless otherwise."""
        if self._process.returncode is None:
            os.kill(self._process.pid, signal.SIGCONT)

    async def end_stream(self) -> None:
        """End the bot's event stream cleanly, without an error, and stop the puppet (it logs out)."""
        await self._command("endStream")

    async def fault(self, method: str, kind: Fault, times: int = 1) -> None:
        """The next ``times`` calls of this puppet method go wrong.

        Methods: ``messageSendText``, ``messageSendFile``, ``messageRecall``, ``messageFile``, ``messageRawPayload``, ``roomRawPayload``, ``contactRawPayload``,
        ``ding`` (no dong comes, whatever the kind).
        """
        await self._command("fault", method=method, kind=kind, times=times)

    async def wait_faulted(self, count: int = 1, *, within: float = 10.0) -> None:
        """Wait until ``count`` faults have struck."""
        async with asyncio.timeout(within):
            while len(self.faulted) < count:
                self._changed.clear()
                await self._changed.wait()

    async def wait_recalled(self, count: int = 1, *, within: float = 10.0) -> list[str]:
        """The ids of what the bot has taken back, as soon as it is ``count`` or more."""
        async with asyncio.timeout(within):
            while len(self.recalled) < count:
                self._changed.clear()
                await self._changed.wait()
        return list(self.recalled)

    async def name_sent_messages(self) -> None:
        """From now on a send answers with the message id (the mock gives none by itself)."""
        await self._command("set", options={"namesSent": True})

    # ---- WeChat -------------------------------------------------------------------------------

    async def add_contacts(self, names: Mapping[str, str]) -> None:
        """Create people: contact id → name."""
        await self._command("contacts", contacts=[{"id": id_, "name": name} for id_, name in names.items()])

    async def add_rooms(self, rooms: Mapping[str, tuple[str, Sequence[str]]]) -> None:
        """Create rooms: room id → (topic, member ids)."""
        listed = [{"id": id_, "topic": topic, "members": list(who)} for id_, (topic, who) in rooms.items()]
        await self._command("rooms", rooms=listed)

    async def log_in(self, contact: str) -> None:
        """The account speaks as this contact from now on."""
        await self._command("login", contact=contact)

    async def log_out(self) -> None:
        """WeChat threw the account out."""
        await self._command("logout")

    async def show_code(self, code: str) -> None:
        """WeChat wants a code scanned."""
        await self._command("scan", code=code)

    async def say(self, talker: str, text: str, room: str | None = None, **more: Any) -> str:
        """One message (see :class:`Say` for ``more``); returns its id."""
        return str(
            await self._command("say", message=Say(talker=talker, text=text, room=room, **more).as_json())
        )

    async def push(self, messages: Iterable[Say]) -> list[str]:
        """Many messages at once; returns their ids."""
        ids: list[str] = await self._command("push", messages=[message.as_json() for message in messages])
        return ids

    async def repeat(self, message_id: str) -> None:
        """Tell the bot of this message once more, under the same id."""
        await self._command("repeat", message=message_id)

    async def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Any other puppet event, as the puppet would emit it."""
        await self._command("emit", event=event, payload=dict(payload))

    async def rename(self, room: str, topic: str, by: str) -> None:
        """Somebody changes the room's name."""
        await self._command("topic", room=room, topic=topic, by=by)

    async def join(self, room: str, contacts: Sequence[str], by: str) -> None:
        """Somebody brings contacts into the room."""
        await self._command("join", room=room, contacts=list(contacts), by=by)

    async def leave(self, room: str, contacts: Sequence[str], by: str) -> None:
        """Somebody removes contacts from the room."""
        await self._command("leave", room=room, contacts=list(contacts), by=by)

    # ---- what the bot said ----------------------------------------------------------------------

    async def wait_said(self, count: int = 1, *, within: float = 10.0) -> list[Said]:
        """Everything the bot has said, as soon as it is ``count`` or more; TimeoutError after ``within`` s."""
        async with asyncio.timeout(within):
            while len(self.said) < count:
                self._changed.clear()
                await self._changed.wait()
        return list(self.said)

    async def wait_for(self, text: str, *, within: float = 10.0) -> Said:
        """The first thing the bot said that contains ``text``."""
        async with asyncio.timeout(within):
            while True:
                found = next((said for said in self.said if text in said.text), None)
                if found is not None:
                    return found
                self._changed.clear()
                await self._changed.wait()

    async def measure(self, messages: Sequence[Say], *, answers: int = 1, within: float = 60.0) -> float:
        """Push the messages at once; seconds until the bot has said ``answers`` things for each of them."""
        expected, start = len(self.said) + answers * len(messages), time.perf_counter()
        await self.push(messages)
        await self.wait_said(expected, within=within)
        return time.perf_counter() - start

    # ---- the pipe -------------------------------------------------------------------------------

    async def _command(self, do: str, **arguments: Any) -> Any:
        if self._reader.done():
            raise GatewayError("the gateway process has ended; was `npm ci` run in tests/gateway?")
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, "do": do, **arguments}).encode() + b"\n")
        return await asyncio.wait_for(answer, 20)

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._take(json.loads(line))
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(GatewayError("the gateway process ended"))

    def _take(self, told: dict[str, Any]) -> None:
        if "said" in told:
            said = told["said"]
            self.said.append(Said(**{**said, "mentions": tuple(said["mentions"])}))
            self._changed.set()
        elif "recalled" in told:
            self.recalled.append(told["recalled"])
            self._changed.set()
        elif "faulted" in told:
            self.faulted.append(told["faulted"])
            self._changed.set()
        elif "id" in told:
            answer = self._answers.pop(told["id"])
            if answer.done():
                return
            if "error" in told:
                answer.set_exception(GatewayError(told["error"]))
            else:
                answer.set_result(told["result"])
