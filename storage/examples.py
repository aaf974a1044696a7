"""Queries of what people corrected, and of the rule changes proposed from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import TicketState
from storage.models import Example, Message, Proposal, Ticket

_JUDGED = ("ticket", "ask", "silent")
_CONFIRMED = (TicketState.ACCEPTED, TicketState.RESOLVED, TicketState.CLOSED)
_WRONG = (TicketState.REJECTED, TicketState.MERGED)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Words and what is right for them: a category's code, None when they are no request."""

    text: str
    category: str | None


async def keep_example(session: AsyncSession, example: Example) -> None:
    """Keep a correction; an earlier one about the same ticket gives way."""
    known = await session.scalar(select(Example).where(Example.ticket_id == example.ticket_id))
    if known is None:
        session.add(example)
        await session.flush()
    else:
        known.at, known.by, known.text, known.category = (
            example.at,
            example.by,
            example.text,
            example.category,
        )


async def list_examples(session: AsyncSession) -> list[Labelled]:
    """Every correction, in the order first made."""
    rows = await session.execute(select(Example.text, Example.category).order_by(Example.id))
    return [Labelled(row.text, row.category or None) for row in rows]


async def list_judged(session: AsyncSession, limit: int) -> list[Labelled]:
    """The latest messages of residents that are kept, oldest first, with what they have come to.

    What is still only asked about is left out.
    """
    rows = await session.execute(
        select(Message.text, Ticket.state, Ticket.category)
        .outerjoin(Ticket, Ticket.id == Message.ticket_id)
        .where(Message.verdict.in_(_JUDGED), Message.text != "", Ticket.unsure.is_not(True))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return [Labelled(row.text, None if row.state in _WRONG else row.category) for row in rows][::-1]


async def list_confirmed(session: AsyncSession) -> list[Labelled]:
    """The words of tickets that somebody has taken on, under the category they have now."""
    rows = await session.execute(
        select(Ticket.text, Ticket.category).where(Ticket.state.in_(_CONFIRMED)).order_by(Ticket.id)
    )
    return [Labelled(row.text, row.category) for row in rows]


async def has_news(session: AsyncSession) -> bool:
    """Whether something was corrected since proposals were last worked out."""
    corrected = await session.scalar(select(func.max(Example.at)))
    proposed = await session.scalar(select(func.max(Proposal.at)))
    return corrected is not None and (proposed is None or corrected > proposed)


async def open_proposals(session: AsyncSession) -> Sequence[Proposal]:
    """The proposals an admin may still accept, best first."""
    return (await session.scalars(select(Proposal).where(Proposal.open).order_by(Proposal.id))).all()


async def get_proposal(session: AsyncSession, number: int) -> Proposal | None:
    """The open proposal of this number, locked for the transaction."""
    return await session.scalar(
        select(Proposal).where(Proposal.id == number, Proposal.open).with_for_update()
    )


async def replace_proposals(session: AsyncSession, fresh: Iterable[Proposal]) -> None:
    """Put fresh proposals in the place of those still open; numbers are never used twice."""
    await session.execute(update(Proposal).where(Proposal.open).values(open=False))
    for each in fresh:
        session.add(each)
        await session.flush()
