"""What a change of rules would do to stored messages, found without reading all of them twice.

A rule can only change the meaning of a message that has a word from each of its groups (of one at least
where rules turn one another), and a word new to the engine's dictionary can only change how a message is cut
that contains it. So the rules that differ are
compared by what they ask for, the messages that cannot be touched are left out by plain string search, and
only the rest is understood with both books.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from nlp.leans import Lean
from nlp.meaning import Verdict
from nlp.rulebook import RuleBook
from nlp.rulefile import RuleFile, expand, parse_rules
from nlp.rules import Rule
from nlp.segmenter import plain_words
from nlp.signals import is_signal
from nlp.spelling import fold
from nlp.terms import Sieve

_PLACES = ("地点", "地点前", "地点后")
_MANNERED = "「异常」"
_FEW_TERMS = 300

Terms = frozenset[str]


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

    `read` is how many messages had to be understood to know."""

    gained: tuple[Difference, ...]
    lost: tuple[Difference, ...]
    changed: tuple[Difference, ...]
    read: int


@dataclass(frozen=True)
class _Asked:
    """A rule with all names and spellings written out: equal when it asks and says the same."""

    category: str
    groups: frozenset[Terms]
    excluded: Terms
    weight: float
    urgent: bool


def preview(old: RuleBook, new: RuleBook, messages: Sequence[str]) -> Preview:
    """Compare two books over stored messages; about a second for 100,000 and a handful of changed rules."""
    rows = touched(old, new, messages)
    differences = [
        Difference(row, before, after)
        for row in rows
        if (before := outcome(old, messages[row])) != (after := outcome(new, messages[row]))
    ]
    return Preview(
        gained=tuple(one for one in differences if one.before.category is None),
        lost=tuple(one for one in differences if one.after.category is None),
        changed=tuple(one for one in differences if None not in (one.before.category, one.after.category)),
        read=len(rows),
    )


def outcome(book: RuleBook, text: str) -> Outcome:
    """What a book makes of one message."""
    meaning = book.understand(text)
    category = meaning.requests[0].category if meaning.requests else None
    return Outcome(category, meaning.verdict, meaning.urgent)


def touched(old: RuleBook, new: RuleBook, messages: Sequence[str]) -> list[int]:
    """The indices of the messages that a difference of the books may touch, in order."""
    before, after = parse_rules(old.text), parse_rules(new.text)
    old_rules, new_rules = _asked(before), _asked(after)
    differing = old_rules ^ new_rules
    mannered = _knows_manners(old_rules)
    everywhere = old.bounds != new.bounds or mannered is not _knows_manners(new_rules)
    if everywhere or any(not rule.groups for rule in differing):
        return list(range(len(messages)))
    search = _Search(messages)
    words = _vocabulary(old_rules) ^ _vocabulary(new_rules)
    rows = search.any_of((words if mannered else _new_words(words)) | _place_changes(before, after))
    for rule in differing:
        found = [search.any_of(group) for group in rule.groups]
        rows |= set.union(*found) if mannered or is_signal(rule.category) else set.intersection(*found)
    return sorted(rows)


def _knows_manners(rules: Iterable[_Asked]) -> bool:
    """Whether the book tells trouble from talk. In such a book the terms win over jieba's own words, and one
    word of a rule can wake or turn other rules, so a message with any word of a changed rule is read."""
    return any(rule.category == _MANNERED for rule in rules)


def _asked(parsed: RuleFile) -> frozenset[_Asked]:
    return frozenset((*(_write_out(rule, parsed) for rule in parsed.rules), *map(_as_signal, parsed.leans)))


def _as_signal(lean: Lean) -> _Asked:
    """A lean as a signal that any of its words gives: a changed one touches the messages with one of them."""
    groups = frozenset([frozenset(lean.terms)] if lean.terms else [])
    return _Asked(f"「{sorted(lean.weights.items())}」", groups, frozenset(), 1.0, urgent=False)


def _write_out(rule: Rule, parsed: RuleFile) -> _Asked:
    return _Asked(
        category=rule.category,
        groups=frozenset(_forms(expand(group, parsed.sets), parsed) for group in rule.groups),
        excluded=_forms(expand(rule.excluded, parsed.sets), parsed),
        weight=rule.weight,
        urgent=rule.urgent,
    )


def _forms(terms: Terms, parsed: RuleFile) -> Terms:
    respelt = {
        term.replace(right, form)
        for right, forms in parsed.spellings.items()
        for term in terms
        if right in term
        for form in forms
    }
    return terms | respelt


def _vocabulary(rules: Iterable[_Asked]) -> Terms:
    return frozenset(term for rule in rules for group in (*rule.groups, rule.excluded) for term in group)


def _new_words(terms: Terms) -> Terms:
    """Those that jieba does not know: only these change how a message is cut."""
    return frozenset(term for term in terms if plain_words(term) != [term])


def _place_changes(before: RuleFile, after: RuleFile) -> Terms:
    def names(parsed: RuleFile) -> Terms:
        return expand(tuple("@" + name for name in _PLACES if name in parsed.sets), parsed.sets)

    return names(before) ^ names(after)


class _Search:
    """Finds the messages that contain terms, in all messages written one after the other."""

    def __init__(self, messages: Sequence[str]) -> None:
        self._joined = fold("\n".join(messages))
        self._starts = [0, *accumulate(len(message) + 1 for message in messages)]
        self._known: dict[Terms, frozenset[int]] = {}

    def any_of(self, terms: Terms) -> set[int]:
        """The indices of the messages with one of the terms in them (as characters, not yet as words)."""
        if terms not in self._known:
            find = self._one_by_one if len(terms) <= _FEW_TERMS else self._sieved
            self._known[terms] = frozenset(find(terms))
        return set(self._known[terms])

    def _one_by_one(self, terms: Terms) -> Iterable[int]:
        for term in terms:
            position = self._joined.find(term)
            while position >= 0:
                row = bisect_right(self._starts, position) - 1
                yield row
                position = self._joined.find(term, self._starts[row + 1])

    def _sieved(self, terms: Terms) -> Iterable[int]:
        sieve, starts = Sieve(terms), self._starts
        for row in range(len(starts) - 1):
            if sieve.lets_through(self._joined[starts[row] : starts[row + 1]]):
                yield row
