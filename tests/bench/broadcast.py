"""How planning a notice grows: queueing it for 359 groups and for 35,900, and what is done with it on its way.

“of linear” is the time for a hundred times as many groups, divided by a hundred times the time: 1.0 is linear, less is better.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from handlers.delivery import Finished, Utterance, claim, finish, next_wake
from handlers.directory import DirectoryKeeper
from handlers.reminders import Plan, add_reminder, run_reminder
from handlers.reminders.forecast import forecast
from handlers.reminders.ledger import read_ledger, read_progress
from handlers.reminders.stopping import cancel_broadcast
from handlers.scopes import Scope
from handlers.settings import DeliverySettings, Settings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import OutboxState
from storage.models import Community, Group
from storage.schema import upgrade

SMALL, LARGE = 359, 35_900
ROUNDS = {SMALL: 9, LARGE: 3}
SAID = 200
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
SETTINGS = Settings(delivery=DeliverySettings(daily_budget=0, group_floor=0, broadcasts_per_group_day=100))
NOTICE = "【温馨提示】{社区}{群名}的邻居，{日期}降温，请关好门窗。有事找管家{管家}。"
EVERYONE = Scope(everyone=True)
Seconds = dict[str, list[float]]


@dataclass
class Town:
    """A database with so many groups, one account in all of them, and the notices sent so far."""

    database: Database
    taken: Seconds = field(default_factory=dict)

    async def clock(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Do something and remember how long it took."""
        start = time.perf_counter()
        await work()
        self.taken.setdefault(name, []).append(time.perf_counter() - start)


def run() -> None:
    """Print the seconds of both sizes and how they grow, on SQLite."""
    print(f"broadcast: a notice with fields to {SMALL} and to {LARGE} groups, SQLite, median of a few rounds")
    small, large = (asyncio.run(_measure(groups)) for groups in (SMALL, LARGE))
    for name in small:
        few, many = statistics.median(small[name]), statistics.median(large[name])
        per_message = name.startswith("one message")
        growth = many / few if per_message else many / few / (LARGE / SMALL)
        kind = "of the same" if per_message else "of linear"
        print(f"  {name:<34}{few * 1000:9.1f} ms {many * 1000:9.1f} ms   {growth:5.2f} {kind}")


async def _measure(groups: int) -> Seconds:
    with tempfile.TemporaryDirectory(prefix="weiwang-bench-") as name:
        database = Database(f"sqlite:///{Path(name) / 'bench.db'}", durable=False)
        try:
            await _fill(database, groups)
            town = Town(database)
            for number in range(ROUNDS[groups]):
                await _round(town, NOW + timedelta(minutes=number))
            return town.taken
        finally:
            await database.dispose()


async def _fill(database: Database, groups: int) -> None:
    await upgrade(database)
    async with database.begin() as session:
        communities = [{"id": n + 1, "name": f"社区{n}"} for n in range(max(1, groups // 30))]
        await session.execute(insert(Community), communities)
        rows = [
            {
                "community_id": number % len(communities) + 1, "grid": "一网格", "name": f"{number}号群",
                "account": "a", "room_id": f"r{number}", "active": True,
            }
            for number in range(groups)
        ]  # fmt: skip
        for start in range(0, groups, 1000):
            await session.execute(insert(Group), rows[start : start + 1000])


async def _round(town: Town, now: datetime) -> None:
    database = town.database
    async with database.begin() as session:
        plan = Plan(once_at=now + timedelta(days=1))
        added = await add_reminder(session, text=NOTICE, scope=EVERYONE, by="bench", now=now, plan=plan)

    async def look_ahead() -> None:
        async with database.read() as session:
            await forecast(session, EVERYONE, at=now, settings=SETTINGS)

    async def queue() -> None:
        async with database.begin() as session:
            await run_reminder(session, number=added.number, by="bench", now=now, settings=SETTINGS)

    async def watch() -> None:
        async with database.read() as session:
            await read_progress(session, added.number)

    async def ledger() -> None:
        async with database.read() as session:
            await read_ledger(session, added.number)

    async def cancel() -> None:
        async with database.begin() as session:
            await cancel_broadcast(session, number=added.number, by="bench", now=now)

    await town.clock("forecast", look_ahead)
    await town.clock("queue it (firing)", queue)
    await _speak(town, now)
    await town.clock("progress", watch)
    await town.clock("ledger", ledger)
    await town.clock("cancel what is left", cancel)


async def _speak(town: Town, now: datetime) -> None:
    """What the sender does for one message; the directory is a snapshot that it has already."""
    keeper = DirectoryKeeper()
    async with town.database.read() as session:
        directory = await keeper.directory(session)

    async def say() -> None:
        async with town.database.begin() as session:
            said = await claim(session, directory, account="a", now=now, settings=SETTINGS.delivery)
            await finish(session, _sent(said), now=now, settings=SETTINGS.delivery)

    async def wake() -> None:
        async with town.database.read() as session:
            await next_wake(session, account="a", now=now, settings=SETTINGS.delivery)

    for _ in range(SAID):
        await town.clock("one message: claim and finish", say)
    for _ in range(5):
        await town.clock("one message: when is the next", wake)


def _sent(said: Sequence[Utterance]) -> list[Finished]:
    return [Finished(id=each.id, state=OutboxState.SENT, message_id="m") for each in said]


if __name__ == "__main__":
    run()
