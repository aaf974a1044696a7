"""Leans: what single words make a message look like, each with many small weights. A learned table is made of them.

    %烫手|烫 = 诉求 0.3，紧急 0.1，供电用电 0.5
    %* = 诉求 -0.6

A word leans to being a request at all, to being urgent, and to categories; a negative weight leans away. Each word
of a line has the line's weights; `%*` stands for every message. Leans are added to what the rules prove.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from nlp.categories import category_code, category_name
from nlp.rules import EVERY_MESSAGE, Rule, RuleError, format_number, parse_alternatives, quoted

REQUEST: Final = "诉求"
URGENT: Final = "紧急"
MARKS: Final = "%％"

_HEAD = re.compile(r"\s*[%％]\s*")
_WEIGHT = re.compile(r"\s*([^\s,，、=＝]+?)[ \t]*([-+]?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Lean:
    """One line: its words (none: every message) and their weights by category code, REQUEST or URGENT."""

    terms: tuple[str, ...]
    weights: Mapping[str, float]
    line: int = 1
    source: str = ""


def parse_lean(line: str, number: int = 1) -> Lean:
    """Read one lean line; RuleError names the column and says what should stand there."""
    head = _HEAD.match(line)
    start = head.end() if head else 0
    left, equals, right = line[start:].replace("＝", "=").partition("=")
    if not equals:
        raise RuleError(number, len(line.rstrip()) + 1, "倾向应写成“%词 = 诉求 0.3”，这一行没有等号")
    if not left.strip():
        raise RuleError(number, len(line[:start].rstrip()) + 1, "百分号后面应写要找的词")
    every = left.strip() in (EVERY_MESSAGE, "＊")
    terms = () if every else parse_alternatives(line[: start + len(left)], start, number)
    if wrong := next((term for term in terms if term.startswith("@")), None):
        raise RuleError(number, line.find(wrong) + 1, "倾向只能写词，不能写同义词组")
    return Lean(terms, dict(_weights(right, start + len(left) + 1, number)), number, line.strip())


def _weights(text: str, column: int, number: int) -> Iterable[tuple[str, float]]:
    for part in re.split("(?<=[,，、])", text):
        match = _WEIGHT.fullmatch(part.rstrip(",，、"))
        if match is None:
            raise RuleError(number, column + 1, "等号后面应写“类别 分值”，几个之间用逗号分开")
        yield category_code(match[1]), float(match[2])
        column += len(part)


def format_lean(lean: Lean) -> str:
    """The lean as one line, the larger weights first; `parse_lean` reads it back."""
    terms = "|".join(map(quoted, sorted(lean.terms))) or EVERY_MESSAGE
    ordered = sorted(lean.weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    return f"%{terms} = " + "，".join(
        f"{category_name(name)} {format_number(value)}" for name, value in ordered
    )


@dataclass(frozen=True, slots=True)
class Leaning:
    """How much a whole message is like a request, urgent, and like each category (by code)."""

    request: float = 0.0
    urgent: float = 0.0
    categories: Mapping[str, float] | None = None


class LeanTable:
    """The leans of a rule book by word. False when there are none."""

    def __init__(self, leans: Sequence[Lean]) -> None:
        self._by_term: dict[str, list[Lean]] = {}
        for lean in leans:
            for term in lean.terms:
                self._by_term.setdefault(term, []).append(lean)
        self._always = _sums(lean for lean in leans if not lean.terms)
        self._request = {
            term: sum(lean.weights.get(REQUEST, 0.0) for lean in found)
            for term, found in self._by_term.items()
        }

    def __bool__(self) -> bool:
        return bool(self._by_term)

    @property
    def terms(self) -> Iterable[str]:
        """The words that lean to anything."""
        return self._by_term.keys()

    @property
    def categories(self) -> tuple[str, ...]:
        """The codes of the categories that words lean to, in the file's order."""
        lines = chain.from_iterable(self._by_term.values())
        return tuple(
            dict.fromkeys(name for lean in lines for name in lean.weights if name not in (REQUEST, URGENT))
        )

    def telling(self, least: float) -> Iterable[str]:
        """The words that lean to a request, or to urgency, by so much at least."""
        return [
            term
            for term, found in self._by_term.items()
            if max(sum(lean.weights.get(name, 0.0) for lean in found) for name in (REQUEST, URGENT)) >= least
        ]

    def of(self, term: str) -> Sequence[Lean]:
        """The lines that have the word."""
        return self._by_term.get(term, ())

    def rules_of(self, terms: Iterable[str]) -> Iterable[Rule]:
        """What words lean to, each lean towards a category of matters as if it were a rule."""
        for term in terms:
            for lean in self.of(term):
                for name, weight in lean.weights.items():
                    if name not in (REQUEST, URGENT):
                        yield Rule(name, ((term,),), weight=weight, line=lean.line, source=lean.source)

    def towards_request(self, words: Iterable[str]) -> float:
        """How much different words, and every message, lean to a request: the sum without looking any closer."""
        known = self._request
        return self._always.get(REQUEST, 0.0) + sum(
            [known[word] for word in dict.fromkeys(words) if word in known]
        )

    def add_up(self, terms: Iterable[str]) -> Leaning:
        """The sums over different words of a message, with what every message has."""
        if not self:
            return Leaning()
        totals = _sums((lean for term in terms for lean in self._by_term.get(term, ())), self._always)
        request, urgent = totals.pop(REQUEST, 0.0), totals.pop(URGENT, 0.0)
        return Leaning(request, urgent, totals)


def _sums(leans: Iterable[Lean], start: Mapping[str, float] | None = None) -> dict[str, float]:
    totals = dict(start or {})
    for lean in leans:
        for name, weight in lean.weights.items():
            totals[name] = totals.get(name, 0.0) + weight
    return totals
