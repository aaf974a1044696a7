"""How fast a recorded day is played: 359 groups, 20,000 messages, 5 % of them requests; and that twice is the same."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.replay.events import read_events
from bot.replay.running import Played, Recording, replay
from handlers.rosterfile import parse_roster
from tests.replay.days import CHAT, MATTERS, START, write_roster

GROUPS, MESSAGES = 359, 20_000
EVERY = 20


def run() -> None:
    """Print the speed of two runs on SQLite, and whether they gave the same bytes."""
    with tempfile.TemporaryDirectory(prefix="weiwang-bench-") as name:
        folder = Path(name)
        recording = _invent(folder)
        (first, seconds), (second, again) = (_play(recording, folder / f"{turn}.db") for turn in range(2))
    print(f"replay: {MESSAGES} messages in {GROUPS} groups, {MESSAGES // EVERY} requests")
    print(
        f"  {MESSAGES / seconds:.0f} and {MESSAGES / again:.0f} messages/s ({seconds:.1f} and {again:.1f} s)"
    )
    print(f"  {len(json.loads(first.tickets))} tickets, {first.out.count(chr(10))} lines said")
    if first != second:
        raise AssertionError("two runs of the same day differ")
    print("  both runs gave the same bytes")


def _invent(folder: Path) -> Recording:
    write_roster(folder / "roster.csv", GROUPS)
    _write_day(folder / "events.jsonl")
    return Recording(
        events=read_events(folder / "events.jsonl"),
        roster=parse_roster("roster.csv", (folder / "roster.csv").read_bytes(), None),
        rules=None,
    )


def _write_day(path: Path) -> None:
    chance, step = random.Random(11), timedelta(hours=14) / MESSAGES
    lines = []
    for number in range(MESSAGES):
        group, text = chance.randrange(GROUPS), chance.choice(CHAT)
        if number % EVERY == 0:
            text = chance.choice(MATTERS).format(b=chance.randrange(1, 30), u=chance.randrange(1, 4))
        talker, at = f"resident{group}-{chance.randrange(60)}", (START + step * number).isoformat()
        event = {"type": "message", "at": at, "id": f"m{number}", "room": f"微网{group}号群"}
        lines.append(
            json.dumps({**event, "talker": talker, "name": talker, "text": text}, ensure_ascii=False)
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _play(recording: Recording, database: Path) -> tuple[Played, float]:
    start = time.perf_counter()
    played = asyncio.run(replay(recording, url=f"sqlite:///{database}", on_event=lambda _: None))
    return played, time.perf_counter() - start


if __name__ == "__main__":
    run()
