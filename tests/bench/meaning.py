"""How well messages are understood: `python -m tests.bench.meaning [RULES] [--misses]`.

Measures a rule file (the packaged rules when none is named) on the group chat of tests/data, and on the shared
real text when WEIWANG_SHARED names its directory. `--misses` prints what went wrong, but never the rows of a
blind set, which nobody is to read.
"""

import argparse
import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp import Meaning, RuleBook, Verdict, compile_rules, default_rules

_OURS = {
    "噪音": ("noise",),
    "停车": ("parking",),
    "物业": ("property",),
    "停电供电": ("power",),
    "违建": ("illegal_building",),
    "公共设施报修": ("lighting", "facility", "elevator", "building"),
    "环境卫生": ("sanitation",),
    "停水供水": ("water",),
    "燃气": ("gas",),
    "养犬动物": ("animals",),
    "走失救助": ("missing_person",),
}
"""The hotline's map in our codes, as the README of the shared data has it."""

_GROUP_CHAT = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class Said:
    """A labelled message and what the rules made of it."""

    row: dict[str, Any]
    meaning: Meaning

    @property
    def first(self) -> str | None:
        """The category `weiwang classify` names first."""
        return self.meaning.requests[0].category if self.meaning.requests else None

    @property
    def is_matter(self) -> bool:
        """Whether it is in truth something a steward must hear of."""
        return bool(self.row["verdict"] == "ticket")

    @property
    def heard(self) -> bool:
        """Whether a steward would hear of it: a ticket or a question."""
        return self.meaning.verdict is not Verdict.SILENT

    @property
    def well_named(self) -> bool:
        return self.first in (self.row["category"], *self.row["also"])

    @property
    def well_placed(self) -> bool:
        """The place overlaps the true one and every number said agrees."""
        found, text, wanted = self.meaning.place, self.row["text"], self.row["place"]
        begin, at = text.find(wanted), text.find(found.text) if found.text else -1
        if at < 0 or not (at < begin + len(wanted) and begin < at + len(found.text or "")):
            return False
        return all(getattr(found, part) == self.row[part] for part in ("building", "unit", "room"))


def run(book: RuleBook | None = None, *, misses: bool = False) -> None:
    """Print every figure of issue 3's table that is about understanding, a line each."""
    book = book or compile_rules(default_rules())
    for path in sorted(_GROUP_CHAT.glob("groupchat_*.jsonl")):
        _group_chat(book, path, misses=misses and "blind" not in path.stem)
    if shared := os.environ.get("WEIWANG_SHARED"):
        _hotline(book, Path(shared, "data/hotline12345_dev.csv"), misses)
        for path in sorted(Path(shared, "data").glob("chitchat_*_dev.txt")):
            _small_talk(book, path, misses)


def _group_chat(book: RuleBook, path: Path, *, misses: bool) -> None:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    said = [Said(row, book.understand(row["text"])) for row in rows]
    matters = [one for one in said if one.is_matter]
    found = sum(one.heard for one in matters)
    heard, tickets = (
        sum(one.heard for one in said),
        sum(one.meaning.verdict is Verdict.TICKET for one in said),
    )
    sure = sum(one.meaning.verdict is Verdict.TICKET for one in matters)
    print(f"{path.stem}: {len(said)} messages, {len(matters)} of them matters")
    print(
        f"  ticket or question F1 {_f1(found, heard, len(matters)):.3f} (goal 0.90; precision {_share(found, heard)},"
        f" recall {_share(found, len(matters))}); tickets alone F1 {_f1(sure, tickets, len(matters)):.3f}"
    )
    named = sum(one.well_named for one in matters)
    print(
        f"  category right {_share(named, len(matters))} of all, {_share(named, found)} of those heard (goal 0.85)"
    )
    placed = [one for one in matters if one.row["place"]]
    print(f"  place found {_share(sum(one.well_placed for one in placed), len(placed))} (goal 0.90)")
    urgent, alarms = [one for one in said if one.row["urgent"]], [one for one in said if one.meaning.urgent]
    true = sum(one.meaning.urgent for one in urgent)
    print(
        f"  urgent found {true} of {len(urgent)} (goal all), precision {_share(true, len(alarms))} (goal 0.80)"
    )
    if misses:
        for kind, wrong in _WRONG.items():
            _list(kind, (_told(one) for one in said if wrong(one)))


