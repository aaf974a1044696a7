"""kill -9 in the middle of a search for a missing person: every group hears of it once, and once that it is over."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.local.world import BOT_ID
from storage.engine import Database
from storage.models import LocalMessage
from tests.service.process import Service, until

CONFIG = """
[database]
url = "{url}"
[delivery]
pause_min = 0.0
pause_max = 0.01
group_floor = 0.0
quiet_from = "00:00"
quiet_until = "00:00"
[intake]
burst_seconds = 0.2
[reports]
brief = false
weekly = false
"""
NEAR = 3
"""The groups of the demo's community."""


async def test_a_search_goes_on_where_it_was_killed(
    sqlite_url: str, sqlite_database: Database, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(url=sqlite_url), encoding="utf-8")
    async with Service(config) as service:
        await service.start()
        await speak(service, "resident", "我老伴走丢了，王大明，75岁，穿蓝棉袄，早上8点在菜场不见的")
        await service.kill()
        await service.start()
        await until(lambda: said(sqlite_database, "有照片请发一张", 1), within=60)
        await speak(service, "resident", "没有")
        await until(lambda: said(sqlite_database, "【寻人 1001】", 1, directly=True), within=60)
        await speak(service, "steward", "发", directly=True)
        await service.kill()
        await service.start()
        await until(lambda: said(sqlite_database, "【寻人】", NEAR), within=60)
        await speak(service, "resident", "找到了")
        await service.kill()
        await service.start()
        await until(lambda: said(sqlite_database, "【寻人结束】", NEAR), within=60)
    async with sqlite_database.read() as session:
        told = (await session.scalars(select(LocalMessage).where(LocalMessage.talker == BOT_ID))).all()
    for words in ("有照片请发一张", "【寻人】“", "【寻人结束】"):
        groups = Counter(each.group_id for each in told if words in each.text and each.group_id is not None)
        assert set(groups.values()) == {1}, words


async def speak(service: Service, role: str, text: str, *, directly: bool = False) -> None:
    """Somebody of the first group says something, there or to the bot itself."""
    await until(lambda: has_rooms(service), within=60)
    async with aiohttp.ClientSession(service.address) as client:
        async with client.get("/chat/api/rooms") as answer:
            room = (await answer.json())[0]
        talker = next(each["id"] for each in room["members"] if each["role"] == role)
        where = {"to": BOT_ID} if directly else {"room": room["id"]}
        body = {"talker": talker, "text": text, **where}
        async with client.post("/chat/api/messages", json=body) as answer:
            assert answer.status == 201, await answer.text()


async def has_rooms(service: Service) -> bool:
    """Whether it answers: its port is opened once before, to see that it is free."""
    try:
        async with aiohttp.ClientSession(service.address) as client, client.get("/chat/api/rooms") as answer:
            return bool(await answer.json())
    except aiohttp.ClientError:
        return False


async def said(database: Database, words: str, times: int, *, directly: bool = False) -> bool:
    """Whether the bot has said something so many times in groups, or to people directly (who see drafts)."""
    spoken = select(LocalMessage.text).where(
        LocalMessage.talker == BOT_ID,
        LocalMessage.group_id.is_(None) if directly else LocalMessage.group_id.is_not(None),
    )
    async with database.read() as session:
        return sum(words in text for text in await session.scalars(spoken)) >= times
