"""Saying times, places and people in few words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from nlp import HIDDEN, address_prefix, find_plates, find_times, hide_private, hide_rooms, mask_private
from nlp.spelling import fold
from storage.models import Ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_QUOTE = 80
LONGEST_CALL = 2
"""How many residents are called by name in one line."""

_LONG_NAME = 20
_MOST_FACTS = 2
_ROOM_LIKE = re.compile(
    r"(?<![a-zA-Z\d]{2})(?<!居民)(?<!用户)(?<!\d)\d{3,}(?!\d|幢|栋|号楼|单元|号?群)|[零〇一二三四五六七八九幺]{3,}"
)
_EMPTY_BRACKETS = re.compile(r"[（(【\[]\s*[）)】\]]")
_NAME_EDGES = " -—–_·|｜/,，.。:：#"


def clock_time(moment: datetime) -> str:
    """``09:12`` in Suzhou."""
    return moment.astimezone(SHANGHAI).strftime("%H:%M")


def due_words(due: datetime, now: datetime) -> str:
    """``今天09:12``, ``明天09:12`` or ``11月26日09:12``."""
    local = due.astimezone(SHANGHAI)
    days = (local.date() - now.astimezone(SHANGHAI).date()).days
    day = {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{local.month}月{local.day}日")
    return f"{day}{local:%H:%M}"


def quote_words(text: str, longest: int = LONGEST_QUOTE) -> str:
    """A resident's words on one line, cut when long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def public_words(text: str) -> str:
    """Words fit to be repeated in a group: no phone, id, plate or room number."""
    return hide_rooms(hide_private(" ".join(text.split()))).strip().rstrip("。.!！")


def staff_name(name: str) -> str:
    """A nickname on one line, as the staff may read it: the room number in it stays."""
    return mask_private(" ".join(name.split()))[:_LONG_NAME] or "邻居"


def public_name(name: str) -> str:
    """A nickname fit to be said in a group: ``3-2-501张三`` is 3幢2单元张三, ``张三501`` is 张三, a mere number 邻居."""
    words = hide_rooms(hide_private(" ".join(name.split())).replace(HIDDEN, ""))
    words = _EMPTY_BRACKETS.sub("", _ROOM_LIKE.sub("", words))
    return words.strip(_NAME_EDGES)[:_LONG_NAME] or "邻居"


def call_names(names: Sequence[str]) -> str:
    """People called in one line: ``张三``, ``张三、王五``, ``张三、王五等3位``."""
    rest = f"等{len(names)}位" if len(names) > LONGEST_CALL else ""
    return "、".join(names[:LONGEST_CALL]) + rest


def public_place(ticket: Ticket) -> str:
    """Building and unit, never the room."""
    if ticket.building and (ticket.room or ticket.unit):
        unit = f"{ticket.unit}单元" if ticket.unit else ""
        return f"{public_words(address_prefix(ticket.location))}{ticket.building}幢{unit}"
    words = public_words(ticket.location)
    return _ROOM_LIKE.sub("", words).strip() if ticket.room else words


def fact_line(text: str) -> str:
    """`` 时间：昨天 22:00 车牌：苏E12345`` for staff, of what a resident said; a bare 晚上 or 今天 is left out."""
    folded = fold(text)
    times = dict.fromkeys(
        when.normal
        for when in find_times(folded, text)
        if when.hour is not None or len(when.normal) > len("今天")
    )
    facts = (("时间", list(times)), ("车牌", list(find_plates(folded))))
    return "".join(f" {name}：{'、'.join(found[:_MOST_FACTS])}" for name, found in facts if found)


def place_line(ticket: Ticket) -> str:
    """`` 地点：3幢2单元`` for staff, empty when nobody said where."""
    return f" 地点：{ticket.location}" if ticket.location else ""
