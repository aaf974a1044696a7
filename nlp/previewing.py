"""What a change of rules would do to stored messages, found without reading all of them twice.

Messages that the change cannot touch are left out by plain string search (see `differing`), what was said many
times is read once, and when still too many are left, only a sample of them is read where that will do.
"""

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from nlp.differing import Needed, Terms, needed_to_differ
from nlp.meaning import Verdict
from nlp.rulebook import RuleBook
from nlp.spelling import fold
from nlp.terms import Sieve

_FEW_TERMS = 300


@dataclass(frozen=True)
class Outcome:
    """What a book makes of a message: its first category (None when silent), how sure, how urgent."""

    category: str | None
    verdict: Verdict
    urgent: bool


@dataclass(frozen=True)
class Difference:
    """Message number `index` (0-based) and what it is before and after."""

    index: int
    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class Preview:
    """`gained` become matters, `lost` fall silent, `changed` get another category, sureness or urgency.

    `touched` is how many messages the change may touch, `read` how many of them have been understood to know.
    """

    gained: tuple[Difference, ...] = ()
    lost: tuple[Difference, ...] = ()
    changed: tuple[Difference, ...] = ()
    touched: int = 0
    read: int = 0

    @property
    def is_estimate(self) -> bool:
        """Whether only some of the messages were read."""
        return self.read < self.touched

    def estimated(self, differences: Sequence[Difference]) -> int:
        """How many there are in all, judged by those that were read."""
        return round(len(differences) * self.touched / self.read) if self.read else 0


class Archive:
    """Messages to try rules on, each different text once."""

    def __init__(self, messages: Iterable[str]) -> None:
        self._rows: dict[str, list[int]] = {}
        for row, message in enumerate(messages):
            self._rows.setdefault(message, []).append(row)
        self.texts = tuple(self._rows)
        self._joined = fold("\n".join(self.texts))
        self._starts = [0, *accumulate(len(text) + 1 for text in self.texts)]
        self._known: dict[Terms, frozenset[int]] = {}

    def rows(self, text: int) -> Sequence[int]:
        """The numbers of the messages that say a text."""
        return self._rows[self.texts[text]]

    def meeting(self, conditions: Iterable[Needed]) -> list[int]:
        """The numbers of the texts that meet one of the conditions, in order."""
        found: set[int] = set()
        for needed in conditions:
            if not needed:
                return list(range(len(self.texts)))
            sets = [self._any_of(terms) for terms in sorted(needed, key=len)]
            found |= frozenset.intersection(*sets)
        return sorted(found)

    def _any_of(self, terms: Terms) -> frozenset[int]:
        """The texts with one of the terms in them (as characters, not yet as words)."""
        if terms not in self._known:
            find = self._one_by_one if len(terms) <= _FEW_TERMS else self._sieved
            self._known[terms] = frozenset(find(terms))
        return self._known[terms]

    def _one_by_one(self, terms: Terms) -> Iterable[int]:
        for term in terms:
            position = self._joined.find(term)
            while position >= 0:
                text = bisect_right(self._starts, position) - 1
                yield text
                position = self._joined.find(term, self._starts[text + 1])

    def _sieved(self, terms: Terms) -> Iterable[int]:
        sieve, starts = Sieve(terms), self._starts
        for text in range(len(self.texts)):
            if sieve.lets_through(self._joined[starts[text] : starts[text + 1]]):
                yield text


def preview(
    old: RuleBook, new: RuleBook, messages: Sequence[str] | Archive, *, most: int | None = None
) -> Preview:
    """Compare two books over stored messages; about a second for 100,000 and a handful of changed rules.

    With `most`, no more different texts than that are read: a sample, always the same, of those the change
    may touch.
    """
    archive = messages if isinstance(messages, Archive) else Archive(messages)
    touched = archive.meeting(needed_to_differ(old, new))
    chosen = touched
    if most is not None and len(touched) > most:
        chosen = sorted(random.Random(most).sample(touched, most))
    differences = [
        Difference(row, before, after)
        for text in chosen
        if (before := outcome(old, archive.texts[text])) != (after := outcome(new, archive.texts[text]))
        for row in archive.rows(text)
    ]
    differences.sort(key=lambda one: one.index)
    return Preview(
        gained=tuple(one for one in differences if one.before.category is None),
        lost=tuple(one for one in differences if one.after.category is None),
        changed=tuple(one for one in differences if None not in (one.before.category, one.after.category)),
        touched=sum(len(archive.rows(text)) for text in touched),
        read=sum(len(archive.rows(text)) for text in chosen),
    )


def outcome(book: RuleBook, text: str) -> Outcome:
    """What a book makes of one message."""
    meaning = book.understand(text)
    category = meaning.requests[0].category if meaning.requests else None
    return Outcome(category, meaning.verdict, meaning.urgent)
