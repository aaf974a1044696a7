"""What comes in through the real gateway."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from bot.connector import OutgoingMessage
from handlers.events import LoggedIn, MessageKind, RoomLeft, RoomRenamed, ScanNeeded
from tests.wechat.conftest import BOT, LI, ROOM, TOPIC, ZHANG
from tests.wechat.gateway import Fault, Gateway, PayloadType, Say
from tests.wechat.hearer import hearing

pytestmark = pytest.mark.xdist_group("gateway-hearing")


async def test_a_room_message_becomes_an_event(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        id_ = await gateway.say(ZHANG, "3幢2单元楼道灯坏了", ROOM, mentions=(BOT,))
        heard = await bot.inbox.message("3幢2单元楼道灯坏了")
        assert (heard.id, heard.account, heard.room, heard.topic) == (id_, "main", ROOM, TOPIC)
        assert (heard.talker, heard.name, heard.mentions) == (ZHANG, "张三", (BOT,))
        assert (heard.kind, heard.is_self) == (MessageKind.TEXT, False)
        assert abs(heard.at - datetime.now(UTC)) < timedelta(seconds=30)


async def test_a_direct_message_has_no_room(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.say(LI, "1")
        heard = await bot.inbox.message("1")
        assert (heard.room, heard.topic, heard.talker, heard.contact) == (None, None, LI, None)


async def test_own_words_come_back_as_self(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await bot.connector.send(OutgoingMessage(key="1", text="已登记", room=ROOM))
        await bot.connector.send(OutgoingMessage(key="2", text="新工单", contact=LI))
        in_room, direct = await bot.inbox.message("已登记"), await bot.inbox.message("新工单")
        assert (in_room.is_self, in_room.room, in_room.contact) == (True, ROOM, None)
        assert (direct.is_self, direct.room, direct.contact) == (True, None, LI)


async def test_login_scan_and_room_names_are_told(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        assert (await bot.inbox.seen(LoggedIn)).name == "助手"
        assert (await bot.inbox.seen(RoomRenamed)).topic == TOPIC
        await gateway.rename(ROOM, "玉景湾新群", by=LI)
        assert (await bot.inbox.seen(RoomRenamed, 2)).topic == "玉景湾新群"
        await gateway.say(ZHANG, "换名了", ROOM)
        assert (await bot.inbox.message("换名了")).topic == "玉景湾新群"
        await gateway.leave(ROOM, [BOT], by=LI)
        assert (await bot.inbox.seen(RoomLeft)).room == ROOM
        await gateway.join(ROOM, [BOT], by=LI)
        assert (await bot.inbox.seen(RoomRenamed, 3)).room == ROOM
        await gateway.show_code("https://login.weixin.qq.com/l/x")
        assert (await bot.inbox.seen(ScanNeeded)).code == "https://login.weixin.qq.com/l/x"


async def test_media_unknown_types_and_odd_events_harm_nothing(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        types = [
            (PayloadType.IMAGE, MessageKind.IMAGE),
            (PayloadType.AUDIO, MessageKind.VOICE),
            (PayloadType.ATTACHMENT, MessageKind.FILE),
            (PayloadType.VIDEO, MessageKind.VIDEO),
            (PayloadType.POST, MessageKind.UNKNOWN),
            (PayloadType.NEVER_HEARD_OF, MessageKind.UNKNOWN),
        ]
        ids = await gateway.push(
            [
                Say(talker=ZHANG, room=ROOM, text="<msg>x</msg>", type=type_, filename="f")
                for type_, _ in types
            ]
        )
        await gateway.emit("room-join", {"roomId": ROOM})
        await gateway.emit("message", {})
        await gateway.say(ZHANG, "还在吗", ROOM)
        await bot.inbox.message("还在吗")
        heard = {message.id: message for message in bot.inbox.messages}
        assert [heard[id_].kind for id_ in ids] == [kind for _, kind in types]
        assert [heard[id_].media for id_ in ids] == [*ids[:4], None, None]
        assert [heard[id_].text for id_ in ids] == ["", "", "f", "", "", ""]


async def test_a_message_taken_back_is_named(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        id_ = await gateway.say(ZHANG, "3幢灯坏了", ROOM)
        await gateway.say(ZHANG, id_, ROOM, type=PayloadType.RECALLED)
        await bot.inbox.until(lambda: len(bot.inbox.messages) >= 2)
        taken = bot.inbox.messages[1]
        assert (taken.kind, taken.recalls, taken.text, taken.room) == (MessageKind.RECALL, id_, "", ROOM)


async def test_a_repeated_id_is_passed_on(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        id_ = await gateway.say(ZHANG, "楼道灯坏了", ROOM)
        await gateway.repeat(id_)
        await gateway.say(ZHANG, "后一句", ROOM)
        await bot.inbox.message("后一句")
        assert [message.id for message in bot.inbox.messages].count(id_) == 2


async def test_a_message_that_does_not_load_at_once_comes_later(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.fault("messageRawPayload", Fault.FAIL, times=2)
        await gateway.say(ZHANG, "第一句", ROOM)
        assert (await bot.inbox.message("第一句")).room == ROOM


class Records(logging.Handler):
    """Log records that can be waited for."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.queue: asyncio.Queue[logging.LogRecord] = asyncio.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self.queue.put_nowait(record)


async def test_a_message_that_never_loads_is_logged_by_its_id(gateway: Gateway) -> None:
    records = Records()
    logging.getLogger("bot.wechat").addHandler(records)
    try:
        async with hearing(gateway) as bot:
            await gateway.fault("messageRawPayload", Fault.FAIL, times=4)
            id_ = await gateway.say(ZHANG, "读不到", ROOM)
            record = await asyncio.wait_for(records.queue.get(), 5)
            assert record.__dict__["message_id"] == id_
            assert "读不到" not in record.getMessage()
            await gateway.say(ZHANG, "下一句", ROOM)
            await bot.inbox.message("下一句")
            assert all(message.id != id_ for message in bot.inbox.messages)
    finally:
        logging.getLogger("bot.wechat").removeHandler(records)


async def test_a_thousand_messages_arrive_once_and_in_order(gateway: Gateway) -> None:
    rooms = {f"r{n}@chatroom": (f"群{n}", [BOT, ZHANG]) for n in range(359)}
    await gateway.add_rooms(rooms)
    async with hearing(gateway) as bot:
        said = [Say(talker=ZHANG, text=f"{n}", room=f"r{n % 359}@chatroom") for n in range(1000)]
        ids = await gateway.push(said)
        await bot.inbox.until(lambda: len(bot.inbox.messages) >= 1000, within=20)
        assert sorted(message.id for message in bot.inbox.messages) == sorted(ids)
        by_room: dict[str | None, list[int]] = defaultdict(list)
        for message in bot.inbox.messages:
            by_room[message.room].append(int(message.text))
        assert all(numbers == sorted(numbers) for numbers in by_room.values())
