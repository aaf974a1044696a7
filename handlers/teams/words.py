"""What is said about hands: a steward calls a team, its members answer. Pure functions over one line of text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from nlp.numerals import to_digits
from storage.enums import RoleKind

MOST_HANDS = 50
TEAM_NAMES = {RoleKind.RESPONSE_TEAM: "铁脚板", RoleKind.PIONEER: "海棠先锋"}

_GAP = r"[\s，,：:。.!！~～]"
_NUMERAL = r"\d{1,2}|[一二两三四五六七八九十]{1,3}"
_COUNT = rf"(?P<hands>{_NUMERAL})\s*(?:个|名|位)?\s*(?:人|队员|志愿者|帮手|人手)?"
_TEAM = r"(?:铁脚板)?(?:小分队|队员)|铁脚板|(?P<pioneer>(?:海棠)?先锋(?:队员?)?)"
_CALL = re.compile(
    rf"(?:(?P<before>\d{{4,7}})\s*)?"
    rf"(?:(?P<digit>3)(?!\d)|(?:再?[叫喊派请找])?(?:{_TEAM})|再?[叫喊派找](?=\s*(?:{_NUMERAL})\s*(?:个|名|位)?\s*人))"
    rf"(?:{_GAP}*(?P<after>\d{{4,7}})(?!\d))?"
    rf"(?:{_GAP}*(?:再?[要来派缺]|需要)?{_GAP}*{_COUNT})?(?:来|吧)?{_GAP}*"
)
_STOP = re.compile(
    rf"(?:(?P<before>\d{{4,7}})\s*)?(?:不用|不要|取消|撤掉?)(?:叫|喊)?(?:{_TEAM}|人|帮忙|帮手)(?:来)?了?"
    rf"(?:{_GAP}*(?P<after>\d{{4,7}}))?{_GAP}*"
)
_WANTED = re.compile(
    rf"(?:来|要|缺|找|差|叫|派|求|需要)(?P<hands>{_NUMERAL})\s*(?:个|名|位)?\s*(?:人|壮|小伙|大汉|帮手|志愿者|劳力)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWish:
    """Which team somebody wants, for which ticket, how many hands (None: he did not say); or that it is enough."""

    team: RoleKind = RoleKind.RESPONSE_TEAM
    number: int | None = None
    hands: int | None = None
    stop: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is just the usual team, called."""
        return self.team is RoleKind.RESPONSE_TEAM and self.hands is None and not self.stop


def read_call(line: str) -> CallWish | None:
    """``3``, ``3 两个人``, ``叫铁脚板 3人``, ``1024 叫先锋``, ``不用铁脚板了``; None for other talk."""
    if stop := _STOP.fullmatch(line):
        return CallWish(team=_team(stop), number=_number(stop), stop=True)
    match = _CALL.fullmatch(line)
    hands = _hands(match["hands"]) if match is not None else None
    if match is None or hands == 0:
        return None
    return CallWish(team=_team(match), number=_number(match), hands=hands)


def wanted_in(text: str) -> int:
    """How many hands a resident's words ask for (“缺两个壮汉” is 2), 1 when they do not say."""
    return max((_hands(match["hands"]) or 1 for match in _WANTED.finditer(text)), default=1)


def _team(match: re.Match[str]) -> RoleKind:
    return RoleKind.PIONEER if match["pioneer"] else RoleKind.RESPONSE_TEAM


def _number(match: re.Match[str]) -> int | None:
    number = match["before"] or match["after"]
    return int(number) if number else None


def _hands(numeral: str | None) -> int | None:
    if numeral is None:
        return None
    digits = to_digits(numeral)
    return min(int(digits), MOST_HANDS) if digits.isdigit() else None


class HandWord(StrEnum):
    """What somebody who was called may say."""

    COME = "come"
    CANNOT = "cannot"
    ARRIVED = "arrived"
    DONE = "done"


_WORDS: tuple[tuple[HandWord, str], ...] = (
    (
        HandWord.CANNOT,
        r"(?:(?:我|对不起|抱歉|不好意思|今天|临时|有事)[，,\s]*)*[来去]不了了?|不来了|不去了|没空|没时间|去不成了?",
    ),
    (HandWord.ARRIVED, r"(?:我|已经?|我已经?)?(?:到了|到现场了|到达了?|已到)"),
    (
        HandWord.DONE,
        r"(?:已经?|都|全部)?(?:办|弄|搞|做|修|搬|处理|帮)(?:好|完|定)了?|完成了?|搞定了?|办结|好了|忙完了?",
    ),
    (
        HandWord.COME,
        r"(?:好的?[，,\s]*)?我(?:来|去|能来|能去|可以来?|马上到|马上来|马上去|报名|有空)(?:吧|了)?|马上[到来去]|来了|算我一个",
    ),
)
_HANDS = [
    (
        word,
        re.compile(
            rf"(?:(?P<before>\d{{4,7}}){_GAP}*)?(?:{pattern})(?:{_GAP}*(?P<after>\d{{4,7}}))?(?P<rest>{_GAP}*)"
        ),
    )
    for word, pattern in _WORDS
]


def read_hand(line: str) -> tuple[HandWord, int | None] | None:
    """What a called person says and the number he gives: ``我来``, ``我来 1024``, ``1024来不了``, ``到了``; None for else."""
    for word, pattern in _HANDS:
        if match := pattern.fullmatch(line):
            return word, _number(match)
    return None
