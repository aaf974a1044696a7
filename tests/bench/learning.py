"""Prints what learned tables reach: `python -m tests.bench.learning`.

They are measured on shared real text when WEIWANG_SHARED names its directory.
"""

import csv
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlp import compile_rules
from nlp.evaluation import evaluate
from nlp.learning import learn_rules

_FOLDS = 5


def run() -> None:
    """Print every figure, a line each; nothing without the shared data."""
    if shared := os.environ.get("WEIWANG_SHARED"):
        for name, rows in _shared(Path(shared)):
            _measure(name, *rows)


def _shared(shared: Path) -> Iterator[tuple[str, tuple[list[str], list[str]]]]:
    """(name, (texts, labels)) of the labelled files."""
    for name, text, label in (
        ("petitions7_segmented_dev", "seg", "label"),
        ("hotline12345_dev", "text", "map"),
    ):
        with (shared / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row[label]]
        texts = [row[text].replace(" ", "") if text == "seg" else row[text] for row in rows]
        yield name, (texts, [row[label] for row in rows])


def _measure(name: str, texts: Sequence[str], labels: Sequence[str]) -> None:
    """Cross-validated: each fifth is named by a table learned from the rest; the means of the folds."""
    accuracy, macro, begun = 0.0, 0.0, time.perf_counter()
    for held in _folds(labels):
        kept = [row for row in range(len(texts)) if row not in held]
        rules = learn_rules([texts[row] for row in kept], [labels[row] for row in kept])
        rows = sorted(held)
        found = evaluate(
            compile_rules(rules), [texts[row] for row in rows], [labels[row] for row in rows], worst=0
        )
        accuracy, macro = accuracy + found.accuracy / _FOLDS, macro + found.macro_f1 / _FOLDS
    spent = time.perf_counter() - begun
    entries = sum(bool(line) and line[0] != "#" for line in rules.splitlines())
    print(
        f"learned table, {name}: accuracy {accuracy:.4f}, macro-F1 {macro:.4f} ({len(texts)} rows, {_FOLDS} folds,"
        f" {entries} weighted terms, {found.terms} different, {spent:.0f} s)"
    )


def _folds(labels: Sequence[str]) -> list[set[int]]:
    """Row indices in folds that each have their share of every label."""
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        rows_of[label].append(row)
    folds: list[set[int]] = [set() for _ in range(_FOLDS)]
    chance, dealt = random.Random(0), 0
    for label in sorted(rows_of):
        chance.shuffle(rows_of[label])
        for row in rows_of[label]:
            folds[dealt % _FOLDS].add(row)
            dealt += 1
    return folds


if __name__ == "__main__":
    run()
