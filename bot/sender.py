"""Saying what the outbox holds: one message at a time for each account, paced like a person."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.connector import Connector, OutgoingMessage, Recaller, RecallResult, SendResult, SendState
from bot.metrics import Metrics
from bot.refusing import RefusalCount
from handlers.delivery import (
    Finished,
    Utterance,
    claim,
    finish,
    interrupted_keys,
    next_wake,
    recover,
    settle_uncertain,
)
from handlers.pausing import pause_account
from handlers.recalling import Recall, finish_recall, next_recall
from handlers.surroundings import Surroundings
from storage.allowances import expire_due
from storage.broadcasts import recalls_waiting
from storage.engine import Database
from storage.enums import OutboxState

log = logging.getLogger(__name__)

LOOK_AGAIN = 5.0
"""Seconds after which the outbox is looked at even if nobody called (other processes write, too)."""

UNPACED_BATCH = 25
"""How many rows are claimed at once when no pauses are configured."""

RETRY_SECONDS = 1.0
RECALL_PAUSE = 0.5
"""WeChat leaves two minutes for taking back what went out."""

CANNOT_RECALL = RecallResult(done=False, reason="this backend cannot take anything back")
_STATES = {
    SendState.SENT: OutboxState.SENT,
    SendState.FAILED: OutboxState.FAILED,
    SendState.UNKNOWN: OutboxState.UNCERTAIN,
}


class Sender:
    """Speaks for one account until cancelled."""

    def __init__(
        self,
        database: Database,
        connector: Connector,
        surroundings: Surroundings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._database, self._connector, self._surroundings = database, connector, surroundings
        self._settings, self._clock, self._metrics = surroundings.settings.delivery, clock, metrics
        self._called = asyncio.Event()
        self._last_said: dict[int, float] = {}  # by the loop's clock: the machine's may jump
        self._refusals = RefusalCount(self._settings.refusals)
        self._results: list[tuple[Utterance, SendResult]] = []

    def wake(self) -> None:
        """There may be something to say."""
        self._called.set()

    async def run(self) -> None:
        """Say what is due, in order of priority; wait for the rest."""
        await self._recover()
        try:
            while True:
                try:
                    await self._turn()
                except (SQLAlchemyError, OSError):
                    log.exception("the outbox cannot be read; trying again")
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            if self._results:  # said, but not written down yet
                await asyncio.shield(self._keep_results())

    async def _recover(self) -> None:
        account = self._connector.account
        async with self._database.begin() as session:
            interrupted = await interrupted_keys(session, account)
        said = await self._connector.find_said(interrupted)
        async with self._database.begin() as session:
            await recover(session, account, said)

    async def settle(self) -> None:
        """Decide about uncertain rows whose echo has not come, and about those that come too late."""
        account, now = self._connector.account, self._clock.now()
        async with self._database.begin() as session:
            await expire_due(session, account, now)
            if await settle_uncertain(session, account, now):
                self.wake()

    async def _turn(self) -> None:
        self._called.clear()
        if not self._connector.connected:
            await self._wait(RETRY_SECONDS)
            return
        if (recall := await self._recall_wanted()) is not None:
            await self._take_back(recall)
            return
        utterances = await self._claim()
        if not utterances:
            await self._wait(await self._idle_seconds())
            return
        for utterance in utterances:
            await self._say(utterance)

    async def _recall_wanted(self) -> Recall | None:
        async with self._database.read() as session:
            if not await recalls_waiting(session, self._connector.account):
                return None
        async with self._database.begin() as session:
            return await next_recall(session, self._connector.account, self._clock.now())

    async def _take_back(self, recall: Recall) -> None:
        able = self._connector if isinstance(self._connector, Recaller) else None
        result = await able.recall(recall.message_id) if able is not None else CANNOT_RECALL
        async with self._database.begin() as session:
            await finish_recall(session, recall, done=result.done, reason=result.reason)
        if self._settings.pause_max > 0:
            await asyncio.sleep(min(RECALL_PAUSE, self._settings.pause_max))

    async def _claim(self) -> list[Utterance]:
        """Write down what became of the last ones and take the next, in one transaction."""
        async with self._database.begin() as session:
            await self._write_results(session)
            claimed = await claim(
                session,
                await self._surroundings.directories.directory(session),
                account=self._connector.account,
                now=self._clock.now(),
                settings=self._settings,
                busy_groups=self._busy_groups(),
                limit=1 if self._settings.pause_max > 0 else UNPACED_BATCH,
            )
        self._results.clear()
        return claimed

    async def _say(self, utterance: Utterance) -> None:
        result = await self._connector.send(
            OutgoingMessage(
                key=utterance.key,
                text=utterance.text,
                room=utterance.room,
                contact=utterance.contact,
                mentions=utterance.mentions,
                media=utterance.media,
            )
        )
        self._metrics.outbox_sent.labels(kind=utterance.kind, result=result.state).inc()
        if utterance.group_id is not None:
            self._last_said[utterance.group_id] = asyncio.get_running_loop().time()
        self._results.append((utterance, result))
        if (reason := self._refusals.note(result)) is not None:
            await self._pause(reason)
        if self._settings.pause_max > 0:
            await asyncio.shield(self._keep_results())
            await asyncio.sleep(random.uniform(self._settings.pause_min, self._settings.pause_max))

    async def _pause(self, reason: str) -> None:
        """WeChat refuses: the account says no more notices until somebody has looked."""
        async with self._database.begin() as session:
            ctx = await self._surroundings.context(session, self._clock.now())
            await pause_account(ctx, self._connector.account, reason)

    async def _keep_results(self) -> None:
        async with self._database.begin() as session:
            await self._write_results(session)
        self._results.clear()

    async def _write_results(self, session: AsyncSession) -> None:
        results = [
            Finished(
                id=utterance.id,
                state=_STATES[result.state],
                message_id=result.message_id or None,
                reason=result.reason,
            )
            for utterance, result in self._results
        ]
        await finish(session, results, now=self._clock.now(), settings=self._settings)

    def _busy_groups(self) -> list[int]:
        """Groups in which the bot has spoken a moment ago."""
        since = asyncio.get_running_loop().time() - self._settings.group_floor
        self._last_said = {group: said for group, said in self._last_said.items() if said > since}
        return sorted(self._last_said)

    async def _idle_seconds(self) -> float:
        async with self._database.read() as session:
            now = self._clock.now()
            due = await next_wake(session, account=self._connector.account, now=now, settings=self._settings)
        if due is None:
            return LOOK_AGAIN
        floor_wait = 0.2 if self._last_said else 0.0  # what is due but held by a group's floor
        return min(LOOK_AGAIN, max(floor_wait, (due - now).total_seconds()))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._called.wait()
