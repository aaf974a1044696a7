"""The clock wakes jobs, survives their errors and leaves nothing half-done."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.clockwork import Clockwork


async def test_a_job_runs_at_once_and_again() -> None:
    rounds: asyncio.Queue[int] = asyncio.Queue()
    clock = Clockwork()

    async def job() -> None:
        rounds.put_nowait(1)

    clock.every("tick", 0.01, job)
    async with clock, asyncio.timeout(5):
        for _ in range(3):
            await rounds.get()


async def test_a_job_that_fails_is_logged_without_its_words_and_runs_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    again = asyncio.Event()
    clock = Clockwork()

    async def job() -> None:
        if caplog.records:
            again.set()
        raise RuntimeError("王阿姨家漏水")

    clock.every("tick", 0.01, job)
    async with clock, asyncio.timeout(5):
        await again.wait()
    assert "job tick failed: RuntimeError at " in caplog.text
    assert "王阿姨" not in caplog.text


async def test_a_job_never_runs_beside_itself() -> None:
    inside = most = 0
    done = asyncio.Event()
    clock = Clockwork()

    async def job() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        clock.wake("slow")
        await asyncio.sleep(0)
        inside -= 1
        done.set()

    clock.every("slow", 3600, job)
    async with clock, asyncio.timeout(5):
        await done.wait()
    assert most == 1


async def test_leaving_waits_for_a_running_job() -> None:
    begun, go, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()
    clock = Clockwork()

    async def job() -> None:
        begun.set()
        await go.wait()
        finished.set()

    clock.every("long", 3600, job)
    async with asyncio.timeout(5):
        async with clock:
            await begun.wait()
            asyncio.get_running_loop().call_soon(go.set)
    assert finished.is_set()


async def test_a_job_that_does_not_end_is_cancelled_when_patience_ends() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()
    clock = Clockwork(patience=0.01)

    async def job() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    clock.every("endless", 3600, job)
    async with asyncio.timeout(5):
        async with clock:
            await begun.wait()
    assert cancelled.is_set()
    await clock.stop()


async def test_a_time_that_has_passed_still_runs_and_a_woken_job_does_not_wait() -> None:
    ran: asyncio.Queue[str] = asyncio.Queue()
    clock = Clockwork()

    async def job() -> None:
        ran.put_nowait("once")

    async def purge() -> None:
        ran.put_nowait("purge")

    clock.once("late", datetime.now(UTC) - timedelta(hours=1), job)
    clock.daily("purge", time(3, 30), purge)
    async with clock, asyncio.timeout(5):
        assert await ran.get() == "once"
        clock.wake("purge")
        assert await ran.get() == "purge"
        assert clock.names == ("purge",)
        clock.drop("purge")
        clock.drop("purge")
        with pytest.raises(KeyError):
            clock.wake("purge")


def test_a_naive_moment_is_refused() -> None:
    async def job() -> None: ...

    with pytest.raises(ValueError, match="aware"):
        Clockwork().once("x", datetime(2026, 1, 1), job)  # noqa: DTZ001
