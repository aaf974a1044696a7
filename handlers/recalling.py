"""Taking back what was said a moment ago: what is still in time, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts import recalls_asked
from storage.enums import OutboxState
from storage.outbox import get_rows

RECALL_WINDOW = timedelta(minutes=2)
"""How long WeChat lets anybody take back his words."""

TOO_LATE = "more than two minutes ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One message to take back now."""

    id: int
    message_id: str


async def next_recall(session: AsyncSession, account: str, now: datetime) -> Recall | None:
    """The oldest message of an account that is to be taken back and may be; those that are too old are given up."""
    for row in await recalls_asked(session, account):
        if row.state is not OutboxState.SENT or (
            row.sent_at is not None and now - row.sent_at > RECALL_WINDOW
        ):
            row.recall_asked_at, row.error = None, TOO_LATE
        elif row.message_id is not None:
            return Recall(id=row.id, message_id=row.message_id)
    return None


async def finish_recall(session: AsyncSession, recall: Recall, *, done: bool, reason: str) -> None:
    """Note what became of it."""
    row = (await get_rows(session, [recall.id])).get(recall.id)
    if row is not None:
        row.recall_asked_at, row.error = None, reason
        row.state = OutboxState.RECALLED if done else row.state
