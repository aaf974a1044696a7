"""Leans: what single words make a message look like, each with many small weights. A learned table is made of them.

    %烫手|烫 = 诉求 0.3，紧急 0.1，供电用电 0.5
    %%断三|没反 = 诉求 0.1，供电用电 0.2
    %* = 诉求 -0.6

A word leans to being a request at all, to being urgent, and to categories; a negative weight leans away. Each word
of a line has the line's weights; `%*` stands for every message. `%%` has pairs of characters, which count wherever
they stand side by side, also across words or inside of one: they speak where jieba knows no word. Leans are added
to what the rules prove.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import add
from typing import Final

from nlp.categories import category_code, category_name
from nlp.rules import EVERY_MESSAGE, Rule, RuleError, format_number, parse_alternatives, quoted

REQUEST: Final = "诉求"
URGENT: Final = "紧急"
MARKS: Final = "%％"

_HEAD = re.compile(r"\s*([%％]{1,2})\s*")
_PAIR = 2
_WEIGHT = re.compile(r"\s*([^\s,，、=＝]+?)[ \t]*([-+]?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Lean:
    """One line: its words (none: every message) and their weights by category code, REQUEST or URGENT.

    With `pairs` they are pairs of characters instead.
    """

    terms: tuple[str, ...]
    weights: Mapping[str, float]
    line: int = 1
    source: str = ""
    pairs: bool = False


def parse_lean(line: str, number: int = 1) -> Lean:
    """Read one lean line; RuleError names the column and says what should stand there."""
    head = _HEAD.match(line)
    start, pairs = (head.end(), len(head[1]) == _PAIR) if head else (0, False)
    left, equals, right = line[start:].replace("＝", "=").partition("=")
    if not equals:
        raise RuleError(number, len(line.rstrip()) + 1, "倾向应写成“%词 = 诉求 0.3”，这一行没有等号")
    if not left.strip():
        raise RuleError(number, len(line[:start].rstrip()) + 1, "百分号后面应写要找的词")
    every = not pairs and left.strip() in (EVERY_MESSAGE, "＊")
    terms = () if every else parse_alternatives(line[: start + len(left)], start, number)
    if wrong := next((term for term in terms if term.startswith("@")), None):
        raise RuleError(number, line.find(wrong) + 1, "倾向只能写词，不能写同义词组")
    if pairs and (wrong := next((term for term in terms if len(term) != _PAIR), None)):
        raise RuleError(number, line.find(wrong) + 1, f"两个百分号后面应写两个字的字串，“{wrong}”不是两个字")
    weights = dict(_weights(right, start + len(left) + 1, number))
    return Lean(terms, weights, number, line.strip(), pairs)


def _weights(text: str, column: int, number: int) -> Iterable[tuple[str, float]]:
    for part in re.split("(?<=[,，、])", text):
        weight = _weight(part)
        if weight is None:
            raise RuleError(number, column + 1, "等号后面应写“类别 分值”，几个之间用逗号分开")
        yield weight
        column += len(part)


@lru_cache(8192)
def _weight(part: str) -> tuple[str, float] | None:
    match = _WEIGHT.fullmatch(part.rstrip(",，、"))
    return (category_code(match[1]), float(match[2])) if match else None


def format_lean(lean: Lean) -> str:
    """The lean as one line, the larger weights first; `parse_lean` reads it back."""
    terms = "|".join(map(quoted, sorted(lean.terms))) or EVERY_MESSAGE
    ordered = sorted(lean.weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    return f"{'%%' if lean.pairs else '%'}{terms} = " + "，".join(
        f"{category_name(name)} {format_number(value)}" for name, value in ordered
    )


@dataclass(frozen=True, slots=True)
class Leaning:
    """How much a whole message is like a request, urgent, and like each category (by code)."""

    request: float = 0.0
    urgent: float = 0.0
    categories: Mapping[str, float] | None = None


class LeanTable:
    """The leans of a rule book by word and by pair of characters. False when there are none."""

    def __init__(self, leans: Sequence[Lean]) -> None:
        self._by_term = _by_term(lean for lean in leans if not lean.pairs)
        self._by_pair = _by_term(lean for lean in leans if lean.pairs)
        self._always = _sums(lean for lean in leans if not lean.terms)
        self._request = _totals(self._by_term, REQUEST)
        self._pair_request = _totals(self._by_pair, REQUEST)

    def __bool__(self) -> bool:
        return bool(self._by_term or self._by_pair)

    @property
    def terms(self) -> Iterable[str]:
        """The words that lean to anything."""
        return self._by_term.keys()

    @property
    def categories(self) -> tuple[str, ...]:
        """The codes of the categories that words lean to, in the file's order."""
        lines = chain.from_iterable((*self._by_term.values(), *self._by_pair.values()))
        return tuple(
            dict.fromkeys(name for lean in lines for name in lean.weights if name not in (REQUEST, URGENT))
        )

    def telling(self, least: float) -> Iterable[str]:
        """The words and pairs that lean to a request, or to urgency, by so much at least (a number above 0)."""
        urgent = (_totals(self._by_term, URGENT), _totals(self._by_pair, URGENT))
        totals = (self._request, self._pair_request, *urgent)
        return {term for sums in totals for term, weight in sums.items() if weight >= least}

    def of(self, term: str) -> Sequence[Lean]:
        """The lines that have the word."""
        return self._by_term.get(term, ())

    def spans(self, folded: str, words: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int, Lean]]:
        """What leans in a text: (start, end, line) of the words that stand at these places, then of pairs."""
        for start, end in words:
            for lean in self._by_term.get(folded[start:end], ()):
                yield start, end, lean
        for start, pair in enumerate(_pairs(folded)) if self._by_pair else ():
            for lean in self._by_pair.get(pair, ()):
                yield start, start + _PAIR, lean

    def rules_of(self, folded: str, words: Iterable[tuple[int, int]]) -> Iterable[Rule]:
        """What a text leans to, each different lean towards a category of matters as if it were a rule."""
        found = {(folded[start:end], lean.line): lean for start, end, lean in self.spans(folded, words)}
        for (term, line), lean in found.items():
            for name, weight in lean.weights.items():
                if name not in (REQUEST, URGENT):
                    yield Rule(name, ((term,),), weight=weight, line=line, source=lean.source)

    def towards_request(self, words: Iterable[str], folded: str) -> float:
        """How much a text and its words lean to a request: the sum without looking any closer."""
        known, pairs = self._request, self._pair_request
        total = self._always.get(REQUEST, 0.0)
        total += sum([known[word] for word in dict.fromkeys(words) if word in known])
        return total + sum([pairs[pair] for pair in dict.fromkeys(_pairs(folded)) if pair in pairs])

    def add_up(self, words: Iterable[str], folded: str) -> Leaning:
        """The sums over different words and pairs of a message, with what every message has."""
        if not self:
            return Leaning()
        leans = chain(
            *(self._by_term.get(word, ()) for word in dict.fromkeys(words)),
            *(self._by_pair.get(pair, ()) for pair in dict.fromkeys(_pairs(folded)) if self._by_pair),
        )
        totals = _sums(leans, self._always)
        request, urgent = totals.pop(REQUEST, 0.0), totals.pop(URGENT, 0.0)
        return Leaning(request, urgent, totals)


def _pairs(folded: str) -> Iterable[str]:
    return map(add, folded, folded[1:])


def _by_term(leans: Iterable[Lean]) -> dict[str, list[Lean]]:
    found: dict[str, list[Lean]] = {}
    for lean in leans:
        for term in lean.terms:
            found.setdefault(term, []).append(lean)
    return found


def _totals(leans: Mapping[str, Iterable[Lean]], name: str) -> dict[str, float]:
    sums = {term: sum([lean.weights.get(name, 0.0) for lean in found]) for term, found in leans.items()}
    return {term: weight for term, weight in sums.items() if weight}


def _sums(leans: Iterable[Lean], start: Mapping[str, float] | None = None) -> dict[str, float]:
    totals = dict(start or {})
    for lean in leans:
        for name, weight in lean.weights.items():
            totals[name] = totals.get(name, 0.0) + weight
    return totals
