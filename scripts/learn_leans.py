"""Learns the leans of the default rules (nlp/data/leans.txt) from labelled messages: ``make leans``.

Reads tests/data/*.jsonl (but those held out) and tests/data/private_*.txt, none of which holds a real person's
words. The engine's own findings are the features: the words of a message, the sets of alternatives (of the other
default rules) that have one of them, so that words nobody wrote in an example lean as their synonyms do, and pairs of
neighbouring characters, which speak where jieba knows no word. What the other rules prove is given; the weights are
fitted to what is missing: two logistic regressions (request or not, urgent or not) and a linear support vector machine
for each category, all with an L2 penalty. Nothing is random.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from nlp import CATEGORIES, compile_rules
from nlp.leans import REQUEST, URGENT, Lean, format_lean
from nlp.rulefile import LEANS_FILE, default_parts
from nlp.spelling import fold

Floats = npt.NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
OUT = ROOT / "nlp" / "data" / LEANS_FILE
CODES = tuple(category.code for category in CATEGORIES)
WORD = re.compile(r"[^\W\d_a-z]+")

# A word or a pair of characters counts that stands in so many messages; a set of alternatives, and a pair, counts
# this share of a word.
RAREST = 2
RAREST_PAIR = 2
GROUP_SHARE = 0.3
PAIR_SHARE = 1.0
# The inverse of the L2 penalty (scikit-learn's C), and the penalty itself; found on messages held out.
REQUEST_FREEDOM = 1.0
URGENT_FREEDOM = 2.0
CATEGORY_STIFFNESS = 40.0
# What a point that the rules prove for a category counts in the fit.
RULE_SHARE = 0.3
# What rules must prove where words say nothing, and what every message starts with: set by hand against false alarms.
REQUEST_BORDER = 1.0
URGENT_BORDER = 1.0
REQUEST_ALWAYS = -1.05
URGENT_ALWAYS = -0.8
# How far leans may move a category: less than the examples would have it, for other people's labels differ.
CATEGORY_SHARE = 0.5
# How much an operator's note, a plain message and a line of private chat counts, and how many weights are kept.
NOTE_WEIGHT = 8.0
PLAIN_WEIGHT = 3.0
PRIVATE_WEIGHT = 2.0
# Kept for honest figures.
HELD_OUT = ("groupchat_blind4", "groupchat_blind5", "groupchat_blind6", "groupchat_blind7")
NOTES = "operator_notes"
PLAIN = ("groupchat_barely", "groupchat_plain")
ENTRIES = {REQUEST: 100000, URGENT: 100000, "categories": 120000}
SPREAD_POWER = 0.25


@dataclass(frozen=True)
class Example:
    """A message with what is right for it; ``categories`` has the main one first, none for chat."""

    text: str
    categories: tuple[str, ...] = ()
    urgent: bool = False
    weight: float = 1.0


@dataclass
class Features:
    """``words`` (messages × terms, 0 or 1), ``groups`` (terms × groups), and what the rules prove of each message:
    ``request`` and ``urgent`` strengths, ``scores`` (messages × categories). The last ``pairs`` terms are pairs of
    characters, of PAIR_SHARE instead of 1."""

    terms: tuple[str, ...]
    pairs: int
    words: Any
    groups: Any
    request: Floats
    urgent: Floats
    scores: Floats
    frequency: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.frequency = np.asarray(self.words.sign().sum(0), dtype=np.float64).ravel()


def read_examples() -> list[Example]:
    """The labelled messages and the private chat."""
    found = []
    for path in sorted(DATA.glob("*.jsonl")):
        if path.stem not in HELD_OUT:
            weight = PLAIN_WEIGHT if path.stem in PLAIN else 1.0
            weight = NOTE_WEIGHT if path.stem.startswith(NOTES) else weight
            found += [_example(json.loads(line), weight) for line in path.read_text("utf-8").splitlines()]
    for path in sorted(DATA.glob("private_*.txt")):
        found += [
            Example(line, weight=PRIVATE_WEIGHT) for line in path.read_text("utf-8").splitlines() if line
        ]
    return found


def _example(row: dict[str, Any], weight: float) -> Example:
    if row["verdict"] != "ticket":
        return Example(row["text"], weight=weight)
    return Example(row["text"], (row["category"], *row["also"]), row["urgent"], weight)


def extract(examples: Sequence[Example], rules: str) -> Features:
    """What the engine finds in each message when every word seen in two of them is a term."""
    hand = compile_rules(rules)
    known = hand.groups_by_term()
    words = Counter(word for each in examples for word in set(hand.words(each.text)))
    more = sorted(w for w, times in words.items() if times >= RAREST and WORD.fullmatch(w) and w not in known)
    lines = [format_lean(Lean((word,), {REQUEST: 0.0})) for word in (*known, *more)]
    book = compile_rules("\n".join((rules, *lines)))
    terms = tuple(sorted({*known, *more}))
    column = {term: index for index, term in enumerate(terms)}
    members = [(column[term], group) for term, groups in known.items() for group in groups]
    found = [book.prove(each.text) for each in examples]
    present = [
        (row, column[term]) for row, proof in enumerate(found) for term in proof.terms if term in column
    ]
    pairs, paired = _paired([each.text for each in examples])
    width = len(terms) + len(pairs)
    return Features(
        terms=(*terms, *pairs),
        pairs=len(pairs),
        words=hstack([_ones(present, (len(examples), len(terms))), paired * PAIR_SHARE]).tocsr(),
        groups=_ones(members, (width, 1 + max(group for _, group in members))),
        request=np.array([proof.request for proof in found]),
        urgent=np.array([proof.urgent for proof in found]),
        scores=np.array([[proof.scores.get(code, 0.0) for code in CODES] for proof in found]),
    )


def _paired(texts: Sequence[str]) -> tuple[tuple[str, ...], Any]:
    """The pairs of characters seen in some messages at least, and which messages have them (messages × pairs)."""
    rows = [{first + second for first, second in pairwise(fold(text))} for text in texts]
    spread = Counter(pair for row in rows for pair in row if WORD.fullmatch(pair))
    pairs = tuple(sorted(pair for pair, times in spread.items() if times >= RAREST_PAIR))
    column = {pair: index for index, pair in enumerate(pairs)}
    present = [
        (number, column[pair]) for number, row in enumerate(rows) for pair in sorted(row) if pair in column
    ]
    return pairs, _ones(present, (len(texts), len(pairs)))


def _ones(pairs: Sequence[tuple[int, int]], shape: tuple[int, int]) -> Any:
    rows, columns = zip(*pairs, strict=True)
    return csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=shape)


def fit_two(
    features: Features, proven: Floats, truth: npt.NDArray[np.bool_], shares: Floats, freedom: float
) -> Floats:
    """Each term's weight in units of what the rules prove (logistic regression); ``proven`` is 0 at the border."""
    grouped = features.words @ features.groups * GROUP_SHARE
    table = hstack([csr_matrix(proven[:, None] * 2), features.words, grouped]).tocsr()
    model = LogisticRegression(C=freedom, max_iter=3000, fit_intercept=False).fit(
        table, truth, sample_weight=shares
    )
    unit, rest = model.coef_[0][0] * 2, model.coef_[0][1:]
    weights: Floats = _by_term(features, rest[:, None])[:, 0] / unit
    return weights


