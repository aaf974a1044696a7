"""Which rules hold, and in which clauses of a message."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import log

from nlp.clauses import Clauses, split_clauses
from nlp.leans import LeanTable
from nlp.rulefile import RuleFile, expand
from nlp.rules import Rule, RuleError
from nlp.segmenter import frequency
from nlp.terms import GroupId, Occurrence, Sieve, TermIndex, clause_masks

_FAR = 0.8
_TELLING = 0.25
_STRONG = 0.7
_MANNERED = "「异常」"
_TURNED_BY_NOT = ("「已解决」", "「满意」", "「表扬」")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule with its groups as numbers; `anchor` is the group with the rarest words."""

    rule: Rule
    groups: tuple[GroupId, ...]
    excluded: GroupId | None
    anchor: GroupId


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds. `clauses` has a bit for each clause; `span` is 1 for a rule within one clause, else
    the number of neighbouring clauses it needed, and `weight` is the rule's weight, less for a wide span."""

    rule: Rule
    groups: tuple[GroupId, ...]
    clauses: int
    weight: float
    span: int = 1


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the rules say about one folded text."""

    folded: str
    clauses: Clauses
    occurrences: list[Occurrence]
    hits: list[Hit]

    def term(self, found: Occurrence) -> str:
        """The term that was found."""
        return self.folded[found.start : found.end]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Where terms were found, `[start, end)`."""
        return ((found.start, found.end) for found in self.occurrences)


class _Groups:
    """Gives equal sets of terms one number."""

    def __init__(self, spellings: Mapping[str, tuple[str, ...]]) -> None:
        self._spellings = spellings
        self._misspelt = re.compile("|".join(map(re.escape, spellings)) or "(?!)").search
        self._numbers: dict[frozenset[str], GroupId] = {}

    def number(self, terms: frozenset[str]) -> GroupId:
        return self._numbers.setdefault(terms, len(self._numbers))

    def by_term(self) -> dict[str, tuple[GroupId, ...]]:
        found: dict[str, dict[GroupId, None]] = {}
        for terms, number in self._numbers.items():
            for term in terms:
                for form in self._forms(term):
                    found.setdefault(form, {})[number] = None
        return {form: tuple(numbers) for form, numbers in sorted(found.items())}

    def _forms(self, term: str) -> Iterable[str]:
        yield term
        if not self._misspelt(term):
            return
        for right, wrong in self._spellings.items():
            if right in term:
                yield from (term.replace(right, form) for form in wrong)

    def commonness(self) -> dict[GroupId, int]:
        return {number: max(map(frequency, terms)) for terms, number in self._numbers.items()}


