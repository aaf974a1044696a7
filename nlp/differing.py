"""In what two rule books differ, and which texts the difference can touch at all.

A rule can only change what is made of a text in which all that it asks for stands, with three exceptions: a
word that is new to the dictionary changes how a text is cut; the rarest words of a rule may wake the others;
and a rule of what is solved turns its words after a negation for every rule. Books are compared line by line;
where synonyms, spellings or repeated rules may differ, as a whole.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from nlp.leans import MARKS
from nlp.rulebook import RuleBook
from nlp.rulefile import RuleFile, expand, parse_rules
from nlp.rules import EVERY_MESSAGE, Rule
from nlp.segmenter import frequency, plain_words
from nlp.signals import INTENT_SIGNALS, TELLING, Signal, is_signal, knows_home, knows_manners

_WEIGHED_SETS = ("地点", "地点前", "地点后", "套话")
_TURNED_BY_NOT = (Signal.SOLVED, Signal.CONTENT, Signal.PRAISE)
_SHARED = ("@", "＠", "~", "～")
_NOTHING: frozenset[str] = frozenset()

Terms = frozenset[str]
Needed = tuple[Terms, ...]
"""Texts that have a word of each of these sets; none: every text."""


@dataclass(frozen=True)
class Asked:
    """A rule with all names and spellings written out: equal when it asks and says the same."""

    category: str
    groups: frozenset[Terms]
    excluded: Terms
    weight: float
    urgent: bool

    @property
    def words(self) -> Terms:
        """All that it looks for."""
        return self.excluded.union(*self.groups)

    @property
    def kind(self) -> tuple[object, ...]:
        """What must be equal before two rules count as one that was changed."""
        return self.category, self.weight, self.urgent


def needed_to_differ(old: RuleBook, new: RuleBook) -> list[Needed]:
    """What a text must have, one of these at least, for the two books to make different things of it."""
    if _differ_everywhere(old, new):
        return [()]
    lines = [Counter(filter(None, map(str.strip, book.text.splitlines()))) for book in (old, new)]
    gone, come = lines[0] - lines[1], lines[1] - lines[0]
    if old.duplicates or new.duplicates or any(line.startswith(_SHARED) for line in (*gone, *come)):
        return _needed(parse_rules(old.text), parse_rules(new.text), mannered=knows_manners(old.rules))
    return needed_by_lines(old, gone, come)


def needed_by_lines(book: RuleBook, gone: Iterable[str], come: Iterable[str]) -> list[Needed]:
    """The same for lines of rules and leans that go and come; RuleError when one cannot be read.

    They must not bring the first, or take the last, rule or lean of a sort that weighs on every message.
    """
    shared = [line for line in book.text.splitlines() if line.strip().startswith(_SHARED)]
    before, after = (parse_rules("\n".join((*shared, *lines))) for lines in (gone, come))
    return _needed(before, after, mannered=knows_manners(book.rules))


def _needed(before: RuleFile, after: RuleFile, *, mannered: bool) -> list[Needed]:
    leans = _leans(before, after)
    if EVERY_MESSAGE in leans:
        return [()]
    gone, come = _asked(before) - _asked(after), _asked(after) - _asked(before)
    words = _words(gone) ^ _words(come)
    found: list[Needed] = [
        (words if mannered else _unknown(words),),
        (leans,),
        (_weighed_changes(before, after),),
    ]
    for first, second in _pairs(gone, come):
        found.append(_needed_by(first, second))
        if mannered:
            found.append((_waking(first) ^ _waking(second),))
        found.extend((group,) for rule in (first, second) if rule for group in _turned(rule))
    return found


def _differ_everywhere(old: RuleBook, new: RuleBook) -> bool:
    """Whether the books weigh every message in another way."""
    manners = [(knows_manners(book.rules), knows_home(book.rules), _leaning(book)) for book in (old, new)]
    return old.bounds != new.bounds or manners[0] != manners[1]


def _leans(before: RuleFile, after: RuleFile) -> Terms:
    """The words that lean otherwise, EVERY_MESSAGE among them when every message does."""
    pairs = [
        {
            (term, frozenset(lean.weights.items()))
            for lean in parsed.leans
            for term in lean.terms or (EVERY_MESSAGE,)
        }
        for parsed in (before, after)
    ]
    return frozenset(term for term, _ in pairs[0] ^ pairs[1])


def _leaning(book: RuleBook) -> bool:
    return any(line.lstrip().startswith(tuple(MARKS)) for line in book.text.splitlines())


def _asked(parsed: RuleFile) -> frozenset[Asked]:
    return frozenset(_write_out(rule, parsed) for rule in parsed.rules)


def _write_out(rule: Rule, parsed: RuleFile) -> Asked:
    return Asked(
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


def _words(rules: Iterable[Asked]) -> Terms:
    return _NOTHING.union(*(rule.words for rule in rules))


def _unknown(words: Terms) -> Terms:
    """Those that jieba does not know: in a plain table only these change how a text is cut."""
    return frozenset(word for word in words if plain_words(word) != [word])


def _weighed_changes(before: RuleFile, after: RuleFile) -> Terms:
    def names(parsed: RuleFile) -> Terms:
        return expand(tuple("@" + name for name in _WEIGHED_SETS if name in parsed.sets), parsed.sets)

    return names(before) ^ names(after)


def _pairs(gone: Iterable[Asked], come: Iterable[Asked]) -> Iterator[tuple[Asked | None, Asked | None]]:
    """A rule with what it became, where one part of it was changed; the others each alone."""
    left = sorted(come, key=repr)
    for rule in sorted(gone, key=repr):
        partner = next((other for other in left if _one_part_apart(rule, other)), None)
        if partner is not None:
            left.remove(partner)
        yield rule, partner
    yield from ((None, rule) for rule in left)


def _one_part_apart(one: Asked, other: Asked) -> bool:
    if one.kind != other.kind:
        return False
    apart = len(one.groups ^ other.groups)
    return apart == 0 or (
        apart == 2 and len(one.groups) == len(other.groups) and one.excluded == other.excluded
    )


def _needed_by(first: Asked | None, second: Asked | None) -> Needed:
    """What a text has in which it makes a difference whether the one rule is there or the other."""
    if first is None or second is None:
        return tuple(group for rule in (first, second) if rule for group in rule.groups)
    if first.groups == second.groups:
        return (*first.groups, first.excluded ^ second.excluded)
    [one], [other] = first.groups - second.groups, second.groups - first.groups
    return (*(first.groups & second.groups), one ^ other)


def _waking(rule: Asked | None) -> Terms:
    """The words by which a rule can make a message worth a look: those of its rarest set of alternatives."""
    if rule is None or not rule.groups:
        return _NOTHING
    wakes = rule.category in INTENT_SIGNALS if is_signal(rule.category) else rule.weight >= TELLING
    if not wakes:
        return _NOTHING
    common = {group: max(map(frequency, group)) for group in rule.groups}
    rarest = min(common.values())
    return _NOTHING.union(*(group for group, times in common.items() if times == rarest))


def _turned(rule: Asked) -> Collection[Terms]:
    return rule.groups if rule.category in _TURNED_BY_NOT else ()
