"""Prints what learning and previewing reach: `python -m tests.bench.learning`.

The learned tables are measured on shared real text when WEIWANG_SHARED names its directory; the preview always
runs, over 100,000 invented messages.
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
from nlp.previewing import preview

_FOLDS = 5
_MESSAGES = 100_000
_WORDS = [
    "今天",
    "晚上",
    "明天",
    "楼下",
    "路灯",
    "坏了",
    "快递",
    "电梯",
    "停水",
    "物业",
    "谢谢",
    "好的",
    "收到",
    "孩子",
    "上学",
    "吃饭",
    "天气",
    "不错",
    "大家",
    "注意",
    "安全",
    "开会",
    "通知",
    "小区",
    "门口",
    "车位",
    "垃圾",
    "广场舞",
    "漏水",
    "3幢",
    "2单元",
    "，",
    "。",
    "在哪里",
    "几点",
    "买菜",
    "周末",
    "哈哈",
    "辛苦了",
    "不客气",
    "下雨",
    "公园",
    "老师",
    "作业",
]
_RULES = "公共照明：路灯 & 坏了\n供水排水：停水|漏水\n停车秩序：车位\n环境卫生：垃圾\n噪音扰民：广场舞\n"
_CHANGES = {
    "one conjunction more": _RULES + "电梯：电梯 & 坏了 x1.5\n",
    "one common word more": _RULES + "物业服务：物业\n",
    "one weight less": _RULES.replace("停车秩序：车位", "停车秩序：车位 x0.5"),
    "an exclusion": _RULES.replace("环境卫生：垃圾", "环境卫生：垃圾 ! 谢谢"),
}


def run() -> None:
    """Print every figure, a line each."""
    for change, text in _CHANGES.items():
        _time_preview(change, text)
    if shared := os.environ.get("WEIWANG_SHARED"):
        for name, rows in _shared(Path(shared)):
            _measure(name, *rows)


def _time_preview(change: str, text: str) -> None:
    chance = random.Random(5)
    messages = ["".join(chance.choices(_WORDS, k=chance.randint(2, 12))) for _ in range(_MESSAGES)]
    old, new = compile_rules(_RULES), compile_rules(text)
    begun = time.perf_counter()
    found = preview(old, new, messages)
    spent = time.perf_counter() - begun
    differences = len(found.gained) + len(found.lost) + len(found.changed)
    print(
        f"preview, {change}: {_MESSAGES} messages in {spent:.2f} s, {found.read} read, {differences} differ"
    )


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
