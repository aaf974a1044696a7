"""Suggestions from corrections: few, tried, never worse than before."""

import pytest

from nlp import compile_rules
from nlp.evaluation import accepted_categories
from nlp.previewing import outcome
from nlp.proposals import Kind
from nlp.suggesting import Example, Suggestion, apply_suggestion, suggest

_RULES = "供水排水：停水|漏水\n停车秩序：车位\n"
_BOOK = compile_rules(_RULES)
_HISTORY = (
    Example("停水了什么时候来", "water"),
    Example("车位被占了", "parking"),
    Example("今天天气不错", None),
    Example("晚上一起吃饭吗", None),
)


def _accepted(suggestion: Suggestion) -> str | None:
    return outcome(compile_rules(apply_suggestion(_RULES, suggestion)), _TEXT).category


_TEXT = "楼顶的蓄水箱裂开了"


def test_a_missed_matter_brings_a_new_term_for_its_category() -> None:
    examples = [Example(_TEXT, "water"), Example("蓄水箱好久没洗", "供水排水")]
    best = suggest(_BOOK, examples, _HISTORY)[0]
    assert best.kind is Kind.NEW_TERM
    assert "水" in best.term
    assert best.mends == (0, 1)
    assert (best.breaks, best.lost) == ((), ())
    assert _accepted(best) == "water"


def test_a_false_alarm_brings_an_exclusion_that_leaves_true_reports_alone() -> None:
    examples = [
        Example("卖地下车位一个", None),
        Example("地下车位转让", None),
        Example("车位被堵", "parking"),
    ]
    found = suggest(_BOOK, examples, _HISTORY)
    assert found
    assert found[0].replaces == "停车秩序：车位"
    assert set(found[0].mends) == {0, 1}
    assert (found[0].breaks, found[0].lost) == ((), ())


def test_a_wrong_category_is_mended() -> None:
    examples = [Example("充电桩车位没电", "power"), Example("充电桩跳闸", "power")]
    best = suggest(_BOOK, examples, _HISTORY)[0]
    rules = compile_rules(apply_suggestion(_RULES, best))
    assert [outcome(rules, one.text).category for one in examples] == ["power", "power"]


def test_what_would_lose_as_much_as_it_gains_is_never_proposed() -> None:
    history = [Example("蓄水箱真好看", None), Example("蓄水箱照片发群里", None)]
    found = suggest(_BOOK, [Example("蓄水箱", "water")], history)
    assert all(one.net > 0 for one in found)
    assert not any(one.term == "蓄水箱" for one in found)


def test_the_counts_are_what_accepting_the_line_does() -> None:
    examples = [Example(_TEXT, "water"), Example("卖车位", None), Example("车位漏水", "parking")]
    for one in suggest(_BOOK, examples, _HISTORY):
        rules = compile_rules(apply_suggestion(_RULES, one))
        right = [outcome(rules, row.text).category in _wanted(row) for row in examples]
        before = [outcome(_BOOK, row.text).category in _wanted(row) for row in examples]
        assert one.mends == tuple(row for row in range(3) if right[row] and not before[row])
        assert one.breaks == tuple(row for row in range(3) if before[row] and not right[row])


def _wanted(example: Example) -> frozenset[str | None]:
    return frozenset((None,)) if example.category is None else accepted_categories(example.category)


def test_every_suggestion_explains_itself_in_plain_words() -> None:
    for one in suggest(_BOOK, [Example(_TEXT, "water")], _HISTORY):
        assert one.term in one.reason
        assert "改对 1 条" in one.reason


@pytest.mark.parametrize("most", [0, 1, 2])
def test_no_more_are_made_than_asked_for(most: int) -> None:
    examples = [Example(_TEXT, "water"), Example("卖地下车位", None), Example("跳闸了", "power")]
    assert len(suggest(_BOOK, examples, (), at_most=most)) <= most


def test_nothing_wrong_brings_nothing() -> None:
    assert suggest(_BOOK, [Example("停水了", "water"), Example("你好", None)], _HISTORY) == ()
