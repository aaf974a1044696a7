"""The whole service as a process of its own over the real gateway: what people say, and what the bot says to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import func, select

from handlers.roster import import_roster
from handlers.rosterfile import parse_roster
from storage.engine import Database
from storage.enums import OutboxState, TicketState
from storage.models import BlindWindow, Message, Outbox, Ticket
from tests.service.process import Service, until
from tests.wechat.gateway import Gateway, PayloadType, Say

pytestmark = pytest.mark.xdist_group("service-gateway")

CONFIG = """
[database]
url = "{url}"
[[accounts]]
name = "main"
connector = "wechaty"
endpoint = "{endpoint}"
token_file = "{token}"
[delivery]
pause_min = 0
pause_max = {pause}
group_floor = 0
quiet_from = "00:00"
quiet_until = "00:00"
[intake]
burst_seconds = 0.5
[reports]
brief = false
weekly = false
"""
HEAD = "社区,网格,群名,管家,管家微信,网格员,网格员微信,网格长,网格长微信"
ROOM, TOPIC, STRANGE = "g3@chatroom", "玉景湾3号群", "club@chatroom"
BOT, ZHANG, LI = "bot", "zhang", "li"
LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
WITHIN = 180
ROOMS, PEOPLE, MESSAGES = 359, 40, 1000


class Town:
    """The service, its gateway and its database."""

    def __init__(self, gateway: Gateway, service: Service, database: Database) -> None:
        self.gateway, self.service, self.database = gateway, service, database

    async def connected(self) -> bool:
        """Whether the service says that it hears."""
        return await asyncio.to_thread(_healthy, self.service.address)

    async def run(self) -> None:
        """Start the service and wait until it hears."""
        await self.service.start()
        await until(self.connected, within=WITHIN)

    async def said(self, count: int) -> list[tuple[str, str]]:
        """Everything said so far, in which conversation, once it is ``count`` things and nothing is left to say."""
        await self.gateway.wait_said(count, within=WITHIN)
        await until(self.at_rest, within=WITHIN)
        return [(said.conversation, said.text) for said in self.gateway.said]

    async def at_rest(self) -> bool:
        """Whether everything was said, and every word came back with its id."""
        async with self.database.read() as session:
            left = select(func.count()).where(
                (Outbox.state != OutboxState.SENT) | Outbox.message_id.is_(None)
            )
            return not await session.scalar(left)

    async def tickets(self) -> list[Ticket]:
        """All tickets."""
        async with self.database.read() as session:
            return list((await session.scalars(select(Ticket).order_by(Ticket.id))).all())

    async def heard(self) -> list[Message]:
        """All messages that were handled."""
        async with self.database.read() as session:
            return list((await session.scalars(select(Message).order_by(Message.id))).all())

    async def wait_heard(self, count: int) -> None:
        """Wait until so many messages have been handled."""

        async def enough() -> bool:
            return len(await self.heard()) >= count

        await until(enough, within=WITHIN)


async def open_town(
    gateway: Gateway, database: Database, folder: Path, roster: str, *, pause: float = 0.0
) -> Town:
    """Write roster, token and config; nothing runs yet."""
    async with database.begin() as session:
        await import_roster(
            session,
            parse_roster("roster.csv", f"{HEAD}\n{roster}\n".encode()),
            now=datetime.now(UTC),
            by="test",
        )
    config, token = folder / "config.toml", folder / "token"
    token.write_text(gateway.token, encoding="utf-8")
    url = database.url.set(drivername="sqlite").render_as_string()
    config.write_text(
        CONFIG.format(url=url, endpoint=gateway.endpoint, token=token, pause=pause), encoding="utf-8"
    )
    return Town(gateway, Service(config), database)


@pytest.fixture
async def town(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """One group with its steward, and a room that no roster knows; the service runs and hears."""
    async with Gateway(login_delay=0) as gateway:
        await gateway.add_contacts({BOT: "助手", ZHANG: "张三", LI: "李四"})
        await gateway.add_rooms({ROOM: (TOPIC, [BOT, ZHANG, LI]), STRANGE: ("钓鱼俱乐部", [BOT, ZHANG])})
        await gateway.log_in(BOT)
        town = await open_town(gateway, sqlite_database, tmp_path, f"玉景社区,一网格,{TOPIC},李四,{LI},,,,")
        async with town.service:
            await town.run()
            yield town


async def test_the_conversation_of_the_design_plays_to_its_end(town: Town) -> None:
    gateway = town.gateway
    await gateway.say(ZHANG, LAMP, ROOM)
    said = await town.said(2)
    assert (ROOM, "@张三 已登记【公共照明】3幢2单元，工单1001。管家李四会跟进，回“进度”可查。") in said
    prompt = next(text for conversation, text in said if conversation == LI)
    assert prompt.startswith(f"【新工单1001】公共照明 {TOPIC} 张三")
    assert LAMP in prompt
    assert prompt.endswith("回复 1接单 2转派 3叫铁脚板 4办结 0不是诉求")
    await gateway.say(LI, "1")
    accepted = await town.said(4)
    assert (ROOM, "@张三 管家李四已接单1001。") in accepted
    assert any(who == LI and text.startswith("1001已接单，请在") for who, text in accepted)
    await gateway.say(LI, "办结 换了新灯泡")
    resolved = await town.said(6)
    assert (ROOM, "@张三 工单1001已办结：换了新灯泡。满意回“满意”，没修好回“没修好”。") in resolved
    assert (LI, "1001已办结，等居民确认。") in resolved
    await gateway.say(ZHANG, "满意", ROOM)
    assert (await town.said(7))[6] == (LI, "1001居民说满意，已结案。")
    assert [ticket.state for ticket in await town.tickets()] == [TicketState.CLOSED]
    assert {said.mentions for said in gateway.said if said.conversation == ROOM} == {(ZHANG,)}


async def test_a_message_told_twice_is_one_ticket_also_after_a_crash(town: Town) -> None:
    first = await town.gateway.say(ZHANG, LAMP, ROOM)
    await town.gateway.repeat(first)
    await town.said(2)
    await town.gateway.repeat(first)
    await town.service.kill()
    await town.run()
    await town.gateway.repeat(first)
    await town.gateway.say(LI, "早上好", ROOM)
    await town.wait_heard(2)
    assert len(await town.said(2)) == 2
    assert len(await town.tickets()) == 1
    assert [message.text for message in await town.heard()] == [LAMP, "早上好"]


async def test_a_type_nobody_knows_and_a_room_nobody_knows_change_nothing(town: Town) -> None:
    await town.gateway.say(ZHANG, LAMP, ROOM, type=PayloadType.NEVER_HEARD_OF)
    await town.gateway.say(ZHANG, "<msg>坏了</msg>", ROOM, type=PayloadType.UNKNOWN)
    await town.gateway.say(ZHANG, LAMP, STRANGE)
    await town.gateway.say(ZHANG, "大家早上好", ROOM)
    await town.wait_heard(3)
    assert await town.said(0) == []
    assert await town.tickets() == []
    assert Counter(message.kind for message in await town.heard()) == {"unknown": 2, "text": 1}


async def test_a_gateway_that_dies_and_comes_back(town: Town) -> None:
    gateway = town.gateway
    await gateway.say(ZHANG, LAMP, ROOM)
    await town.wait_heard(1)
    async with gateway.down():

        async def lost() -> bool:
            return not await town.connected()

        await until(lost, within=WITHIN)
    await until(town.connected, within=WITHIN)
    acknowledged = await town.said(2)
    assert Counter(conversation for conversation, _ in acknowledged) == {ROOM: 1, LI: 1}
    await gateway.say(LI, "1")
    assert (ROOM, "@张三 管家李四已接单1001。") in await town.said(4)
    async with town.database.read() as session:
        assert len((await session.scalars(select(BlindWindow))).all()) == 1


async def test_a_thousand_messages_in_359_rooms_right_after_the_login(
    sqlite_database: Database, tmp_path: Path
) -> None:
    people = {f"wxid_{number}": f"居民{number}" for number in range(PEOPLE)}
    stewards = {f"steward_{number}": f"管家{number}" for number in range(ROOMS)}
    rooms = {f"{number}@chatroom": f"玉景湾{number}号群" for number in range(ROOMS)}
    async with Gateway(login_delay=0) as gateway:
        await gateway.add_contacts({BOT: "助手", **people, **stewards})
        await gateway.add_rooms({room: (topic, [BOT, *people]) for room, topic in rooms.items()})
        await gateway.log_in(BOT)
        roster = "\n".join(
            f"玉景社区,一网格,{topic},管家{number},steward_{number},,,,"
            for number, topic in enumerate(rooms.values())
        )
        town = await open_town(gateway, sqlite_database, tmp_path, roster)
        async with town.service:
            await town.run()
            lines = [
                Say(
                    talker=f"wxid_{number % PEOPLE}",
                    text=f"{number // ROOMS + 1}幢2单元路灯坏了",
                    room=f"{number % ROOMS}@chatroom",
                )
                for number in range(MESSAGES)
            ]
            ids = await gateway.push(lines)
            await town.said(2 * MESSAGES)
        heard, tickets = await town.heard(), await town.tickets()
        assert Counter(message.message_id for message in heard) == Counter(ids)
        assert Counter((ticket.resident, ticket.text) for ticket in tickets) == Counter(
            (line.talker, line.text) for line in lines
        )
        assert len({message.ticket_id for message in heard}) == MESSAGES
        await compare(town)


async def compare(town: Town) -> None:
    """What the gateway was told to say is what the outbox says was said, each ticket's two messages in their places."""
    async with town.database.read() as session:
        rows = (await session.scalars(select(Outbox))).all()
    told = {said.id: (said.conversation, said.text) for said in town.gateway.said}
    assert len(told) == len(town.gateway.said) == 2 * MESSAGES
    assert {row.message_id: row.text for row in rows} == {id_: text for id_, (_, text) in told.items()}
    places = Counter(conversation for conversation, _ in told.values())
    for number in range(ROOMS):
        asked = len(range(number, MESSAGES, ROOMS))
        assert places[f"{number}@chatroom"] == places[f"steward_{number}"] == asked


