"""The virtual day: messages, timers, reminders and the outbox, in the order of time."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from bot.clock import VirtualClock
from bot.replay.events import ACCOUNT, Tick
from handlers.chat.reception import receive
from handlers.chat.residents import Outcome
from handlers.delivery import Finished, Utterance, claim, finish, next_wake
from handlers.directory import Directory
from handlers.duty.leave import turn_leaves
from handlers.events import IncomingMessage
from handlers.measures.brief import next_brief, send_briefs
from handlers.questions import ask_unanswered
from handlers.reminders import fire_due, run_approvals
from handlers.searches.timing import run_searches
from handlers.surroundings import Surroundings
from handlers.teams.timing import run_calls
from handlers.tickets.files import hand_on_files
from handlers.timers import run_steps
from handlers.wording import SHANGHAI
from storage.approvals import earliest_decision
from storage.attachments import files_to_hand_on
from storage.duty import earliest_leave
from storage.engine import Database
from storage.enums import OutboxState
from storage.questions import earliest_question
from storage.schedules import earliest_due
from storage.searches import earliest_search
from storage.teams import earliest_call
from storage.tickets import earliest_step

BEFORE = datetime(1900, 1, 1, tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)
LAST_WORDS = timedelta(seconds=60)
"""How long the day goes on after its last event, so that what is held back is still said."""

QUIET_OUTCOMES = frozenset((Outcome.SILENT, Outcome.IGNORED, Outcome.REPEATED))
LONGEST_BATCH = 500
CLAIM = 200


class Stage:
    """One replay. ``write`` gets each line the bot said, as JSON, in the order said; ``said`` counts those before."""

    def __init__(
        self, database: Database, surroundings: Surroundings, write: Callable[[str], None], said: int = 0
    ) -> None:
        self._database, self._surroundings, self._write = database, surroundings, write
        self._clock = VirtualClock(BEFORE)
        self._next_due = NEVER
        self._said = said

    async def play(self, events: Sequence[IncomingMessage | Tick], on_event: Callable[[int], None]) -> None:
        """Play the whole day; ``on_event`` is told how many events are done."""
        done = 0
        while done < len(events):
            event = events[done]
            await self.advance(event.at)
            if isinstance(event, Tick):
                done += 1
            else:
                done += await self._take(events, done)
            on_event(done)
        if events:
            await self.advance(events[-1].at + LAST_WORDS)

    async def _take(self, events: Sequence[IncomingMessage | Tick], start: int) -> int:
        """Handle messages until one has consequences or something else is due; returns how many."""
        count = 0
        async with self._database.begin() as session:
            ctx = await self._surroundings.context(session, events[start].at)
            while count < LONGEST_BATCH and start + count < len(events):
                event = events[start + count]
                if isinstance(event, Tick) or (count > 0 and event.at >= self._next_due):
                    break
                self._clock.moment = event.at
                (outcome,) = await receive(ctx.at(event.at), [event])
                count += 1
                if outcome not in QUIET_OUTCOMES:
                    break
        await self.look_ahead()
        return count

    async def take(self, message: IncomingMessage) -> None:
        """Handle one message at its time; what was due before must have been played."""
        await self._take([message], 0)

    async def advance(self, until: datetime) -> None:
        """Let time pass: everything that is due until then happens at its moment."""
        if self._clock.moment == BEFORE:
            self._clock.moment = until
            await self.look_ahead()
        while self._next_due <= until:
            self._clock.moment = max(self._clock.moment, self._next_due)
            now = self._clock.moment
            async with self._database.begin() as session:
                ctx = await self._surroundings.context(session, now)
                await turn_leaves(ctx)
                await run_steps(ctx)
                await ask_unanswered(ctx)
                await run_calls(ctx)
                await hand_on_files(ctx)
                await run_searches(ctx)
                await run_approvals(ctx)
                await fire_due(session, now=now, settings=self._surroundings.settings)
                await send_briefs(ctx)
            await self._speak(now)
            await self.look_ahead()
        self._clock.moment = max(self._clock.moment, until)

    async def _speak(self, now: datetime) -> None:
        settings = self._surroundings.settings.delivery
        async with self._database.begin() as session:
            directory = await self._surroundings.directories.directory(session)
            while utterances := await claim(
                session, directory, account=ACCOUNT, now=now, settings=settings, limit=CLAIM
            ):
                finished = [
                    Finished(id=each.id, state=OutboxState.SENT, message_id=self._say(each, directory, now))
                    for each in utterances
                ]
                await finish(session, finished, now=now, settings=settings)

    def _say(self, said: Utterance, directory: Directory, now: datetime) -> str:
        """Write one line; returns the id it has as a message."""
        self._said += 1
        room = directory.groups[said.group_id].name if said.group_id else said.room
        where = {"room": room} if room else {"to": said.contact}
        line = {
            "at": local_time(now),
            **where,
            "text": said.text,
            "mentions": list(said.mentions),
            "kind": said.kind,
            "ticket": said.ticket_id,
            **({"media": said.media} if said.media else {}),
        }
        self._write(json.dumps(line, ensure_ascii=False))
        return f"bot-{self._said}"

    async def look_ahead(self) -> None:
        """Find out when something is due next."""
        async with self._database.read() as session:
            settings = self._surroundings.settings.delivery
            now = self._clock.moment
            timetable = await self._surroundings.timetables.timetable(session)
            moments = (
                await next_wake(session, account=ACCOUNT, now=now, settings=settings),
                await earliest_step(session),
                await earliest_leave(session),
                await earliest_due(session),
                await earliest_decision(session, now),
                await earliest_question(session),
                await earliest_call(session),
                now if await files_to_hand_on(session, 1) else None,
                await earliest_search(session),
                await next_brief(session, now, self._surroundings.settings.reports, timetable.calendar),
            )
        self._next_due = min((each for each in moments if each is not None), default=NEVER)


def local_time(moment: datetime) -> str:
    """ISO-8601 in Asia/Shanghai, to the second or finer when there is more."""
    return moment.astimezone(SHANGHAI).isoformat()
