"""The few words people give to the bot: what the manuals promise is understood, and talk is left alone."""

from __future__ import annotations

import pytest

from handlers.chat.commands import parse_staff
from handlers.chat.residentwords import ResidentWord, parse_each, parse_resident
from handlers.tickets.timeline import Action


@pytest.mark.parametrize(
    ("text", "word", "number", "rest"),
    [
        ("进度", ResidentWord.PROGRESS, None, ""),
        ("@助手 进度", ResidentWord.PROGRESS, None, ""),
        ("1024进度", ResidentWord.PROGRESS, 1024, ""),
        ("1024 进度", ResidentWord.PROGRESS, 1024, ""),
        ("进度 工单1024", ResidentWord.PROGRESS, 1024, ""),
        ("催一下", ResidentWord.URGE, None, ""),
        ("撤销", ResidentWord.CANCEL, None, ""),
        ("不用了", ResidentWord.CANCEL, None, ""),
        ("撤销1024", ResidentWord.CANCEL, 1024, ""),
        ("撤销 1024", ResidentWord.CANCEL, 1024, ""),
        ("撤销，1024。", ResidentWord.CANCEL, 1024, ""),
        ("工单1024撤销", ResidentWord.CANCEL, 1024, ""),
        ("满意", ResidentWord.SATISFIED, None, ""),
        ("满意 1024", ResidentWord.SATISFIED, 1024, ""),
        ("满意，谢谢", ResidentWord.SATISFIED, None, "谢谢"),
        ("一般", ResidentWord.FAIR, None, ""),
        ("不满意", ResidentWord.DISSATISFIED, None, ""),
        ("没修好", ResidentWord.NOT_FIXED, None, ""),
        ("没修好 1024", ResidentWord.NOT_FIXED, 1024, ""),
        ("没修好1024，还是不亮", ResidentWord.NOT_FIXED, 1024, "还是不亮"),
        ("没解决", ResidentWord.NOT_FIXED, None, ""),
        ("又坏了", ResidentWord.NOT_FIXED, None, ""),
        ("@助手 帮助", ResidentWord.HELP, None, ""),
    ],
)
def test_what_a_resident_may_say(text: str, word: ResidentWord, number: int | None, rest: str) -> None:
    command = parse_resident(text)
    assert command is not None
    assert (command.word, command.number, command.rest) == (word, number, rest)


@pytest.mark.parametrize(
    "text", ["3幢2单元楼道灯坏了", "工程进度太慢了", "满意度调查 13800138000", "撤销他的职务", "早上好", ""]
)
def test_talk_is_no_command_of_a_resident(text: str) -> None:
    assert parse_resident(text) is None


@pytest.mark.parametrize(
    ("text", "score", "number", "bare"),
    [
        ("5", 5, None, True),
        ("４！", 4, None, True),
        ("三分", 3, None, False),
        ("给5分", 5, None, False),
        ("满分", 5, None, False),
        ("五星好评", 5, None, False),
        ("1024 5", 5, 1024, False),
        ("3分 1024", 3, 1024, False),
    ],
)
def test_a_number_from_1_to_5_rates(text: str, score: int, number: int | None, bare: bool) -> None:
    command = parse_resident(text)
    assert command is not None
    assert (command.score, command.number, command.bare) == (score, number, bare)


@pytest.mark.parametrize("text", ["10245", "5分钟", "3-2-501", "6", "三", "5号", "1" * 3000])
def test_other_numbers_rate_nothing(text: str) -> None:
    assert parse_resident(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1024 好了 1025 没好", [("satisfied", 1024), ("not_fixed", 1025)]),
        ("满意1024，没修好1025", [("satisfied", 1024), ("not_fixed", 1025)]),
        ("1024好了；1025没修好，还是不亮", [("satisfied", 1024), ("not_fixed", 1025)]),
        ("1024、1025都好了", [("satisfied", 1024), ("satisfied", 1025)]),
        ("1024不满意 1025 4分", [("dissatisfied", 1024), ("score", 1025)]),
        ("1024 好了 1025 是什么", []),
        ("13812345678 13812345679 好了", []),
        ("1024" * 2_000 + "好了", []),
    ],
)
def test_one_message_may_be_about_several_tickets(text: str, said: list[tuple[str, int]]) -> None:
    assert [(command.word, command.number) for command in parse_each(text)] == said


@pytest.mark.parametrize(
    ("text", "action", "number", "words"),
    [
        ("1", Action.ACCEPT, None, ""),
        ("收到", Action.ACCEPT, None, ""),
        ("2", Action.REASSIGN, None, ""),
        ("转派 1024 王五 他管水电", Action.REASSIGN, 1024, "王五 他管水电"),
        ("3", Action.HELP, None, ""),
        ("叫铁脚板 1024", Action.HELP, 1024, ""),
        ("4", Action.RESOLVE, None, ""),
        ("4 换了灯泡", Action.RESOLVE, None, "换了灯泡"),
        ("办结 换了新灯泡", Action.RESOLVE, None, "换了新灯泡"),
        ("办结 1024 换了新灯泡", Action.RESOLVE, 1024, "换了新灯泡"),
        ("1024 好了", Action.RESOLVE, 1024, ""),
        ("0", Action.REJECT, None, ""),
        ("备注 1024 已联系电梯公司", Action.NOTE, 1024, "已联系电梯公司"),
        ("改类 1024 电梯", Action.RECATEGORISE, 1024, "电梯"),
        ("1024", Action.SHOW, 1024, ""),
    ],
)
def test_what_a_steward_may_say(text: str, action: Action, number: int | None, words: str) -> None:
    command = parse_staff(text)
    assert command is not None
    assert (command.action, command.number, command.words) == (action, number, words)


@pytest.mark.parametrize("text", ["今天天气好", "2号楼的灯", "13800138000", "好天气"])
def test_talk_is_no_command_of_a_steward(text: str) -> None:
    assert parse_staff(text) is None


def test_a_stewards_punctuation_stays_as_he_wrote_it() -> None:
    command = parse_staff("办结 １００１ 修好了，业主已确认")
    assert command is not None
    assert (command.number, command.words) == (1001, "修好了，业主已确认")
