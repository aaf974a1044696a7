"""Finding one matter among the words of a ticket: clauses that go together, by what they speak about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nlp import RuleBook

_CLAUSE = re.compile(r"[^，。！？；,!?;\n]*[，。！？；,!?;\n]*")
_EDGES = "，。！？；,!?; \n"


@dataclass(slots=True)
class Matter:
    """Clauses that follow each other and speak about one thing; ``categories`` are the Chinese names and codes."""

    clauses: list[str] = field(default_factory=list)
    categories: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The clauses as they were said, without loose ends."""
        return "".join(self.clauses).strip(_EDGES)

    def is_about(self, words: str) -> bool:
        """Whether it says these words, or is of a category with them in its name."""
        return words in self.text or any(words in name for name in self.categories)


def matters_of(book: RuleBook, text: str, names: dict[str, str]) -> list[Matter]:
    """The matters of a text in the order they were said. ``names``: category code → Chinese name.

    A clause that means nothing by itself goes with the one before it; a beginning that means nothing with the next.
    """
    found: list[Matter] = []
    for clause in (part for part in _CLAUSE.findall(text) if part.strip(_EDGES)):
        codes = {request.category for request in book.understand(clause.strip(_EDGES)).requests}
        categories = codes | {names[code] for code in codes if code in names}
        if found and (not categories or not found[-1].categories or categories & found[-1].categories):
            found[-1].clauses.append(clause)
            found[-1].categories |= categories
        else:
            found.append(Matter([clause], categories))
    return found


def take_matter(book: RuleBook, text: str, words: str, names: dict[str, str]) -> tuple[str, str] | None:
    """The words about one matter, and all the others; None when there is no such matter, or no other.

    When no whole matter is about it, a clause that says the words is taken.
    """
    for matters in (matters_of(book, text, names), [Matter([part]) for part in _CLAUSE.findall(text)]):
        parts = [matter for matter in matters if matter.text]
        about = [matter for matter in parts if matter.is_about(words)]
        rest = [matter for matter in parts if not matter.is_about(words)]
        if about and rest:
            return _joined(about), _joined(rest)
    return None


def _joined(matters: list[Matter]) -> str:
    return "\n".join(matter.text for matter in matters)
