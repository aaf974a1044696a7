"""Learning a table from labelled rows: invented text, no shared data."""

import random
from collections.abc import Sequence

import pytest

from nlp import compile_rules, parse_rule
from nlp.learning import LearningError, learn_rules

_WORDS = {
    "供水": ("水管", "停水", "水压", "漏水", "水表"),
    "供电": ("停电", "跳闸", "电表", "电线", "变压器"),
    "噪声": ("广场舞", "装修", "施工", "喇叭", "半夜"),
}
_FILLERS = ("我们", "小区", "今天", "反映", "希望", "处理", "一直", "情况")


def _rows(number: int, seed: int) -> tuple[list[str], list[str]]:
    chance = random.Random(seed)
    labels = [chance.choice(list(_WORDS)) for _ in range(number)]
    texts = [
        "".join(chance.sample(_FILLERS, 4)) + "，" + "".join(chance.sample(_WORDS[label], 2))
        for label in labels
    ]
    return texts, labels


def _right(rules: str, texts: Sequence[str], labels: Sequence[str]) -> float:
    book = compile_rules(rules)
    guesses = [book.understand(text).scores for text in texts]
    hits = [bool(guess) and guess[0][0] == label for guess, label in zip(guesses, labels, strict=True)]
    return sum(hits) / len(hits)


def _entries(rules: str) -> list[str]:
    return [line for line in rules.splitlines() if line and not line.startswith("#")]


def test_what_was_learned_names_messages_never_seen() -> None:
    assert _right(learn_rules(*_rows(150, seed=1)), *_rows(60, seed=2)) == 1.0


def test_a_table_is_an_ordinary_rule_file_of_the_labels() -> None:
    rules = [parse_rule(line) for line in _entries(learn_rules(*_rows(80, seed=3)))]
    assert {rule.category for rule in rules} == set(_WORDS)
    assert all(len(rule.groups) == 1 and rule.weight for rule in rules)


def test_no_more_weighted_terms_are_written_than_the_limit() -> None:
    texts, labels = _rows(150, seed=4)
    rules = learn_rules(texts, labels, limit=12)
    assert 3 <= len(_entries(rules)) <= 12
    assert _right(rules, texts, labels) > 0.8


def test_the_same_rows_give_the_same_table() -> None:
    assert learn_rules(*_rows(60, seed=5)) == learn_rules(*_rows(60, seed=5))


def test_the_progress_is_told() -> None:
    said: list[str] = []
    learn_rules(*_rows(40, seed=6), on_progress=said.append)
    assert said
    assert "40 条" in said[0]


def test_a_rare_label_is_learned_like_a_common_one() -> None:
    texts, labels = _rows(120, seed=7)
    texts += ["老人走失了请帮忙", "孩子走失快来人", "有人走失"]
    labels += ["走失"] * 3
    assert _right(learn_rules(texts, labels), ["大爷走失了"], ["走失"]) == 1.0


def test_terms_that_look_like_the_rule_language_are_read_back() -> None:
    texts, labels = ["x2坏了 加水|管"] * 8 + ["@电线 !! 断了"] * 8, ["水"] * 8 + ["电"] * 8
    assert _right(learn_rules(texts, labels), texts, labels) == 1.0


@pytest.mark.parametrize(
    ("texts", "labels", "row", "label"),
    [
        (["停水"], ["供水"], None, None),
        (["停水"] * 20, ["供水"] * 20, None, "供水"),
        (["停水"] * 20, ["供水"] * 19 + [" "], 19, " "),
        (["停水"] * 20, ["供水"] * 19 + ["供|电"], 19, "供|电"),
        (["停水"] * 20, ["供水"] * 19 + ["「闲聊」"], 19, "「闲聊」"),
        (["停水"] * 20, ["供水"] * 19, None, None),
        (["……！"] * 20, ["供水", "供电"] * 10, None, None),
    ],
)
def test_rows_that_cannot_be_learned_from_are_refused(
    texts: list[str], labels: list[str], row: int | None, label: str | None
) -> None:
    with pytest.raises(LearningError) as caught:
        learn_rules(texts, labels)
    assert (caught.value.rows, caught.value.row, caught.value.label) == (len(texts), row, label)
    assert caught.value.reason


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(LearningError):
        learn_rules(*_rows(40, seed=8), limit=0)
