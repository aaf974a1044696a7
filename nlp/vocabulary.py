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
from nlp.segmenter import Segmenter
from nlp.spelling import fold
from nlp.terms import TermIndex

Floats = npt.NDArray[np.float64]

_LONGEST = 12
_TERM = re.compile(r"\w+")


@dataclass(frozen=True)
class Vocabulary:
    """`terms[j]` belongs to column j of `counts`, a scipy CSR matrix of occurrences (rows × terms, float)."""

    terms: tuple[str, ...]
    counts: Any

    def only(self, columns: npt.NDArray[np.int64]) -> "Vocabulary":
        """The same rows with fewer columns."""
        return Vocabulary(tuple(self.terms[column] for column in columns), self.counts[:, columns])

    def frequencies(self) -> Floats:
        """In how many rows each term stands."""
        return np.bincount(self.counts.indices, minlength=len(self.terms)).astype(np.float64)


def candidates(texts: Sequence[str], rarest: int) -> Vocabulary:
    """Words and pairs of neighbouring words inside a clause that stand in at least `rarest` of the texts."""
    segmenter = Segmenter(())
    rows = [Counter(_grams(fold(text), segmenter)) for text in texts]
    spread = Counter(gram for row in rows for gram in row)
    terms = sorted(gram for gram, times in spread.items() if times >= rarest)
    return Vocabulary(tuple(terms), _matrix(rows, terms))


def found_by_engine(texts: Sequence[str], terms: Sequence[str]) -> Vocabulary:
    """The occurrences the rule engine itself finds when these are the terms of its rules.

    A pair taken as a term becomes a word of the engine, so it may find a little less than `candidates`
    counts (of two overlapping pairs only one); weights have to be fitted to what will be found.
    """
    index = TermIndex({term: (number,) for number, term in enumerate(terms)})
    rows = [
        Counter(terms[number] for found in index.find(fold(text)) for number in found.groups)
        for text in texts
    ]
    return Vocabulary(tuple(terms), _matrix(rows, terms))


def _grams(folded: str, segmenter: Segmenter) -> Iterator[str]:
    clauses = split_clauses(folded)
    for start, end in zip(clauses.starts, clauses.ends, strict=True):
        words = [word if _TERM.fullmatch(word) else "" for word in segmenter.words(folded[start:end])]
        yield from (word for word in words if word)
        for first, second in pairwise(words):
            if first and second and len(first) + len(second) <= _LONGEST:
                yield first + second


def _matrix(rows: Iterable[Counter[str]], terms: Sequence[str]) -> Any:
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
    return csr_matrix((np.array(values), np.array(columns, dtype=np.int32), np.array(pointers)), shape=shape)
