"""What becomes of what the bot says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.connector import OutgoingMessage, RecallResult, Refusal, SendState
from bot.media import Media
from bot.wechat.files import LARGEST_BOX
from handlers.events import IncomingMessage, MessageKind
from tests.wechat.conftest import LI, ROOM, ZHANG
from tests.wechat.gateway import Fault, Gateway
from tests.wechat.hearer import Hearer, hearing

pytestmark = pytest.mark.xdist_group("gateway-sending")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
WORDS = OutgoingMessage(key="k", text="@张三 已登记，工单1024", room=ROOM, mentions=(ZHANG,))


async def test_words_reach_the_room_with_their_mention(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        result = await bot.connector.send(WORDS)
        assert (result.state, result.message_id) == (SendState.SENT, None)
        (said,) = await gateway.wait_said()
        assert (said.conversation, said.text, said.mentions) == (ROOM, WORDS.text, (ZHANG,))


async def test_words_reach_a_person(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await bot.connector.send(OutgoingMessage(key="k", text="新工单1024", contact=LI))
        assert (await gateway.wait_for("1024")).conversation == LI


async def test_a_gateway_that_names_messages_gives_the_id(gateway: Gateway) -> None:
    await gateway.name_sent_messages()
    async with hearing(gateway) as bot:
        result = await bot.connector.send(WORDS)
        (said,) = await gateway.wait_said()
        assert result.message_id == said.id
        assert (await bot.inbox.message(WORDS.text)).id == said.id


async def test_what_was_said_is_taken_back_where_the_puppet_can(gateway: Gateway) -> None:
    await gateway.name_sent_messages()
    async with hearing(gateway) as bot:
        sent = await bot.connector.send(WORDS)
        assert await bot.connector.recall(sent.message_id or "") == RecallResult(done=True)
        assert await gateway.wait_recalled() == [sent.message_id]
        await gateway.fault("messageRecall", Fault.FAIL)
        refused = await bot.connector.recall(sent.message_id or "")
        assert refused == RecallResult(done=False, reason="the gateway cannot recall")


async def test_a_refused_message_is_told_apart_from_a_lost_one(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.fault("messageSendText", Fault.FAIL)
        assert (await bot.connector.send(WORDS)).refusal is Refusal.REFUSED
        assert (await bot.connector.send(WORDS)).refusal is Refusal.NONE


async def test_a_picture_reaches_the_room_and_comes_back_as_one(gateway: Gateway, tmp_path: Path) -> None:
    media = Media(tmp_path)
    name = await asyncio.to_thread(media.keep, PICTURE, "一周小结", "png")
    async with hearing(gateway, media=media) as bot:
        sent = await bot.connector.send(OutgoingMessage(key="k", text="图片", room=ROOM, media=name))
        assert sent.state is SendState.SENT
        (said,) = await gateway.wait_said()
        assert (said.conversation, said.file, said.bytes) == (ROOM, name, len(PICTURE))
        echo = await bot.inbox.seen(IncomingMessage)
        assert (echo.kind, echo.is_self, echo.text) == (MessageKind.IMAGE, True, "")


@pytest.mark.parametrize("name", ["none-000.png", "../token.png", "/etc/passwd", "", "a.png/../../b.png"])
async def test_a_file_that_is_not_in_the_folder_is_not_sent(
    gateway: Gateway, tmp_path: Path, name: str
) -> None:
    (tmp_path / "token.png").write_bytes(b"secret")
    async with hearing(gateway, media=Media(tmp_path / "media")) as bot:
        result = await bot.connector.send(OutgoingMessage(key="k", text="x", room=ROOM, media=name))
        assert (result.state, result.reason) == (SendState.FAILED, "there is no such file")
        assert gateway.said == []


@pytest.mark.parametrize("size", [LARGEST_BOX, LARGEST_BOX + 1, 12_000_000])
async def test_a_file_of_any_size_reaches_the_room_whole(gateway: Gateway, tmp_path: Path, size: int) -> None:
    media = Media(tmp_path)
    async with hearing(gateway, media=media) as bot:
        name = await asyncio.to_thread(media.keep, b"x" * size, "large", "png")
        result = await bot.connector.send(OutgoingMessage(key=name, text="x", room=ROOM, media=name))
        assert result.state is SendState.SENT
        (said,) = await gateway.wait_said()
        assert (said.conversation, said.file, said.bytes) == (ROOM, name, size)


async def test_a_large_file_that_is_refused_has_failed(gateway: Gateway, tmp_path: Path) -> None:
    media = Media(tmp_path)
    name = await asyncio.to_thread(media.keep, b"x" * (LARGEST_BOX + 1), "large", "png")
    async with hearing(gateway, media=media) as bot:
        await gateway.fault("messageSendFile", Fault.FAIL)
        result = await bot.connector.send(OutgoingMessage(key="k", text="x", contact=LI, media=name))
        assert result.state is SendState.FAILED


async def test_a_picture_without_answer_is_unknown(gateway: Gateway, tmp_path: Path) -> None:
    media = Media(tmp_path)
    name = await asyncio.to_thread(media.keep, PICTURE, "p", "png")
    async with hearing(gateway, media=media) as bot:
        await gateway.fault("messageSendFile", Fault.HANG)
        result = await bot.connector.send(OutgoingMessage(key="k", text="x", contact=LI, media=name))
        assert result.state is SendState.UNKNOWN


async def test_a_send_without_connection_has_failed(gateway: Gateway) -> None:
    assert (await Hearer(gateway).connector.send(WORDS)).state is SendState.FAILED


async def test_a_send_after_the_gateway_died_is_not_sent(gateway: Gateway) -> None:
    async with hearing(gateway) as bot, gateway.down():
        result = await bot.connector.send(WORDS)
        assert result.state in {SendState.FAILED, SendState.UNKNOWN}
        assert gateway.said == []


async def test_a_refused_send_has_failed_without_telling_words(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.fault("messageSendText", Fault.FAIL)
        result = await bot.connector.send(WORDS)
        assert result.state is SendState.FAILED
        assert result.reason
        assert "张三" not in result.reason


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.LATE])
async def test_a_send_without_answer_is_unknown(gateway: Gateway, fault: Fault) -> None:
    async with hearing(gateway) as bot:
        await gateway.fault("messageSendText", fault)
        assert (await bot.connector.send(WORDS)).state is SendState.UNKNOWN
        assert len(gateway.said) == (fault is Fault.LATE)


async def test_a_send_that_loses_its_link_is_unknown(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.fault("messageSendText", Fault.LATE)
        sending = asyncio.create_task(bot.connector.send(WORDS))
        await gateway.wait_said()
        async with gateway.down():
            assert (await sending).state is SendState.UNKNOWN


async def test_nothing_to_say_it_to_has_failed(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        assert (await bot.connector.send(OutgoingMessage(key="k", text="x"))).state is SendState.FAILED
