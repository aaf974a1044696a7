"""What might be changed about the rules because of one message that was understood wrongly."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from math import ceil

from nlp.clauses import split_clauses
from nlp.evidence import Weighed, sums
from nlp.meaning import Bounds
from nlp.rules import Rule, format_rule
from nlp.segmenter import frequency, segment
from nlp.spelling import fold

_COMMON = 20_000
_MARGIN = 0.1
_MOST_WEIGHT = 3.0
_LEAST_WEIGHT = 0.3


class Kind(StrEnum):
    """NEW_TERM: a rule more. EXCLUSION: a rule with one more excluded word. WEIGHT: a rule that says less."""

    NEW_TERM = "new-term"
    EXCLUSION = "exclusion"
    WEIGHT = "weight"


@dataclass(frozen=True)
class Proposal:
    """A rule line to add, the line it takes the place of (None: of none), and the word it is about."""

    kind: Kind
    line: str
    replaces: str | None
    category: str
    term: str
    weight: float

    @property
    def cost(self) -> int:
        """Which of equally good proposals to try first: the one that says the least."""
        return list(Kind).index(self.kind)


def telling_words(text: str) -> tuple[str, ...]:
    """The words of a message, and the pairs of neighbours in a clause, that are rare enough to mean something.

    A word of two characters or more that is not among jieba's commonest counts; a pair of short words too.
    """
    folded = fold(text)
    clauses = split_clauses(folded)
    found: dict[str, None] = {}
    for start, end in zip(clauses.starts, clauses.ends, strict=True):
        words = segment(folded[start:end])
        found |= dict.fromkeys(word for word in words if len(word) > 1 and _telling(word))
        found |= dict.fromkeys(
            one + two for one, two in pairwise(words) if len(one + two) <= 6 and _tells(one, two)
        )
    return tuple(found)


def _telling(word: str) -> bool:
    return word.isalpha() and frequency(word) < _COMMON


def _tells(one: str, two: str) -> bool:
    return one.isalpha() and two.isalpha() and min(frequency(one), frequency(two)) < _COMMON


def new_terms(text: str, wanted: str, weighed: Iterable[Weighed], bounds: Bounds) -> Iterator[Proposal]:
    """Rules that would let each telling word of the message speak for the wanted category."""
    totals = sums(weighed)
    strongest_other = max((score for code, score in totals.items() if code != wanted), default=0.0)
    missing = max(bounds.ticket, strongest_other + _MARGIN) - totals.get(wanted, 0.0)
    weight = ceil(min(max(missing, _LEAST_WEIGHT), _MOST_WEIGHT) * 10 - 1e-9) / 10
    for term in telling_words(text):
        line = format_rule(Rule(category=wanted, groups=((term,),), weight=weight))
        yield Proposal(Kind.NEW_TERM, line, None, wanted, term, weight)


def tempered_rules(text: str, wrong: str, weighed: Iterable[Weighed]) -> Iterator[Proposal]:
    """The rules that took the message for the wrong category, each with an exclusion or half its weight."""
    for rule, weight in weighed:
        if rule.category == wrong and weight > 0 and rule.groups:
            asked = {atom for group in rule.groups for atom in group}
            for term in telling_words(text):
                if not any(term in atom or atom in term for atom in asked):
                    yield _exclusion(rule, term)
            half = replace(rule, weight=round(rule.weight / 2, 3))
            term = next(atom for atom in rule.groups[0])
            yield Proposal(Kind.WEIGHT, format_rule(half), rule.source, wrong, term, half.weight)


def _exclusion(rule: Rule, term: str) -> Proposal:
    line = format_rule(replace(rule, excluded=(*rule.excluded, term)))
    return Proposal(Kind.EXCLUSION, line, rule.source, rule.category, term, rule.weight)
