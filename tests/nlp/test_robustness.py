"""Whatever is said or written into a rule file: nothing breaks, work grows with the length, the answer is the same."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp import (
    Locality,
    RuleBook,
    RuleError,
    Verdict,
    compile_rules,
    default_rules,
    hide_private,
    hide_rooms,
    mask_private,
)
from nlp.rendering import meaning_to_json

PIECES = (
    *("路灯", "楼道灯", "坏了", "漏水", "着火", "停水", "煤气味", "修好", "谢谢", "请问", "没", "不", "如果"),
    *("3幢", "2单元", "501", "3-2-501", "十二号楼", "负一楼", "南门", "凉亭", "旁边", "在", "里", "玉景花园"),
    *("昨晚", "10点", "8:30", "-", "每天", "周一到周五", "半夜", "苏E12345", "13812345678", "0512", "一三八"),
    *(
        "，",
        "。",
        "！",
        "\n",
        " ",
        "（",
        "“",
        "[哭]",
        "👍",
        "\ud800",
        "Ａ",
        "①",
        "樓",
        "\u200b",
        "*",
        "|",
        "&",
        "@",
        "~",
    ),
)
LOCALITY = Locality({"凉亭": "", "玉景花园": "", "小白楼": "12幢"})
talk = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60)
rule_lines = st.lists(
    st.text('路灯坏了公共照明：: |&!@~=+x2.0*"“”#「」\n', max_size=30)
    | st.sampled_from(["@坏 = 坏了", "~灯 = 登", "a：@坏"]),
    max_size=6,
).map("\n".join)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return compile_rules(default_rules())


def everything(book: RuleBook, text: str) -> str:
    """All that is made of a text, as one string."""
    meaning = book.understand(text, LOCALITY)
    return json.dumps(meaning_to_json(meaning)) + mask_private(text) + hide_rooms(hide_private(text))


@given(talk)
@settings(max_examples=300, deadline=None)
def test_no_message_breaks_anything_and_the_same_message_means_the_same(book: RuleBook, text: str) -> None:
    assert everything(book, text) == everything(book, text)


@given(rule_lines, talk)
@settings(max_examples=60, deadline=None)
def test_a_rule_file_is_understood_or_refused_with_its_place(rules: str, text: str) -> None:
    written = _compiled(rules)
    if isinstance(written, RuleBook):
        written.understand(text)
    else:
        assert 1 <= written.line <= len(rules.splitlines()) + 1
        assert written.column >= 1
        assert written.message


def _compiled(rules: str) -> RuleBook | RuleError:
    try:
        return compile_rules(rules)
    except RuleError as error:
        return error


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor time of the quicker of two runs: other processes do not count."""
    times = []
    for _ in range(2):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join))
@example("路灯坏了，")
@example("3幢")
@example("8:30-")
@example("3-")
@example("苏E1")
@settings(max_examples=25, deadline=None)
def test_four_times_the_length_is_about_four_times_the_work(book: RuleBook, piece: str) -> None:
    short, long = (piece * (length // len(piece)) for length in (2_500, 10_000))
    quick, slow = cpu_seconds(lambda: everything(book, short)), cpu_seconds(lambda: everything(book, long))
    assert slow < 10 * quick + 0.02  # were it quadratic, it would be sixteen times


def test_a_thousand_repeated_terms_are_one_matter_with_each_of_them_shown(book: RuleBook) -> None:
    meaning = book.understand("楼道灯坏了，" * 1000)
    assert meaning.verdict is Verdict.TICKET
    assert [request.category for request in meaning.requests] == ["lighting"]
    assert len({(match.start, match.end) for match in meaning.requests[0].matched}) >= 1000
