"""Fits a weighted keyword table to labelled texts and writes it as an ordinary rule file.

The rows are text and label, the result one line for each term of each label; nothing is random, so the same
rows in the same order give the same file. numpy and scipy are imported only when something is learned.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nlp.rules import EVERY_MESSAGE, Rule, RuleError, format_rule, parse_rule
from nlp.signals import is_signal

if TYPE_CHECKING:
    from nlp.fitting import Model
    from nlp.vocabulary import Floats, Vocabulary

Progress = Callable[[str], None]

_FEWEST_ROWS = 10
_DECIMALS = 3
_TYPICAL_SCORE = 2.0


class LearningError(ValueError):
    """The rows cannot be learned from. `reason` says why, `rows` how many there are, `row` (0-based) which
    one is at fault, `label` which label, where these are known."""

    def __init__(self, reason: str, *, rows: int, row: int | None = None, label: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.rows = rows
        self.row = row
        self.label = label


def learn_rules(
    texts: Sequence[str], labels: Sequence[str], *, limit: int = 5000, on_progress: Progress | None = None
) -> str:
    """The text of a rule file whose categories are the labels, with at most `limit` weighted terms in all.

    A term that speaks for or against three labels counts three times. `on_progress` is told, in plain
    Chinese, what is being done. LearningError when the rows do not do.
    """
    tell = on_progress or (lambda _: None)
    names = check_rows(texts, labels, limit)
    tell(f"读到 {len(texts)} 条、{len(names)} 个类别，正在找词")
    terms, weights = _fit(texts, labels, names, limit, tell)
    return _write(names, terms, weights, len(texts))


def check_rows(texts: Sequence[str], labels: Sequence[str], limit: int) -> tuple[str, ...]:
    """The labels, sorted; LearningError when rows or labels are too few, empty or cannot name a category."""
    rows = len(texts)
    if len(labels) != rows:
        raise LearningError(f"文本有 {rows} 条，类别却有 {len(labels)} 个", rows=rows)
    if rows < _FEWEST_ROWS:
        raise LearningError(f"只有 {rows} 条，至少要 {_FEWEST_ROWS} 条才能学", rows=rows)
    if limit < 1:
        raise LearningError(f"词数上限应至少为 1，现在是 {limit}", rows=rows)
    for row, label in enumerate(labels):
        if not label.strip():
            raise LearningError(f"第 {row + 1} 条没有类别", rows=rows, row=row, label=label)
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise LearningError(f"所有条目都是“{names[0]}”，至少要有两个类别", rows=rows, label=names[0])
    for name in names:
        _check_name(name, labels)
    return names


def _check_name(name: str, labels: Sequence[str]) -> None:
    row = labels.index(name)
    try:
        rule = parse_rule(f"{name}：*")
    except RuleError as error:
        reason = f"类别“{name}”不能当规则里的类别：{error.message}"
        raise LearningError(reason, rows=len(labels), row=row, label=name) from error
    if (
        rule.groups
        or name != name.strip()
        or name[0] in "#＃@＠~～%％"
        or "\n" in name
        or is_signal(rule.category)
    ):
        reason = f"类别“{name}”不能当规则里的类别"
        raise LearningError(reason, rows=len(labels), row=row, label=name)


def _fit(
    texts: Sequence[str], labels: Sequence[str], names: tuple[str, ...], limit: int, tell: Progress
) -> tuple[tuple[str, ...], "Floats"]:
    """The chosen terms and their weights (terms × labels)."""
    import numpy as np

    from nlp.recipes import Material

    number = {name: index for index, name in enumerate(names)}
    material = Material(texts, np.eye(len(names))[[number[label] for label in labels]])
    if not material.words:
        raise LearningError("没有一个词，学不到东西", rows=len(texts))
    tell("正在拿一部分试另一部分，选学法")
    recipe = material.best_recipe()
    vocabulary = material.vocabulary(recipe)
    tell(f"候选词 {len(vocabulary.terms)} 个，正在定分值")
    return _shorten(texts, material.truth, vocabulary, material.fit(recipe), limit, tell)


def _shorten(
    texts: Sequence[str],
    truth: "Floats",
    vocabulary: "Vocabulary",
    model: "Model",
    limit: int,
    tell: Progress,
) -> tuple[tuple[str, ...], "Floats"]:
    """Fewer terms that, as the engine finds them, give nearly the scores of all of them."""
    import numpy as np

    from nlp.fitting import centred, imitate, importance, said, scale_rows, strongest_entries
    from nlp.vocabulary import found_by_engine

    teacher = scale_rows(vocabulary, model.scale)
    wanted = teacher.features @ (model.weights / model.scale[:, None])
    weights = centred(model.weights)
    allowed = strongest_entries(weights, vocabulary.frequencies(), limit)
    columns = np.flatnonzero(allowed.any(1))
    tell(f"留下 {len(columns)} 个词，正按引擎找到的词重定分值")
    kept = vocabulary.only(columns)
    found = found_by_engine(texts, [kept.terms[column] for column in kept.words_only()])
    found = found.with_prior() if kept.has_prior else found
    rows = scale_rows(found, model.scale[columns], teacher.lengths)
    weights = imitate(rows, wanted, importance(truth), allowed[columns], weights[columns])
    typical = float(np.median((said(found) @ weights).max(1)))
    return found.terms, weights * (_TYPICAL_SCORE / max(typical, 1e-9))


def _write(names: tuple[str, ...], terms: tuple[str, ...], weights: "Floats", rows: int) -> str:
    entries = [
        (label, -value, term)
        for term, values in zip(terms, weights.round(_DECIMALS).tolist(), strict=True)
        for label, value in enumerate(values)
        if value
    ]
    lines = [
        f"# 由 {rows} 条有类别的文字学成：{len(names)} 个类别，{len(entries)} 个带分值的词。可以照常修改。"
    ]
    count = Counter(label for label, _, _ in entries)
    for label, name in enumerate(names):
        lines += ["", f"# {name}（{count[label]} 个词）"]
        lines += [
            format_rule(
                Rule(category=name, groups=() if term == EVERY_MESSAGE else ((term,),), weight=-value)
            )
            for owner, value, term in sorted(entries)
            if owner == label
        ]
    return "\n".join(lines) + "\n"