KILLS, BURST = 4, 9


async def test_a_service_killed_while_it_speaks_says_nothing_twice_in_a_group(
    sqlite_database: Database, tmp_path: Path
) -> None:
    people = {f"wxid_{number}": f"居民{number}" for number in range((KILLS + 1) * BURST)}
    async with Gateway(login_delay=0) as gateway:
        await gateway.add_contacts({BOT: "助手", LI: "李四", **people})
        await gateway.add_rooms({ROOM: (TOPIC, [BOT, LI, *people])})
        await gateway.log_in(BOT)
        roster = f"玉景社区,一网格,{TOPIC},李四,{LI},,,,"
        town = await open_town(gateway, sqlite_database, tmp_path, roster, pause=0.01)
        lines = [
            Say(talker=contact, text=f"{number}幢2单元路灯坏了", room=ROOM)
            for number, contact in enumerate(people, start=1)
        ]
        ids: list[str] = []
        async with town.service:
            for kill in range(KILLS):
                await town.run()
                ids += await gateway.push(lines[kill * BURST : (kill + 1) * BURST])
                await gateway.wait_said(len(gateway.said) + 2 * kill + 1, within=WITHIN)
                await town.service.kill()
            await town.run()
            last = await gateway.push(lines[KILLS * BURST :])
            await until(lambda: spoken(town, last), within=WITHIN)
        await compare_killed(town, ids + last)


