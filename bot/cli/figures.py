"""What ``weiwang rules eval`` and ``preview`` found, as somebody at a terminal reads it; the map of foreign labels."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

import typer
from rich.console import Console
from rich.table import Table

from bot.errors import BotError
from nlp import category_name
from nlp.evaluation import Evaluation
from nlp.previewing import Difference, Outcome, Preview

_PIPED_WIDTH = 200
_MOST_CONFUSED = 10
_LONGEST_RULE = 100


class BadLabelMap(BotError):
    """A line of the map from labels to categories cannot be read."""


def read_label_map(lines: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Label → the categories (codes or names) that are right for it; none: its rows are left out."""
    meant: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        label, equals, categories = line.partition("=")
        if not equals or not label.strip():
            raise BadLabelMap(f"“{line}”应写成：标签=类别，或者：标签=类别|类别")
        meant[label.strip()] = tuple(filter(None, map(str.strip, categories.split("|"))))
    return meant


def show_evaluation(result: Evaluation) -> None:
    """Print precision, recall and F1 of each label, what was taken for what, and the rules that hurt."""
    console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, markup=False, highlight=False)
    console.print(
        f"{result.rows}条，准确率 {result.accuracy:.4f}，宏F1 {result.macro_f1:.4f}，{result.terms}个词"
    )
    console.print(_scores(result))
    console.print(_matrix(result))
    for line in (*_confusions(result), *_hurtful(result)):
        console.print(line)


def _scores(result: Evaluation) -> Table:
    table = Table("", "类别", "查准", "查全", "F1", "条数", title="每一类")
    for number, score in enumerate(result.per_label, 1):
        figures = (f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}", str(score.rows))
        table.add_row(str(number), score.label, *figures)
    return table


def _matrix(result: Evaluation) -> Table:
    """A row for each label, a column for what it was taken for, by the numbers of the table above."""
    labels = [score.label for score in result.per_label]
    columns = [*map(str, range(1, len(labels) + 1)), "别的", "没认出"]
    table = Table("该是＼认成", *columns, title="混淆矩阵")
    for number, label in enumerate(labels, 1):
        times = dict.fromkeys(columns, 0)
        for cell in result.confusion:
            if cell.label == label:
                times[_column(cell.predicted, labels)] += cell.times
        table.add_row(f"{number} {label}", *(str(count or "·") for count in times.values()))
    return table


def _column(predicted: str, labels: list[str]) -> str:
    if not predicted:
        return "没认出"
    return str(labels.index(predicted) + 1) if predicted in labels else "别的"


def _confusions(result: Evaluation) -> Iterable[str]:
    wrong = sorted(
        (cell for cell in result.confusion if cell.label != cell.predicted), key=lambda cell: -cell.times
    )
    for cell in wrong[:_MOST_CONFUSED]:
        taken = f"认成“{category_name(cell.predicted)}”" if cell.predicted else "没认出"
        yield f"“{cell.label}”{taken}：{cell.times}条"


def _hurtful(result: Evaluation) -> Iterable[str]:
    for rule in result.hurtful:
        said = rule.rule if len(rule.rule) <= _LONGEST_RULE else f"{rule.rule[:_LONGEST_RULE]}…"
        yield f"第{rule.line}行去掉会多对{rule.gained}条、多错{rule.lost}条：{said}"


def show_preview(result: Preview, messages: Sequence[str], at_most: int) -> None:
    """Print how many messages would be gained, lost and changed, with some examples of each."""
    about = "约" if result.is_estimate else ""
    parts = (("新识别", result.gained), ("不再识别", result.lost), ("有变化", result.changed))
    for title, differences in parts:
        typer.echo(f"{title} {about}{result.estimated(differences)}条")
        for difference in differences[:at_most]:
            typer.echo(_difference(difference, messages))
        if len(differences) > at_most:
            typer.echo(f"  ……还有{len(differences) - at_most}条没有列出")
    if result.is_estimate:
        typer.echo(f"有{result.touched}条带改到的词，抽看了{result.read}条；加 --all 全看。", err=True)


def _difference(difference: Difference, messages: Sequence[str]) -> str:
    words = " ".join(messages[difference.index].split())
    return f"  {_said(difference.before)} → {_said(difference.after)}  {words}"


def _said(outcome: Outcome) -> str:
    if outcome.category is None:
        return "不出声"
    return f"{category_name(outcome.category)}·{outcome.verdict.value}{'·紧急' if outcome.urgent else ''}"
