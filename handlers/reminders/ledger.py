"""What became of a notice, group by group, and how far it has come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.recalling import TOO_LATE
from handlers.reminders.errors import ReminderRefused, UnknownReminder
from handlers.wording import SHANGHAI
from storage.broadcasts import BroadcastRow, broadcast_rows, count_gaps, count_rows, find_firing, list_gaps
from storage.enums import GapReason, OutboxState
from storage.models import Firing
from storage.schedules import get_schedule


class Standing(StrEnum):
    """What became of the notice in one group; the value is how people call it."""

    SENT = "已发"
    WAITING = "等着发"
    SENDING = "正在发"
    UNKNOWN = "不确定"
    FAILED = "没发成"
    CAPPED = "今天已够数"
    EXPIRED = "过时没发"
    CANCELLED = "已取消"
    RECALLED = "已撤回"
    NO_ACCOUNT = "没有助手"


class Part(StrEnum):
    """What was said: the words, the file after them, or a correction of wrong words."""

    WORDS = "提示"
    FILE = "文件"
    CORRECTION = "更正"


_STANDINGS = {
    OutboxState.SENT: Standing.SENT,
    OutboxState.PENDING: Standing.WAITING,
    OutboxState.SENDING: Standing.SENDING,
    OutboxState.UNCERTAIN: Standing.UNKNOWN,
    OutboxState.FAILED: Standing.FAILED,
    OutboxState.EXPIRED: Standing.EXPIRED,
    OutboxState.CANCELLED: Standing.CANCELLED,
    OutboxState.RECALLED: Standing.RECALLED,
}
_GAPS = {GapReason.NO_ACCOUNT: Standing.NO_ACCOUNT, GapReason.CAPPED: Standing.CAPPED}
_MOVING = (Standing.WAITING, Standing.SENDING)
_WHYS = {
    "the account is not connected": "账号没连上",
    "no account sits in this group": "助手不在这个群里",
    TOO_LATE: "过了两分钟，撤不回",
    "the gateway cannot recall": "这个账号不能撤回",
    "this backend cannot take anything back": "这个账号不能撤回",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One group (or work group) and what became of the notice there; ``at`` is when it was said, ``why`` for what went wrong."""

    group: str
    community: str
    account: str
    part: Part
    standing: Standing
    at: datetime | None
    attempts: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One sending of a notice, group by group."""

    reminder: int
    firing: int
    due_at: datetime
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one sending has come: how many groups stand how, and the same of files and corrections."""

    reminder: int
    firing: int
    due_at: datetime
    groups: dict[Standing, int]
    files: dict[Standing, int]
    corrections: dict[Standing, int]

    @property
    def total(self) -> int:
        """All groups the notice was for."""
        return sum(self.groups.values())

    @property
    def settled(self) -> int:
        """Groups for which nothing more will happen by itself."""
        return self.total - sum(self.groups.get(each, 0) for each in _MOVING)

    @property
    def over(self) -> bool:
        """Whether nothing is left to say, files and corrections included."""
        counts = (self.groups, self.files, self.corrections)
        return not any(each.get(standing, 0) for each in counts for standing in _MOVING)

    def to_json(self, ends: datetime | None = None) -> dict[str, Any]:
        """For programs: codes instead of words, every standing named; ``ends`` is when it is expected to be over."""
        return {
            "reminder": self.reminder,
            "firing": self.firing,
            "due_at": self.due_at.astimezone(SHANGHAI).isoformat(),
            "total": self.total,
            "settled": self.settled,
            "over": self.over,
            "ends_at": ends.astimezone(SHANGHAI).isoformat() if ends is not None else None,
            "groups": _codes(self.groups),
            "files": _codes(self.files),
            "corrections": _codes(self.corrections),
        }

    def words(self) -> str:
        """``已发300个群，等着发59个群``."""
        return (
            "，".join(f"{each}{self.groups[each]}个群" for each in Standing if self.groups.get(each))
            or "没有群"
        )


async def read_ledger(session: AsyncSession, number: int, firing: int | None = None) -> Ledger:
    """The latest sending of a notice (or the one of this number). UnknownReminder, ReminderRefused when never sent."""
    fired = await take_firing(session, number, firing)
    lines = [_line(row) for row in await broadcast_rows(session, fired.id)]
    lines += [
        LedgerLine(
            group=name,
            community=community,
            account="",
            part=Part.WORDS,
            standing=_GAPS[why],
            at=None,
            attempts=0,
            why="",
        )
        for name, community, why in await list_gaps(session, fired.id)
    ]
    return Ledger(reminder=number, firing=fired.id, due_at=fired.due_at, lines=tuple(lines))


async def read_progress(session: AsyncSession, number: int, firing: int | None = None) -> Progress:
    """How far a notice has come; as :func:`read_ledger`."""
    fired = await take_firing(session, number, firing)
    counts: dict[Part, Counter[Standing]] = {part: Counter() for part in Part}
    for is_file, corrects, state, count in await count_rows(session, fired.id):
        counts[_part(is_file=is_file, corrects=corrects)][_STANDINGS[state]] += count
    if not counts[Part.WORDS]:  # a notice that is only a file
        counts[Part.WORDS], counts[Part.FILE] = counts[Part.FILE], Counter()
    for why, count in (await count_gaps(session, fired.id)).items():
        counts[Part.WORDS][_GAPS[why]] += count
    return Progress(
        reminder=number,
        firing=fired.id,
        due_at=fired.due_at,
        groups=dict(counts[Part.WORDS]),
        files=dict(counts[Part.FILE]),
        corrections=dict(counts[Part.CORRECTION]),
    )


async def take_firing(session: AsyncSession, number: int, firing: int | None) -> Firing:
    """The firing that is meant. UnknownReminder; ReminderRefused when there is none."""
    if await get_schedule(session, number) is None:
        raise UnknownReminder(number)
    fired = await find_firing(session, number, firing)
    if fired is None:
        raise ReminderRefused(
            f"提示{number}还没有发过。" if firing is None else f"提示{number}没有第{firing}次发送。"
        )
    return fired


def why_words(error: str) -> str:
    """A reason as an admin reads it."""
    if error.startswith("gateway answered"):
        return f"微信没收（{error.removeprefix('gateway answered ')}）"
    return _WHYS.get(error, error)


def _line(row: BroadcastRow) -> LedgerLine:
    standing = _STANDINGS[row.state]
    return LedgerLine(
        group=row.name,
        community=row.community,
        account=row.account,
        part=_part(is_file=row.media, corrects=row.corrects is not None),
        standing=standing,
        at=row.sent_at or (row.sending_at if standing is Standing.UNKNOWN else None),
        attempts=row.attempts,
        why=why_words(row.error),
    )


def _part(*, is_file: bool, corrects: bool) -> Part:
    return Part.CORRECTION if corrects else Part.FILE if is_file else Part.WORDS


def _codes(counts: dict[Standing, int]) -> dict[str, int]:
    return {each.name.lower(): counts.get(each, 0) for each in Standing}