class Matcher:
    """The rules of a file, ready to be looked for. `wakeful` rules are those that make a message worth a look;
    the others are only considered once one of these has a word in it."""

    def __init__(self, parsed: RuleFile, wakeful: Iterable[Rule]) -> None:
        groups = _Groups(parsed.spellings)
        drafts = [self._draft(rule, parsed, groups) for rule in parsed.rules if rule.groups]
        common = groups.commonness()
        self._by_anchor: dict[GroupId, list[Compiled]] = {}
        for draft in drafts:
            anchor = min(draft.groups, key=lambda group: (common[group], group))
            self._by_anchor.setdefault(anchor, []).append(replace(draft, anchor=anchor))
        by_term = groups.by_term()
        fragile = (d.groups for d in drafts if d.rule.category in _TURNED_BY_NOT)
        turned = frozenset(group for numbers in fragile for group in numbers)
        self.groups_by_term = by_term
        self.leans = LeanTable(parsed.leans)
        known = {**dict.fromkeys(self.leans.terms, ()), **by_term}
        mannered = any(draft.rule.category == _MANNERED for draft in drafts)
        self._counts_repeats = not (mannered or self.leans)
        self.index = TermIndex(known, turned, firm=mannered)
        self.terms = len(known)
        self._wakeful = self._needs_of(wakeful)
        self.index.watch(frozenset().union(*(needed for each in self._wakeful.values() for needed in each)))
        anchors = self._wakeful.keys()
        wakeful_terms = {term for term, numbers in by_term.items() if not anchors.isdisjoint(numbers)}
        self.sieve = Sieve(wakeful_terms.union(self.leans.telling(_TELLING)))

    @staticmethod
    def _draft(rule: Rule, parsed: RuleFile, groups: _Groups) -> Compiled:
        numbers = tuple(dict.fromkeys(groups.number(_terms(group, rule, parsed)) for group in rule.groups))
        excluded = groups.number(_terms(rule.excluded, rule, parsed)) if rule.excluded else None
        return Compiled(rule, numbers, excluded, numbers[0])

    def _needs_of(self, wakeful: Iterable[Rule]) -> dict[GroupId, tuple[frozenset[GroupId], ...]]:
        """For each anchor of a wakeful rule, the sets of groups that the rules there need, smallest first."""
        chosen = {id(rule) for rule in wakeful}
        needs = {
            anchor: {frozenset(each.groups) for each in rules if id(each.rule) in chosen}
            for anchor, rules in self._by_anchor.items()
        }
        return {anchor: tuple(sorted(sets, key=len)) for anchor, sets in needs.items() if sets}

    def glance(self, folded: str, worth: float) -> Findings | None:
        """As `look`; None, at a fraction of the cost, when no wakeful rule can hold and the words lean to a
        request by less than `worth`."""
        words = self.index.words(folded)
        present = self.index.watched_among(words, folded)
        if self._may_wake(present) or self.leans.towards_request(words, folded) >= worth:
            return self.look(folded, words)
        return None

    def look(self, folded: str, words: Iterable[str] | None = None) -> Findings:
        """Find all words and all rules that hold; cost grows with the length, not with the rules."""
        occurrences = self.index.find(folded, words)
        clauses = split_clauses(folded)
        masks = clause_masks(occurrences, clauses)
        near, waiting = self._near(masks)
        if self._counts_repeats:
            near = _insistent(near, occurrences)
        if waiting and len(clauses) > 1:
            near.extend(_far(waiting, masks, _explained(near), clauses))
        return Findings(folded, clauses, occurrences, near)

    def _may_wake(self, present: set[GroupId]) -> bool:
        wakeful = self._wakeful
        return any(needed <= present for group in present if group in wakeful for needed in wakeful[group])

    def _near(self, masks: dict[GroupId, int]) -> tuple[list[Hit], list[Compiled]]:
        hits: list[Hit] = []
        waiting: list[Compiled] = []
        for anchor in masks.keys() & self._by_anchor.keys() if len(masks) > 99 else masks:
            for compiled in self._by_anchor.get(anchor, ()):
                mask = -1
                for group in compiled.groups:
                    mask &= masks.get(group, 0)
                if mask and compiled.excluded is not None:
                    mask &= ~masks.get(compiled.excluded, 0)
                if mask:
                    hits.append(Hit(compiled.rule, compiled.groups, mask, compiled.rule.weight))
                elif len(compiled.groups) > 1 and all(group in masks for group in compiled.groups):
                    waiting.append(compiled)
        return hits, waiting


def _insistent(hits: list[Hit], occurrences: Iterable[Occurrence]) -> list[Hit]:
    """A rule of one group whose words are said n times weighs 1 + ln n times as much: in a table of nothing but
    weighted words (a learned one) the words said most tell best what a long text is about."""
    said = Counter(group for found in occurrences for group in found.groups)
    return [
        replace(hit, weight=hit.weight * (1 + log(said[hit.groups[0]]))) if len(hit.groups) == 1 else hit
        for hit in hits
    ]


def _terms(atoms: tuple[str, ...], rule: Rule, parsed: RuleFile) -> frozenset[str]:
    try:
        return expand(atoms, parsed.sets)
    except RuleError as error:
        raise RuleError(rule.line, 1, error.message) from error


def _explained(hits: Iterable[Hit]) -> int:
    """The clauses that a strong rule of a category already speaks for."""
    mask = 0
    for hit in hits:
        if hit.weight >= _STRONG and not hit.rule.category.startswith("「"):
            mask |= hit.clauses
    return mask


def _far(
    waiting: Iterable[Compiled], masks: dict[GroupId, int], explained: int, clauses: Clauses
) -> Iterable[Hit]:
    """Rules whose words stand in two or three neighbouring clauses that nothing else explains.

    An urgent rule need not wait for that: better twice than not at all.
    """
    for compiled in waiting:
        known = 0 if compiled.rule.urgent else explained
        blocked = known | clauses.firm
        for span in (2, 3):
            mask = -1
            for group in compiled.groups:
                mask &= _widened(masks[group], span)
            if compiled.excluded is not None:
                mask &= ~_widened(masks.get(compiled.excluded, 0), span)
            for step in range(span):
                mask &= ~((known if step == span - 1 else blocked) >> step)
            mask &= (1 << max(len(clauses) - span + 1, 0)) - 1
            if mask:
                yield Hit(compiled.rule, compiled.groups, mask, compiled.rule.weight * _FAR, span)
                break


def _widened(mask: int, span: int) -> int:
    """Bit k set when the group stands in one of the `span` clauses from k on."""
    wide = mask
    for step in range(1, span):
        wide |= mask >> step
    return wide
