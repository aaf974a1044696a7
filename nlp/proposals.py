"""What might be changed about the rules because of messages that were understood wrongly in the same way."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, combinations, pairwise
from math import ceil

from nlp.clauses import split_clauses
from nlp.leans import MARKS
from nlp.meaning import Bounds, Meaning
from nlp.rules import Rule, format_rule
from nlp.segmenter import frequency, plain_words, segment
from nlp.signals import Signal, is_signal, knows_manners
from nlp.spelling import fold

_COMMON = 20_000
_SPECIAL = 3_000
_PARTICLES = frozenset("的了着过地得和与及或在是有被把也都就还很太我你他她它们这那个")
_MARGIN = 0.1
_STRONGER = 1.0
_MOST_WEIGHT = 12.0
_MOST_WEIGHT_OF_ONE = 2.0
_LEAST_WEIGHT = 0.3
_CHAT_WEIGHTS = (0.6, 1.2)
_MOST_COMBINED = 5
_ENOUGH_TO_TAKE_OVER = 4
_PAIR_LENGTH = 6


class Kind(StrEnum):
    """NEW_TERM: a rule more. EXCLUSION: a rule with one more excluded word. CHAT: a word that speaks for small
    talk. WEIGHT: a rule that says less."""

    NEW_TERM = "new-term"
    EXCLUSION = "exclusion"
    CHAT = "chat"
    WEIGHT = "weight"


@dataclass(frozen=True)
class Proposal:
    """A rule line to add, the line it takes the place of (None: of none), and the word it is about.

    `words` must all stand in a message for the change to mean anything.
    """

    kind: Kind
    line: str
    replaces: str | None
    category: str
    term: str
    weight: float
    words: tuple[str, ...]

    @property
    def cost(self) -> tuple[int, int, float, int]:
        """Which of equally good proposals is best: the simplest, the mildest, the most special one."""
        glued = sum(plain_words(word) != [word] for word in self.words)
        return (
            list(Kind).index(self.kind),
            len(self.words) + glued,
            self.weight,
            min(map(frequency, self.words)),
        )


@dataclass(frozen=True)
class Mistake:
    """A message, what it means now, and the category it should have (None: it is no request)."""

    meaning: Meaning
    wanted: str | None

    @property
    def now(self) -> str | None:
        return self.meaning.requests[0].category if self.meaning.requests else None


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
            one + two for one, two in pairwise(words) if len(one + two) <= _PAIR_LENGTH and _tells(one, two)
        )
    return tuple(found)


def _telling(word: str) -> bool:
    return word.isalpha() and frequency(word) < _COMMON


def _tells(one: str, two: str) -> bool:
    words = one.isalpha() and two.isalpha() and _PARTICLES.isdisjoint((one, two))
    return words and min(frequency(one), frequency(two)) < _COMMON


def _is_special(words: tuple[str, ...], known: Collection[str], weight: float) -> bool:
    """Whether one message is enough to go by: a rare word of the dictionary that no rule of another category
    knows yet, and no overwhelming weight."""
    rare = all(
        plain_words(word) == [word] and word not in known and frequency(word) < _SPECIAL for word in words
    )
    return rare and weight <= _MOST_WEIGHT_OF_ONE


def remedies(
    mistakes: Sequence[Mistake], rules: Mapping[str, Rule], known: Set[str], bounds: Bounds
) -> Counter[Proposal]:
    """Changes that might mend mistakes of one kind, with how many of them each might mend.

    `rules` has the rules by their lines, `known` all words that they look for.
    """
    mannered = knows_manners(rules.values())
    elsewhere = {
        atom
        for rule in rules.values()
        if rule.category != mistakes[0].wanted and not is_signal(rule.category)
        for atom in chain(*rule.groups)
    }
    own = {
        atom for rule in rules.values() if rule.category == mistakes[0].wanted for atom in chain(*rule.groups)
    }
    common = known - own
    found: Counter[Proposal] = Counter()
    for proposal, times in _new_terms(mistakes, elsewhere, bounds, mannered=mannered).items():
        if times > 1 or _is_special(proposal.words, common, proposal.weight):
            found[proposal] = times
    for mistake in mistakes:
        words = telling_words(mistake.meaning.text)
        if mistake.now is not None:
            found.update(dict.fromkeys(_tempered_rules(mistake, words, rules), 1))
            if mannered and mistake.wanted is None:
                found.update(_small_talk(words))
    return found


def _new_terms(
    mistakes: Sequence[Mistake], elsewhere: Collection[str], bounds: Bounds, *, mannered: bool
) -> dict[Proposal, int]:
    """Rules that would let words speak for the wanted category, with how many of the mistakes have the words.

    A word that speaks for categories `elsewhere` is not taken from them by a few messages. What a mannered book makes of a message is more than a sum, so a stronger rule is proposed beside.
    """
    weights: dict[tuple[str, ...], list[float]] = defaultdict(list)
    shared = _shared_words(mistakes)
    for mistake in mistakes:
        if mistake.wanted is not None:
            text = mistake.meaning.text
            missing = _missing(mistake, bounds)
            for words in (*((word,) for word in telling_words(text)), *_combined(shared, text)):
                weights[words].append(missing)
    found: dict[Proposal, int] = {}
    for words, needed in weights.items():
        if words[0] in elsewhere and len(words) == 1 and len(needed) < _ENOUGH_TO_TAKE_OVER:
            continue
        for more in (0.0, _STRONGER) if mannered else (0.0,):
            weight = ceil(min(max(*needed, _LEAST_WEIGHT) + more, _MOST_WEIGHT) * 10 - 1e-9) / 10
            rule = Rule(
                category=mistakes[0].wanted or "", groups=tuple((word,) for word in words), weight=weight
            )
            one = Proposal(
                Kind.NEW_TERM, format_rule(rule), None, rule.category, "”和“".join(words), weight, words
            )
            found[one] = len(needed)
    return found


def _missing(mistake: Mistake, bounds: Bounds) -> float:
    """What the wanted category lacks to be sure and the strongest."""
    scores = dict(mistake.meaning.scores)
    other = max((score for code, score in scores.items() if code != mistake.wanted), default=0.0)
    return max(bounds.ticket, other + _MARGIN) - scores.get(mistake.wanted or "", 0.0)


def _shared_words(mistakes: Sequence[Mistake]) -> list[str]:
    """The words that most of the mistakes share, in the order of the alphabet."""
    spread = Counter(word for each in mistakes for word in telling_words(each.meaning.text))
    common = [word for word, times in spread.most_common() if times > 1]
    return sorted(common[:_MOST_COMBINED])


def _combined(shared: Sequence[str], text: str) -> Iterator[tuple[str, ...]]:
    """Two shared words of a message that must stand together."""
    here = [word for word in shared if word in fold(text)]
    for one, two in combinations(here, 2):
        if one not in two and two not in one:
            yield one, two


def _tempered_rules(mistake: Mistake, words: Iterable[str], rules: Mapping[str, Rule]) -> Iterator[Proposal]:
    """The rules that took the message for the wrong category, each with an exclusion or half its weight."""
    for source in dict.fromkeys(match.rule for match in mistake.meaning.requests[0].matched):
        rule = None if source.startswith(tuple(MARKS)) else rules.get(source)
        if rule is None or rule.weight <= 0 or not rule.groups:
            continue
        asked = {atom for group in rule.groups for atom in group}
        for word in words:
            if not any(word in atom or atom in word for atom in asked):
                line = format_rule(replace(rule, excluded=(*rule.excluded, word)))
                yield Proposal(Kind.EXCLUSION, line, source, rule.category, word, rule.weight, (word,))
        half = replace(rule, weight=round(rule.weight / 2, 3))
        term = next(match.term for match in mistake.meaning.requests[0].matched if match.rule == source)
        yield Proposal(Kind.WEIGHT, format_rule(half), source, rule.category, term, half.weight, (term,))


def _small_talk(words: Iterable[str]) -> Iterator[Proposal]:
    for weight in _CHAT_WEIGHTS:
        for word in words:
            rule = Rule(category=Signal.CHAT, groups=((word,),), weight=weight)
            yield Proposal(Kind.CHAT, format_rule(rule), None, Signal.CHAT, word, weight, (word,))