def _by_term(features: Features, weights: Floats) -> Floats:
    """Weights of terms and of groups (rows of ``weights``) as weights of terms alone."""
    terms = len(features.terms)
    total: Floats = weights[:terms] + features.groups @ weights[terms:] * GROUP_SHARE
    total[terms - features.pairs :] *= PAIR_SHARE
    return total


def fit_categories(features: Features, examples: Sequence[Example]) -> Floats:
    """Weights (terms × categories) by which the right category comes first: a linear support vector machine for
    each category, with the squared hinge loss, beside what the rules prove.

    How common each category is among the examples is fitted beside them and left out: it tells nothing elsewhere.
    """
    rows = [index for index, each in enumerate(examples) if each.categories]
    side = np.array([_sides(examples[row].categories) for row in rows])
    words = features.words[rows]
    whole = hstack([words, words @ features.groups * GROUP_SHARE]).tocsc()
    used = np.flatnonzero(np.diff(whole.indptr))
    table, proven = whole[:, used].tocsr(), features.scores[rows] * RULE_SHARE
    turned = table.T.tocsr()

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights, common = flat[: -len(CODES)].reshape(len(used), len(CODES)), flat[-len(CODES) :]
        short = np.maximum(0.0, 1.0 - side * (table @ weights + proven + common)) * (side != 0)
        loss = float((short**2).sum()) + CATEGORY_STIFFNESS / 2 * float((weights**2).sum())
        pull = -2.0 * short * side
        return loss, np.concatenate([(turned @ pull + CATEGORY_STIFFNESS * weights).ravel(), pull.sum(0)])

    start = np.zeros((len(used) + 1) * len(CODES))
    fitted = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 80}).x
    weights = np.zeros((whole.shape[1], len(CODES)))
    weights[used] = fitted[: -len(CODES)].reshape(len(used), len(CODES)) / RULE_SHARE
    by_term = _by_term(features, weights)
    centred: Floats = by_term - np.median(by_term, axis=1, keepdims=True)
    return centred


