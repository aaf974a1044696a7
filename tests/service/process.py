"""The service as a process of its own, which can be killed at any moment and started again on the same database."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from bot import clock
from tests.wechat.gateway import free_port

PRELOADED = (
    "alembic.command",
    "bot.app",
    "bot.cli.refusals",
    "bot.cli.run",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "tests.service.process",
    "typer.main",
)
"""What every start would import again: a fork of a process that has it starts a second sooner."""

START_SECONDS = 60.0
LOOK_AGAIN = 0.01

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(PRELOADED))


class Service:
    """``weiwang run --demo`` on one config and one port; ``start`` and ``kill`` as often as a test likes.

    As a context manager it leaves no process behind. ``log`` has what the service wrote, of all its lives.
    ``skew.value`` are the seconds by which its machine's clock is wrong; it may be changed at any moment.
    """

    def __init__(self, config: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = config.with_suffix(".log")
        self.skew = _forks.Value("d", 0.0)
        self._config = config
        self._process: multiprocessing.process.BaseProcess | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()
        if error is not None and self.log.exists():
            error.add_note(self.log.read_text(encoding="utf-8", errors="replace")[-4_000:])

    async def start(self) -> None:
        """Start; returns when it answers HTTP, which is before it has heard of anything."""
        arguments = ["run", "--demo", "--config", str(self._config), "--port", str(self.port)]
        process = _forks.Process(target=_run, args=(arguments, str(self.log), self.skew), daemon=True)
        await asyncio.to_thread(process.start)
        self._process = process
        await until(self._answers, within=START_SECONDS)

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone; harmless when nothing runs."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.join)
            self._process = None

    async def _answers(self) -> bool:
        if self._process is None or not self._process.is_alive():
            raise RuntimeError("the service ended by itself")
        try:  # a bare connection does not tell: the port is opened once before, to see that it is free
            async with aiohttp.ClientSession(self.address) as client, client.get("/healthz"):
                return True
        except aiohttp.ClientError:
            return False


async def until(
    condition: Callable[[], Awaitable[bool]], *, within: float, every: float = LOOK_AGAIN
) -> None:
    """Wait until something is so; TimeoutError after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not await condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so within {within:g} s")
        await asyncio.sleep(every)


async def say(client: aiohttp.ClientSession, talker: str, room: str, text: str) -> int | None:
    """Say something over HTTP; the message's id, or None when the service died before it answered."""
    try:
        async with client.post(
            "/chat/api/messages", json={"talker": talker, "room": room, "text": text}
        ) as answer:
            assert answer.status == 201, await answer.text()
            return int((await answer.json())["id"])
    except (aiohttp.ClientError, ConnectionError):
        return None


def _run(arguments: Sequence[str], log: str, skew: Synchronized[float]) -> None:
    """What ``python -m bot ARGUMENTS`` does, in a fresh fork; output goes to the log file."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from bot.cli import main

    def now(_: clock.SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=skew.value)

    clock.SystemClock.now = now  # type: ignore[method-assign, assignment]
    main(arguments)
