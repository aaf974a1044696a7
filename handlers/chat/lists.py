"""Numbered lists: what the bot asks, and that it waits for a bare number."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.context import Context
from storage.models import Question
from storage.people import PersonInfo
from storage.tickets import ask_question

LONGEST_LIST = 9


async def ask(ctx: Context, person: PersonInfo, action: str, words: str, options: list[int]) -> None:
    """Wait for somebody's choice among ``options``; ``action`` and ``words`` say what it is for."""
    question = Question(
        contact_id=person.contact, asked_at=ctx.now, action=action, words=words, options=options
    )
    await ask_question(ctx.session, question)


def numbered(options: Iterable[str]) -> str:
    """``1. …`` and so on, a line each."""
    return "\n".join(f"{index}. {option}" for index, option in enumerate(options, 1))
