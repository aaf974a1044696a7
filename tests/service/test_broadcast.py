"""A notice to 359 groups over the real gateway: each gets it once, whatever happens on the way."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.reminders import Plan, add_reminder, run_reminder
from handlers.reminders.ledger import Ledger, Standing, read_ledger, read_progress
from handlers.reminders.stopping import resend
from handlers.scopes import Scope
from handlers.settings import Settings
from storage.engine import Database
from storage.enums import OutboxState
from storage.models import Group
from storage.people import bump_directory
from tests.service.process import until
from tests.service.test_gateway import BOT, LI, WITHIN, ZHANG, Town, open_town
from tests.wechat.gateway import Gateway

pytestmark = pytest.mark.xdist_group("service-gateway")

ROOMS = 359
KILLS = (30, 70, 110, 150, 190)
FORWARD, BACK = 3600.0, -3600.0
NOTICE = "【温馨提示】明天降温，请关好门窗"
FIRE = "3幢2单元着火了，快来人"


def room(number: int) -> str:
    return f"{number}@chatroom"


async def test_every_group_gets_a_notice_once_through_kills_an_outage_and_clocks_that_jump(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with Gateway(login_delay=0) as gateway:
        await gateway.add_contacts({BOT: "助手", ZHANG: "张三", LI: "李四"})
        topics = {room(number): (f"玉景湾{number}号群", [BOT, ZHANG, LI]) for number in range(ROOMS)}
        await gateway.add_rooms(topics)
        await gateway.log_in(BOT)
        roster = "\n".join(f"玉景社区,一网格,{topic},李四,{LI},,,," for topic, _ in topics.values())
        town = await open_town(gateway, sqlite_database, tmp_path, roster, pause=0.01)
        async with town.service:
            await bind(town)
            number = await send(town)
            await town.service.start()
            for life, said in enumerate(KILLS):
                await gateway.wait_said(said, within=WITHIN)
                if life == 1:
                    town.service.skew.value = FORWARD
                if life == 3:
                    town.service.skew.value = BACK
                await town.service.kill()
                await town.service.start()
                if life == 2:
                    async with gateway.down():
                        await until(lambda: lost(town), within=WITHIN)
            await until(town.connected, within=WITHIN)
            await gateway.say(ZHANG, FIRE, room(7))
            await until(lambda: over(town, number), within=WITHIN, every=0.1)
            check_the_fire(gateway)
            await compare(town, number)


async def bind(town: Town) -> None:
    """The account has been in every group for a while."""
    async with town.database.begin() as session:
        for number, group in enumerate(await session.scalars(select(Group).order_by(Group.id))):
            group.account, group.room_id = "main", room(number)
        await bump_directory(session)


async def send(town: Town) -> int:
    """Send the notice to everybody now; its number."""
    now = datetime.now(UTC)
    async with town.database.begin() as session:
        plan = Plan(once_at=now + timedelta(days=1))
        scope = Scope(everyone=True)
        reminder = await add_reminder(session, text=NOTICE, scope=scope, by="test", now=now, plan=plan)
        fired = await run_reminder(session, number=reminder.number, by="test", now=now, settings=Settings())
    assert fired.queued == ROOMS
    return reminder.number


async def lost(town: Town) -> bool:
    return not await town.connected()


async def over(town: Town, number: int) -> bool:
    async with town.database.read() as session:
        return (await read_progress(session, number)).over


def check_the_fire(gateway: Gateway) -> None:
    """The fire was told to the steward in the middle of the broadcast, next to its acknowledgement in the group."""
    said = [(each.conversation, each.text) for each in gateway.said]
    prompt = next(place for place, (who, text) in enumerate(said) if who == LI and FIRE in text)
    ack = next(place for place, (who, text) in enumerate(said) if who == room(7) and text != NOTICE)
    assert abs(prompt - ack) == 1
    assert prompt < len(said) - 1


async def compare(town: Town, number: int) -> None:
    """Nobody twice; nobody missing but where the ledger says that it does not know. Those are looked at, and sent again."""
    times = notices(town)
    assert set(times.values()) == {1}
    ledger = await read(town, number)
    unknown = {line.group for line in ledger.lines if line.standing is Standing.UNKNOWN}
    missing = {f"玉景湾{each}号群" for each in range(ROOMS) if room(each) not in times}
    assert missing <= unknown
    assert len(unknown) <= len(KILLS) + 1
    assert Counter(line.standing for line in ledger.lines)[Standing.SENT] == ROOMS - len(unknown)
    if missing:
        async with town.database.begin() as session:
            await resend(
                session,
                number=number,
                state=OutboxState.UNCERTAIN,
                by="test",
                now=datetime.now(UTC) + timedelta(seconds=BACK),
                settings=Settings(),
                groups=missing,
            )
        await until(lambda: over(town, number), within=WITHIN, every=0.1)
    assert notices(town) == {room(each): 1 for each in range(ROOMS)}


def notices(town: Town) -> Counter[str]:
    return Counter(said.conversation for said in town.gateway.said if said.text == NOTICE)


async def read(town: Town, number: int) -> Ledger:
    async with town.database.read() as session:
        return await read_ledger(session, number)
