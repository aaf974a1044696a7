"""A sparse linear model of labels over the presence of terms, fitted with scipy alone.

Each term is scaled before the fit by idf^1.5 · sqrt(KL), where KL is how far the labels of the rows with the
term are from the labels at large: common and undecided terms get little room to move (supervised term
weighting, Debole & Sebastiani 2003). The loss is the squared hinge over all pairs of right and wrong label
(Weston & Watkins 1999), each label counting alike. Both the rows' lengths and a shift of all labels' weights
of one term leave the strongest label what it is, so a table with few entries can say the same.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.vocabulary import Floats, Vocabulary

Mask = npt.NDArray[np.bool_]

_IDF_POWER = 1.5
_KL_POWER = 0.5
_PRIOR_ROWS = 2.0
_STIFFNESS = 2.5
_ROUNDS = 150
_SPREAD_POWER = 0.25


@dataclass(frozen=True)
class Rows:
    """The features of a fit (rows × terms, scaled, each row of length 1), and what each column was scaled by."""

    features: Any
    scale: Floats


def scale_rows(vocabulary: Vocabulary, truth: Floats, *, repeats: bool) -> Rows:
    """`truth` is rows × labels of 0 and 1. With `repeats` a word said often counts 1 + log(times)."""
    from scipy.sparse import diags

    scale = _informativeness(vocabulary, truth)
    counts = vocabulary.counts.copy()
    counts.data = 1.0 + np.log(counts.data) if repeats else np.ones_like(counts.data)
    features = (counts @ diags(scale)).tocsr()
    lengths = np.sqrt(np.asarray(features.multiply(features).sum(1)).ravel())
    return Rows(diags(1.0 / np.maximum(lengths, 1e-9)) @ features, scale)


def _informativeness(vocabulary: Vocabulary, truth: Floats) -> Floats:
    present = vocabulary.counts.copy()
    present.data = np.ones_like(present.data)
    rows, spread = truth.shape[0], vocabulary.frequencies()
    idf = np.log((1 + rows) / (1 + spread)) + 1
    at_large = truth.mean(0)
    given = (present.T @ truth + at_large * _PRIOR_ROWS) / (spread[:, None] + _PRIOR_ROWS)
    divergence = np.asarray((given * np.log(given / at_large)).sum(1))
    scale: Floats = idf**_IDF_POWER * np.maximum(divergence, 1e-6) ** _KL_POWER
    return scale


def fit_weights(
    rows: Rows, truth: Floats, allowed: Mask | None = None, start: Floats | None = None
) -> Floats:
    """Weights (terms × labels) for unscaled presence; entries outside `allowed` stay 0."""
    from scipy.optimize import minimize

    shape = (rows.features.shape[1], truth.shape[1])
    allowed = np.ones(shape, bool) if allowed is None else allowed
    objective = _Objective(rows.features, truth, allowed)
    begin = np.zeros(shape) if start is None else start / rows.scale[:, None]
    found = minimize(
        objective, begin[allowed], jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS, "maxcor": 10}
    )
    return objective.table(found.x) * rows.scale[:, None]


class _Objective:
    """The value and gradient of the regularised loss at the allowed entries."""

    def __init__(self, features: Any, truth: Floats, allowed: Mask) -> None:
        self._features, self._transposed, self._allowed = features, features.T.tocsr(), allowed
        self._right = truth.argmax(1)
        self._row = np.arange(truth.shape[0])
        self._importance = (truth / truth.sum(0)).sum(1, keepdims=True) / truth.shape[1]
        self._stiffness = _STIFFNESS / truth.shape[0]

    def table(self, entries: Floats) -> Floats:
        table = np.zeros(self._allowed.shape)
        table[self._allowed] = entries
        return table

    def __call__(self, entries: Floats) -> tuple[float, Floats]:
        scores = self._features @ self.table(entries)
        missing = np.maximum(1.0 - (scores[self._row, self._right][:, None] - scores), 0.0)
        missing[self._row, self._right] = 0.0
        loss = float((self._importance * missing**2).sum())
        slope = 2.0 * self._importance * missing
        slope[self._row, self._right] = -slope.sum(1)
        gradient = (self._transposed @ slope)[self._allowed] + self._stiffness * entries
        return loss + self._stiffness / 2 * float((entries**2).sum()), gradient


def centred(weights: Floats) -> Floats:
    """The same decisions with more entries near 0: each term's median over the labels is taken off."""
    shifted: Floats = weights - np.median(weights, axis=1, keepdims=True)
    return shifted


def strongest_entries(weights: Floats, spread: Floats, limit: int) -> Mask:
    """The `limit` entries of most consequence: large weights, a little preferred where the term is common."""
    consequence = np.abs(weights) * spread[:, None] ** _SPREAD_POWER
    order = np.argsort(-consequence.ravel(), kind="stable")[:limit]
    chosen = np.zeros(weights.size, bool)
    chosen[order] = True
    return chosen.reshape(weights.shape) & (consequence > 0)
