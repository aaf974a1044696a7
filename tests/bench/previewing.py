"""How long previews and suggestions take over stored messages, with the packaged rules: `python -m tests.bench.previewing`.

Four fifths of the messages are small talk (real when WEIWANG_SHARED names the directory of the shared data), the
others the labelled group chat of tests/data.
"""

import json
import os
import random
import time
from pathlib import Path

from nlp import RuleBook, compile_rules, default_rules
from nlp.previewing import Archive, outcome, preview
from nlp.suggesting import Example, suggest
from tests.bench.understanding import _CHAT

_MESSAGES = 100_000
_READ = 5_000
_HISTORY = 5_000
_CHANGES = {
    "sparse: two words together": "电梯：轿厢 & 抖",
    "sparse: an alternative": "公共照明：景观灯带",
    "sparse: a lean": "%轿厢 = 诉求 0.4",
    "dense: a matter, 你": "其他：你",
    "dense: a signal, 我": "「私事」：我 x0.1",
    "dense: a lean, 不": "%不 = 诉求 0.1",
}
_CORRECTED = (
    ("丰巢柜子弹不开门", "facility"),
    ("丰巢又弹不开，取不了件", "facility"),
    ("丰巢柜屏幕黑了", "facility"),
    ("充电桩申请物业卡着", "property"),
    ("求问充电桩报装物业要啥材料", "property"),
    ("上门疏通马桶下水道堵塞", None),
    ("空调维修加氟，漏水不制冷找我", None),
    ("楼道里飞进来一只蝙蝠", "animals"),
)


def run() -> None:
    """Print every figure, a line each."""
    messages, old = stored_messages(_MESSAGES), compile_rules(default_rules())
    archive = Archive(messages)
    print(f"{len(messages)} stored messages, {len(archive.texts)} different")
    books = {change: compile_rules(f"{old.text}\n{line}\n") for change, line in _CHANGES.items()}
    whole = _judge_all(old, books["sparse: two words together"], messages)
    print(f"judging all of them with both books: {whole:.2f} s")
    for change, new in books.items():
        _time_preview(change, old, new, messages, whole)
    _time_suggestions(old, messages[:_HISTORY])


def stored_messages(number: int) -> list[str]:
    """As groups say them: much of it many times, much of it in two sentences."""
    chance, told = random.Random(3), _small_talk()
    paths = sorted((Path(__file__).parent.parent / "data").glob("groupchat_*.jsonl"))
    said = [json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()]
    messages = []
    for _ in range(number):
        text = chance.choice(said if chance.random() < 0.2 else told)
        if chance.random() < 0.4:
            text += f"，{chance.choice(told)}"
        messages.append(text)
    return messages


def _small_talk() -> list[str]:
    shared = os.environ.get("WEIWANG_SHARED")
    if not shared:
        return _CHAT
    paths = sorted(Path(shared, "data").glob("chitchat_*_dev.txt"))
    return [line for path in paths for line in path.read_text("utf-8").split("\n") if line]


def _judge_all(old: RuleBook, new: RuleBook, messages: list[str]) -> float:
    begun = time.perf_counter()
    sum(outcome(old, message) != outcome(new, message) for message in messages)
    return time.perf_counter() - begun


def _time_preview(change: str, old: RuleBook, new: RuleBook, messages: list[str], whole: float) -> None:
    begun = time.perf_counter()
    found = preview(old, new, messages, most=_READ)
    spent = time.perf_counter() - begun
    begun = time.perf_counter()
    exact = preview(old, new, messages)
    longer = time.perf_counter() - begun
    counts = [found.estimated(part) for part in (found.gained, found.lost, found.changed)]
    true = [len(part) for part in (exact.gained, exact.lost, exact.changed)]
    print(
        f"  {change}: {spent:.2f} s, 1/{whole / spent:.0f} of judging all; {found.touched} touched, {found.read} read,"
        f" gained/lost/changed {'about ' if found.is_estimate else ''}{counts}; with --all {longer:.2f} s, {true}"
    )


def _time_suggestions(book: RuleBook, history: list[str]) -> None:
    known = [Example(text, outcome(book, text).category) for text in history]
    begun = time.perf_counter()
    found = suggest(book, [Example(text, category) for text, category in _CORRECTED], known)
    spent = time.perf_counter() - begun
    print(f"suggestions from {len(_CORRECTED)} corrections and {len(known)} stored messages: {spent:.1f} s")
    for one in found:
        print(f"  {one.line}: {one.reason}")


if __name__ == "__main__":
    run()
