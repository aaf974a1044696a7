"""A gateway with a small neighbourhood."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.wechat.gateway import Gateway

BOT, ZHANG, LI = "bot", "zhang", "li"
ROOM = "g3@chatroom"
TOPIC = "玉景湾3号群"


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """Bot, resident and steward in one room; the bot's account is logged in."""
    async with Gateway(login_delay=0) as gateway:
        await gateway.add_contacts({BOT: "助手", ZHANG: "张三", LI: "李四"})
        await gateway.add_rooms({ROOM: (TOPIC, [BOT, ZHANG, LI])})
        await gateway.log_in(BOT)
        yield gateway
