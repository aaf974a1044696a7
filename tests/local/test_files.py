"""Files that people send in the local chat: heard as what they are, kept safely, or refused by the name of the fault."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import FormData
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.connector import FetchFault
from bot.local.connector import LocalConnector
from bot.media import Media
from handlers.events import MessageKind, RoomRenamed
from storage.engine import Database
from storage.enums import AttachmentState, Phase, TicketState
from storage.local import forget_local_files
from storage.models import Attachment, Category, Group, Ticket
from tests.local.town import NOW, Client, build_town, chat_client, running

PHOTO = b"\xff\xd8\xff" + bytes(500)
VOICE = b"#!AMR\n" + bytes(50)
LIMIT = 20_000


@pytest.fixture
async def connector(sqlite_database: Database, tmp_path: Path) -> LocalConnector:
    await build_town(sqlite_database)
    media = Media(tmp_path / "media")
    return LocalConnector("local", sqlite_database, lambda: NOW, media=media, largest=LIMIT)


async def send(
    client: Client, data: bytes, name: str, status: int = 201, *, talker: str = "zhang3", **where: str
) -> str:
    """Send a file; the message's id, or what was said against it."""
    form = FormData({"talker": talker, **(where or {"room": "g1"})}, quote_fields=False)
    form.add_field("file", data, filename=name)
    answer = await client.post("/chat/api/files", data=form)
    body = await answer.json()
    assert answer.status == status, body
    return str(body["id"] if status == 201 else body["error"]["message"])


@pytest.mark.parametrize(
    ("data", "name", "kind", "text"),
    [
        (PHOTO, "IMG_1.JPG", MessageKind.IMAGE, "[图片]"),
        (VOICE, "a.amr", MessageKind.VOICE, "[语音]"),
        (b"0000ftypisom" + bytes(20), "a.mp4", MessageKind.VIDEO, "[视频]"),
        (b"PK\x03\x04" + bytes(20), "名单.xlsx", MessageKind.FILE, "名单.xlsx"),
        ("停水通知".encode(), "通知.txt", MessageKind.FILE, "通知.txt"),
        (PHOTO, "really-a-photo.exe", MessageKind.IMAGE, "[图片]"),
    ],
)
async def test_a_file_is_heard_as_what_it_is_and_can_be_fetched(
    sqlite_database: Database,
    connector: LocalConnector,
    data: bytes,
    name: str,
    kind: MessageKind,
    text: str,
) -> None:
    async with chat_client(sqlite_database, connector) as client, running(connector) as inbox:
        await inbox.wait_event(RoomRenamed, 2)
        id_ = await send(client, data, name)
        [heard] = await inbox.wait_messages(1)
        assert (heard.id, heard.kind, heard.text, heard.talker) == (id_, kind, text, "zhang3")
        assert (await connector.fetch(heard.media or "", limit=LIMIT)).data == data
        [shown] = await (await client.get("/chat/api/messages", params={"room": "g1"})).json()
        assert shown["media"] == heard.media


async def test_a_steward_sends_one_directly(sqlite_database: Database, connector: LocalConnector) -> None:
    async with chat_client(sqlite_database, connector) as client:
        await send(client, PHOTO, "a.jpg", talker="li4", to="bot")
        [shown] = await (await client.get("/chat/api/messages", params={"contact": "li4"})).json()
        assert shown["media"].endswith(".jpg")


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"MZ" + bytes(100), "virus.jpg", "file: is no picture"),
        (b"<script>alert(1)</script>", "page.html", "file: is no picture"),
        (b"PK\x03\x04" + bytes(20), "app.apk", "file: is no picture"),
        (b"a\0b", "binary.txt", "file: is no picture"),
        (b"", "empty.jpg", "file: is empty"),
        (PHOTO, "a" * 10_000 + ".jpg", "body: is not a form"),
        (PHOTO + bytes(LIMIT), "huge.jpg", "file: is larger than 20000 bytes"),
    ],
)
async def test_a_wrong_file_is_refused_and_nothing_is_kept(
    sqlite_database: Database, connector: LocalConnector, tmp_path: Path, data: bytes, name: str, says: str
) -> None:
    async with chat_client(sqlite_database, connector) as client:
        assert (await send(client, data, name, 400)).startswith(says)
        assert await (await client.get("/chat/api/messages", params={"room": "g1"})).json() == []
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.txt", "..\\..\\x.txt", "长" * 200 + ".txt", "\u202e.txt"]
)
async def test_an_odd_name_leads_nowhere(
    sqlite_database: Database, connector: LocalConnector, tmp_path: Path, name: str
) -> None:
    async with chat_client(sqlite_database, connector) as client:
        await send(client, b"words", name)
        [shown] = await (await client.get("/chat/api/messages", params={"room": "g1"})).json()
    assert [each.name for each in (tmp_path / "media").iterdir()] == [shown["media"]]
    assert shown["media"].startswith("chat-")
    assert len(shown["text"]) <= 80
    assert not set(shown["text"]) & set("/\\")


