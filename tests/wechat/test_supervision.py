"""A gateway that dies, freezes, ends its stream; an account that is thrown out; a stop that leaves nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.wechat.connector import WechatyConnector
from bot.wechat.faults import GatewayFault
from bot.wechat.link import Link
from bot.wechat.timing import Backoff
from handlers.events import ConnectionBack, ConnectionLost, LoggedIn
from tests.wechat.conftest import BOT, ROOM, ZHANG
from tests.wechat.gateway import Fault, Gateway
from tests.wechat.hearer import QUICK, Hearer, hearing

pytestmark = pytest.mark.xdist_group("gateway-supervision")


async def test_a_gateway_that_dies_and_comes_back(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        async with gateway.down():
            lost = await bot.inbox.seen(ConnectionLost)
            assert not bot.connector.connected
        back = await bot.inbox.seen(ConnectionBack)
        assert back.since == lost.since <= lost.at <= back.at
        await gateway.say(ZHANG, "又通了", ROOM)
        await bot.inbox.message("又通了")
        assert bot.connector.connected
        assert len(bot.inbox.all(ConnectionLost)) == len(bot.inbox.all(ConnectionBack)) == 1


async def test_a_stream_that_ends_without_an_error(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.end_stream()
        await bot.inbox.seen(ConnectionLost)
        await bot.inbox.seen(ConnectionBack)
        await gateway.say(ZHANG, "又通了", ROOM)
        await bot.inbox.message("又通了")


async def test_a_frozen_gateway_is_noticed(gateway: Gateway) -> None:
    async with hearing(gateway, replace(QUICK, call=0.5)) as bot:
        async with gateway.frozen():
            await bot.inbox.seen(ConnectionLost)
        await bot.inbox.seen(ConnectionBack)
        await gateway.say(ZHANG, "又通了", ROOM)
        await bot.inbox.message("又通了")


async def test_a_gateway_that_answers_but_tells_nothing_is_noticed(gateway: Gateway) -> None:
    async with hearing(gateway, replace(QUICK, deaf_after=0.5)) as bot:
        await gateway.fault("ding", Fault.HANG, times=1000)
        await gateway.emit("dong", {"data": "once it did"})
        lost = await bot.inbox.seen(ConnectionLost)
        assert "no event comes" in lost.reason
        assert not lost.logged_out


async def test_a_logout_is_a_loss_until_the_next_login(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.log_out()
        lost = await bot.inbox.seen(ConnectionLost)
        assert (lost.logged_out, lost.reason) == (True, "the account was logged out")
        assert not bot.connector.connected
        await gateway.log_in(BOT)
        await bot.inbox.seen(ConnectionBack)
        await bot.inbox.seen(LoggedIn, 2)
        assert bot.connector.connected


async def test_a_gateway_that_is_down_at_the_start(gateway: Gateway) -> None:
    await gateway.stop()
    async with hearing(gateway, wait=False) as bot:
        await bot.inbox.seen(ConnectionLost)
        await gateway.start()
        await bot.inbox.seen(ConnectionBack)
        assert (await bot.inbox.seen(LoggedIn)).contact == BOT


async def test_a_stream_left_over_at_the_gateway_is_ended(gateway: Gateway) -> None:
    left_over = await Link.open(gateway.endpoint, gateway.token, QUICK)
    events = left_over.events()
    try:
        await anext(events)
        async with hearing(gateway) as bot:
            assert "ALREADY_EXISTS" in (await bot.inbox.seen(ConnectionLost)).reason
            await gateway.say(ZHANG, "又通了", ROOM)
            await bot.inbox.message("又通了")
    finally:
        left_over.close()
        with suppress(GatewayFault, StopAsyncIteration):
            while True:
                await anext(events)


async def test_a_wrong_token_is_told(gateway: Gateway) -> None:
    gateway.token = "another"
    async with hearing(gateway, wait=False) as bot:
        reason = (await bot.inbox.seen(ConnectionLost)).reason
        assert "UNAUTHENTICATED" in reason
        assert "another" not in reason


async def test_a_lost_link_loses_no_message_that_was_heard(gateway: Gateway) -> None:
    async with hearing(gateway) as bot:
        await gateway.fault("messageRawPayload", Fault.HANG)
        id_ = await gateway.say(ZHANG, "断线前", ROOM)
        await gateway.wait_faulted()
        await gateway.stop()
        await bot.inbox.seen(ConnectionLost)
        await gateway.start()
        assert (await bot.inbox.message("断线前")).id == id_


async def test_a_cancelled_run_leaves_no_task(gateway: Gateway) -> None:
    before = asyncio.all_tasks()
    bot = Hearer(gateway)
    run = asyncio.create_task(bot.connector.run(bot.inbox))
    await bot.inbox.seen(LoggedIn)
    await gateway.say(ZHANG, "在", ROOM)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert not bot.connector.connected
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    await asyncio.wait(left, timeout=1) if left else None
    assert not {task for task in left if not task.done()}


@pytest.mark.parametrize("endpoint", ["", "localhost", "127.0.0.1:", ":8080", "host:99999", "host:http"])
def test_an_endpoint_that_is_none_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        WechatyConnector("main", endpoint, "token")


def test_pauses_grow_are_bounded_and_start_again() -> None:
    backoff = Backoff(0.2, 30)
    pauses = [backoff.pause() for _ in range(20)]
    assert 0.1 <= pauses[0] <= 0.2
    assert all(15 <= pause <= 30 for pause in pauses[-5:])
    backoff.reset()
    assert backoff.pause() <= 0.2
