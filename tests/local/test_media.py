"""Files the bot sends in the local chat: said, shown, served; nothing outside the folder is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.connector import OutgoingMessage, SendState
from bot.local.connector import LocalConnector
from bot.media import Media, MediaRefused
from handlers.events import MessageKind, RoomRenamed
from storage.engine import Database
from tests.local.town import NOW, Client, build_town, chat_client, running

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
async def connector(sqlite_database: Database, tmp_path: Path) -> LocalConnector:
    await build_town(sqlite_database)
    return LocalConnector("local", sqlite_database, lambda: NOW, media=Media(tmp_path / "media"))


async def say(connector: LocalConnector, ending: str) -> str:
    """Let the bot send a file to the first group; its name."""
    name = await asyncio.to_thread(connector.media.keep, PICTURE, "一周小结", ending)
    message = OutgoingMessage(key=name, text="图片：一周小结", room="g1", media=name)
    assert (await connector.send(message)).state is SendState.SENT
    return name


async def test_a_picture_is_said_once_and_comes_back_as_a_picture(connector: LocalConnector) -> None:
    async with running(connector) as inbox:
        await inbox.wait_event(RoomRenamed, 2)
        name = await say(connector, "png")
        assert await say(connector, "png") == name
        [echo] = await inbox.wait_messages(1)
    assert (echo.kind, echo.media, echo.is_self) == (MessageKind.IMAGE, name, True)


async def test_a_picture_is_shown_and_any_other_file_is_saved(
    sqlite_database: Database, connector: LocalConnector
) -> None:
    picture, sheet = await say(connector, "png"), await say(connector, "xlsx")
    async with chat_client(sqlite_database, connector) as client:
        listed = await (await client.get("/chat/api/messages", params={"room": "g1"})).json()
        assert [each["media"] for each in listed] == [picture, sheet]
        shown, saved = await fetch(client, picture), await fetch(client, sheet)
    assert shown == ("image/png", None, PICTURE)
    assert saved[0] == "application/octet-stream"
    assert (saved[1] or "").startswith("attachment;")


async def fetch(client: Client, name: str) -> tuple[str, str | None, bytes]:
    answer = await client.get(f"/chat/media/{name}")
    assert answer.status == 200
    return answer.content_type, answer.headers.get("Content-Disposition"), await answer.read()


@pytest.mark.parametrize(
    "name", ["none-000.png", "%2e%2e%2fsecret.png", "..%2f..%2fsecret.png", ".hidden.png"]
)
async def test_nothing_else_is_served(
    sqlite_database: Database, connector: LocalConnector, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    async with chat_client(sqlite_database, connector) as client:
        assert (await client.get(f"/chat/media/{name}")).status == 404


def test_a_file_is_kept_once_under_a_safe_name(tmp_path: Path) -> None:
    media = Media(tmp_path / "media")
    name = media.keep(PICTURE, "一周小结-2026-11-23", "png")
    assert media.keep(PICTURE, "一周小结-2026-11-23", "png") == name
    assert [each.name for each in (tmp_path / "media").iterdir()] == [name]
    assert media.read(name) == PICTURE
    with pytest.raises(ValueError, match="not a name"):
        media.keep(PICTURE, "../escaped", "png")
    with pytest.raises(MediaRefused):
        media.read("../media/" + name)
