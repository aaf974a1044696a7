"""What the default rules make of plain messages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nlp import Bounds, Intent, Meaning, RequestKind, RuleBook, Verdict, compile_rules, default_rules


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return compile_rules(default_rules())


def top(meaning: Meaning) -> str | None:
    return meaning.requests[0].category if meaning.requests else None


def test_a_dark_stairwell_is_a_ticket_with_its_place(book: RuleBook) -> None:
    meaning = book.understand("3幢2单元楼道灯坏了，晚上黑漆漆的")
    assert (meaning.verdict, top(meaning)) == (Verdict.TICKET, "lighting")
    assert (meaning.place.text, meaning.place.building, meaning.place.unit) == ("3幢2单元", "3", "2")
    assert meaning.intent is Intent.REQUEST
    assert not meaning.urgent


@pytest.mark.parametrize(
    "text", ["早上好", "孩子作业漏了一题", "昨天漏水已经修好了谢谢", "手机没电了", "", "👍👍"]
)
def test_chat_is_left_alone(book: RuleBook, text: str) -> None:
    meaning = book.understand(text)
    assert meaning.verdict is Verdict.SILENT
    assert meaning.requests == ()


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("下水道堵了，污水都冒出来了", "water"),
        ("电梯又坏了，老人下不了楼", "elevator"),
        ("楼上装修半夜还在敲，睡不着", "noise"),
        ("垃圾桶满了好几天没人清理，臭死了", "sanitation"),
        ("消防通道被杂物堵住了", "fire_safety"),
        ("樓道燈壞了，麻煩來修一下", "lighting"),
        ("路登不亮了，麻烦来看看", "lighting"),
        ("市民反映小区路灯不亮，请相关部门处理", "lighting"),
        ("请问办居住证要什么材料？", "policy"),
    ],
)
def test_a_request_is_named_by_its_category(book: RuleBook, text: str, category: str) -> None:
    meaning = book.understand(text)
    assert meaning.verdict is not Verdict.SILENT
    assert top(meaning) == category


@pytest.mark.parametrize(
    "text",
    [
        "我妈摔了起不来",
        "楼道里一股煤气味头晕",
        "5幢着火了快来人",
        "电梯困人了，里面有老人",
        "爷爷早上出去到现在没回来，有老年痴呆",
        "电线掉下来了还在冒火花",
    ],
)
def test_an_emergency_is_urgent(book: RuleBook, text: str) -> None:
    meaning = book.understand(text)
    assert meaning.urgent
    assert meaning.verdict is Verdict.TICKET


def test_two_matters_in_two_clauses_are_two_requests(book: RuleBook) -> None:
    meaning = book.understand("3幢路灯不亮了，还有电梯按钮也坏了")
    assert {request.category for request in meaning.requests} == {"lighting", "elevator"}


def test_a_question_of_policy_is_an_inquiry(book: RuleBook) -> None:
    meaning = book.understand("请问办居住证要什么材料？")
    assert meaning.requests[0].kind is RequestKind.INQUIRY
    assert meaning.intent is Intent.INQUIRY


def test_bounds_move_the_verdict() -> None:
    rules = "公共照明：路灯 x0.5\n"
    assert compile_rules(rules).understand("路灯").verdict is Verdict.SILENT
    assert compile_rules(rules, Bounds(ticket=0.9, ask=0.4)).understand("路灯").verdict is Verdict.ASK
    assert compile_rules(rules, Bounds(ticket=0.5, ask=0.4)).understand("路灯").verdict is Verdict.TICKET


def test_progress_and_content_are_intents_without_requests(book: RuleBook) -> None:
    assert book.understand("进度").intent is Intent.PROGRESS
    assert book.understand("满意").intent is Intent.FEEDBACK
    assert book.understand("撤销").intent is Intent.CANCEL


UNDERSTAND_ALL = """
import sys
from nlp import compile_rules, default_rules

book = compile_rules(default_rules())
print([(m.scores, m.verdict) for m in map(book.understand, sys.stdin.read().splitlines())])
"""


def test_another_process_understands_the_same() -> None:
    messages = "".join(path.read_text("utf-8") for path in sorted(Path("tests/data").glob("*.jsonl")))
    said = {
        subprocess.run(
            [sys.executable, "-c", UNDERSTAND_ALL],
            env={**os.environ, "PYTHONHASHSEED": seed},
            input=messages,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4", "7")
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("停电了", "没水了", "我家停水了", "楼上漏水", "电梯坏了", "垃圾没人收", "单元门关不上"),
        *("我们这里路灯坏了", "我们这边又停水了", "家里马桶又堵了", "楼下半夜还在装修", "路灯坏了，" * 20),
    ],
)
def test_a_matter_said_in_a_few_characters_is_heard(book: RuleBook, text: str) -> None:
    assert book.understand(text).verdict is not Verdict.SILENT


def test_words_of_the_frame_do_not_hide_a_matter_said_barely() -> None:
    rules = "「异常」：坏了 x0.3\n公共照明：路灯坏了 x0.6"
    framed = compile_rules(f"@套话 = 我们庄上|今朝\n{rules}").understand("我们庄上今朝路灯坏了")
    assert framed.strength == compile_rules(rules).understand("路灯坏了").strength
    assert framed.strength > compile_rules(rules).understand("我们庄上今朝路灯坏了").strength


@pytest.mark.parametrize("text", ["手机没电了", "作业停了", "这部电影吵死了", "昨天停电了，现在来电了谢谢"])
def test_few_characters_about_something_else_are_not(book: RuleBook, text: str) -> None:
    assert book.understand(text).verdict is Verdict.SILENT


@pytest.mark.parametrize(
    "text",
    ["3幢电梯坏了，里面有人被困住了", "里面有人被困住了", "救命", "我妈摔了", "着火了", "家里煤气味好大"],
)
def test_no_word_outvotes_a_strong_alarm(book: RuleBook, text: str) -> None:
    meaning = book.understand(text)
    assert (meaning.verdict, meaning.urgent) == (Verdict.TICKET, True)
