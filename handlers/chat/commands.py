"""The few words people give to the bot, read leniently: pure functions over one line of text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from handlers.teams.words import HandWord, read_call, read_hand
from handlers.tickets.timeline import Action

NUMBER = r"(?P<number>\d{4,7})"
"""A ticket's number inside a pattern."""

NOISE = " \t\n，,。.；;!！?？~～：:、#号"
"""What people put around a word without meaning anything by it."""


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
    (Action.HELP, r"求助"),
    (Action.REJECT, r"0|不是诉求|不是|误报|撤下|无效"),
    (Action.RECATEGORISE, r"改类|改成|改为"),
    (Action.SPLIT, r"拆(?:单|出|开)?"),
    (Action.MERGE, r"合并|并单|并入|并到|并"),
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
_NEEDS_NUMBER = {Action.SPLIT, Action.MERGE}
_WITH_WORDS = {Action.RESOLVE, Action.REASSIGN, Action.RECATEGORISE, Action.NOTE, Action.SPLIT, Action.MERGE}
_ONLY_NUMBER = re.compile(r"\d{4,7}")


def parse_staff(text: str) -> StaffCommand | None:
    """Read a steward's command: ``1``, ``办结 1024 换了灯泡``, ``1024好了``, ``转派 王五 他负责``; None for other talk."""
    line = re.sub(r"^把\s*(?=\d)", "", plain(text))
    if _ONLY_NUMBER.fullmatch(line):
        return StaffCommand(Action.SHOW, int(line), "")
    if line.isdigit() and len(line) > len("1024000"):
        return None  # a phone number
    if (call := read_call(line)) is not None:
        return StaffCommand(Action.HELP, call.number, "" if call.plain else line)
    for action, pattern in _STAFF:
        match = pattern.fullmatch(line)
        if match is None:
            continue
        rest = match["rest"]
        if rest and (action not in _WITH_WORDS or rest[0].isdigit()):
            continue
        if rest and (rest[0] not in NOISE or rest[0] == "号") and line[0] in "24" and not match["before"]:
            continue  # “2号楼…” is talk, “2 王五” a command
        number = match["before"] or match["after"]
        if (
            action in _NEEDS_NUMBER
            and not number
            and (action is Action.MERGE or (rest and rest[0] not in NOISE))
        ):
            continue  # “拆了旧灯”, “并且……”
        if action is Action.MERGE and match["before"] and match["after"]:
            rest = f"{match['after']} {rest}"  # “1025 并入 1024”
        return StaffCommand(action, int(number) if number else None, rest.strip(NOISE))
    return None


_NUMBERS = r"(?P<numbers>(?:\d{4,7}(?![\d年月日元块米幢栋])[\s，,、和跟及]*){2,})"
_MANY = [
    (action, re.compile(pattern, re.DOTALL))
    for action, words in _STAFF_WORDS
    if action in (Action.RESOLVE, Action.ACCEPT)
    for pattern in (
        rf"(?:{words})[\s，,：:。]*{_NUMBERS}(?P<rest>(?:[^\d\s].*)?)",
        rf"{_NUMBERS}(?:都|全部?|一起)?(?:{words})(?P<rest>(?:[\s，,：:。].*)?)",
    )
]


def parse_many(text: str) -> tuple[StaffCommand, ...]:
    """One command for several tickets (``办结 1001 1002 已换灯泡``, ``1001、1002 接单``), each once; empty for other talk."""
    line = plain(text)
    for action, pattern in _MANY:
        if (said := pattern.fullmatch(line)) is not None:
            words = said["rest"].strip(NOISE) if action in _WITH_WORDS else ""
            numbers = dict.fromkeys(re.findall(r"\d{4,7}", said["numbers"]))
            return tuple(StaffCommand(action, int(number), words) for number in numbers)
    return ()


def parse_choice(text: str) -> int | None:
    """The number of a list's line (1, “2.”, “第3个”, “②”); None for anything else."""
    line = plain(unicodedata.normalize("NFKC", text))
    match = re.fullmatch(r"(?:第|选)?(\d{1,2})(?:个|项|件)?", line)
    return int(match[1]) if match else None


_LIST_WORDS = frozenset(("我的工单", "我的", "工单", "待办", "未办", "看工单", "我的待办"))
_HELP_WORDS = frozenset(("帮助", "help", "怎么用", "说明", "菜单", "?"))


def is_list_request(text: str) -> bool:
    """Whether somebody asks for the list of his open tickets."""
    return plain(text) in _LIST_WORDS


def is_help_request(text: str) -> bool:
    """Whether somebody asks what he can say."""
    return plain(text).lower() in _HELP_WORDS


def parse_hand(text: str) -> tuple[HandWord, int | None] | None:
    """What somebody who was called for help says, and the ticket number he gives; None for anything else."""
    return read_hand(plain(text))


def number_in(text: str) -> int | None:
    """The ticket number in one of the bot's own messages (quoted back by somebody)."""
    match = re.search(r"工单\s*(\d{4,7})|^(\d{4,7})(?!\d)|(?:请看一下|求助|重开|寻人|线索)\s*(\d{4,7})", text)
    return int(next(group for group in match.groups() if group)) if match else None


_HALF_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_HALF_WIDTH[0x3000] = 0x20


def plain(text: str) -> str:
    """Full-width letters, digits and blanks made plain; punctuation stays, since a steward's words are repeated."""
    return text.translate(_HALF_WIDTH).replace("“", "").replace("”", "").strip(NOISE + "\u2005\"'")
