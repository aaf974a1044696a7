"""What a resident may say about tickets of his own, read leniently: pure functions over one message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from handlers.chat.commands import NOISE, NUMBER, plain

_GAP = r"[\s，,：:。#号]*"


class ResidentWord(StrEnum):
    """What a resident may ask of a ticket of his own."""

    PROGRESS = "progress"
    CANCEL = "cancel"
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"
    SCORE = "score"
    NOT_FIXED = "not_fixed"
    URGE = "urge"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class ResidentCommand:
    """A resident's word, the ticket number he gave (if any), what he added, and all he said of it.

    ``score`` is the 1–5 of a SCORE; ``bare`` when nothing but the digit was said, which may mean anything.
    """

    word: ResidentWord
    number: int | None
    rest: str
    said: str = ""
    score: int = 0
    bare: bool = False


_NOT_FIXED = r"(?:还是|还|又|仍然?|根本|都)?(?:没|没有|未)(?:有)?(?:修好|弄好|找到|解决|处理好?|好(?![吃看玩用意的]))(?:啊|呀|呢)?|又坏了"
_WORDS: tuple[tuple[ResidentWord, str], ...] = (
    (ResidentWord.HELP, r"帮助|怎么用|使用说明|help"),
    (
        ResidentWord.PROGRESS,
        r"我的工单|(?:查|看|问)?(?:一下|下)?(?:办理)?(?:进度|进展)(?:查询|怎么样了?|如何了?)?",
    ),
    (ResidentWord.URGE, r"催(?:一?[催下]|办)?|麻烦催一?下|(?:帮我)?催一下"),
    (ResidentWord.CANCEL, r"撤销|撤回|取消|不用了|不用管了|不用修了|自己弄好了|撤单|销单"),
    (ResidentWord.DISSATISFIED, r"不满意|很不满意|差评"),
    (
        ResidentWord.SATISFIED,
        r"(?:都)?(?:很|非常|十分|挺|基本)?满意(?:了|的)?|好评|(?:都)?(?:修好|弄好|解决|好)了",
    ),
    (ResidentWord.FAIR, r"一般(?:般)?|还行|还可以|凑合"),
    (ResidentWord.NOT_FIXED, _NOT_FIXED),
)
_PATTERNS = [
    (
        word,
        re.compile(
            rf"(?:{NUMBER}{_GAP})?(?:的|工单)?(?:{pattern})"
            rf"(?:{_GAP}(?:工单)?{_GAP}{NUMBER.replace('number', 'after')}(?!\d))?(?P<rest>.*)",
            re.DOTALL,
        ),
    )
    for word, pattern in _WORDS
]
_TAKES_WORDS = {ResidentWord.NOT_FIXED, ResidentWord.FAIR, ResidentWord.DISSATISFIED, ResidentWord.SATISFIED}
_SCORE = re.compile(
    rf"(?:{NUMBER}(?!\d){_GAP})?(?:我)?(?:打|评|给)?(?P<digit>100?|[1-5一二三四五]|满)(?P<unit>分|颗?星)?(?:好评)?"
    rf"(?:{_GAP}(?<!\d){NUMBER.replace('number', 'after')}(?!\d))?(?P<rest>[\s，,。！!；;].*)?",
    re.DOTALL,
)
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "满": 5, "10": 5, "100": 5}
_THANKS = re.compile(
    r"[\s，,。！!~～]*(?:谢谢|多谢|感谢|辛苦|师傅|大家|您|你|们|了|啦|！|!|，|,|。|\s|管家|物业|助手)*"
)
_ADDRESS = re.compile(r"^@\S*(?:助手|管家)\S*[\s\u2005]*")
_NUMBERS = re.compile(r"(?<!\d)\d{4,7}(?!\d)")
_LIST = re.compile(r"((?:\d{4,7}(?!\d)[和、跟,，/\s]*){2,})(?:都|全)?(?P<word>\D.*)", re.DOTALL)
_LONGEST = 300
"""Characters of a message that can still be a command."""


def parse_resident(text: str) -> ResidentCommand | None:
    """Read a resident's command; None when the text is anything else.

    Only a whole message counts: what follows the word must be short and set off by punctuation.
    """
    line = _line(text)
    if len(line) > _LONGEST:
        return None
    for word, pattern in _PATTERNS:
        match = pattern.fullmatch(line)
        if match is not None and _fits(word, match["rest"], line):
            number = match["number"] or match["after"]
            rest = match["rest"].strip(NOISE)
            if word is ResidentWord.DISSATISFIED and re.match(_NOT_FIXED, rest):
                word = ResidentWord.NOT_FIXED  # what is not fixed is not closed, whatever else he says
            return ResidentCommand(word, int(number) if number else None, rest, text.strip())
    return _parse_score(line, text.strip())


def is_bare_complaint(text: str) -> bool:
    """Whether somebody says 没修好 without saying what is wrong."""
    command = parse_resident(text)
    return command is not None and command.word is ResidentWord.NOT_FIXED and not command.rest


def _fits(word: ResidentWord, rest: str, line: str) -> bool:
    """Whether what follows the word leaves it a command."""
    if not rest:
        return True
    if word not in _TAKES_WORDS:
        return False
    if word is ResidentWord.NOT_FIXED:
        return True
    if word is ResidentWord.SATISFIED and "满意" not in line and "好评" not in line:
        return _THANKS.fullmatch(rest) is not None  # “好了，我去吃饭了” rates nothing
    return rest[0] in NOISE


def _parse_score(line: str, said: str) -> ResidentCommand | None:
    match = _SCORE.fullmatch(line)
    if match is None:
        return None
    digit, number = match["digit"], match["number"] or match["after"]
    if match["unit"] is None and (digit not in "12345" or match["rest"] or re.search(r"[号#]", said)):
        return None
    score = _DIGITS.get(digit) or int(digit)
    rest = (match["rest"] or "").strip(NOISE)
    bare = match["unit"] is None and number is None
    return ResidentCommand(ResidentWord.SCORE, int(number) if number else None, rest, said, score, bare)


def parse_each(text: str) -> tuple[ResidentCommand, ...]:
    """Every command of one message: ``1024好了 1025没好``, ``满意1024，没修好1025``, ``1024 1025 都好了``.

    Empty unless the whole message is commands, and each says which ticket it means when there are several.
    """
    line = _line(text)
    numbers = _NUMBERS.findall(line)
    if len(numbers) > 1 and len(line) <= _LONGEST:
        listed = _LIST.fullmatch(line)
        parts = (
            [f"{number}{listed['word']}" for number in _NUMBERS.findall(listed[1])]
            if listed is not None and len(_NUMBERS.findall(listed[1])) == len(numbers)
            else []
        )
        for each in (parts, re.split(r"(?<!^)(?<!\d)(?=\d{4,7})", line), re.split(r"(?<=\d{4})(?!\d)", line)):
            commands = [parse_resident(part.strip(NOISE)) for part in each if part.strip(NOISE)]
            found = tuple(command for command in commands if command is not None and command.number)
            if len(found) == len(commands) == len(numbers):
                return found
    single = parse_resident(text)
    return () if single is None else (single,)


def _line(text: str) -> str:
    return re.sub(r"^工单", "", plain(_ADDRESS.sub("", text)))
