"""One replay from files to files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.app import prepare
from bot.clock import VirtualClock
from bot.config import Config
from bot.replay.events import ACCOUNT, Tick
from bot.replay.stage import Stage
from bot.replay.tickets import tickets_json
from handlers.events import IncomingMessage
from handlers.roster import import_roster
from handlers.rosterfile import Roster
from handlers.rules import import_rules
from handlers.surroundings import Surroundings
from storage.engine import Database
from storage.people import bind_all_rooms
from storage.scratch import clear_scratch, scratch_mark

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded day and who is who in it. ``rules`` None means the packaged ones."""

    events: Sequence[IncomingMessage | Tick]
    roster: Roster
    rules: str | None


@dataclass(frozen=True, slots=True)
class Played:
    """What a replay gives: the lines the bot said and the tickets, both as JSON text."""

    out: str
    tickets: str


async def replay(recording: Recording, *, url: str, on_event: Callable[[int], None]) -> Played:
    """Play the day on a database that is empty or was left by an earlier replay."""
    database = Database(url, durable=False)
    try:
        return await _play(database, recording, on_event)
    finally:
        await database.dispose()


async def _play(database: Database, recording: Recording, on_event: Callable[[int], None]) -> Played:
    start = recording.events[0].at if recording.events else EPOCH
    surroundings = Surroundings(Config().settings)
    await _set_the_stage(database, recording, start)
    lines: list[str] = []
    await Stage(database, surroundings, lines.append).play(recording.events, on_event)
    async with database.read() as session:
        tickets = await tickets_json(session, await surroundings.directories.directory(session))
    return Played(
        "".join(f"{line}\n" for line in lines), json.dumps(tickets, ensure_ascii=False, indent=1) + "\n"
    )


async def _set_the_stage(database: Database, recording: Recording, start: datetime) -> None:
    await clear_scratch(database)
    await prepare(database, VirtualClock(start))
    async with database.begin() as session:
        session.add(scratch_mark())
        await import_roster(session, recording.roster, now=start, by="replay")
        await bind_all_rooms(session, ACCOUNT)
        if recording.rules is not None:
            await import_rules(
                session, text=recording.rules, by="replay", note="replay", now=start, add_missing=True
            )
