"""The rule language: reading, writing and complaining."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import Rule, RuleError, compile_rules, default_rules, format_rule, parse_rule
from nlp.rulefile import parse_rules

terms = st.text("路灯楼道坏了不亮ab12 ", min_size=1, max_size=5).filter(lambda term: bool(term.strip()))
rules = st.builds(
    Rule,
    category=st.sampled_from(["lighting", "water", "自定类别"]),
    groups=st.lists(st.lists(terms, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
    excluded=st.lists(terms, max_size=2).map(tuple),
    weight=st.integers(-5000, 5000).map(lambda weight: weight / 1000),
    urgent=st.booleans(),
)


@given(rules)
def test_a_written_rule_reads_back_as_itself(rule: Rule) -> None:
    again = parse_rule(format_rule(rule))
    assert again.condition == rule.condition
    assert (again.weight, again.urgent) == (rule.weight, rule.urgent)
    assert again.canonical == rule.canonical


def test_all_parts_of_a_rule_are_read() -> None:
    rule = parse_rule("公共照明：路灯|楼道灯 & @坏了 ! 修好|已恢复 x2.5 !!")
    assert rule.category == "lighting"
    assert rule.groups == (("路灯", "楼道灯"), ("@坏了",))
    assert (rule.excluded, rule.weight, rule.urgent) == (("修好", "已恢复"), 2.5, True)


def test_full_width_operators_mean_the_same() -> None:
    assert (
        parse_rule("燃气：煤气｜燃气 ＆ 味道 ！ 做饭 ×2").condition
        == parse_rule("gas: 燃气|煤气 & 味道 ! 做饭 x2").condition
    )


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("路灯坏了", 5, "没有冒号"),
        ("公共照明：", 6, "冒号后面"),
        ("公共照明：路灯 坏了", 9, "| 或 &"),
        ("公共照明：路灯 & ! 坏了", 11, "后面应写一个词"),
        ('公共照明："路灯', 6, "另一半"),
        ('公共照明："@路灯"', 6, "开头不能是 @"),
        ("公共照明：路灯 &", 10, "到此为止"),
        ("：路灯", 1, "冒号前面"),
        ("公共照明：! 路灯", 6, "冒号后面"),
        ("公共照明：路灯 x1 x2", 12, "一个分值"),
    ],
)
def test_an_error_names_the_column_and_what_was_expected(line: str, column: int, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(line, 7)
    assert (caught.value.line, caught.value.column) == (7, column)
    assert words in caught.value.message


@pytest.mark.parametrize("text", ["a：@没有\n", "@a = @b\n@b = @a\nc：@a\n", "@a = x\n@a = y\n", "@a x\n"])
def test_a_bad_set_is_an_error(text: str) -> None:
    with pytest.raises(RuleError):
        compile_rules(text)


def test_the_same_rule_in_another_order_is_one_rule_and_the_later_line_counts() -> None:
    book = compile_rules("公共照明：路灯|灯 & 坏了\n# 说明\nlighting：坏了 & 灯|路灯 x2\n")
    assert len(book.rules) == 1
    assert book.rules[0].weight == 2
    assert [(duplicate.line, duplicate.first_line) for duplicate in book.duplicates] == [(3, 1)]


def test_a_set_can_be_extended_and_used_before_it_is_written() -> None:
    book = compile_rules("a：@坏\n@坏 = 坏了\n@坏 += 失灵\n")
    assert dict(book.understand("失灵").scores) == {"a": 1.0}


def test_with_rules_leaves_the_old_book_alone() -> None:
    old = compile_rules("a：路灯\n")
    new = old.with_rules(["b：路灯 x2"])
    assert dict(old.understand("路灯").scores) == {"a": 1.0}
    assert dict(new.understand("路灯").scores) == {"a": 1.0, "b": 2.0}


def test_the_default_rules_have_no_duplicates_and_cover_every_category() -> None:
    from nlp import CATEGORIES

    book = compile_rules(default_rules())
    assert not parse_rules(default_rules()).duplicates
    assert {category.code for category in CATEGORIES} <= set(book.categories)
