"""How to learn from these very rows: a few ways are tried on parts of them, and the best one is taken.

Rows are dealt into folds label by label, in the order they come, so nothing is random. Right answers count
as in the loss: a rare label's rows more.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlp.fitting import Model, fit_model, importance, said
from nlp.vocabulary import Floats, Numbers, Vocabulary, single_words, with_pairs

_FOLDS = 3
_FEWEST_ROWS = 100
_ROUNDS = 60
_STIFFNESS = (3.0, 10.0, 30.0)


@dataclass(frozen=True)
class Recipe:
    """Pairs of words or words alone; with a prior for each label or without; how stiff the weights are."""

    pairs: bool = False
    prior: bool = False
    stiffness: float = 10.0


class Material:
    """The rows, ready to be learned from in several ways."""

    def __init__(self, texts: Sequence[str], truth: Floats) -> None:
        words = single_words(texts)
        self._words = {False: words, True: with_pairs(texts, words)}
        self.truth = truth

    @property
    def words(self) -> int:
        """How many different words the rows have."""
        return len(self._words[False].terms)

    def vocabulary(self, recipe: Recipe) -> Vocabulary:
        """The terms a recipe learns weights for."""
        words = self._words[recipe.pairs]
        return words.with_prior() if recipe.prior else words

    def fit(self, recipe: Recipe) -> Model:
        """The full model."""
        return fit_model(self.vocabulary(recipe), self.truth, recipe.stiffness)

    def best_recipe(self) -> Recipe:
        """First the terms and the prior are chosen, then the stiffness; too few rows tell nothing."""
        usual = Recipe()
        if len(self.truth) < _FEWEST_ROWS:
            return usual
        recipes = [Recipe(pairs, prior) for pairs in (False, True) for prior in (False, True)]
        shares = {recipe: self._share_right(recipe) for recipe in recipes}
        best = max(recipes, key=shares.__getitem__)
        for stiffness in _STIFFNESS:
            recipe = replace(best, stiffness=stiffness)
            if recipe not in shares:
                shares[recipe] = self._share_right(recipe)
        return max(shares, key=shares.__getitem__)

    def _share_right(self, recipe: Recipe) -> float:
        """How much of the rows is named rightly by models that have not seen them."""
        vocabulary, right = self.vocabulary(recipe), 0.0
        counts, labels = importance(self.truth).ravel(), self.truth.argmax(1)
        for kept, held in _folds(labels):
            model = fit_model(vocabulary.of_rows(kept), self.truth[kept], recipe.stiffness, _ROUNDS)
            guesses = (said(vocabulary.of_rows(held)) @ model.weights).argmax(1)
            right += float(counts[held][guesses == labels[held]].sum())
        return right


def _folds(labels: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """(rows to learn from, rows to be named), each row once to be named."""
    dealt: dict[int, int] = defaultdict(int)
    fold = np.zeros(len(labels), int)
    for row, label in enumerate(labels):
        fold[row] = dealt[label] % _FOLDS
        dealt[label] += 1
    for number in range(_FOLDS):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)