_WRONG: dict[str, Callable[[Said], bool]] = {
    "not heard": lambda one: one.is_matter and not one.heard,
    "false alarm": lambda one: one.heard and not one.is_matter,
    "wrong category": lambda one: one.is_matter and one.heard and not one.well_named,
    "wrong place": lambda one: bool(one.is_matter and one.row["place"] and not one.well_placed),
    "urgent missed": lambda one: bool(one.row["urgent"] and not one.meaning.urgent),
    "not urgent": lambda one: bool(one.meaning.urgent and not one.row["urgent"]),
}


def _told(one: Said) -> str:
    row, place = one.row, one.meaning.place
    wanted = f"{row['category'] or 'silent'} [{row['place'] or ''}]{' !!' if row['urgent'] else ''}"
    got = f"{one.first or 'silent'} [{place.text or ''}]{' !!' if one.meaning.urgent else ''}"
    return f"{wanted} / {got} {one.meaning.strength:.2f}: {row['text']}"


def _hotline(book: RuleBook, path: Path, misses: bool) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["text"], row["map"]) for row in csv.DictReader(file) if row["map"] in _OURS]
    meanings = [(book.understand(text), label) for text, label in rows]
    first, strongest, any_right = (
        [pick(meaning) & {*_OURS[label]} for meaning, label in meanings]
        for pick in (_first, _strongest, _any)
    )
    print(
        f"{path.stem}: {len(rows)} mapped rows; first category right {_share(_true(first), len(rows))}"
        f" as classify names it, {_share(_true(strongest), len(rows))} by the strongest score (goal 0.80),"
        f" any right {_share(_true(any_right), len(rows))}"
    )
    for label in _OURS:
        chosen = [right for right, (_, wanted) in zip(first, rows, strict=True) if wanted == label]
        print(f"  {label}: {_share(_true(chosen), len(chosen))} of {len(chosen)}")
    if misses:
        confused = Counter(
            f"{label} → {'/'.join(_first(meaning)) or 'silent'}"
            for (meaning, label), right in zip(meanings, first, strict=True)
            if not right
        )
        _list("confused", (f"{times} × {pair}" for pair, times in confused.most_common()))
        wrong = (
            f"{label} / {'/'.join(_first(meaning)) or 'silent'} ({'/'.join(_strongest(meaning))}): {meaning.text}"
            for (meaning, label), right in zip(meanings, first, strict=True)
            if not right
        )
        _list("wrong category", wrong)


def _small_talk(book: RuleBook, path: Path, misses: bool) -> None:
    lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    heard = [one for one in map(book.understand, lines) if one.verdict is not Verdict.SILENT]
    tickets = sum(one.verdict is Verdict.TICKET for one in heard)
    print(
        f"{path.stem}: {len(lines)} messages, {tickets} tickets and {len(heard) - tickets} questions, together"
        f" {len(heard) / len(lines):.2%} (goal 0.30 %, true requests set aside)"
    )
    if misses:
        _list("heard", (f"{'/'.join(_first(one))} {one.strength:.2f}: {one.text}" for one in heard))


def _first(meaning: Meaning) -> set[str]:
    return {request.category for request in meaning.requests[:1]}


def _strongest(meaning: Meaning) -> set[str]:
    return {category for category, _ in meaning.scores[:1]}


def _any(meaning: Meaning) -> set[str]:
    return {request.category for request in meaning.requests}


def _true(found: Iterable[object]) -> int:
    return sum(map(bool, found))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _f1(right: int, said: int, true: int) -> float:
    return 2 * right / (said + true) if said + true else 0.0


def _list(title: str, lines: Iterator[str]) -> None:
    for line in lines:
        print(f"    {title}: {line}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the rule file that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("rules", nargs="?", type=Path, help="a rule file; the packaged rules when left out")
    parser.add_argument("--misses", action="store_true", help="print what went wrong")
    given = parser.parse_args(arguments)
    run(compile_rules(given.rules.read_text("utf-8")) if given.rules else None, misses=given.misses)


if __name__ == "__main__":
    main()
