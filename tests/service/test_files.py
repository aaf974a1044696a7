"""kill -9 just after a photo was sent: it still comes to its ticket, into the folder, and to the steward, once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.local.world import BOT_ID
from storage.engine import Database
from storage.enums import AttachmentState
from storage.models import Attachment, LocalMessage, Ticket
from tests.service.process import Service, say, until

CONFIG = """
[database]
url = "{url}"
[media]
folder = "{folder}"
[delivery]
pause_min = 0.0
pause_max = 0.01
quiet_from = "00:00"
quiet_until = "00:00"
[intake]
burst_seconds = 0.2
[reports]
brief = false
weekly = false
"""
PHOTO = b"\xff\xd8\xff" + bytes(500)
ROUNDS = 4


async def test_a_photo_survives_kills_and_reaches_the_steward_once(
    sqlite_url: str, sqlite_database: Database, tmp_path: Path
) -> None:
    config, folder = tmp_path / "config.toml", tmp_path / "media"
    config.write_text(CONFIG.format(url=sqlite_url, folder=folder), encoding="utf-8")
    async with Service(config) as service:
        for number in range(ROUNDS):
            await service.start()
            await report(service, number)
            if number % 2:
                await until(partial(attached, sqlite_database, number + 1), within=60)
            await service.kill()
        await service.start()
        await until(lambda: handed_on(sqlite_database), within=60, every=0.1)
    async with sqlite_database.read() as session:
        kept = (await session.scalars(select(Attachment).order_by(Attachment.id))).all()
        told = (await session.scalars(select(LocalMessage).where(LocalMessage.talker == BOT_ID))).all()
        tickets = (await session.scalars(select(Ticket))).all()
    assert {each.state for each in kept} == {AttachmentState.KEPT}
    assert len({each.ticket_id for each in kept}) == len(tickets) == ROUNDS
    sent = [each.media for each in told if each.media is not None]
    assert sorted(sent) == sorted(each.path or "" for each in kept)
    assert {each.read_bytes() for each in folder.glob("1*")} == {PHOTO}


async def report(service: Service, number: int) -> None:
    """A resident reports a lamp and sends a photo of it."""
    async with aiohttp.ClientSession(service.address) as client:
        async with client.get("/chat/api/rooms") as answer:
            room = (await answer.json())[number]
        resident = next(each["id"] for each in room["members"] if each["role"] == "resident")
        await say(client, resident, room["id"], f"{number + 1}幢2单元楼道灯坏了，晚上黑漆漆的")
        form = aiohttp.FormData({"talker": resident, "room": room["id"]})
        form.add_field("file", PHOTO, filename="lamp.jpg")
        async with client.post("/chat/api/files", data=form) as answer:
            assert answer.status == 201, await answer.text()


async def attached(database: Database, number: int) -> bool:
    """Whether so many photos have come to a ticket."""
    async with database.read() as session:
        return len((await session.scalars(select(Attachment.id))).all()) >= number


async def handed_on(database: Database) -> bool:
    """Whether the steward has got every photo."""
    async with database.read() as session:
        sent = select(LocalMessage.id).where(LocalMessage.talker == BOT_ID, LocalMessage.media.is_not(None))
        return len((await session.scalars(sent)).all()) >= ROUNDS
