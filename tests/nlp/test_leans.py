"""Leans: many small weights of single words beside the rules."""

import pytest

from nlp import RuleError, Verdict, compile_rules, default_rules
from nlp.evidence import Evidence, sums
from nlp.leans import REQUEST, Lean, format_lean, parse_lean

RULES = """
「异常」：坏了 x0.3
公共照明：路灯 x0.6
%摸着烫|发烫 = 诉求 0.9，供电用电 0.8，紧急 0.4
%扶手 = 诉求 0.2，公共设施维修 0.3
%电影 = 诉求 -2
%* = 紧急 -0.3
"""


def test_a_lean_is_read_and_written_the_same() -> None:
    lean = parse_lean("%烫手｜发烫 ＝ 诉求 0.30，供电用电 -0.5", 7)
    assert (lean.terms, dict(lean.weights), lean.line) == (("烫手", "发烫"), {REQUEST: 0.3, "power": -0.5}, 7)
    assert format_lean(lean) == "%发烫|烫手 = 供电用电 -0.5，诉求 0.3"
    assert parse_lean(format_lean(lean)).weights == lean.weights


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("%烫手", 4, "没有等号"),
        ("% = 诉求 0.3", 2, "应写要找的词"),
        ("%@灯 = 诉求 0.3", 2, "不能写同义词组"),
        ("%烫手 = 诉求", 6, "类别 分值"),
        ("%烫手 = 诉求 0.3，电梯", 14, "类别 分值"),
        ("%%断三|断三次 = 诉求 0.3", 6, "“断三次”不是两个字"),
    ],
)
def test_a_wrong_lean_is_refused_with_its_place(line: str, column: int, words: str) -> None:
    with pytest.raises(RuleError, match=words) as refused:
        compile_rules("公共照明：路灯\n" + line)
    assert (refused.value.line, refused.value.column) == (2, column)


def test_words_alone_make_a_ticket_when_they_lean_far_enough() -> None:
    meaning = compile_rules(RULES).understand("这里没事，那边扶手摸着烫")
    assert meaning.verdict is Verdict.TICKET
    assert [(request.category, request.clause) for request in meaning.requests] == [
        ("power", "那边扶手摸着烫")
    ]
    assert meaning.urgent
    assert [(match.term, match.weight) for match in meaning.requests[0].matched] == [("摸着烫", 0.8)]


def test_leans_add_to_what_rules_prove_and_take_away() -> None:
    book = compile_rules(RULES)
    assert book.understand("路灯发烫").requests[0].category == "power"
    assert book.understand("电影里的扶手摸着烫").verdict is Verdict.SILENT


def test_a_word_of_a_lean_is_one_word_although_the_dictionary_does_not_know_it() -> None:
    assert "摸着烫" in compile_rules(RULES).words("扶手摸着烫")


def test_a_lean_wins_over_no_word_of_the_dictionary() -> None:
    assert compile_rules("%着火 = 诉求 0.1\n公共照明：路灯").words("点着火把") == ["点着", "火把"]


def test_evidence_counts_leans_as_the_scores_do() -> None:
    book = compile_rules(RULES)
    text = "路灯发烫，扶手也发烫"
    assert sums(Evidence(book).of(text)) == pytest.approx(dict(book.understand(text).scores))


def test_every_word_of_a_line_has_its_weights() -> None:
    assert compile_rules(RULES).prove("发烫").scores == {}
    book = compile_rules("%好|坏 = 诉求 0.5，电梯 0.5")
    assert book.understand("好的坏的").scores == (("elevator", 1.0),)


def test_a_category_that_words_lean_to_is_one_of_the_book() -> None:
    assert compile_rules("公共照明：路灯\n%发烫 = 诉求 0.9，公共照名 0.8\n").categories == (
        "lighting",
        "公共照名",
    )


def test_nothing_leans_without_a_line() -> None:
    assert Lean((), {}).weights == {}
    assert compile_rules("公共照明：路灯 x0.9").understand("路灯").strength == 0.9


def test_a_pair_of_characters_leans_wherever_it_stands() -> None:
    lean = parse_lean("%%断三|烧啪 = 诉求 0.9，供电用电 0.8")
    assert (lean.pairs, lean.terms) == (True, ("断三", "烧啪"))
    assert parse_lean(format_lean(lean)).pairs
    book = compile_rules(f"{RULES}{format_lean(lean)}\n%%断二 = 诉求 0.9，电梯 0.1\n")
    meaning = book.understand("昨晚断三次，又断三次")
    assert meaning.verdict is Verdict.ASK
    assert [(match.term, match.start, match.weight) for match in meaning.requests[0].matched] == [
        ("断三", 2, 0.8),
        ("断三", 7, 0.8),
    ]
    assert meaning.strength == 0.9  # said twice, it leans once
    assert book.understand("断了三次").verdict is Verdict.SILENT
    assert sums(Evidence(book).of("昨晚断三次，又断三次")) == {"power": 0.8}


def test_one_line_brings_the_packaged_leans_to_which_ones_own_are_added() -> None:
    assert default_rules().splitlines().count("%自带") == 1
    book = compile_rules("公共照明：路灯\n%自带\n")
    assert set(book.categories) > {"power", "water"}
    more = compile_rules("公共照明：路灯\n%自带\n%路灯 = 诉求 0.5\n")
    strength = book.understand("路灯").strength
    assert more.understand("路灯").strength == pytest.approx(strength + 0.5)


def test_a_rule_of_two_and_a_half_wins_over_all_that_leans_against_it() -> None:
    talk = "这部电影真好看，导演厉害，看完去遛娃哈哈"
    weak, strong = (
        compile_rules(default_rules()).with_rules([f"便民服务：遛娃 {weight}"]) for weight in ("x1.0", "x2.5")
    )
    assert weak.understand(talk).verdict is Verdict.SILENT
    assert strong.understand(talk).verdict is Verdict.TICKET


def test_what_is_urgent_stays_so_when_words_lean_to_another_category() -> None:
    meaning = compile_rules("电梯：轿厢 & 往下坠 !! x1.5\n%三个人 = 突发急救 3，紧急 -0.5").understand(
        "轿厢往下坠里头三个人"
    )
    assert meaning.requests[0].category == "emergency"
    assert meaning.urgent
