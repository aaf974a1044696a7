"""The few words people give to the bot, read leniently: pure functions over one line of text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from handlers.tickets.timeline import Action

_NUMBER = r"(?P<number>\d{4,7})"
_GAP = r"[\s，,：:。#号]*"
_NOISE = " \t\n，,。.!！?？~～：:、#号"


class ResidentWord(StrEnum):
    """What a resident may ask of a ticket of his own."""

    PROGRESS = "progress"
    CANCEL = "cancel"
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"
    NOT_FIXED = "not_fixed"
    URGE = "urge"
    HELP = "help"


_RESIDENT_WORDS: tuple[tuple[ResidentWord, str], ...] = (
    (ResidentWord.HELP, r"帮助|怎么用|使用说明|help"),
    (ResidentWord.PROGRESS, r"(?:查|看|问)?(?:一下|下)?(?:办理)?(?:进度|进展)(?:查询|怎么样了?|如何了?)?"),
    (ResidentWord.URGE, r"催(?:一?[催下]|办)?|麻烦催一?下|(?:帮我)?催一下"),
    (ResidentWord.CANCEL, r"撤销|撤回|取消|不用了|不用管了|不用修了|自己弄好了|撤单|销单"),
    (ResidentWord.DISSATISFIED, r"不满意|很不满意|差评"),
    (ResidentWord.SATISFIED, r"(?:很|非常|十分|挺)?满意(?:了|的)?|好评|修好了(?:谢谢|，谢谢)?|好了"),
    (ResidentWord.FAIR, r"一般(?:般)?|还行|还可以|凑合"),
    (
        ResidentWord.NOT_FIXED,
        r"(?:还是|还|又|仍然?|根本|都)?(?:没|没有|未)(?:有)?(?:修好|弄好|解决|处理好?|好)(?:啊|呀|呢)?|又坏了|没修好|没好",
    ),
)
_RESIDENT = [
    (
        word,
        re.compile(
            rf"(?:{_NUMBER}{_GAP})?(?:的|工单)?(?:{pattern})"
            rf"(?:{_GAP}(?:工单)?{_GAP}{_NUMBER.replace('number', 'after')}(?!\d))?(?P<rest>.*)"
        ),
    )
    for word, pattern in _RESIDENT_WORDS
]
_TAKES_WORDS = {ResidentWord.NOT_FIXED, ResidentWord.FAIR, ResidentWord.DISSATISFIED, ResidentWord.SATISFIED}
_ADDRESS = re.compile(r"^@\S*(?:助手|管家)\S*[\s\u2005]*")


@dataclass(frozen=True, slots=True)
class ResidentCommand:
    """A resident's word, the ticket number he gave (if any), and what he added."""

    word: ResidentWord
    number: int | None
    rest: str


def parse_resident(text: str) -> ResidentCommand | None:
    """Read a resident's command; None when the text is anything else.

    Only a whole message counts: what follows the word must be short and set off by punctuation.
    """
    line = _plain(_ADDRESS.sub("", text))
    line = re.sub(r"^工单", "", line)
    for word, pattern in _RESIDENT:
        match = pattern.fullmatch(line)
        if match is None:
            continue
        rest = match["rest"]
        if rest and (
            word not in _TAKES_WORDS or (rest[0] not in _NOISE and word is not ResidentWord.NOT_FIXED)
        ):
            continue
        number = match["number"] or match["after"]
        return ResidentCommand(word, int(number) if number else None, rest.strip(_NOISE))
    return None


@dataclass(frozen=True, slots=True)
class StaffCommand:
    """What a steward wants done, to which ticket (None: the only one that fits), and the words that go with it."""

    action: Action
    number: int | None
    words: str


