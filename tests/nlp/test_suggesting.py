"""Suggestions from corrections: few, tried, never worse than before."""

import pytest

from nlp import compile_rules, default_rules
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


def test_stewards_who_keep_saying_no_request_bring_one_exclusion() -> None:
    said = ("代洗车位地垫，便宜", "专业清洗车位地垫找我", "车位地垫五十一块")
    found = suggest(_BOOK, [Example(text, None) for text in said], _HISTORY)
    assert len(found) == 1
    assert (found[0].kind, found[0].replaces, len(found[0].mends)) == (Kind.EXCLUSION, "停车秩序：车位", 3)


def test_words_that_only_together_mean_something_become_one_rule() -> None:
    book = compile_rules("供电用电：充电桩\n")
    examples = [Example("充电桩申请物业卡着", "property"), Example("充电桩报装物业不盖章", "property")]
    history = [Example("充电桩没电了", "power"), Example("物业几点下班", None)]
    best = suggest(book, examples, history)[0]
    assert best.line.startswith("物业服务：充电 & 物业")
    assert (best.mends, best.spoiled) == ((0, 1), 0)


def test_a_word_of_other_categories_is_not_taken_from_them_by_a_few_messages() -> None:
    examples = [Example("车位划线", "property"), Example("车位涨价", "property")]
    assert all(one.term != "车位" for one in suggest(_BOOK, examples, ()))


def test_one_message_alone_is_only_learned_from_by_a_special_word() -> None:
    book = compile_rules(f"{_RULES}「小区」：楼道\n")
    assert suggest(book, [Example("他们今天又这样了", "property")], ()) == ()
    [one] = suggest(book, [Example("楼道里有一只蝙蝠", "animals")], ())
    assert one.term == "蝙蝠"


def test_history_must_not_lose_more_than_it_gains() -> None:
    examples = [Example("团购群里接龙了", None), Example("接龙的看下", None), Example("接龙", None)]
    book = compile_rules("其他：接龙 x1.5\n")
    history = [Example("接龙报名的名单漏了我", "other"), Example("接龙里有人乱改", "other")]
    for one in suggest(book, examples, history):
        assert len(one.lost) <= len(one.gained)


def test_what_was_corrected_counts_once_even_when_the_history_has_it_too() -> None:
    examples = [Example("卖地下车位", None), Example("地下车位转让", None)]
    for one in suggest(_BOOK, examples, [*examples, *_HISTORY]):
        assert one.gained == ()


def test_the_packaged_rules_are_mended_by_three_corrections() -> None:
    book = compile_rules(default_rules())
    examples = [Example(text, "facility") for text in ("丰巢又歇着", "丰巢歇了", "丰巢屏幕黑了")]
    history = [Example("丰富多彩的巢湖之行", None), Example("路灯坏了没人修", "lighting")]
    best = suggest(book, examples, history)[0]
    assert (best.term, best.mends, best.spoiled) == ("丰巢", (0, 1, 2), 0)


def test_nothing_wrong_brings_nothing() -> None:
    assert suggest(_BOOK, [Example("停水了", "water"), Example("你好", None)], _HISTORY) == ()