def _sides(categories: Sequence[str]) -> list[float]:
    """1 for the right category, -1 for a wrong one, 0 for one that is right, too."""
    first, *others = categories
    return [1.0 if code == first else 0.0 if code in others else -1.0 for code in CODES]


def keep_strongest(weights: Floats, frequency: Floats, limit: int) -> Floats:
    """The ``limit`` weights of most consequence, the others 0; to two decimals."""
    spread = (frequency + 0.5) ** SPREAD_POWER
    consequence = np.abs(weights) * (spread if weights.ndim == 1 else spread[:, None])
    bound = np.sort(consequence, axis=None)[-min(limit, weights.size)]
    kept: Floats = np.where(consequence >= bound, weights, 0.0).round(2)
    return kept


def learn(examples: Sequence[Example], rules: str) -> list[Lean]:
    """The leans, words with equal weights on one line."""
    features = extract(examples, rules)
    request, urgent = (
        np.array([bool(each.categories) for each in examples]),
        np.array([each.urgent for each in examples]),
    )
    shares = np.array([each.weight for each in examples])
    to_request = fit_two(features, features.request - REQUEST_BORDER, request, shares, REQUEST_FREEDOM)
    to_urgent = fit_two(features, features.urgent - URGENT_BORDER, urgent, shares, URGENT_FREEDOM)
    table = {
        REQUEST: keep_strongest(to_request, features.frequency, ENTRIES[REQUEST]),
        URGENT: keep_strongest(to_urgent, features.frequency, ENTRIES[URGENT]),
    }
    named = keep_strongest(
        CATEGORY_SHARE * fit_categories(features, examples), features.frequency, ENTRIES["categories"]
    )
    table |= dict(zip(CODES, named.T, strict=True))
    return [Lean((), {REQUEST: REQUEST_ALWAYS, URGENT: URGENT_ALWAYS}), *_lines(features, table)]


def _lines(features: Features, table: dict[str, Floats]) -> Iterable[Lean]:
    alike: dict[tuple[bool, tuple[tuple[str, float], ...]], list[str]] = {}
    for index, term in enumerate(features.terms):
        weights = tuple((name, float(column[index])) for name, column in table.items() if column[index])
        if weights:
            alike.setdefault((index >= len(features.terms) - features.pairs, weights), []).append(term)
    for (pairs, weights), words in sorted(alike.items(), key=lambda item: (item[0][0], item[1])):
        yield Lean(tuple(words), dict(weights), pairs=pairs)


def main() -> None:
    """Write the file anew."""
    rules = "\n".join(text for _, text in default_parts())
    leans = learn(read_examples(), rules)
    head = "# 倾向：词的小分值，由 scripts/learn_leans.py 从标注过的例句学成（make leans）。规则里的“%自带”一行就是这些；要改，在规则里另写，会加在一起。\n"
    OUT.write_text(head + "".join(f"{format_lean(lean)}\n" for lean in leans), encoding="utf-8")


if __name__ == "__main__":
    main()
