"""How well a rule book names labelled messages, and which of its rules do harm.

The prediction for a message is its strongest category (`Meaning.scores`); none at all counts as wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.categories import category_code
from nlp.evidence import Evidence, strongest, strongest_without, sums
from nlp.rulebook import RuleBook
from nlp.rules import Rule

LabelOf = Callable[[str], Iterable[str]] | Mapping[str, Iterable[str]]

NONE = ""
_EXAMPLES = 5


@dataclass(frozen=True)
class LabelScore:
    """Precision, recall and F1 of one label (0 to 1; 0 where nothing can be divided) and its rows."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True)
class Confusion:
    """`times` rows labelled `label` were taken for `predicted` (a label, else a category's code, else "")."""

    label: str
    predicted: str
    times: int


@dataclass(frozen=True)
class HurtfulRule:
    """Without this rule `gained` rows would become right and `lost` rows wrong; examples are row indices."""

    rule: str
    line: int
    gained: int
    lost: int
    gained_rows: tuple[int, ...]
    lost_rows: tuple[int, ...]


@dataclass(frozen=True)
class Evaluation:
    """The figures of one run. `terms` is how many different terms the book looks for."""

    rows: int
    accuracy: float
    macro_f1: float
    terms: int
    per_label: tuple[LabelScore, ...]
    confusion: tuple[Confusion, ...]
    hurtful: tuple[HurtfulRule, ...]


def accepted_categories(label: str, label_of: LabelOf | None = None) -> frozenset[str]:
    """The codes of the categories that are right for a label: those it is mapped to, else its own."""
    wanted: Iterable[str] = (label,)
    if isinstance(label_of, Mapping):
        wanted = label_of.get(label, wanted)
    elif label_of is not None:
        wanted = label_of(label)
    return frozenset(map(category_code, wanted))


def evaluate(
    book: RuleBook,
    texts: Sequence[str],
    labels: Sequence[str],
    label_of: LabelOf | None = None,
    *,
    worst: int = 10,
) -> Evaluation:
    """Measure a book on labelled texts. ValueError when there are no rows or not as many labels as texts.

    A label is a category's code, its name, or a word of another system that `label_of` turns into one or
    more categories (codes or names), any of which is right. Macro-F1 is scikit-learn's `f1_score(average=
    "macro")` over the labels in the data: a wrong category that is no label costs recall alone.
    """
    if not texts or len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels cannot be evaluated")
    accepted = {label: accepted_categories(label, label_of) for label in set(labels)}
    predicted = [
        _as_label(_prediction(book, text), label, accepted) for text, label in zip(texts, labels, strict=True)
    ]
    per_label = label_scores(labels, predicted)
    return Evaluation(
        rows=len(texts),
        accuracy=sum(map(str.__eq__, labels, predicted)) / len(texts),
        macro_f1=sum(score.f1 for score in per_label) / len(per_label),
        terms=book.terms,
        per_label=per_label,
        confusion=_confusion(labels, predicted),
        hurtful=hurtful_rules(book, texts, [accepted[label] for label in labels], worst) if worst else (),
    )


def _prediction(book: RuleBook, text: str) -> str:
    scores = book.understand(text).scores
    return scores[0][0] if scores else NONE


def _as_label(category: str, label: str, accepted: Mapping[str, frozenset[str]]) -> str:
    if category in accepted[label]:
        return label
    return next((other for other in sorted(accepted) if category in accepted[other]), category)


def label_scores(labels: Sequence[str], predicted: Sequence[str]) -> tuple[LabelScore, ...]:
    """Each label's figures, in the labels' order."""
    rows, said = Counter(labels), Counter(predicted)
    right = Counter(label for label, guess in zip(labels, predicted, strict=True) if label == guess)
    return tuple(
        LabelScore(
            label=label,
            precision=right[label] / said[label] if said[label] else 0.0,
            recall=right[label] / rows[label],
            f1=2 * right[label] / (rows[label] + said[label]),
            rows=rows[label],
        )
        for label in sorted(rows)
    )


def _confusion(labels: Sequence[str], predicted: Sequence[str]) -> tuple[Confusion, ...]:
    pairs = Counter(zip(labels, predicted, strict=True))
    return tuple(Confusion(label, guess, times) for (label, guess), times in sorted(pairs.items()))


def hurtful_rules(
    book: RuleBook, texts: Sequence[str], accepted: Sequence[frozenset[str]], at_most: int
) -> tuple[HurtfulRule, ...]:
    """The rules whose removal would most raise the number of right rows, worst first, only real gains."""
    evidence = Evidence(book)
    gained: dict[Rule, list[int]] = defaultdict(list)
    lost: dict[Rule, list[int]] = defaultdict(list)
    for row, (text, right) in enumerate(zip(texts, accepted, strict=True)):
        weighed = evidence.of(text)
        totals = sums(weighed)
        was_right = strongest(totals) in right
        for one in weighed:
            if (strongest_without(totals, weighed, one) in right) is not was_right:
                (lost if was_right else gained)[one[0]].append(row)
    worst = sorted(gained, key=lambda rule: (len(lost[rule]) - len(gained[rule]), rule.line))
    return tuple(
        HurtfulRule(
            rule=rule.source,
            line=rule.line,
            gained=len(gained[rule]),
            lost=len(lost[rule]),
            gained_rows=tuple(gained[rule][:_EXAMPLES]),
            lost_rows=tuple(lost[rule][:_EXAMPLES]),
        )
        for rule in worst[:at_most]
        if len(gained[rule]) > len(lost[rule])
    )


def evaluation_to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Exactly the object `weiwang rules eval --json` prints (DESIGN §5), ready for `json.dumps`."""
    return {
        "rows": evaluation.rows,
        "accuracy": evaluation.accuracy,
        "macro_f1": evaluation.macro_f1,
        "terms": evaluation.terms,
        "per_label": {
            score.label: {
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
                "rows": score.rows,
            }
            for score in evaluation.per_label
        },
    }
