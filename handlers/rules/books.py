"""The rule book in force, the same in every process from the message after a change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.rules.errors import UnknownRevision
from nlp import Bounds, RuleBook, RuleError, compile_rules, default_rules
from storage.rules import RevisionMark, newest_mark, revision_text, stored_texts

log = logging.getLogger(__name__)
Compiler = Callable[[str], Awaitable[RuleBook]]


async def compile_aside(text: str, bounds: Bounds | None = None) -> RuleBook:
    """Compile without holding up the event loop: a file of 5,000 terms takes up to a second."""
    return await asyncio.to_thread(compile_rules, text, bounds)


async def current_revision(session: AsyncSession) -> int:
    """The number of the revision in force; 0 before the rules are seeded."""
    mark = await newest_mark(session)
    return 0 if mark is None else mark.id


async def load_text(session: AsyncSession) -> str:
    """The rule file in force; the packaged one before the rules are seeded."""
    mark = await newest_mark(session)
    return default_rules() if mark is None else await _text_of(session, mark)


async def load_messages(session: AsyncSession, limit: int = 100_000) -> list[str]:
    """What was said in the groups lately, as far as it is kept: to see what other rules would make of it."""
    return await stored_texts(session, limit)


async def _text_of(session: AsyncSession, mark: RevisionMark) -> str:
    text = await revision_text(session, mark.id)
    if text is None:
        raise UnknownRevision(mark.id)
    return text


class BookKeeper:
    """Keeps the compiled book of the newest revision; asking costs one tiny query when nothing has changed."""

    def __init__(self, compiler: Compiler = compile_aside) -> None:
        self._compile = compiler
        self._turn = asyncio.Lock()
        self._mark: RevisionMark | None = None
        self._book: RuleBook | None = None

    async def book(self, session: AsyncSession) -> RuleBook:
        """The book in force for this transaction.

        When a stored revision cannot be compiled (written by another version of the program), the last good
        book stays in use and the log says so; without one the RuleError is the caller's.
        """
        mark = await newest_mark(session)
        if self._book is not None and mark == self._mark:
            return self._book
        async with self._turn:
            if self._book is None or mark != self._mark:
                await self._renew(session, mark)
            if self._book is None:  # pragma: no cover - _renew has set it or raised
                raise UnknownRevision(0)
            return self._book

    async def _renew(self, session: AsyncSession, mark: RevisionMark | None) -> None:
        text = await asyncio.to_thread(default_rules) if mark is None else await _text_of(session, mark)
        try:
            self._book = await self._compile(text)
        except RuleError as error:
            if self._book is None:
                raise
            log.error(
                "rules not renewed: line %d column %d",
                error.line,
                error.column,
                extra={"revision": mark and mark.id},
            )
        self._mark = mark
