"""The compiled rule book: the one object through which the other rooms understand messages."""

import re
from collections.abc import Iterable, Mapping

from nlp.judging import Judge, Proof
from nlp.leans import REQUEST
from nlp.localities import Locality
from nlp.matching import Findings, Matcher
from nlp.matters import lean_matches
from nlp.meaning import Bounds, Match, Meaning, Place, silence
from nlp.phones import find_phones
from nlp.places import PlaceFinder
from nlp.plates import find_plates
from nlp.rulefile import Duplicate, default_rules, expand, parse_rules
from nlp.rules import Rule
from nlp.signals import is_signal, wakeful_rules
from nlp.spelling import fold, unusual_characters
from nlp.terms import GroupId

__all__ = ["RuleBook", "compile_rules", "default_rules"]


class RuleBook:
    """Rules ready for use. Immutable, safe to share between tasks and threads."""

    def __init__(self, text: str, bounds: Bounds) -> None:
        parsed = parse_rules(text)
        self.text = text
        self.bounds = bounds
        self.rules: tuple[Rule, ...] = tuple(sorted(parsed.rules, key=lambda rule: rule.line))
        self.duplicates: tuple[Duplicate, ...] = tuple(parsed.duplicates)
        self._matcher = Matcher(parsed, wakeful_rules(self.rules))
        self._lets_through = self._matcher.sieve.lets_through
        *places, frame = (
            expand(("@" + name,), parsed.sets) if name in parsed.sets else ()
            for name in (*_PLACE_SETS, _FRAME_SET)
        )
        self._places = PlaceFinder(*places)
        self._judge = Judge(self.rules, self._matcher.leans, bounds, frame)
        self._worth_a_look = re.compile(rf"[\d{unusual_characters()}\ud800-\udfff]").search

    @property
    def terms(self) -> int:
        """How many different terms the rules look for."""
        return self._matcher.terms

    @property
    def categories(self) -> tuple[str, ...]:
        """The codes of the categories that have rules, in the file's order, then of those that words lean to."""
        ruled = (rule.category for rule in self.rules if not is_signal(rule.category))
        return tuple(dict.fromkeys((*ruled, *self._matcher.leans.categories)))

    def understand(self, text: str, locality: Locality | None = None) -> Meaning:
        """What a message means. Never raises, linear in its length, the same for the same text.

        `locality` has the names of places in the community where it is said.
        """
        if self._worth_a_look(text):
            return self._understand_closely(text, locality)
        findings = self._findings(text)
        if findings is None:
            return silence(text)
        return self._judge.judge(text, text, findings, self._places_in(locality))

    def leans_of(self, text: str) -> tuple[Match, ...]:
        """The words of the message that lean to, or away from, being a request, with their weights."""
        findings = self._matcher.look(fold(text))
        return tuple(lean_matches(text, findings, self._matcher.leans, REQUEST))

    def _places_in(self, locality: Locality | None) -> PlaceFinder:
        return self._places if locality is None else locality.over(self._places)

    def _understand_closely(self, text: str, locality: Locality | None) -> Meaning:
        folded = fold(text)
        findings = self._findings(folded)
        if findings is None:
            return self._mere_facts(text, folded, locality)
        return self._judge.judge(text, folded, findings, self._places_in(locality))

    def _findings(self, folded: str) -> Findings | None:
        """What the rules find; None for the most of chat, in which none of them can make a difference."""
        if self._judge.always:
            return self._matcher.look(folded)
        return self._matcher.glance(folded, self._judge.worth) if self._lets_through(folded) else None

    def _mere_facts(self, text: str, folded: str, locality: Locality | None) -> Meaning:
        """The meaning of a message with numbers, perhaps, but without a word of any rule."""
        phones, plates = find_phones(folded), find_plates(folded)
        place = self._places_in(locality).find(folded, text)
        if not (place or phones or plates):
            return silence(text)
        return Meaning(text, place=place, phones=phones, plates=plates)

    def prove(self, text: str) -> Proof:
        """What the rules alone prove of a message, without its leans."""
        folded = fold(text)
        return self._judge.prove(text, folded, self._matcher.look(folded), self._places)

    def words(self, text: str) -> list[str]:
        """The words that the message is cut into."""
        return self._matcher.index.words(fold(text))

    def groups_by_term(self) -> Mapping[str, tuple[GroupId, ...]]:
        """For each term of a rule the numbers of the sets of alternatives that it is one of."""
        return self._matcher.groups_by_term

    def place_of(self, text: str, locality: Locality | None = None) -> Place:
        """The place a text names, asked for directly (an answer to "哪一幢？")."""
        return self._places_in(locality).find(fold(text), text)

    def with_rules(self, lines: Iterable[str]) -> "RuleBook":
        """A new book with more lines at the end; RuleError when one cannot be read."""
        return RuleBook("\n".join((self.text.rstrip("\n"), *lines)) + "\n", self.bounds)


_PLACE_SETS = ("地点", "地点前", "地点后")
_FRAME_SET = "套话"


def compile_rules(text: str, bounds: Bounds | None = None) -> RuleBook:
    """Compile a rule file; RuleError(line, column, message) names the first place that cannot be read."""
    return RuleBook(text, bounds or Bounds())
