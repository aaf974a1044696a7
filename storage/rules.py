"""Queries of the rules, their revisions and the categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Category, Message, Rule, RuleRevision

_LOCK = 0x77656977  # any fixed number: the rule file's place among PostgreSQL's advisory locks


@dataclass(frozen=True, slots=True)
class RevisionMark:
    """What tells one revision from every other; an id alone may be used again after a rollback."""

    id: int
    at: datetime


async def lock_rules(session: AsyncSession) -> None:
    """Let nobody else change rules until this transaction ends. SQLite's writers wait for each other anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def newest_mark(session: AsyncSession) -> RevisionMark | None:
    """Which revision is in force; None before the first."""
    row = (
        await session.execute(
            select(RuleRevision.id, RuleRevision.at).order_by(RuleRevision.id.desc()).limit(1)
        )
    ).first()
    return None if row is None else RevisionMark(*row)


async def revision_text(session: AsyncSession, revision: int) -> str | None:
    """The whole file as of a revision."""
    return await session.scalar(select(RuleRevision.text).where(RuleRevision.id == revision))


async def list_revisions(session: AsyncSession, limit: int) -> Sequence[tuple[int, datetime, str, str]]:
    """(id, at, by, note) of the latest revisions, newest first."""
    rows = await session.execute(
        select(RuleRevision.id, RuleRevision.at, RuleRevision.by, RuleRevision.note)
        .order_by(RuleRevision.id.desc())
        .limit(limit)
    )
    return [(row.id, row.at, row.by, row.note) for row in rows]


async def list_lines(session: AsyncSession) -> list[Rule]:
    """Every line of the file, in its order."""
    return list(await session.scalars(select(Rule).order_by(Rule.position, Rule.id)))


async def count_lines(session: AsyncSession) -> int:
    """How many lines there are."""
    return await session.scalar(select(func.count()).select_from(Rule)) or 0


async def category_names(session: AsyncSession) -> dict[str, str]:
    """Code → name of the categories in use, in their order."""
    rows = await session.execute(
        select(Category.code, Category.name).where(Category.active).order_by(Category.position, Category.code)
    )
    return {row.code: row.name for row in rows}


async def add_categories(session: AsyncSession, wanted: Sequence[tuple[str, str, int]]) -> int:
    """Add those of (code, name, hours to resolve) that are not there yet; returns how many were added."""
    rows = (await session.execute(select(Category.code, Category.name, Category.position))).all()
    codes, names = {row.code for row in rows}, {row.name for row in rows}
    last = max((row.position for row in rows), default=0)
    fresh = [item for item in wanted if item[0] not in codes and item[1] not in names]
    for position, (code, name, hours) in enumerate(fresh, last + 1):
        session.add(Category(code=code, name=name, position=position, resolve_hours=hours))
    await session.flush()
    return len(fresh)


async def stored_texts(session: AsyncSession, limit: int) -> list[str]:
    """The words of the latest group messages that are still kept, oldest first: what rules can be tried on."""
    rows = await session.scalars(
        select(Message.text)
        .where(Message.group_id.is_not(None), Message.text != "")
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(limit)
    )
    return list(rows)[::-1]
