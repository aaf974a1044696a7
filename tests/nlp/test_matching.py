"""Whole words, clauses, exclusions, sums."""

from math import log

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import RuleBook, Verdict, compile_rules, default_rules
from nlp.clauses import split_clauses
from nlp.segmenter import plain_words, segment
from nlp.spelling import fold

INVENTED = (
    "三幢二单元的楼道灯坏了好几天",
    "明天下午两点在小广场集合",
    "物业什么时候来修电梯",
    "谢谢大家的帮忙",
    "小区门口停满了外来车辆",
)
texts = st.text(max_size=80) | st.lists(
    st.sampled_from(
        ["路灯", "坏了", "，", "修好", "3幢", "2单元", "！", " ", "漏水", "早上好", "13800138000"]
    )
).map("".join)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return compile_rules(default_rules())


def scores(rules: str, text: str) -> dict[str, float]:
    return dict(compile_rules(rules).understand(text).scores)


@pytest.mark.parametrize("text", INVENTED)
def test_words_are_those_of_jieba(text: str) -> None:
    assert segment(text) == jieba.lcut(text)
    assert plain_words(text) == jieba.lcut(text, HMM=False)


def test_a_term_never_matches_inside_an_unrelated_word() -> None:
    assert scores("其他：民币\n", "人民币") == {}
    assert scores("其他：110\n", "1100块") == {}


def test_a_term_of_several_words_matches_as_a_whole_and_so_do_the_words_in_it() -> None:
    assert scores("a：电梯按钮坏 x2\nb：电梯\nc：按钮坏\n", "我家电梯按钮坏了") == {"a": 2, "b": 1, "c": 1}


def test_words_of_a_rule_stand_in_one_clause_unless_nothing_else_explains_them() -> None:
    rules = "a：路灯 & 坏了\nb：电梯 & 坏了\n"
    assert scores(rules, "路灯很漂亮，电梯坏了") == {"b": 1}
    assert scores(rules, "楼下的路灯，坏了") == {"a": 0.8}
    assert scores(rules, "楼下的路灯。坏了") == {}


def test_an_excluded_word_holds_a_rule_back() -> None:
    assert scores("a：路灯 & 坏了 ! 修好\n", "坏了的路灯修好了") == {}


def test_the_raw_score_is_the_sum_of_the_weights_of_rules() -> None:
    table = "a：路灯 x0.5\na：坏了 x-0.125\na：* x0.25\nb：路灯\n"
    assert scores(table, "路灯坏了") == {"b": 1, "a": 0.625}
    assert scores(table, "你好") == {"a": 0.25}


def test_in_a_table_of_words_one_said_n_times_weighs_1_plus_ln_n_times_as_much() -> None:
    assert scores("a：路灯 x0.5\n", "路灯路灯坏了，路灯") == {"a": pytest.approx(0.5 * (1 + log(3)))}
    assert scores("a：路灯 & 坏了 x0.5\n", "路灯路灯坏了坏了") == {"a": 0.5}
    assert scores("a：路灯 x0.5\n「异常」：没亮 x0.5\n", "路灯路灯") == {"a": 0.5}
    assert scores("a：路灯 x0.5\n%坏了 = 诉求 0.5\n", "路灯路灯") == {"a": 0.5}


def test_a_term_with_a_blank_matches() -> None:
    assert scores('a："wi fi"\n', "家里Wi Fi断了") == {"a": 1}


def test_other_spellings_stand_for_the_right_one() -> None:
    assert scores("~路灯 = 路登\na：路灯 & 不亮\n", "路登不亮") == {"a": 1}


@given(texts)
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_understanding_and_the_same_text_means_the_same(book: RuleBook, text: str) -> None:
    meaning = book.understand(text)
    assert meaning == book.understand(text)
    assert meaning.text == text
    assert (meaning.verdict is Verdict.SILENT) == (meaning.requests == ())


@given(texts)
@settings(max_examples=200, deadline=None)
def test_offsets_slice_to_the_term(book: RuleBook, text: str) -> None:
    for request in book.understand(text).requests:
        for match in request.matched:
            assert text[match.start : match.end] == match.term


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_clauses_are_in_order_and_inside_the_text(text: str) -> None:
    clauses = split_clauses(text)
    assert len(clauses.starts) == len(clauses.ends)
    assert all(0 <= a <= b <= len(text) for a, b in zip(clauses.starts, clauses.ends, strict=True))


def test_lone_surrogates_do_no_harm(book: RuleBook) -> None:
    assert book.understand("路灯\ud800坏了").verdict is not None


def test_work_grows_with_the_length_and_not_faster(book: RuleBook) -> None:
    def occurrences(times: int) -> int:
        return len(book.understand("路灯坏了，" * times).requests[0].matched)

    assert occurrences(1000) == 10 * occurrences(100)
    assert book.understand("哈" * 10_000).verdict is Verdict.SILENT
