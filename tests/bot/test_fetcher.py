"""Fetching files: whatever the backend gives or does, each file is kept once under a safe name, or given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.connector import FetchedFile, FetchFault, Inbox, OutgoingMessage, SendResult, SendState
from bot.fetcher import Fetcher
from bot.media import Media
from bot.replay.events import ACCOUNT
from storage.attachments import attachments_of
from storage.engine import Database
from storage.enums import AttachmentState
from storage.models import Attachment
from tests.handlers.town import Town

PHOTO = b"\xff\xd8\xff" + bytes(500)
LIMIT = 10_000


class FakeConnector:
    """Gives what it was told to give, and says what it was asked for."""

    account = ACCOUNT
    connected = True

    def __init__(self, *answers: FetchedFile | FetchFault) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    async def run(self, inbox: Inbox) -> None:
        """Nothing is heard."""

    async def find_said(self, keys: Collection[str]) -> None:
        """It knows no keys."""

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Nothing is said."""
        return SendResult(state=SendState.SENT)

    async def fetch(self, media: str, *, limit: int) -> FetchedFile:
        """The next answer."""
        self.asked.append(media)
        answer = self._answers.pop(0)
        if isinstance(answer, FetchFault):
            raise answer
        return answer


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    """A town in which 张三 has reported a lamp and sent a photo of it."""
    town = await Town.open(sqlite_database)
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")
    await town.say("zhangsan", "", image="../../photo/of the lamp.jpg")
    await town.wait(seconds=20)
    town.heard()
    return town


def names(folder: Path) -> list[str]:
    """What is in the media folder."""
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


@asynccontextmanager
async def fetching(town: Town, connector: FakeConnector, folder: Path) -> AsyncIterator[asyncio.Event]:
    """A fetcher that runs inside the block; the event is set when it has done something."""
    done = asyncio.Event()
    fetcher = Fetcher(
        town.database,
        connector,
        town.surroundings,
        Media(folder),
        VirtualClock(town.now),
        largest=LIMIT,
        kept=done.set,
    )
    task = asyncio.create_task(fetcher.run())
    try:
        yield done
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def fetch(town: Town, connector: FakeConnector, folder: Path) -> Attachment:
    """Let the fetcher do one thing; the attachment afterwards."""
    async with fetching(town, connector, folder) as done, asyncio.timeout(10):
        await done.wait()
    async with town.database.read() as session:
        (attachment,) = await attachments_of(session, 1001)
    return attachment


async def test_a_file_is_kept_and_sent_to_whoever_answers(town: Town, tmp_path: Path) -> None:
    connector = FakeConnector(FetchedFile(name="../evil.exe", data=PHOTO))
    attachment = await fetch(town, connector, tmp_path / "media")
    assert connector.asked == ["../../photo/of the lamp.jpg"]
    assert (attachment.state, attachment.size) == (AttachmentState.KEPT, len(PHOTO))
    assert names(tmp_path / "media") == [attachment.path]
    assert (attachment.path or "").startswith("1001-图片-")
    async with town.acting():
        pass
    await town.wait(seconds=20)
    assert town.heard() == [f"→ lisi: 1001的图片（张三 09:12） <{attachment.path}>"]


async def test_a_file_of_the_wrong_kind_is_given_up_and_told(town: Town, tmp_path: Path) -> None:
    attachment = await fetch(town, FakeConnector(FetchedFile(name="a.jpg", data=b"MZ\0")), tmp_path / "media")
    assert (attachment.state, attachment.fetch_at) == (AttachmentState.FAILED, None)
    assert names(tmp_path / "media") == []
    async with town.acting():
        pass
    await town.wait(seconds=5)
    assert town.heard() == ["→ lisi: 1001张三发的图片没取到，请看群里。"]


async def test_what_is_not_there_yet_is_asked_for_again(town: Town, tmp_path: Path) -> None:
    again = FetchFault("the gateway answered UNKNOWN", again=True)
    attachment = await fetch(town, FakeConnector(again), tmp_path / "media")
    assert (attachment.state, attachment.attempts) == (AttachmentState.WANTED, 1)
    await town.wait(seconds=10)
    attachment = await fetch(town, FakeConnector(FetchedFile(name="", data=PHOTO)), tmp_path / "media")
    assert attachment.state is AttachmentState.KEPT


async def test_a_folder_that_cannot_be_written_loses_nothing(town: Town, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    attachment = await fetch(town, FakeConnector(FetchedFile(name="", data=PHOTO)), tmp_path / "file")
    assert (attachment.state, attachment.attempts) == (AttachmentState.WANTED, 1)


async def test_a_second_process_after_a_kill_keeps_the_same_file(town: Town, tmp_path: Path) -> None:
    await asyncio.to_thread(
        Media(tmp_path).keep, PHOTO, "1001-图片", "jpg"
    )  # written, but the row never knew
    attachment = await fetch(town, FakeConnector(FetchedFile(name="", data=PHOTO)), tmp_path / "media")
    assert names(tmp_path / "media") == [attachment.path]
