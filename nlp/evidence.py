"""Which rules make a message's scores, and what the strongest category would be without some of them."""

from collections.abc import Iterable

from nlp.categories import OTHER
from nlp.matching import Matcher
from nlp.rulebook import RuleBook
from nlp.rulefile import parse_rules
from nlp.rules import Rule
from nlp.signals import is_signal
from nlp.spelling import fold

Weighed = tuple[Rule, float]


class Evidence:
    """Looks rules up as a book does. `of` gives each rule that counts and what it adds to its category."""

    def __init__(self, book: RuleBook) -> None:
        parsed = parse_rules(book.text)
        self._matcher = Matcher(parsed, ())
        self._priors: tuple[Weighed, ...] = tuple(
            (rule, rule.weight) for rule in parsed.rules if not rule.groups and not is_signal(rule.category)
        )

    def of(self, text: str) -> tuple[Weighed, ...]:
        """The rules of matters (not of signals) that hold for the text, priors first, leans last."""
        folded = fold(text)
        found = self._matcher.look(folded)
        own = tuple((hit.rule, hit.weight) for hit in found.hits if not is_signal(hit.rule.category))
        leans = self._matcher.leans.rules_of(folded, found.spans())
        return self._priors + own + tuple((rule, rule.weight) for rule in leans)


def sums(weighed: Iterable[Weighed]) -> dict[str, float]:
    """What the rules add up to for each category."""
    totals: dict[str, float] = {}
    for rule, weight in weighed:
        totals[rule.category] = totals.get(rule.category, 0.0) + weight
    return totals


def strongest(totals: dict[str, float]) -> str:
    """The first category in the book's own order; "" when there is none."""
    return min(totals, key=lambda category: (-totals[category], category == OTHER, category), default="")


def strongest_without(totals: dict[str, float], weighed: Iterable[Weighed], left_out: Weighed) -> str:
    """The strongest category when one rule of `weighed` is left out; `totals` are their sums."""
    rule, weight = left_out
    rest = dict(totals)
    rest[rule.category] -= weight
    if not any(other is not rule and other.category == rule.category for other, _ in weighed):
        del rest[rule.category]
    return strongest(rest)
