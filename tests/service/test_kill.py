"""kill -9 in the middle of a burst, again and again: what was received is handled exactly once."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from sqlalchemy import ColumnElement, func, select

from bot.local.world import BOT_ID
from storage.engine import Database
from storage.enums import OutboxState, TicketEventKind, TicketState
from storage.local import unheard_local_messages
from storage.models import LocalMessage, Message, Outbox, Ticket, TicketEvent
from tests.service.process import Service, say, until

CONFIG = """
[database]
url = "{url}"
[delivery]
pause_min = 0.0
pause_max = 0.01
group_floor = 0
quiet_from = "00:00"
quiet_until = "00:00"
[intake]
burst_seconds = 0.2
[reports]
brief = false
weekly = false
"""
MATTERS = (
    "路灯坏了",
    "电梯坏了",
    "垃圾没人收，臭死了",
    "楼道堆满杂物，消防通道堵了",
    "水管漏水",
    "树枝断了挡住路",
    "半夜装修太吵了",
    "有人乱停车堵住门口",
    "单元门坏了关不上",
)
"""Each is a matter of another category, so that nobody repeats himself within the two hours of one matter."""

CHAT = "早上好"
BURST = 14
SQLITE_KILLS, POSTGRES_KILLS, MORE_KILLS = 20, 5, 8
Killing = Callable[["Story"], Coroutine[object, object, None]]
OPENING = (TicketEventKind.OPENED, TicketEventKind.PROMPTED)
UNFINISHED = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNCERTAIN)
REST_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody is going to say."""

    talker: str
    room: str
    text: str


@dataclass
class Story:
    """What was said in all the service's lives, and what the service confirmed."""

    said: list[Line] = field(default_factory=list)
    received: dict[int, Line] = field(default_factory=dict)
    left_unheard: int = 0
    left_unsaid: int = 0


def script(rooms: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Line]:
    """Everybody in turn, all rooms mixed, each time with another matter at another building; every eighth line is chat."""
    seats = [
        (room, talker, place)
        for place, row in enumerate(itertools.zip_longest(*(people for _, people in rooms)), start=1)
        for (room, _), talker in zip(rooms, row, strict=True)
        if talker is not None
    ]
    for turn, matter in enumerate(MATTERS):
        for number, (room, talker, place) in enumerate(seats):
            chat = (turn + number) % 8 == 7
            yield Line(talker, room, CHAT if chat else f"{place}幢3单元{matter}")


class Watch:
    """Looks into the database from outside."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def handled(self) -> int:
        """How many messages have been handled."""
        return await self._count(Message.id > 0)

    async def spoken(self) -> int:
        """How many things the bot has said."""
        return await self._count(LocalMessage.talker == BOT_ID)

    async def unsaid(self) -> int:
        """How many things the bot has still to say, or does not know whether it has said them."""
        return await self._count(Outbox.state.in_(UNFINISHED))

    async def unheard(self) -> int:
        """How many messages wait to be handled."""
        async with self.database.read() as session:
            return len(await unheard_local_messages(session, account="local", bot=BOT_ID))

    async def at_rest(self) -> bool:
        """Whether everything has been handled and said."""
        return not await self.unheard() and not await self.unsaid()

    async def _count(self, condition: ColumnElement[bool]) -> int:
        async with self.database.read() as session:
            return await session.scalar(select(func.count()).where(condition)) or 0


async def test_kills_in_the_middle_of_bursts_lose_and_double_nothing(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(url=database_url), encoding="utf-8")
    async with Service(config) as service:
        story = await play(service, Watch(database), SQLITE_KILLS if database.is_sqlite else POSTGRES_KILLS)
    assert story.left_unheard, "no kill came before everything was handled"
    assert story.left_unsaid, "no kill came before everything was said"
    await compare(story, database)


async def play(service: Service, watch: Watch, rounds: int) -> Story:
    """Start, let many speak at once, kill; so many times, and a few more while no kill has come before everything
    was heard, or said (a loaded machine). Then one more start, and wait until all is quiet."""
    story = Story()
    await service.start()
    lines = script(await read_rooms(service))
    for number in range(rounds + MORE_KILLS):
        if number >= rounds and story.left_unheard and story.left_unsaid:
            break
        if number:
            await service.start()
        await burst(service, story, list(itertools.islice(lines, BURST)), killing(service, watch, number))
        story.left_unheard += await watch.unheard()
        story.left_unsaid += await watch.unsaid()
    await service.start()
    await until(watch.at_rest, within=REST_SECONDS, every=0.1)
    await service.kill()
    return story


def killing(service: Service, watch: Watch, number: int) -> Killing:
    """Another moment each round: when so much more has been received, handled, or said than at the burst's start."""
    share = (number % 10 + 1) / 11

    async def kill(story: Story) -> None:
        async def received() -> int:
            return len(story.received)

        measure, most = ((received, BURST), (watch.handled, BURST), (watch.spoken, 2 * BURST))[number % 3]
        goal = await measure() + max(1, round(share * most))

        async def reached() -> bool:
            return await measure() >= goal

        with suppress(TimeoutError):
            await until(reached, within=12, every=0.002)
        await service.kill()

    return kill


