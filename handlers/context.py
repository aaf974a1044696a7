"""What a use case is given: its transaction, the moment, and what is in force."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.rules.trials import Candidate
from handlers.settings import Settings
from handlers.texts import Texts
from handlers.timetable import Timetable
from nlp import Meaning, Place, RuleBook
from storage.people import GroupInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One transaction's surroundings. ``now`` is aware; ``categories`` maps a code to its Chinese name,
    ``candidate`` are rules that are only tried."""

    session: AsyncSession
    now: datetime
    settings: Settings
    directory: Directory
    book: RuleBook
    texts: Texts
    timetable: Timetable
    categories: dict[str, str]
    candidate: Candidate | None = None

    def at(self, now: datetime) -> Context:
        """The same surroundings at another moment."""
        return replace(self, now=now)

    def without_leaves(self, gone: Collection[int]) -> Context:
        """The same surroundings where this leave (by id) is over."""
        leaves = tuple(each for each in self.directory.leaves if each.id not in gone)
        return replace(self, directory=replace(self.directory, leaves=leaves))

    def understand(self, text: str, group: GroupInfo) -> Meaning:
        """What words mean in a group, where its people have names for their places."""
        return self.book.understand(text, self.directory.locality(group))

    def place_of(self, text: str, group: GroupInfo) -> Place:
        """The place that words name in a group."""
        return self.book.place_of(text, self.directory.locality(group))

    def category_name(self, code: str) -> str:
        """The category as residents read it."""
        return self.categories.get(code, code)
