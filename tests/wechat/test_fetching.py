"""Files that people send, fetched over a real gateway."""

from __future__ import annotations

import base64

import pytest

from bot.connector import FetchFault
from handlers.events import MessageKind
from tests.wechat.conftest import ROOM, ZHANG
from tests.wechat.gateway import Fault, Gateway, PayloadType
from tests.wechat.hearer import Hearer, hearing

pytestmark = pytest.mark.xdist_group("gateway-fetching")
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 4_000  # about a megabyte, as phones send them
LIMIT = 5_000_000


async def send(gateway: Gateway, bot: Hearer, data: bytes = PICTURE, name: str = "1.jpg") -> str:
    """张三 sends a picture; what it is fetched by."""
    file = base64.b64encode(data).decode()
    await gateway.say(ZHANG, "", ROOM, type=PayloadType.IMAGE, filename=name, file=file)
    await bot.inbox.until(lambda: any(each.media for each in bot.inbox.messages))
    heard = bot.inbox.messages[-1]
    assert (heard.kind, heard.text) == (MessageKind.IMAGE, "")
    assert heard.media is not None
    return heard.media


async def test_a_picture_of_a_megabyte_comes_whole(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        fetched = await bot.connector.fetch(await send(gateway, bot), limit=LIMIT)
        assert (fetched.name, fetched.data) == ("1.jpg", PICTURE)


async def test_a_file_that_is_too_large_is_not_taken(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        media = await send(gateway, bot)
        with pytest.raises(FetchFault, match="larger than 1000 bytes") as refused:
            await bot.connector.fetch(media, limit=1000)
        assert not refused.value.again
        assert (await bot.connector.fetch(media, limit=LIMIT)).data == PICTURE


@pytest.mark.parametrize("kind", [Fault.FAIL, Fault.HANG])
async def test_what_the_gateway_does_not_give_may_come_later(gateway: Gateway, kind: Fault) -> None:
    async with hearing(gateway) as bot:
        media = await send(gateway, bot)
        await gateway.fault("messageFile", kind)
        with pytest.raises(FetchFault) as missed:
            await bot.connector.fetch(media, limit=LIMIT)
        assert missed.value.again
        assert (await bot.connector.fetch(media, limit=LIMIT)).data == PICTURE


async def test_without_a_connection_nothing_is_fetched(gateway: Gateway) -> None:
    with pytest.raises(FetchFault, match="not connected") as missed:
        await Hearer(gateway).connector.fetch("m1", limit=LIMIT)
    assert missed.value.again
