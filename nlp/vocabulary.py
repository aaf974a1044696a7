"""Which words stand in which rows of labelled text, as sparse matrices (rows × terms)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.clauses import split_clauses
from nlp.rules import EVERY_MESSAGE
from nlp.segmenter import Segmenter
from nlp.spelling import fold
from nlp.terms import TermIndex

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_LONGEST = 12
_RAREST_PAIR = 2
_TERM = re.compile(r"\w+")


@dataclass(frozen=True)
class Vocabulary:
    """`terms[j]` belongs to column j of `counts`, a scipy CSR matrix of occurrences (rows × terms, float).

    The last term may be "*", which stands in every row: what speaks for a label before a word is read.
    """

    terms: tuple[str, ...]
    counts: Any

    @property
    def has_prior(self) -> bool:
        return self.terms[-1:] == (EVERY_MESSAGE,)

    def words_only(self) -> Numbers:
        """The columns of real terms."""
        return np.arange(len(self.terms) - self.has_prior)

    def only(self, columns: Numbers) -> "Vocabulary":
        """The same rows with fewer columns."""
        return Vocabulary(tuple(self.terms[column] for column in columns), self.counts[:, columns])

    def of_rows(self, rows: Numbers) -> "Vocabulary":
        """Some of the rows."""
        return Vocabulary(self.terms, self.counts[rows])

    def with_prior(self) -> "Vocabulary":
        """The same with one more term, "*"."""
        from scipy.sparse import csr_matrix, hstack

        every = csr_matrix(np.ones((self.counts.shape[0], 1)))
        return Vocabulary((*self.terms, EVERY_MESSAGE), hstack([self.counts, every]).tocsr())

    def frequencies(self) -> Floats:
        """In how many rows each term stands."""
        return np.bincount(self.counts.indices, minlength=len(self.terms)).astype(np.float64)


def single_words(texts: Sequence[str]) -> Vocabulary:
    """The words of the texts, as the engine cuts them."""
    segmenter = Segmenter(())
    rows = [Counter(word for words in _clauses(text, segmenter) for word in words if word) for text in texts]
    return Vocabulary(*_matrix(rows, sorted(set().union(*rows))))


def with_pairs(texts: Sequence[str], words: Vocabulary) -> Vocabulary:
    """The words, and the pairs of neighbouring words inside a clause that stand in two texts at least."""
    from scipy.sparse import hstack

    segmenter = Segmenter(())
    known = set(words.terms)
    rows = [Counter(pair for pair in _pairs(text, segmenter) if pair not in known) for text in texts]
    spread = Counter(pair for row in rows for pair in row)
    terms, counts = _matrix(rows, sorted(pair for pair, times in spread.items() if times >= _RAREST_PAIR))
    return Vocabulary((*words.terms, *terms), hstack([words.counts, counts]).tocsr())


def found_by_engine(texts: Sequence[str], terms: Sequence[str]) -> Vocabulary:
    """The occurrences the rule engine itself finds when these are the terms of its rules.

    A pair taken as a term becomes a word of the engine, so it may find a little less than `with_pairs`
    counts (of two overlapping pairs only one); weights have to be fitted to what will be found.
    """
    numbers = {term: (number,) for number, term in enumerate(terms)}
    index = TermIndex(dict(sorted(numbers.items())))  # in the order in which a rule book adds its terms
    rows = [
        Counter(terms[number] for found in index.find(fold(text)) for number in found.groups)
        for text in texts
    ]
    return Vocabulary(*_matrix(rows, terms))


def _clauses(text: str, segmenter: Segmenter) -> Iterator[list[str]]:
    """The words of each clause; "" for what is no word."""
    folded = fold(text)
    clauses = split_clauses(folded)
    for start, end in zip(clauses.starts, clauses.ends, strict=True):
        yield [word if _TERM.fullmatch(word) else "" for word in segmenter.words(folded[start:end])]


def _pairs(text: str, segmenter: Segmenter) -> Iterator[str]:
    for words in _clauses(text, segmenter):
        for first, second in pairwise(words):
            if first and second and len(first) + len(second) <= _LONGEST:
                yield first + second


def _matrix(rows: Iterable[Counter[str]], terms: Sequence[str]) -> tuple[tuple[str, ...], Any]:
    from scipy.sparse import csr_matrix

    column = {term: number for number, term in enumerate(terms)}
    pointers: list[int] = [0]
    columns: list[int] = []
    values: list[float] = []
    for row in rows:
        known = sorted((column[term], times) for term, times in row.items() if term in column)
        columns.extend(place for place, _ in known)
        values.extend(float(times) for _, times in known)
        pointers.append(len(columns))
    shape = (len(pointers) - 1, len(terms))
    counts = csr_matrix(
        (np.array(values), np.array(columns, dtype=np.int32), np.array(pointers)), shape=shape
    )
    return tuple(terms), counts
