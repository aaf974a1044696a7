"""The text of a notice: a template with a few fields, filled for each group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from handlers.reminders.errors import ReminderRefused
from handlers.reminders.links import check_links
from handlers.wording import SHANGHAI
from nlp import is_mobile, wrong_phones
from storage.audiences import Target

FIELDS = ("社区", "群名", "网格", "街道", "管家", "日期", "星期", "明天")
LONGEST_TEXT = 2000
LONG_TEXT = 200
"""More than this residents do not read in a group."""

STREET = "本街道"
FILE_WORDS = "温馨提示的附件"
"""What the outbox says of a notice's file; the group sees the file alone."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"〔[^〔〕]*〕")
_STRAY = re.compile(r"[〔〕]")
_NOBODY, _NO_GRID = "微网管家", "本网格"
_WEEKDAYS = "一二三四五六日"
_LONG_NUMBER = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d){8}(?!\d)")

Stewards = Mapping[tuple[int | None, int | None], list[str]]


def clean_notice(text: str, *, file: bool = False) -> str:
    """The text ready to be stored, full-width braces made plain; ReminderRefused names what is wrong with it.

    With a ``file`` there may be no text at all.
    """
    text = text.strip().replace("｛", "{").replace("｝", "}")
    if not text and not file:
        raise ReminderRefused("提示是空的。")
    if len(text) > LONGEST_TEXT:
        raise ReminderRefused(f"提示太长：{len(text)}个字，最多{LONGEST_TEXT}个字。")
    _check_fields(text)
    if slots := list(dict.fromkeys(_SLOT.findall(text))):
        raise ReminderRefused(f"还有没填的：{'、'.join(slots)}，请先填好。")
    if _STRAY.search(text):
        raise ReminderRefused("提示里的〔 〕没有成对。")
    if wrong := wrong_phones(text):
        raise ReminderRefused(f"电话号码不对，请核对：{'、'.join(wrong)}")
    check_links(text)
    return text


def _check_fields(text: str) -> None:
    for name in _FIELD.findall(text):
        if name not in FIELDS:
            raise ReminderRefused(
                f"提示里不认识{{{name}}}，可以用{'、'.join(f'{{{field}}}' for field in FIELDS)}。"
            )
    if re.search(r"[{}]", _FIELD.sub("", text)):
        raise ReminderRefused("提示里的大括号没有成对。")


def doubts(text: str) -> list[str]:
    """What somebody should look at once more before this text is sent; each a sentence."""
    found = []
    if len(text) > LONG_TEXT:
        found.append(f"有{len(text)}个字。群里超过{LONG_TEXT}个字居民不爱看，最好删短。")
    found += [
        f"里面有手机号{match[0]}，群里人人看得到，请确认可以公开。"
        for match in _LONG_NUMBER.finditer(text)
        if is_mobile(match[0])
    ]
    return found


def fill_notice(text: str, target: Target, stewards: Stewards, due: datetime, street: str = STREET) -> str:
    """The text as one group reads it on the day it is due; ``street`` is the subdistrict's name."""
    if "{" not in text:
        return text
    local = due.astimezone(SHANGHAI)
    values = {
        "社区": target.community or street,
        "群名": target.name,
        "网格": target.grid or _NO_GRID,
        "街道": street,
        "管家": _steward_names(target, stewards),
        "日期": _day(local),
        "星期": f"星期{_WEEKDAYS[local.weekday()]}",
        "明天": _day(local + timedelta(days=1)),
    }
    return _FIELD.sub(lambda field: values[field[1]], text)


def _day(local: datetime) -> str:
    return f"{local.month}月{local.day}日"


def _steward_names(target: Target, stewards: Stewards) -> str:
    if target.contact is not None:
        return _NOBODY
    for scope in ((target.id, None), (target.id, target.community_id), (None, target.community_id)):
        if names := stewards.get(scope):
            return "、".join(dict.fromkeys(names))
    return _NOBODY