@pytest.mark.parametrize(
    ("where", "status", "says"),
    [
        ({"room": "g9"}, 404, "room: "),
        ({"room": "g1", "to": "bot"}, 400, "room: "),
        ({"to": "li4"}, 400, "to: "),
        ({"room": "g1", "colour": "red"}, 400, "body: unknown field"),
        ({"room": "g" * 2_000}, 400, "room: is larger"),
    ],
)
async def test_a_wrong_form_is_refused(
    sqlite_database: Database,
    connector: LocalConnector,
    tmp_path: Path,
    where: dict[str, str],
    status: int,
    says: str,
) -> None:
    async with chat_client(sqlite_database, connector) as client:
        assert (await send(client, PHOTO, "a.jpg", status, **where)).startswith(says)
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"\xff" * 1_000, "multipart/form-data; boundary=x"),
    ],
)
async def test_what_is_no_form_is_refused(
    sqlite_database: Database, connector: LocalConnector, body: bytes, content_type: str
) -> None:
    async with chat_client(sqlite_database, connector) as client:
        answer = await client.post("/chat/api/files", data=body, headers={"Content-Type": content_type})
        assert answer.status == 400
        assert set((await answer.json())["error"]) == {"code", "message"}


async def test_another_sites_page_cannot_send_one(
    sqlite_database: Database, connector: LocalConnector
) -> None:
    async with chat_client(sqlite_database, connector) as client:
        form = FormData({"talker": "zhang3", "room": "g1"})
        form.add_field("file", PHOTO, filename="a.jpg")
        headers = {"Origin": "https://evil.example"}
        assert (await client.post("/chat/api/files", data=form, headers=headers)).status == 403


async def test_what_is_gone_or_too_large_cannot_be_fetched(connector: LocalConnector) -> None:
    for name, limit in (("none-000.jpg", LIMIT), ("../x.jpg", LIMIT)):
        with pytest.raises(FetchFault) as missed:
            await connector.fetch(name, limit=limit)
        assert not missed.value.again


async def test_what_no_ticket_has_is_forgotten_after_its_time_but_not_its_words(
    sqlite_database: Database, connector: LocalConnector
) -> None:
    later = NOW + timedelta(days=365)
    async with chat_client(sqlite_database, connector) as client:
        await send(client, PHOTO, "old.jpg")
        await send(client, VOICE, "of-a-ticket.amr")
        listed = await (await client.get("/chat/api/messages", params={"room": "g1"})).json()
        photo, voice = [each["media"] for each in listed]
        async with sqlite_database.begin() as session:
            await a_ticket_has(session, voice)
        assert await forget(sqlite_database, before=NOW) == []
        assert await forget(sqlite_database, before=later) == [photo]
        assert await forget(sqlite_database, before=later) == []
        listed = await (await client.get("/chat/api/messages", params={"room": "g1"})).json()
        assert [(each["text"], each["media"]) for each in listed] == [("[图片]", None), ("[语音]", voice)]


async def forget(database: Database, before: datetime) -> list[str]:
    async with database.begin() as session:
        return await forget_local_files(session, beginning="chat-", before=before, limit=10)


async def a_ticket_has(session: AsyncSession, source: str) -> None:
    session.add(Category(code="other", name="其他", position=1))
    await session.flush()
    group = (await session.scalars(select(Group).limit(1))).one()
    ticket = Ticket(
        number=1001,
        state=TicketState.PROMPTED,
        category="other",
        urgent=False,
        group_id=group.id,
        resident="zhang3",
        resident_name="张三",
        text="请听",
        opened_at=NOW,
        clock_from=NOW,
    )
    session.add(ticket)
    await session.flush()
    session.add(
        Attachment(
            ticket_id=ticket.id,
            account="local",
            message_id="2",
            kind=MessageKind.VOICE,
            phase=Phase.BEFORE,
            by="张三",
            contact_id="zhang3",
            at=NOW,
            source=source,
            state=AttachmentState.KEPT,
            path="1001-2.amr",
        )
    )
