"""At the same moment: real concurrent transactions on PostgreSQL, writers that queue on SQLite. One wins, the other is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.replay.events import ACCOUNT
from handlers.chat.reception import receive
from handlers.duty.leave import turn_leaves
from handlers.events import IncomingMessage
from handlers.timers import run_steps
from storage.engine import Database
from storage.enums import TicketEventKind, TicketState
from storage.models import Ticket
from storage.tickets import list_events, list_tickets
from tests.handlers.explaining import explain
from tests.handlers.town import GROUP, NAMES, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def reported(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=10)
    town.heard()


async def at_once(town: Town, said: Sequence[tuple[str, str]]) -> None:
    """Everyone says his words in a transaction of his own, all of them begun before any has ended."""
    ready = asyncio.Barrier(len(said)) if not town.database.is_sqlite else None

    async def one(number: int, who: str, words: str) -> None:
        room = GROUP if who in ("zhangsan", "wangwu") else None
        message = IncomingMessage(
            account=ACCOUNT,
            id=f"together{number}",
            at=town.now,
            talker=who,
            name=NAMES.get(who, who),
            text=words,
            room=room,
            topic=room,
        )
        async with town.database.begin() as session:
            ctx = await town.context(session)
            if ready is not None:  # on SQLite only one writer can have begun
                await ready.wait()
            await receive(ctx, [message])

    await asyncio.gather(*(one(number, *each) for number, each in enumerate(said)))
    async with town.acting():  # the stage notices what they have made due
        pass
    await town.wait(seconds=20)


async def ticket_of(town: Town) -> tuple[Ticket, list[TicketEventKind]]:
    async with town.database.read() as session:
        events = await list_events(session)
        ticket = (await list_tickets(session))[0]
        return ticket, [event.what for event in events if event.ticket_id == ticket.id]


async def test_two_who_accept_at_once_one_has_it_and_the_other_is_told(town: Town) -> None:
    await reported(town)
    await at_once(town, [("lisi", "1 1001"), ("zhaomin", "1 1001"), ("sunqiang", "接单 1001")])
    said = town.heard()
    assert sum("1001已接单，请在" in line for line in said) == 1
    assert sum("工单1001正在办理，不能接单" in line for line in said) == 2
    assert sum(line.startswith(f"[{GROUP}]") for line in said) == 1
    ticket, events = await ticket_of(town)
    assert events.count(TicketEventKind.ACCEPTED) == 1
    winner = next(line for line in said if "已接单，请在" in line).split(":")[0].removeprefix("→ ")
    assert (await town.ticket())["steward"] == winner
    assert ticket.state is TicketState.ACCEPTED


@pytest.mark.parametrize(
    "said",
    [
        [("lisi", "办结 1001 换了灯泡"), ("zhaomin", "转派 1001 孙强 他会修")],
        [("lisi", "0 1001"), ("zhaomin", "1 1001")],
        [("lisi", "等配件 1001"), ("lisi", "延期 1001 2天 等配件")],
        [("lisi", "办结 1001"), ("zhangsan", "撤销 1001")],
        [("lisi", "转派 1001 赵敏"), ("zhaomin", "转派 1001 孙强"), ("sunqiang", "转派 1001 李四")],
        [("lisi", "办结 1001"), ("lisi", "今天请假 钱七代"), ("zhangsan", "还有楼梯扶手松了 3幢2单元")],
    ],
)
async def test_whatever_is_said_at_once_happens_one_after_the_other(
    town: Town, said: list[tuple[str, str]]
) -> None:
    await reported(town)
    await town.tell("lisi", "1 1001")
    await at_once(town, said)
    ticket, events = await ticket_of(town)
    explained = explain(events)
    assert (explained.state, explained.paused) == (ticket.state, ticket.paused_at is not None)
    lines = town.heard()
    assert len(lines) == len(set(lines))


async def test_two_superiors_decide_at_once_and_one_decision_counts(town: Town) -> None:
    await reported(town)
    await town.tell("lisi", "1")
    await town.tell("lisi", "延期 2天 等配件")
    await at_once(town, [("zhaomin", "同意 1001"), ("sunqiang", "不同意 1001 今天修好")])
    _, events = await ticket_of(town)
    decided = [
        what
        for what in events
        if what in (TicketEventKind.EXTENSION_GRANTED, TicketEventKind.EXTENSION_REFUSED)
    ]
    assert len(decided) == 1
    assert sum("没有要答复的延期" in line for line in town.heard()) == 1


async def test_two_processes_take_the_same_step_once(town: Town) -> None:
    await reported(town)
    await town.tell("lisi", "明天请假 钱七代")
    town.heard()
    when = town.now + timedelta(days=1)

    async def steps() -> int:
        async with town.database.begin() as session:
            ctx = (await town.context(session)).at(when)
            return await turn_leaves(ctx) + await run_steps(ctx)

    moved = await asyncio.gather(steps(), steps(), steps())
    assert sum(moved) == 2
    _, events = await ticket_of(town)
    assert events.count(TicketEventKind.COVERED) == 1
    assert events.count(TicketEventKind.REMINDED) == 1


async def test_an_answer_and_the_clock_at_the_same_moment_do_not_both_win(town: Town) -> None:
    """Whoever comes second sees what the first has done: no reminder after an answer."""
    await reported(town)
    when = town.now + timedelta(minutes=30)

    async def step() -> None:
        async with town.database.begin() as session:
            await run_steps((await town.context(session)).at(when))

    await asyncio.gather(at_once(town, [("lisi", "1 1001")]), step())
    ticket, events = await ticket_of(town)
    assert ticket.state is TicketState.ACCEPTED
    if TicketEventKind.REMINDED in events:
        assert events.index(TicketEventKind.REMINDED) < events.index(TicketEventKind.ACCEPTED)


async def test_the_first_two_tickets_of_a_town_may_come_at_once(town: Town) -> None:
    await at_once(town, [("zhangsan", LAMP), ("wangwu", "12幢垃圾没人收，臭死了")])
    async with town.database.read() as session:
        assert [ticket.number for ticket in await list_tickets(session)] == [1001, 1002]
