"""Saying times, places and people in few words."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from nlp import mask_private
from storage.models import Ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_QUOTE = 80

_ROOM = re.compile(
    r"(?P<keep>(?:\d{1,3}|[一二三四五六七八九十]+)\s*(?:幢|栋|号楼|#|-)\s*(?:(?:\d{1,2}|[一二三四五六七八九十]+)\s*(?:单元|-))?)"
    r"\s*(?P<room>\d{3,4})\s*(?:室|户)?(?!\d)"
)
_LONE_ROOM = re.compile(r"(?<![\d:：.])\d{3,4}\s*(?:室|户)(?!外)")


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
    masked = mask_private(text)
    masked = _ROOM.sub(lambda match: match["keep"].rstrip("- "), masked)
    return _LONE_ROOM.sub("家里", masked).strip().rstrip("。.!！")


def public_name(name: str) -> str:
    """A nickname on one line, without numbers that identify somebody."""
    return mask_private(" ".join(name.split()))[:20] or "邻居"


def public_place(ticket: Ticket) -> str:
    """Building and unit, never the room."""
    if ticket.building and (ticket.room or ticket.unit):
        return f"{ticket.building}幢" + (f"{ticket.unit}单元" if ticket.unit else "")
    return public_words(ticket.location)


def place_line(ticket: Ticket) -> str:
    """`` 地点：3幢2单元`` for staff, empty when nobody said where."""
    return f" 地点：{ticket.location}" if ticket.location else ""
