"""The figures of a rule book, against scikit-learn's where it has them."""

import pytest
from sklearn.metrics import accuracy_score, f1_score

from nlp import compile_rules
from nlp.evaluation import Confusion, evaluate, evaluation_to_json

_BOOK = compile_rules("供水：水管|停水\n供电：停电\n供电：小区 x1.5\n噪声：装修\n")
_ROWS = (
    ("水管裂了", "供水"),
    ("小区水管裂了", "供水"),
    ("小区停水了", "供水"),
    ("停电了", "供电"),
    ("小区灯不亮", "供电"),
    ("隔壁装修", "噪声"),
    ("今天天气不错", "噪声"),
)
_TEXTS, _LABELS = [text for text, _ in _ROWS], [label for _, label in _ROWS]


def test_accuracy_and_macro_f1_are_those_of_scikit_learn() -> None:
    found = evaluate(_BOOK, _TEXTS, _LABELS)
    guesses = ["供水", "供电", "供电", "供电", "供电", "噪声", "无"]
    names = sorted(set(_LABELS))
    assert found.rows == 7
    assert found.accuracy == pytest.approx(accuracy_score(_LABELS, guesses))
    assert found.macro_f1 == pytest.approx(f1_score(_LABELS, guesses, labels=names, average="macro"))


def test_each_label_has_its_figures() -> None:
    water = next(score for score in evaluate(_BOOK, _TEXTS, _LABELS).per_label if score.label == "供水")
    assert (water.precision, water.f1, water.rows) == (1.0, 0.5, 3)
    assert water.recall == pytest.approx(1 / 3)


def test_the_confusion_tells_what_was_taken_for_what() -> None:
    confusion = evaluate(_BOOK, _TEXTS, _LABELS).confusion
    assert Confusion("供水", "供电", 2) in confusion
    assert Confusion("噪声", "", 1) in confusion
    assert sum(cell.times for cell in confusion) == len(_ROWS)


def test_the_rule_that_hurts_most_is_named_with_its_rows() -> None:
    [worst] = evaluate(_BOOK, _TEXTS, _LABELS).hurtful
    assert worst.rule == "供电：小区 x1.5"
    assert (worst.gained, worst.lost) == (2, 1)
    assert (worst.gained_rows, worst.lost_rows) == ((1, 2), (4,))


def test_removing_the_rule_does_what_was_said() -> None:
    before = evaluate(_BOOK, _TEXTS, _LABELS)
    [worst] = before.hurtful
    without = compile_rules(_BOOK.text.replace(worst.rule + "\n", ""))
    after = evaluate(without, _TEXTS, _LABELS)
    assert (after.accuracy - before.accuracy) * 7 == pytest.approx(worst.gained - worst.lost)


def test_labels_may_be_codes_names_or_words_of_another_system() -> None:
    book = compile_rules("公共照明：路灯\n电梯：电梯\n燃气：煤气\n")
    texts, foreign = ["路灯坏了", "电梯坏了", "家里煤气漏了"], ["公共设施报修", "公共设施报修", "燃气"]
    mapped = evaluate(book, texts, foreign, {"公共设施报修": ("lighting", "电梯")})
    assert mapped.accuracy == 1.0
    assert evaluate(book, texts, ["lighting", "elevator", "gas"]).accuracy == 1.0
    assert evaluate(book, texts, foreign, lambda label: (label,)).accuracy == pytest.approx(1 / 3)


def test_a_book_without_any_answer_has_zeros() -> None:
    found = evaluate(compile_rules("供水：水管\n"), ["你好", "早上好"], ["甲", "乙"])
    assert (found.accuracy, found.macro_f1) == (0.0, 0.0)


def test_the_rendering_is_the_contract() -> None:
    found = evaluation_to_json(evaluate(_BOOK, _TEXTS, _LABELS))
    assert set(found) == {"rows", "accuracy", "macro_f1", "terms", "per_label"}
    assert found["terms"] == 5
    assert set(found["per_label"]["供电"]) == {"precision", "recall", "f1", "rows"}


@pytest.mark.parametrize(("texts", "labels"), [([], []), (["停水"], [])])
def test_rows_and_labels_must_go_together(texts: list[str], labels: list[str]) -> None:
    with pytest.raises(ValueError, match="cannot be evaluated"):
        evaluate(_BOOK, texts, labels)
