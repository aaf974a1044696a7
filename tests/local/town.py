"""A small subdistrict for tests of the local chat, and the little pieces they need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from prometheus_client import CollectorRegistry

from bot.local.connector import LocalConnector
from bot.web.app import create_app
from handlers.events import Event, IncomingMessage
from storage.engine import Database
from storage.enums import RoleKind
from storage.models import Community, Group, LocalMember, Message, Person, Role
from storage.people import bump_directory

Client = TestClient[Request, Application]

NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)


async def build_town(database: Database) -> None:
    """Two groups (g1, g2), a steward of both, a response team of the community, an admin, and residents."""
    async with database.begin() as session:
        session.add(Community(id=1, name="玉景湾社区"))
        await session.flush()
        session.add_all(
            Group(id=number, community_id=1, grid="第一网格", name=f"玉景湾{number}号群") for number in (1, 2)
        )
        people = [("李四", "li4"), ("周师傅", "zhou"), ("钱主任", "qian")]
        session.add_all(
            Person(id=number, name=name, contact_id=contact)
            for number, (name, contact) in enumerate(people, start=1)
        )
        await session.flush()
        session.add_all(
            [
                Role(person_id=1, kind=RoleKind.STEWARD, group_id=1),
                Role(person_id=1, kind=RoleKind.STEWARD, group_id=2),
                Role(person_id=2, kind=RoleKind.RESPONSE_TEAM, community_id=1),
                Role(person_id=3, kind=RoleKind.ADMIN),
                LocalMember(group_id=1, contact_id="zhang3", name="张三"),
                LocalMember(group_id=1, contact_id="wang", name="王阿姨"),
                LocalMember(group_id=2, contact_id="zhao", name="赵六"),
            ]
        )
        await bump_directory(session)


async def add_group(database: Database, number: int, name: str) -> None:
    """What a roster import does while the service runs."""
    async with database.begin() as session:
        session.add(Group(id=number, community_id=1, name=name))
        await bump_directory(session)


async def mark_handled(database: Database, account: str, message_id: str) -> None:
    """What intake does with a message."""
    async with database.begin() as session:
        session.add(
            Message(
                account=account,
                message_id=message_id,
                group_id=1,
                talker="zhang3",
                name="张三",
                kind="text",
                text="",
                media=None,
                quote=None,
                at=NOW,
                ticket_id=None,
            )
        )


class FakeInbox:
    """An inbox that remembers, and can be waited on."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Condition()

    async def put(self, event: Event) -> None:
        """Take an event."""
        async with self._news:
            self.events.append(event)
            self._news.notify_all()

    def messages(self) -> list[IncomingMessage]:
        """The messages among the events."""
        return [event for event in self.events if isinstance(event, IncomingMessage)]

    async def wait_messages(self, number: int) -> list[IncomingMessage]:
        """The messages, once there are so many."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.messages()) >= number)
        return self.messages()

    async def wait_event(self, event: type[Event], number: int = 1) -> list[Event]:
        """The events of a kind, once there are so many."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: sum(isinstance(one, event) for one in self.events) >= number)
        return [one for one in self.events if isinstance(one, event)]


@asynccontextmanager
async def running(connector: LocalConnector) -> AsyncIterator[FakeInbox]:
    """A connector that runs until the block ends."""
    inbox = FakeInbox()
    task = asyncio.create_task(connector.run(inbox))
    try:
        yield inbox
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def chat_client(database: Database, connector: LocalConnector) -> AsyncIterator[Client]:
    """A client of a server with the chat."""
    app = create_app(database=database, connectors=[connector], registry=CollectorRegistry(), chat=connector)
    async with TestClient(TestServer(app)) as client:
        yield client
