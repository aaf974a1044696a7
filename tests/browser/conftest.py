"""A served chat with a small fake bot in it, and a real Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright, expect
from prometheus_client import CollectorRegistry

from bot.connector import OutgoingMessage
from bot.local.connector import LocalConnector
from bot.local.sayings import Saying
from bot.media import Media
from bot.web.app import create_app
from handlers.events import IncomingMessage
from storage.engine import Database
from tests.browser.chromium import ARGUMENTS, CHROMIUM, without_errors
from tests.local.town import NOW, FakeInbox, build_town

STEWARD = "li4"


@dataclass
class Chat:
    """A served chat."""

    connector: LocalConnector
    address: str

    async def say(self, talker: str, text: str, room: str | None = "g1") -> None:
        """Say something without the page."""
        saying = Saying(talker=talker, text=text, room=room, quote=None, mentions=())
        await self.connector.say_as(saying, await self.connector.world())

    async def bot_says(self, text: str, *, room: str | None = None, contact: str | None = None) -> None:
        """Let the bot say something, each text once."""
        await self.connector.send(OutgoingMessage(key=text, text=text, room=room, contact=contact))

    async def bot_shows(self, data: bytes, text: str) -> None:
        """Let the bot send a picture to the first group."""
        name = await asyncio.to_thread(self.connector.media.keep, data, "picture", "png")
        await self.connector.send(OutgoingMessage(key=name, text=text, room="g1", media=name))


class FakeBot(FakeInbox):
    """Acknowledges whatever residents say in a group, and prompts the steward."""

    def __init__(self, connector: LocalConnector) -> None:
        super().__init__()
        self._connector = connector

    async def put(self, event: object) -> None:
        """Answer at once."""
        if isinstance(event, IncomingMessage) and event.room and event.talker == "zhang3":
            ack = f"@{event.name} 已登记【公共照明】3幢2单元，工单1024。管家李四会跟进，回“进度”可查。"
            prompt = (
                f"【新工单1024】公共照明 {event.topic} {event.name} 09:12\n“{event.text}” 地点：3幢2单元\n"
                "回复 1接单 2转派 3叫铁脚板 4办结 0不是诉求"
            )
            send = self._connector.send
            await send(
                OutgoingMessage(key=f"a{event.id}", text=ack, room=event.room, mentions=(event.talker,))
            )
            await send(OutgoingMessage(key=f"p{event.id}", text=prompt, contact=STEWARD))


@pytest_asyncio.fixture(loop_scope="module")
async def town_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A fresh database in the loop of the browser."""
    database = Database(sqlite_url, durable=False)
    yield database
    await database.dispose()


@pytest_asyncio.fixture(loop_scope="module")
async def empty_chat(town_database: Database, tmp_path: Path) -> AsyncIterator[Chat]:
    """The chat of an empty roster on a free port, with the fake bot listening."""
    connector = LocalConnector("local", town_database, lambda: NOW, media=Media(tmp_path / "media"))
    app = create_app(
        database=town_database, connectors=[connector], registry=CollectorRegistry(), chat=connector
    )
    bot = asyncio.create_task(connector.run(FakeBot(connector)))
    async with TestServer(app) as server:
        yield Chat(connector, str(server.make_url("")).rstrip("/"))
    bot.cancel()
    await asyncio.gather(bot, return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="module")
async def chat(town_database: Database, empty_chat: Chat) -> Chat:
    """A small town's chat."""
    await build_town(town_database)
    return empty_chat


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of a module, without a window; every page has a profile of its own."""
    expect.set_options(timeout=10_000)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A desktop page; an error in its scripts, or something its policy refuses, fails the test."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 800})
    async with without_errors(opened):
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A page on a phone."""
    opened = await browser.new_page(
        viewport={"width": 390, "height": 780}, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    async with without_errors(opened):
        yield opened