async def spoken(town: Town, last: list[str]) -> bool:
    """Whether these messages have been handled and nothing waits to be said."""
    async with town.database.read() as session:
        heard = await session.scalar(select(func.count()).where(Message.message_id.in_(last)))
        left = await session.scalar(
            select(func.count()).where(Outbox.state.in_((OutboxState.PENDING, OutboxState.SENDING)))
        )
    return heard == len(last) and not left


async def compare_killed(town: Town, ids: list[str]) -> None:
    """One ticket for each message that was heard; one acknowledgement each, but for those being said at a kill."""
    heard, tickets = await town.heard(), await town.tickets()
    assert {message.message_id for message in heard} <= set(ids)
    assert sorted(message.ticket_id or 0 for message in heard) == [ticket.id for ticket in tickets]
    said = Counter(said.text for said in town.gateway.said if said.conversation == ROOM)
    assert set(said.values()) == {1}
    async with town.database.read() as session:
        rows = (await session.scalars(select(Outbox).where(Outbox.kind == "ack"))).all()
    assert sorted(row.ticket_id or 0 for row in rows) == [ticket.id for ticket in tickets]
    unsure = {row.text for row in rows if row.state is OutboxState.UNCERTAIN}
    assert {row.text for row in rows} - unsure <= set(said) <= {row.text for row in rows}
    assert len(unsure) <= KILLS


def _healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310 - our own service
            return bool(answer.status == 200)
    except (URLError, ConnectionError):  # it says no, or has not begun to listen for good
        return False
