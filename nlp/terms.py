"""The index from words to the groups of terms they belong to: what makes matching independent of rules."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import add

from nlp.clauses import Clauses
from nlp.segmenter import Segmenter, frequency, plain_words

GroupId = int
Entry = tuple[int, int, tuple[GroupId, ...]]
_NEGATIONS = frozenset("不没未弗勿别无")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A term found at `[start, end)` of the folded text, and the groups it is an alternative of."""

    start: int
    end: int
    groups: tuple[GroupId, ...]


def _edges(word: str) -> list[int]:
    """Where the dictionary would cut inside a term: shorter terms may stand between these places."""
    edges, position = [0], 0
    for part in plain_words(word):
        position += len(part)
        edges.append(position)
    return edges


class TermIndex:
    """Finds every term of every group in one pass over the words of a text."""

    def __init__(
        self,
        groups: Mapping[str, tuple[GroupId, ...]],
        fragile: frozenset[GroupId] = frozenset(),
        *,
        firm: bool = False,
    ) -> None:
        """`fragile` groups do not count after a negation; a term of no group wins over no other word."""
        self._fragile = fragile
        soft = frozenset(term for term, numbers in groups.items() if not numbers)
        self._segmenter = Segmenter(groups, soft, firm=firm)
        self._entries: dict[str, tuple[Entry, ...]] = {
            term: self._inside(term, groups) for term in groups if term not in self._segmenter.unknown
        }
        self._watched: dict[str, frozenset[GroupId]] = {}
        self._odd = {term: groups[term] for term in self._segmenter.unknown}
        self._odd_pattern = _any_of(self._odd)

    @staticmethod
    def _inside(term: str, groups: Mapping[str, tuple[GroupId, ...]]) -> tuple[Entry, ...]:
        edges = _edges(term)
        found = [
            (start, end, groups[term[start:end]])
            for index, start in enumerate(edges)
            for end in edges[index + 1 :]
            if term[start:end] in groups and (start, end) != (0, len(term))
        ]
        return ((0, len(term), groups[term]), *found)

    def words(self, folded: str) -> list[str]:
        """The words of the text, for `watched_among` and `find`."""
        return self._segmenter.words(folded)

    def watch(self, watched: frozenset[GroupId]) -> None:
        """Make `watched_among` look for these groups."""
        found = {
            word: watched.intersection(group for _, _, groups in entries for group in groups)
            for word, entries in self._entries.items()
            if len(entries) > 1 or entries[0][2]
        }
        self._watched = {word: groups for word, groups in found.items() if groups}

    def watched_among(self, words: Iterable[str], folded: str) -> set[GroupId]:
        """The watched groups that have a term among the words or in the text; perhaps a few more, never fewer."""
        watched = self._watched
        present = set().union(*[watched[word] for word in words if word in watched])
        if self._odd_pattern and self._odd_pattern.search(folded):
            present.update(*self._odd.values())
        return present

    def find(self, folded: str, words: Iterable[str] | None = None) -> list[Occurrence]:
        """Every occurrence, in order of the words; `words` are those of the text, if they are known."""
        found: list[Occurrence] = []
        entries, position = self._entries, 0
        for word in self._segmenter.words(folded) if words is None else words:
            if word in entries:
                for start, end, groups in entries[word]:
                    begin, stop = position + start, position + end
                    if not (word[start].isascii() or word[end - 1].isascii()) or _stands_alone(
                        folded, begin, stop
                    ):
                        found.append(Occurrence(begin, stop, self._standing(groups, folded, begin)))
            position += len(word)
        if self._odd_pattern:
            found.extend(self._find_odd(self._odd_pattern, folded))
        return found

    def _standing(self, groups: tuple[GroupId, ...], folded: str, begin: int) -> tuple[GroupId, ...]:
        """The groups a term still speaks for where it stands: "亮了" is no good news after "不"."""
        if not self._fragile or not begin or folded[begin - 1] not in _NEGATIONS:
            return groups
        return tuple(group for group in groups if group not in self._fragile)

    def _find_odd(self, pattern: re.Pattern[str], folded: str) -> Iterable[Occurrence]:
        for match in pattern.finditer(folded):
            term, start = match[1], match.start()
            if _stands_alone(folded, start, start + len(term)):
                yield Occurrence(start, start + len(term), self._odd[term])


def _any_of(terms: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(terms, key=lambda term: (-len(term), term))
    return re.compile(f"(?=({'|'.join(map(re.escape, ordered))}))") if ordered else None


def _alphanumeric(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _stands_alone(text: str, start: int, end: int) -> bool:
    """False when a foreign word or number goes on beyond an end of the term ("110" in "1100")."""
    before = start > 0 and _alphanumeric(text[start - 1]) and _alphanumeric(text[start])
    after = end < len(text) and _alphanumeric(text[end]) and _alphanumeric(text[end - 1])
    return not before and not after


class Sieve:
    """Says of most chat, at the cost of a few C loops, that no term of a given set can be in it."""

    def __init__(self, terms: Iterable[str]) -> None:
        singles: set[str] = set()
        pairs: set[str] = set()
        for term in terms:
            if len(term) == 1:
                singles.add(term)
            else:
                pairs.add(min((term[i : i + 2] for i in range(len(term) - 1)), key=_commonness))
        self._singles = frozenset(singles)
        self._pairs = frozenset(pairs)
        rare = singles | {min(pair, key=frequency) for pair in pairs}
        self._rare = re.compile(f"[{re.escape(''.join(sorted(rare)))}]").search if rare else None

    def lets_through(self, folded: str) -> bool:
        """False only when none of the terms occurs in the text."""
        if self._rare is None or not self._rare(folded):
            return False
        if not self._pairs.isdisjoint(map(add, folded, folded[1:])):
            return True
        return bool(self._singles) and not self._singles.isdisjoint(folded)


def _commonness(pair: str) -> tuple[int, str]:
    return frequency(pair[0]) * frequency(pair[1]), pair


def clause_masks(occurrences: Iterable[Occurrence], clauses: Clauses) -> dict[GroupId, int]:
    """For each group, a bit for each clause one of its terms stands in."""
    masks: dict[GroupId, int] = {}
    single = len(clauses) == 1
    for occurrence in occurrences:
        bit = 1 if single else 1 << clauses.at(occurrence.start)
        for group in occurrence.groups:
            masks[group] = masks.get(group, 0) | bit
    return masks