async def burst(service: Service, story: Story, lines: Sequence[Line], kill: Killing) -> None:
    """Everybody speaks at once while the service dies."""
    story.said.extend(lines)
    async with aiohttp.ClientSession(service.address) as client, asyncio.TaskGroup() as tasks:

        async def speak(line: Line) -> None:
            number = await say(client, line.talker, line.room, line.text)
            if number is not None:
                story.received[number] = line

        tasks.create_task(kill(story))
        for line in lines:
            tasks.create_task(speak(line))


async def read_rooms(service: Service) -> list[tuple[str, list[str]]]:
    """Every room and its residents."""
    async with aiohttp.ClientSession(service.address) as client, client.get("/chat/api/rooms") as answer:
        return [
            (room["id"], [member["id"] for member in room["members"] if member["role"] == "resident"])
            for room in await answer.json()
        ]


async def compare(story: Story, database: Database) -> None:
    """Hold the database against what was said: messages, tickets, the outbox, and the chat itself."""
    async with database.read() as session:
        chat = (await session.scalars(select(LocalMessage).order_by(LocalMessage.id))).all()
        messages = (await session.scalars(select(Message))).all()
        tickets = (await session.scalars(select(Ticket).order_by(Ticket.number))).all()
        events = (await session.scalars(select(TicketEvent))).all()
        outbox = (await session.scalars(select(Outbox).where(Outbox.ticket_id.is_not(None)))).all()

    heard = {row.id: Line(row.talker, f"g{row.group_id}", row.text) for row in chat if row.talker != BOT_ID}
    assert story.received.items() <= heard.items()
    assert not Counter(heard.values()) - Counter(story.said)
    handled = Counter(int(row.message_id) for row in messages)
    assert handled == Counter(heard.keys())

    requests = {number: line for number, line in heard.items() if line.text != CHAT}
    asked = {ticket.id: Line(ticket.resident, f"g{ticket.group_id}", ticket.text) for ticket in tickets}
    assert Counter(asked.values()) == Counter(requests.values())
    assert {
        int(row.message_id): asked[row.ticket_id] for row in messages if row.ticket_id is not None
    } == requests
    assert [ticket.number for ticket in tickets] == [1001 + place for place in range(len(tickets))]
    assert {ticket.state for ticket in tickets} == {TicketState.PROMPTED}
    happened = Counter((event.ticket_id, event.what) for event in events if event.what in OPENING)
    assert happened == Counter((ticket, what) for ticket in asked for what in OPENING)

    assert {row.state for row in outbox} == {OutboxState.SENT}
    assert Counter((row.ticket_id, row.kind) for row in outbox) == Counter(
        (ticket, kind) for ticket in asked for kind in ("ack", "prompt")
    )
    keys = {row.key for row in outbox}
    spoken = [row for row in chat if row.talker == BOT_ID and row.key in keys]
    assert {row.key: row.message_id for row in outbox} == {row.key: str(row.id) for row in spoken}
    assert max(Counter((row.group_id, row.contact_id, row.text) for row in spoken).values()) == 1
