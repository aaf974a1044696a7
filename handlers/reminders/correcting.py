"""Wrong words are out: take back what still can be, or say the right ones to exactly those who got the wrong ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.recalling import RECALL_WINDOW
from handlers.reminders.errors import ReminderRefused, UnknownReminder
from handlers.reminders.firing import Posting, row_values
from handlers.reminders.ledger import take_firing
from handlers.reminders.notices import clean_notice, fill_notice
from handlers.settings import Settings
from storage.audiences import list_targets, list_work_groups
from storage.broadcasts import cancel_waiting, rows_in, unfinished_firings
from storage.enums import OutboxState
from storage.models import Audit, Outbox
from storage.schedules import get_schedule, list_stewards, queue_rows

MARK = "【更正】"
_MARKS = (MARK, "更正")
_BEGUN = (OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.SENDING)
_WAITING = (OutboxState.PENDING, OutboxState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """Groups that get a correction, and groups that were still to be told and get the right words at once."""

    corrected: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Messages that are being taken back, those not said yet and cancelled, and those that cannot be taken back."""

    asked: int
    cancelled: int
    too_late: int


async def correct_notice(
    session: AsyncSession,
    *,
    number: int,
    text: str,
    by: str,
    now: datetime,
    settings: Settings,
    firing: int | None = None,
) -> Corrected:
    """Put a notice right: those who have (or may have) the wrong words get the right ones, in new messages; those still
    to be told are only told the right ones. The same words twice do nothing.

    The notice itself changes, too, unless other people have to say yes to its words.
    """
    fired = await take_firing(session, number, firing)
    schedule = await get_schedule(session, number)
    if schedule is None:
        raise UnknownReminder(number)
    text = clean_notice(text)
    if not schedule.needed:
        schedule.text = text
    right = await RightWords.fill(session, text, fired.due_at, settings)
    wrong = [row for row in _latest(await rows_in(session, fired.id)) if row.text != right.of(row)]
    heard = [row for row in wrong if _may_be_heard(row)]
    unsaid = [row for row in wrong if row.state in _WAITING and not _may_be_heard(row)]
    for row in unsaid:
        row.text = right.of(row)
    posting = Posting.of(fired.id, now, now, settings, urgent=schedule.urgent)
    await queue_rows(session, _corrections(heard, right, posting))
    for row in heard:
        if row.state is not OutboxState.SENT:  # whatever became of it, the wrong words are not tried again
            row.expires_at = now
    detail = {"schedule": number, "firing": fired.id, "corrected": len(heard), "changed": len(unsaid)}
    session.add(Audit(at=now, who=by, what="reminder.correct", detail=detail))
    return Corrected(corrected=len(heard), changed=len(unsaid))


async def withdraw_notice(session: AsyncSession, *, number: int, by: str, now: datetime) -> Withdrawn:
    """Cancel what is not said yet and ask for what went out within WeChat's two minutes to be taken back.

    The accounts do it next, where their backend can; what became of it is in the ledger.
    """
    fired = await take_firing(session, number, None)
    cancelled = await cancel_waiting(session, await unfinished_firings(session, number), now)
    sent = await rows_in(session, fired.id, [OutboxState.SENT])
    young = [row for row in sent if row.sent_at is not None and now - row.sent_at < RECALL_WINDOW]
    for row in young:
        row.recall_asked_at = now
    if not cancelled and not young:
        raise ReminderRefused(
            f"提示{number}发出去都过了两分钟，微信撤不回。要改正请用：weiwang reminder correct {number} --text …"
        )
    detail = {"schedule": number, "firing": fired.id, "asked": len(young), "cancelled": cancelled}
    session.add(Audit(at=now, who=by, what="reminder.withdraw", detail=detail))
    return Withdrawn(asked=len(young), cancelled=cancelled, too_late=len(sent) - len(young))


def _may_be_heard(row: Outbox) -> bool:
    """What waits to be said again because no echo came may have been heard."""
    again = row.state is OutboxState.PENDING and row.sending_at is not None
    return again or row.state in _BEGUN


class RightWords:
    """The right words for each group and work group."""

    def __init__(self, text: str, words: Mapping[int | str, str]) -> None:
        self._text, self._words = text, words

    @classmethod
    async def fill(cls, session: AsyncSession, text: str, due: datetime, settings: Settings) -> RightWords:
        """A notice's text, filled for everybody."""
        targets = await list_targets(session) + await list_work_groups(session)
        stewards, street = await list_stewards(session), settings.reminders.street
        words = {
            target.contact or target.id: fill_notice(text, target, stewards, due, street)
            for target in targets
        }
        return cls(text, words)

    def of(self, row: Outbox) -> str:
        """What this row is to say: a correction says that it is one."""
        return self.correction(row) if row.corrects_id is not None else self._of_group(row)

    def correction(self, row: Outbox) -> str:
        """What the group of this row is to read after wrong words."""
        words = self._of_group(row)
        return words if words.startswith(_MARKS) else f"{MARK}{words}"

    def _of_group(self, row: Outbox) -> str:
        """The bare text when the group is gone from the roster."""
        return self._words.get(row.group_id or row.contact_id or 0, self._text)


def _latest(rows: Sequence[Outbox]) -> list[Outbox]:
    """The last thing each group was told or is to be told in words; files stay as they are."""
    last: dict[tuple[int | None, str | None], Outbox] = {}
    for row in rows:
        if row.media is None and row.state in (*_BEGUN, *_WAITING):
            last[row.group_id, row.contact_id] = row
    return list(last.values())


def _corrections(rows: Collection[Outbox], right: RightWords, posting: Posting) -> Iterator[dict[str, Any]]:
    for row in rows:
        values = row_values(
            posting,
            key=f"correction:{row.id}",
            account=row.account,
            group_id=row.group_id,
            contact_id=row.contact_id,
            text=right.correction(row),
        )
        yield values | {"corrects_id": row.id}
