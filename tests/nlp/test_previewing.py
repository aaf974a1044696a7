"""A preview must say exactly what reading every message with both books would say."""

import json
import random
from pathlib import Path

import pytest

from nlp import Bounds, RuleBook, compile_rules, default_rules
from nlp.previewing import Preview, outcome, preview

_BASE = (
    "@坏了 = 坏了|不亮\n~路灯 = 路登\n公共照明：路灯 & @坏了\n供水排水：停水|漏水 x1.2\n停车秩序：车位 ! 买\n"
)
_WORDS = [
    "路灯",
    "路登",
    "坏了",
    "不亮",
    "停水",
    "漏水",
    "车位",
    "买",
    "电梯",
    "楼道灯",
    "幽灵梯",
    "今天",
    "谢谢",
    "我家",
    "，",
    "。",
    "3幢",
]


def _messages(number: int) -> list[str]:
    chance = random.Random(11)
    return ["".join(chance.choices(_WORDS, k=chance.randint(1, 7))) for _ in range(number)]


def _every_message_read(old: RuleBook, new: RuleBook, messages: list[str]) -> list[int]:
    return [row for row, text in enumerate(messages) if outcome(old, text) != outcome(new, text)]


def _rows(found: Preview) -> list[int]:
    return sorted(one.index for one in (*found.gained, *found.lost, *found.changed))


@pytest.mark.parametrize(
    "changed",
    [
        _BASE + "电梯：电梯 & @坏了\n",
        _BASE + "电梯：幽灵梯 x2\n",
        _BASE.replace("坏了|不亮", "坏了|不亮|楼道灯"),
        _BASE.replace("~路灯 = 路登\n", ""),
        _BASE.replace(" ! 买", ""),
        _BASE.replace("x1.2", "x0.6"),
        _BASE.replace("x1.2", "x1.2 !!"),
        _BASE.replace("停水|漏水 x1.2", "停水 x1.2"),
        _BASE + "其他：* x1.5\n",
        _BASE + "「求助」：我家 x0.5\n",
        _BASE + "@地点 = 电梯\n",
        _BASE + "%今天|幽灵梯 = 诉求 2，电梯 1\n",
        _BASE + "%* = 诉求 -0.3\n%电梯 = 诉求 1.2，紧急 1\n",
    ],
)
def test_a_preview_says_what_reading_everything_would_say(changed: str) -> None:
    old, new, messages = compile_rules(_BASE), compile_rules(changed), _messages(400)
    assert _rows(preview(old, new, messages)) == _every_message_read(old, new, messages)


_MANNERED = _BASE + (
    "「异常」：坏了|漏水\n「满意」：谢谢\n「已解决」：修好\n环境卫生：今天 x0.2\n%* = 诉求 -0.2\n%漏水|谢谢 = 诉求 0.5，供水排水 0.3\n"
)


@pytest.mark.parametrize(
    "changed",
    [
        _MANNERED.replace("供水排水 0.3", "电梯 0.9"),
        _MANNERED.replace("%漏水|谢谢", "%漏水|我家"),
        _MANNERED.replace("诉求 -0.2", "诉求 0.4"),
        _MANNERED.replace("%* = 诉求 -0.2\n", "").replace("%漏水|谢谢 = 诉求 0.5，供水排水 0.3\n", ""),
        _MANNERED.replace("「异常」：坏了|漏水\n", ""),
        _MANNERED.replace("! 买", "! 买|谢谢"),
        _MANNERED.replace("x0.2", "x0.4"),
        _MANNERED + "「已解决」：电梯\n",
        _MANNERED + "「小区」：楼道灯\n",
        _MANNERED + "「否定」：不亮 & 今天\n",
        _MANNERED + "停车秩序：车位 & 今天 ! 买 x0.1\n",
        _MANNERED + "公共照明：路灯 & @坏了\n",
        _MANNERED.replace("公共照明：路灯 & @坏了", "公共照明：路灯|楼道灯 & @坏了"),
    ],
)
def test_a_preview_is_exact_where_words_lean_and_manners_count(changed: str) -> None:
    old, new, messages = compile_rules(_MANNERED), compile_rules(changed), _messages(400)
    assert _rows(preview(old, new, messages)) == _every_message_read(old, new, messages)


