"""How fast the whole service answers through the real gateway: 1,000 messages at once in 359 rooms.

The yardstick is a bare wechaty echo bot on the same gateway in the same run. The service hears, understands, opens a
ticket, writes it to SQLite (with every commit on the disk) and says two things for each request: the acknowledgement in the
group and the prompt to the steward. It runs as ``weiwang run`` does, with the pauses of a person switched off.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.bench.gateway import BARE, BARE_QUIET, BOT, MESSAGES, ROOMS, ROOT, measure
from tests.replay.days import CHAT, write_roster
from tests.wechat.gateway import Gateway, Say, free_port

ROUNDS, PEOPLE = 3, 40
PATIENCE = 120.0
CONFIG = """
[database]
url = "sqlite:///{folder}/bench.db"
[[accounts]]
name = "bench"
connector = "wechaty"
endpoint = "{endpoint}"
token_file = "{folder}/token"
[delivery]
pause_min = 0
pause_max = 0
group_floor = 0
quiet_from = "00:00"
quiet_until = "00:00"
[intake]
burst_seconds = 0
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """The median round: seconds until every acknowledgement was out, until everything was, and what was said."""

    acknowledged: float
    finished: float
    sends: int


def run() -> None:
    """Print the rates and their ratios."""
    print(f"service: {MESSAGES} messages at once in {ROOMS} rooms, SQLite; median of {ROUNDS} rounds")
    bare, quiet = measure(BARE), measure(BARE_QUIET)
    print(f"  bare wechaty echo bot, as it comes / its log off: {bare:.0f} / {quiet:.0f} answers/s")
    for every, title in ((1, "all of them requests"), (20, "5 % requests, the rest chat")):
        pace = asyncio.run(measure_service(every))
        heard, sends = MESSAGES / pace.acknowledged, pace.sends / pace.finished
        print(f"  our service, {title}:")
        print(f"    until every acknowledgement is out: {heard:.0f} messages/s", end="")
        print(f" = {heard / bare:.2f} / {heard / quiet:.2f} of these")
        print(f"    until the stewards are prompted, too: {pace.sends} sends, {sends:.0f} sends/s")


async def measure_service(every: int) -> Pace:
    """Our whole service; each ``every``-th message is a request, so is the last. TimeoutError when words are missing."""
    with tempfile.TemporaryDirectory(prefix="weiwang-bench-") as name:
        async with Gateway() as gateway:
            await _populate(gateway)
            folder = Path(name)
            process = await _start(folder, gateway)
            try:
                await _wait_for_rooms(folder / "bench.db", process)
                rounds = [await _round(gateway, every, number) for number in range(ROUNDS + 1)]
            finally:
                if process.returncode is None:
                    process.terminate()
                await process.wait()
    return Pace(
        statistics.median(pace.acknowledged for pace in rounds[1:]),
        statistics.median(pace.finished for pace in rounds[1:]),
        rounds[-1].sends,
    )


async def _populate(gateway: Gateway) -> None:
    """Everybody who speaks; each round has people of its own, whose matters are new."""
    people = {
        _contact(turn, number): f"居民{number}" for turn in range(ROUNDS + 1) for number in range(PEOPLE)
    }
    stewards = {f"steward{number}": f"管家{number}" for number in range(ROOMS // 3 + 1)}
    await gateway.add_contacts({BOT: "助手", **stewards, **people})
    await gateway.add_rooms(
        {f"{number}@chatroom": (f"微网{number}号群", [BOT, *people]) for number in range(ROOMS)}
    )
    await gateway.log_in(BOT)


async def _start(folder: Path, gateway: Gateway) -> asyncio.subprocess.Process:
    config, roster, token = folder / "config.toml", folder / "roster.csv", folder / "token"
    write_roster(roster, ROOMS)
    token.write_text(gateway.token, encoding="utf-8")
    config.write_text(CONFIG.format(folder=folder, endpoint=gateway.endpoint), encoding="utf-8")
    weiwang = (sys.executable, "-m", "bot")
    roster_import = await asyncio.create_subprocess_exec(
        *weiwang, "roster", "import", str(roster), "--config", str(config),
        cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    if await roster_import.wait():
        raise RuntimeError("the roster was not imported")
    return await asyncio.create_subprocess_exec(
        *weiwang, "run", "--config", str(config), "--port", str(free_port()),
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


async def _wait_for_rooms(database: Path, process: asyncio.subprocess.Process) -> None:
    """Until the service knows which of its groups is which room."""
    async with asyncio.timeout(PATIENCE):
        while _bound(database) < ROOMS:
            if process.returncode is not None:
                raise RuntimeError(f"the service ended with {process.returncode}")
            await asyncio.sleep(0.2)


def _bound(database: Path) -> int:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM groups WHERE room_id IS NOT NULL").fetchone()
        return int(count)


async def _round(gateway: Gateway, every: int, turn: int) -> Pace:
    messages = _messages(every, turn)
    requests, before, start = MESSAGES // every, len(gateway.said), time.perf_counter()
    await gateway.push(messages)
    said = gateway.said[before:]
    while missing := requests - sum(each.conversation.endswith("@chatroom") for each in said):
        said = (await gateway.wait_said(before + len(said) + missing, within=PATIENCE))[before:]
    acknowledged = time.perf_counter() - start
    await gateway.wait_said(before + 2 * requests, within=PATIENCE)
    return Pace(acknowledged, time.perf_counter() - start, len(gateway.said) - before)


def _messages(every: int, turn: int) -> list[Say]:
    return [
        Say(
            talker=_contact(turn, number % PEOPLE),
            text=f"{number + 1}幢{turn + 1}单元楼道灯坏了"
            if number % every == every - 1
            else CHAT[number % len(CHAT)],
            room=f"{number % ROOMS}@chatroom",
        )
        for number in range(MESSAGES)
    ]


def _contact(turn: int, number: int) -> str:
    return f"wxid_{turn}_{number}"


if __name__ == "__main__":
    run()
