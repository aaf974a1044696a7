"""How the bot speaks: urgent words wait for one pause at most, refusals stop notices, what was said can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select, update

from bot.clock import VirtualClock
from bot.connector import (
    FetchedFile,
    FetchFault,
    Inbox,
    OutgoingMessage,
    RecallResult,
    Refusal,
    SendResult,
    SendState,
)
from bot.metrics import create_metrics
from bot.sender import Sender
from handlers.settings import DeliverySettings, Settings
from handlers.surroundings import Surroundings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import OutboxState, Priority
from storage.models import Account, Community, Group, Outbox

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
GROUPS = 12


class FakeConnector:
    """Says what it is told; ``on_send`` decides what becomes of the so-manieth message."""

    account = "a"
    connected = True

    def __init__(self) -> None:
        self.said: list[str] = []
        self.recalled: list[str] = []
        self.on_send: Callable[[int], Awaitable[SendResult]] = self._well

    async def _well(self, place: int) -> SendResult:
        return SendResult(state=SendState.SENT, message_id=f"m{place}")

    async def run(self, inbox: Inbox) -> None:
        """Hear nothing."""

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Note it."""
        self.said.append(message.text)
        return await self.on_send(len(self.said))

    async def find_said(self, keys: Collection[str]) -> None:
        """It knows no keys."""

    async def recall(self, message_id: str) -> RecallResult:
        """Note it."""
        self.recalled.append(message_id)
        return RecallResult(done=True)

    async def fetch(self, media: str, *, limit: int) -> FetchedFile:
        """There are no files."""
        raise FetchFault("none", again=False)


def row(key: str, priority: Priority, *, group: int | None = None, contact: str | None = None) -> Outbox:
    return Outbox(
        key=key, account="a", group_id=group, contact_id=contact, kind="reminder", priority=priority,
        rank=priority.rank, text=key, mentions=[], created_at=NOW, not_before=NOW,
    )  # fmt: skip


@pytest.fixture
async def district(sqlite_database: Database) -> Database:
    """Twelve groups with a notice waiting for each."""
    async with sqlite_database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add_all(
            Group(id=n, community_id=1, name=f"{n}号群", account="a", room_id=f"r{n}")
            for n in range(1, GROUPS + 1)
        )
        await session.flush()
        session.add_all(row(f"n{n}", Priority.BROADCAST, group=n) for n in range(1, GROUPS + 1))
    return sqlite_database


@asynccontextmanager
async def speaking(database: Database, connector: FakeConnector, **settings: float) -> AsyncIterator[Sender]:
    """A sender at work, with the least pause there can be."""
    delivery = DeliverySettings(
        pause_min=0, pause_max=0.001, group_floor=0, refusals=int(settings.get("refusals", 5))
    )
    surroundings = Surroundings(Settings(delivery=delivery))
    metrics = create_metrics(CollectorRegistry())
    sender = Sender(database, connector, surroundings, VirtualClock(NOW), metrics)
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_an_urgent_prompt_in_the_middle_of_a_broadcast_is_the_very_next_thing_said(
    district: Database,
) -> None:
    connector, done = FakeConnector(), asyncio.Event()

    async def on_send(place: int) -> SendResult:
        if place == 5:  # while the fifth group is told, somebody reports a fire
            async with district.begin() as session:
                session.add(row("着火了", Priority.URGENT, contact="lisi"))
        if place == GROUPS + 1:
            done.set()
        return SendResult(state=SendState.SENT, message_id=f"m{place}")

    connector.on_send = on_send
    async with speaking(district, connector), asyncio.timeout(20):
        await done.wait()
    assert connector.said == [*(f"n{n}" for n in range(1, 6)), "着火了", *(f"n{n}" for n in range(6, 13))]


async def test_an_account_that_is_refused_three_times_in_a_row_says_no_more_notices(
    district: Database,
) -> None:
    connector, told = FakeConnector(), asyncio.Event()

    async def on_send(place: int) -> SendResult:
        if connector.said[-1] == "新工单":
            told.set()
            return SendResult(state=SendState.SENT)
        if place == 5:
            async with district.begin() as session:
                session.add(row("新工单", Priority.PROMPT, contact="lisi"))
        if place < 3:
            return SendResult(state=SendState.SENT)
        return SendResult(state=SendState.FAILED, reason="gateway answered UNKNOWN", refusal=Refusal.REFUSED)

    connector.on_send = on_send
    async with speaking(district, connector, refusals=3), asyncio.timeout(20):
        await told.wait()
    assert connector.said == ["n1", "n2", "n3", "n4", "n5", "新工单"]
    async with district.read() as session:
        account = (await session.scalars(select(Account))).one()
    assert (account.paused_at, account.pause_reason) == (NOW, "连着3条被微信拒收")


async def test_what_is_to_be_taken_back_comes_before_anything_else(district: Database) -> None:
    connector, done = FakeConnector(), asyncio.Event()

    async def on_send(place: int) -> SendResult:
        if place == 2:
            async with district.begin() as session:
                await session.execute(
                    update(Outbox).where(Outbox.key == "n1").values(recall_asked_at=NOW, sent_at=NOW)
                )
        if place == 3:
            done.set()
            assert connector.recalled == ["m1"]
        return SendResult(state=SendState.SENT, message_id=f"m{place}")

    connector.on_send = on_send
    async with speaking(district, connector), asyncio.timeout(20):
        await done.wait()
    async with district.read() as session:
        first = (await session.scalars(select(Outbox).where(Outbox.key == "n1"))).one()
    assert first.state is OutboxState.RECALLED
