"""Shadow runs: a candidate rule file judges what chosen groups say; nobody sees it until an admin publishes it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.rules.books import Compiler, compile_aside, current_revision, load_text
from handlers.rules.editing import check_file, replace_rules
from handlers.rules.errors import RuleRefused, RulesMoved
from handlers.rules.lines import clean_text
from handlers.scopes import Scope
from nlp import RuleBook, RuleError
from storage.enums import DifferenceKind, TrialState
from storage.models import Audit, Trial
from storage.people import GroupInfo
from storage.rules import lock_rules, revision_text
from storage.trials import (
    DifferenceRow,
    TrialMark,
    count_differences,
    count_judged,
    get_trial,
    latest_trial,
    list_differences,
    running_mark,
    running_trial,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A running trial, ready to judge."""

    trial_id: int
    scope: Scope
    until: datetime | None
    book: RuleBook

    def covers(self, group: GroupInfo, now: datetime) -> bool:
        """Whether it judges what is said in a group at a moment."""
        return self.scope.covers(group) and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStatus:
    """How a trial stands. ``judged`` messages were looked at; ``over``: its time has passed or it was ended."""

    number: int
    note: str
    by: str
    at: datetime
    until: datetime | None
    state: TrialState
    groups: int
    judged: int
    gained: int
    lost: int
    changed: int
    over: bool


async def start_trial(
    session: AsyncSession,
    *,
    text: str,
    scope: Scope,
    note: str,
    by: str,
    now: datetime,
    until: datetime | None = None,
) -> int:
    """Let a rule file judge beside the one in force, from the next message on; the trial's number.

    Raises RuleRefused when the file could not be put in force, says what is in force, or another trial is on.
    """
    await lock_rules(session)
    if await running_trial(session) is not None:
        raise RuleRefused("已经有一份规则在试用，先停掉它，或者换上它。")
    await check_file(session, text)
    text = clean_text(text)
    if text == await load_text(session):
        raise RuleRefused("这份规则和现在用的一样，不用试。")
    row = Trial(
        at=now,
        by=by,
        note=note,
        text=text,
        base_id=await current_revision(session),
        scope=scope.to_json(),
        until=until,
    )
    session.add(row)
    await session.flush()
    session.add(Audit(at=now, who=by, what="trial.start", detail={"trial": row.id, "scope": row.scope}))
    return row.id


async def stop_trial(session: AsyncSession, *, by: str, now: datetime) -> int:
    """End the trial that is on; what it found stays to be read. Its number; RuleRefused when there is none."""
    row = await _running(session)
    _end(session, row, TrialState.STOPPED, by, now)
    return row.id


async def publish_trial(session: AsyncSession, *, by: str, now: datetime, force: bool = False) -> int:
    """Put the candidate in force as a new revision, whose number is returned, and end the trial.

    Raises RulesMoved when the rules in force are not those the trial began with, unless ``force``.
    """
    await lock_rules(session)
    row = await _running(session)
    if not force and await load_text(session) != await revision_text(session, row.base_id):
        raise RulesMoved(await current_revision(session))
    await check_file(session, row.text)
    revision = await replace_rules(session, row.text, by=by, note=f"试用{row.id}换上", now=now)
    _end(session, row, TrialState.PUBLISHED, by, now)
    return revision


async def trial_status(session: AsyncSession, directory: Directory, now: datetime) -> TrialStatus | None:
    """How the latest trial stands, also when it has ended; None when there has been none."""
    row = await latest_trial(session)
    if row is None:
        return None
    scope = Scope.from_json(row.scope)
    groups = [group.id for group in directory.groups.values() if group.active and scope.covers(group)]
    end = min(moment for moment in (now, row.ended_at, row.until) if moment is not None)
    counts = await count_differences(session, row.id)
    return TrialStatus(
        number=row.id,
        note=row.note,
        by=row.by,
        at=row.at,
        until=row.until,
        state=row.state,
        groups=len(groups),
        judged=await count_judged(session, groups, row.at, end),
        gained=counts.get(DifferenceKind.GAINED, 0),
        lost=counts.get(DifferenceKind.LOST, 0),
        changed=counts.get(DifferenceKind.CHANGED, 0),
        over=row.state is not TrialState.RUNNING or end < now,
    )


async def trial_differences(
    session: AsyncSession,
    number: int,
    *,
    limit: int,
    kinds: Collection[DifferenceKind] = tuple(DifferenceKind),
) -> Sequence[DifferenceRow]:
    """The latest messages of which a trial's candidate makes something else, newest first."""
    return await list_differences(session, number, kinds, limit)


async def _running(session: AsyncSession) -> Trial:
    row = await running_trial(session)
    if row is None:
        raise RuleRefused("现在没有规则在试用。")
    return row


def _end(session: AsyncSession, row: Trial, state: TrialState, by: str, now: datetime) -> None:
    row.state, row.ended_by, row.ended_at = state, by, now
    session.add(Audit(at=now, who=by, what=f"trial.{state.value}", detail={"trial": row.id}))


class TrialKeeper:
    """Keeps the compiled candidate of the running trial; asking costs one tiny query when nothing has changed."""

    def __init__(self, compiler: Compiler = compile_aside) -> None:
        self._compile = compiler
        self._turn = asyncio.Lock()
        self._mark: TrialMark | None = None
        self._candidate: Candidate | None = None

    async def candidate(self, session: AsyncSession) -> Candidate | None:
        """The candidate of this transaction; None when nothing is tried, or what is tried cannot be compiled here."""
        mark = await running_mark(session)
        if mark == self._mark:
            return self._candidate
        async with self._turn:
            if mark != self._mark:
                self._candidate = None if mark is None else await self._load(session, mark)
                self._mark = mark
        return self._candidate

    async def _load(self, session: AsyncSession, mark: TrialMark) -> Candidate | None:
        row = await get_trial(session, mark.id)
        if row is None:  # pragma: no cover - its mark was read in this transaction
            return None
        try:
            book = await self._compile(row.text)
        except RuleError as error:
            log.error(
                "trial not judged: line %d column %d", error.line, error.column, extra={"trial": mark.id}
            )
            return None
        return Candidate(trial_id=row.id, scope=Scope.from_json(row.scope), until=row.until, book=book)
