"""Making a transaction's context: the directory, rules, texts and categories in force at that moment."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.context import Context
from handlers.directory import DirectoryKeeper
from handlers.rules import BookKeeper, TrialKeeper, compile_aside
from handlers.settings import Settings
from handlers.texts import Texts, fitting
from handlers.timetable import TimetableKeeper
from storage.templates import changed_texts
from storage.tickets import category_names

log = logging.getLogger(__name__)


class Surroundings:
    """Keeps what seldom changes; a context costs five small queries."""

    def __init__(
        self, settings: Settings, books: BookKeeper | None = None, trials: TrialKeeper | None = None
    ) -> None:
        compiler = partial(compile_aside, bounds=settings.understanding.bounds)
        self.settings = settings
        self.directories = DirectoryKeeper()
        self._books = books or BookKeeper(compiler)
        self._trials = trials or TrialKeeper(compiler)
        self.timetables = TimetableKeeper(settings.work)
        self._changed: dict[str, str] = {}
        self._texts = Texts()

    async def context(self, session: AsyncSession, now: datetime) -> Context:
        """The surroundings of one transaction."""
        changed = await changed_texts(session)
        if changed != self._changed:
            self._changed, self._texts = changed, Texts(fitting(changed))
            for key in changed.keys() - fitting(changed).keys():
                log.error("text %s is not used: it does not fit this version", key)
        return Context(
            session=session,
            now=now,
            settings=self.settings,
            directory=await self.directories.directory(session),
            book=await self._books.book(session),
            texts=self._texts,
            timetable=await self.timetables.timetable(session),
            categories=await category_names(session),
            candidate=await self._trials.candidate(session),
        )
