"""A linear model of labels over the terms of a text, and a table with few entries that says the same.

First a full model is fitted. Each term is scaled before by idf^1.5 · sqrt(KL), where KL is how far the labels
of the rows with the term are from the labels at large: common and undecided terms get little room to move
(supervised term weighting, Debole & Sebastiani 2003). The loss is the squared hinge over all pairs of right
and wrong label (Weston & Watkins 1999). Then its strongest entries are kept and fitted anew, by least
squares, to give the scores the full model gives (distillation, Buciluă, Caruana & Niculescu-Mizil 2006):
the terms that stay take over what those that go have said, and right answers are not learned by heart twice.
Neither a row's length nor a shift of all labels' weights of one term changes which label is strongest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.vocabulary import Floats, Vocabulary

Mask = npt.NDArray[np.bool_]
Loss = Callable[[Floats], tuple[float, Floats]]

_IDF_POWER = 1.5
_KL_POWER = 0.5
_PRIOR_ROWS = 2.0
_PRIOR_SCALE = 0.1
_BALANCE = 0.5
_STUDENT_STIFFNESS = 0.3
_ROUNDS = 150
_SPREAD_POWER = 0.25


@dataclass(frozen=True)
class Rows:
    """Scaled features (rows × terms, CSR), what each column was scaled by and each row divided by."""

    features: Any
    scale: Floats
    lengths: Floats


@dataclass(frozen=True)
class Model:
    """`weights` (terms × labels) of each term (times 1 + ln n where it is said n times), and the scale they were fitted under."""

    weights: Floats
    scale: Floats


def scale_rows(vocabulary: Vocabulary, scale: Floats, lengths: Floats | None = None) -> Rows:
    """Rows divided by the lengths given, else to length 1, apart from the prior."""
    features = _scaled(said(vocabulary), scale)
    if lengths is None:
        lengths = _lengths(features[:, vocabulary.words_only()])
    return Rows(_divided(features, lengths), scale, lengths)


def said(vocabulary: Vocabulary) -> Any:
    """How much each term counts in each row, as in the engine: 1 + ln n for one that is said n times."""
    counts = vocabulary.counts.copy()
    counts.data = 1.0 + np.log(counts.data)
    return counts


def _scaled(counts: Any, scale: Floats) -> Any:
    features = counts.copy()
    features.data = features.data * scale[features.indices]
    return features


def _lengths(features: Any) -> Floats:
    lengths: Floats = np.sqrt(np.asarray(features.multiply(features).sum(1)).ravel())
    return np.maximum(lengths, 1e-9)


def _divided(features: Any, lengths: Floats) -> Any:
    features.data = features.data / np.repeat(lengths, np.diff(features.indptr))
    return features


def informativeness(vocabulary: Vocabulary, truth: Floats) -> Floats:
    """The scale of each term; `truth` is rows × labels of 0 and 1. The prior's is a tenth of a usual row's length."""
    present = vocabulary.counts.sign()
    rows, spread = truth.shape[0], vocabulary.frequencies()
    idf = np.log((1 + rows) / (1 + spread)) + 1
    at_large = np.maximum(truth.mean(0), 1e-9)
    given = (present.T @ truth + at_large * _PRIOR_ROWS) / (spread[:, None] + _PRIOR_ROWS)
    divergence = np.asarray((given * np.log(given / at_large)).sum(1))
    scale: Floats = idf**_IDF_POWER * np.maximum(divergence, 1e-6) ** _KL_POWER
    words = vocabulary.words_only()
    if len(words) < len(scale):
        features = _scaled(vocabulary.counts.sign(), scale)
        scale[len(words) :] = _PRIOR_SCALE * np.median(_lengths(features[:, words]))
    return scale


def importance(truth: Floats) -> Floats:
    """How much each row counts (rows × 1, sum 1): rare labels more, by the square root of their rows."""
    weight = (truth / np.maximum(truth.sum(0), 1.0) ** _BALANCE).sum(1, keepdims=True)
    share: Floats = weight / weight.sum()
    return share


def fit_model(vocabulary: Vocabulary, truth: Floats, stiffness: float, rounds: int = _ROUNDS) -> Model:
    """Weights that put each row's right label first; the stiffer, the smaller and smoother."""
    scale = informativeness(vocabulary, truth)
    rows = scale_rows(vocabulary, scale)
    right, row, counts = truth.argmax(1), np.arange(truth.shape[0]), importance(truth)

    def hinge(scores: Floats) -> tuple[float, Floats]:
        missing = np.maximum(1.0 - (scores[row, right][:, None] - scores), 0.0)
        missing[row, right] = 0.0
        slope = 2.0 * counts * missing
        slope[row, right] = -slope.sum(1)
        return float((counts * missing**2).sum()), slope

    everything = np.ones((len(scale), truth.shape[1]), bool)
    return Model(_minimise(rows, hinge, everything, np.zeros(everything.shape), stiffness, rounds), scale)


def imitate(rows: Rows, wanted: Floats, counts: Floats, allowed: Mask, start: Floats) -> Floats:
    """Weights, 0 outside `allowed`, whose scores differ from row to row as those `wanted` (rows × labels) do."""

    def distance(scores: Floats) -> tuple[float, Floats]:
        apart = scores - wanted
        apart -= apart.mean(1, keepdims=True)
        return float((counts * apart**2).sum()) / 2, counts * apart

    return _minimise(rows, distance, allowed, start, _STUDENT_STIFFNESS, _ROUNDS)


def _minimise(rows: Rows, loss: Loss, allowed: Mask, start: Floats, stiffness: float, rounds: int) -> Floats:
    from scipy.optimize import minimize

    transposed, penalty = rows.features.T.tocsr(), stiffness / rows.features.shape[0]

    def table(entries: Floats) -> Floats:
        whole = np.zeros(allowed.shape)
        whole[allowed] = entries
        return whole

    def objective(entries: Floats) -> tuple[float, Floats]:
        value, slope = loss(rows.features @ table(entries))
        gradient = (transposed @ slope)[allowed] + penalty * entries
        return value + penalty / 2 * float((entries**2).sum()), gradient

    begin = (start / rows.scale[:, None])[allowed]
    options = {"maxiter": rounds, "maxcor": 10}
    found = minimize(objective, begin, jac=True, method="L-BFGS-B", options=options)
    return table(found.x) * rows.scale[:, None]


def centred(weights: Floats) -> Floats:
    """The same decisions with more entries near 0: from each term's weights the mean of their densest half
    (at least two labels) is taken off."""
    terms, labels = weights.shape
    half = max(2, -(-labels // 2))
    ordered = np.sort(weights, axis=1)
    densest = (ordered[:, half - 1 :] - ordered[:, : labels - half + 1]).argmin(1)
    sums = np.concatenate([np.zeros((terms, 1)), np.cumsum(ordered, axis=1)], axis=1)
    term = np.arange(terms)
    shifted: Floats = weights - ((sums[term, densest + half] - sums[term, densest]) / half)[:, None]
    return shifted


def strongest_entries(weights: Floats, spread: Floats, limit: int) -> Mask:
    """The `limit` entries of most consequence: large weights, a little preferred where the term is common."""
    consequence = np.abs(weights) * spread[:, None] ** _SPREAD_POWER
    order = np.argsort(-consequence.ravel(), kind="stable")[:limit]
    chosen = np.zeros(weights.size, bool)
    chosen[order] = True
    return chosen.reshape(weights.shape) & (consequence > 0)