_STAFF_WORDS: tuple[tuple[Action, str], ...] = (
    (
        Action.RESOLVE,
        r"4|办结|办好了?|已办结|已解决|解决了|修好了|已修好|处理好了|已处理|弄好了|搞定了?|完成了?|好了",
    ),
    (Action.ACCEPT, r"1|接单|接了?|收到|我来处理|马上去|马上来|马上处理|这就去|好的|好|行|是|是的"),
    (Action.REASSIGN, r"2|转派给?|转给|转"),
    (Action.HELP, r"3|叫铁脚板|铁脚板|求助"),
    (Action.REJECT, r"0|不是诉求|不是|误报|撤下|无效"),
    (Action.RECATEGORISE, r"改类|改成|改为"),
    (Action.SPLIT, r"拆(?:单|出|开)?"),
    (Action.NOTE, r"备注"),
    (Action.SHOW, r"查看|看|查"),
)
_STAFF = [
    (
        action,
        re.compile(
            rf"(?:(?P<before>\d{{4,7}})\s*)?(?:{pattern})(?:[\s，,：:。]*(?P<after>\d{{4,7}})(?!\d))?(?P<rest>.*)",
            re.DOTALL,
        ),
    )
    for action, pattern in _STAFF_WORDS
]
_WITH_WORDS = {Action.RESOLVE, Action.REASSIGN, Action.RECATEGORISE, Action.NOTE, Action.SPLIT}
_ONLY_NUMBER = re.compile(r"\d{4,7}")


def parse_staff(text: str) -> StaffCommand | None:
    """Read a steward's command: ``1``, ``办结 1024 换了灯泡``, ``1024好了``, ``转派 王五 他负责``; None for other talk."""
    line = _plain(text)
    if _ONLY_NUMBER.fullmatch(line):
        return StaffCommand(Action.SHOW, int(line), "")
    if line.isdigit() and len(line) > len("1024000"):
        return None  # a phone number
    for action, pattern in _STAFF:
        match = pattern.fullmatch(line)
        if match is None:
            continue
        rest = match["rest"]
        if rest and (action not in _WITH_WORDS or rest[0].isdigit()):
            continue
        if rest and (rest[0] not in _NOISE or rest[0] == "号") and line[0] in "24" and not match["before"]:
            continue  # “2号楼…” is talk, “2 王五” a command
        if action is Action.SPLIT and rest and rest[0] not in _NOISE:
            continue  # “拆了旧灯”
        number = match["before"] or match["after"]
        return StaffCommand(action, int(number) if number else None, rest.strip(_NOISE))
    return None


def parse_choice(text: str) -> int | None:
    """The number of a list's line (1, “2.”, “第3个”, “②”); None for anything else."""
    line = _plain(unicodedata.normalize("NFKC", text))
    match = re.fullmatch(r"(?:第|选)?(\d{1,2})(?:个|项|件)?", line)
    return int(match[1]) if match else None


_LIST_WORDS = frozenset(("我的工单", "我的", "工单", "待办", "未办", "看工单", "我的待办"))
_HELP_WORDS = frozenset(("帮助", "help", "怎么用", "说明", "菜单", "?"))
_HELP_OFFER = re.compile(
    r"(?:我来|我去|我能来|我可以|马上到|我马上到|来了)(?:[\s，,]*(?P<number>\d{4,7}))?|(?P<first>\d{4,7})我来"
)


def is_list_request(text: str) -> bool:
    """Whether somebody asks for the list of his open tickets."""
    return _plain(text) in _LIST_WORDS


def is_help_request(text: str) -> bool:
    """Whether somebody asks what he can say."""
    return _plain(text).lower() in _HELP_WORDS


def parse_help_offer(text: str) -> tuple[int | None] | None:
    """``(number or None,)`` when a team member says he comes; None for anything else."""
    match = _HELP_OFFER.fullmatch(_plain(text))
    if match is None:
        return None
    number = match["number"] or match["first"]
    return (int(number) if number else None,)


def number_in(text: str) -> int | None:
    """The ticket number in one of the bot's own messages (quoted back by somebody)."""
    match = re.search(r"工单\s*(\d{4,7})|^(\d{4,7})(?!\d)|(?:请看一下|求助|重开)\s*(\d{4,7})", text)
    return int(next(group for group in match.groups() if group)) if match else None


_HALF_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_HALF_WIDTH[0x3000] = 0x20


def _plain(text: str) -> str:
    """Full-width letters, digits and blanks made plain; punctuation stays, since a steward's words are repeated."""
    return text.translate(_HALF_WIDTH).replace("“", "").replace("”", "").strip(_NOISE + "\u2005\"'")