@pytest.mark.parametrize(
    "line",
    ["物业服务：物业", "「闲聊」：孩子", "电梯：电梯 & 没人", "%小区 = 诉求 0.5", "其他：你 & 我 x0.2"],
)
def test_a_preview_of_the_packaged_rules_is_exact(line: str) -> None:
    said = Path(__file__).parent.parent / "data/groupchat_dev.jsonl"
    messages = [json.loads(row)["text"] for row in said.read_text("utf-8").splitlines()]
    old, new = compile_rules(default_rules()), compile_rules(f"{default_rules()}\n{line}\n")
    assert _rows(preview(old, new, messages)) == _every_message_read(old, new, messages)


@pytest.mark.parametrize(
    "line", ["电梯：电梯 & 停水", "公共照明：楼道灯 x0.8", "「满意」：我家 & 谢谢", "其他：今天 x0.2"]
)
def test_a_preview_is_as_exact_for_a_book_that_tells_trouble_from_talk(line: str) -> None:
    text = _BASE + "「异常」：坏了|漏水\n「满意」：谢谢\n"
    old, new, messages = compile_rules(text), compile_rules(f"{text}{line}\n"), _messages(400)
    assert _rows(preview(old, new, messages)) == _every_message_read(old, new, messages)


def test_gained_lost_and_changed_are_told_apart() -> None:
    old = compile_rules("供水排水：停水\n停车秩序：车位\n公共照明：路灯\n")
    new = compile_rules("供水排水：停水\n停车秩序：路灯\n电梯：电梯\n")
    found = preview(old, new, ["停水了", "车位被占", "路灯坏了", "电梯坏了"])
    assert [one.index for one in found.lost] == [1]
    assert [one.index for one in found.gained] == [3]
    [changed] = found.changed
    assert (changed.index, changed.before.category, changed.after.category) == (2, "lighting", "parking")


def test_rules_in_another_order_are_no_change_and_nothing_is_read() -> None:
    old = compile_rules("供水排水：停水|漏水\n停车秩序：车位\n")
    new = compile_rules("停车秩序：车位\n供水排水：漏水|停水\n")
    assert preview(old, new, _messages(50)) == Preview()


def test_only_messages_with_all_the_words_are_read() -> None:
    old, new = compile_rules(_BASE), compile_rules(_BASE + "电梯：电梯 & 停水\n")
    assert preview(old, new, ["电梯到了", "停水了", "电梯停水", "你好"]).read == 1


def test_other_bounds_are_a_change_for_every_message() -> None:
    old = compile_rules(_BASE)
    new = compile_rules(_BASE, Bounds(ticket=2.0, ask=1.0))
    assert [one.index for one in preview(old, new, ["你好", "停水了"]).changed] == [1]


def test_what_was_said_many_times_is_told_each_time() -> None:
    old, new = compile_rules(_BASE), compile_rules(_BASE + "电梯：电梯\n")
    found = preview(old, new, ["电梯", "你好", "电梯", "电梯"])
    assert ([one.index for one in found.gained], found.touched, found.read) == ([0, 2, 3], 3, 3)


def test_of_very_many_messages_a_sample_is_read_where_that_will_do() -> None:
    old, new = compile_rules(_BASE), compile_rules(_BASE + "电梯：电梯 & 坏\n")
    messages = [f"{number}号电梯{'坏' if number % 2 else '坏事'}" for number in range(1000)]
    found = preview(old, new, messages, most=100)
    assert (found.read, found.touched, found.is_estimate) == (100, 1000, True)
    assert found.estimated(found.gained) == pytest.approx(500, abs=100)
    assert not preview(old, new, messages).is_estimate


def test_only_the_alternatives_that_changed_are_looked_for() -> None:
    more = compile_rules(_BASE.replace("停水|漏水", "停水|漏水|电梯"))
    assert preview(compile_rules(_BASE), more, ["停水了", "漏水了", "电梯到了"]).read == 1
    spared = compile_rules(_BASE.replace("! 买", "! 买|电梯"))
    assert preview(compile_rules(_BASE), spared, ["车位", "买车位", "电梯", "电梯车位"]).read == 1


def test_many_terms_at_once_are_found_too() -> None:
    terms = "|".join(f"设备{number}号" for number in range(1000, 1400))
    old, new = compile_rules(_BASE), compile_rules(f"{_BASE}公共设施维修：{terms}\n")
    assert [one.index for one in preview(old, new, ["你好", "设备1234号不转", "设备号"]).gained] == [1]


def test_no_messages_give_an_empty_preview() -> None:
    assert preview(compile_rules(_BASE), compile_rules(""), []).read == 0
