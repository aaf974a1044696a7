"""What somebody wants done about a notice, read leniently from a direct message: pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from nlp.numerals import to_digits


class Verb(StrEnum):
    """What is to be done; the value is how people call it."""

    SHOW = "看提示"
    STOP = "停提示"
    OPEN = "开提示"
    SKIP = "跳提示"
    CHANGE = "改提示"
    CONFIRM = "确认"
    DROP = "不发"
    LIBRARY = "看范本"
    SEND = "发提示"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRequest:
    """A request: which notice (None: not said), and the words that go with it."""

    verb: Verb
    number: int | None = None
    words: str = ""
    urgent: bool = False


_GAP = r"[\s:：,，]*"
_POLITE = r"\s*(?:请|麻烦|帮我|帮忙|帮)*"
_NOTICE = r"(?:温馨)?(?:提示|通知)"
_NUMBER = rf"{_GAP}第?(?P<number>\d{{1,9}}|[一二两三四五六七八九十百零]{{1,5}})?(?:号|条)?"
_END = r"[\s。.!！]*"
_SHORT: tuple[tuple[Verb, str], ...] = (
    (Verb.SHOW, rf"(?:查看|看看|看一下|看|查)(?:下|我的)?{_NOTICE}(?:列表)?|{_NOTICE}列表|我的{_NOTICE}"),
    (Verb.STOP, rf"(?:停止|停掉|停发|停|取消){_NOTICE}"),
    (Verb.OPEN, rf"(?:恢复|继续|开){_NOTICE}"),
    (Verb.SKIP, rf"(?:跳过|跳){_NOTICE}"),
    (Verb.CONFIRM, rf"确认(?:发送|发布|发)?(?:{_NOTICE})?"),
    (Verb.DROP, rf"不发了?(?:{_NOTICE})?"),
)
_REQUESTS = [(verb, re.compile(rf"{_POLITE}(?:{words}){_NUMBER}{_END}")) for verb, words in _SHORT]
_TURNED = re.compile(
    rf"{_POLITE}把?{_NOTICE}\s*(?P<number>\d{{1,9}})\s*(?:号|条)?(?:停掉|停了|停|取消|别发了|不发了){_END}"
)
_LIBRARY = re.compile(
    rf"{_POLITE}(?:查看|看看|看|查|找)?(?:提示)?(?:范本|模板){_GAP}(?P<words>.*)", re.DOTALL
)
_CHANGE = re.compile(
    rf"{_POLITE}(?:修改|改){_NOTICE}\s*第?(?P<number>\d{{1,9}})(?:号|条)?{_GAP}(?P<words>.*)", re.DOTALL
)
_SEND = re.compile(
    rf"{_POLITE}(?P<urgent>紧急)?发(?:一?个|一?条|一下)?(?P<also>紧急)?(?:(?:温馨)?提示|(?:通知|公告)(?=[\s:：]))"
    rf"{_GAP}(?P<words>.*)",
    re.DOTALL,
)
_ONLY_NUMBER = re.compile(rf"第?(?P<number>\d{{1,9}})(?:号|条)?{_END}")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)} | {0x3000: 0x20}


def read_request(text: str) -> NoticeRequest | None:
    """What is wanted; None when it is about something else."""
    line = text.translate(_HALF_WIDTH)  # as long as the text, so that offsets fit
    for verb, pattern in _REQUESTS:
        if said := pattern.fullmatch(line):
            return NoticeRequest(verb=verb, number=_number(said["number"]))
    if said := _TURNED.fullmatch(line):
        return NoticeRequest(verb=Verb.STOP, number=int(said["number"]))
    if said := _LIBRARY.fullmatch(line):
        return NoticeRequest(verb=Verb.LIBRARY, words=text[slice(*said.span("words"))].strip())
    if said := _CHANGE.fullmatch(line):
        words = text[slice(*said.span("words"))].strip()
        return NoticeRequest(verb=Verb.CHANGE, number=int(said["number"]), words=words)
    if said := _SEND.fullmatch(line):
        return _sending(
            said, text[slice(*said.span("words"))].strip(), line[slice(*said.span("words"))].strip()
        )
    for verb in (Verb.STOP, Verb.OPEN, Verb.SKIP, Verb.CHANGE):
        if line.strip().startswith(verb.value):
            return NoticeRequest(verb=verb)
    return None


def _sending(said: re.Match[str], words: str, line: str) -> NoticeRequest:
    urgent = bool(said["urgent"] or said["also"])
    if only := _ONLY_NUMBER.fullmatch(line):
        return NoticeRequest(verb=Verb.SEND, number=int(only["number"]), urgent=urgent)
    return NoticeRequest(verb=Verb.SEND, words=words, urgent=urgent)


def _number(numeral: str | None) -> int | None:
    return int(to_digits(numeral)) if numeral else None
