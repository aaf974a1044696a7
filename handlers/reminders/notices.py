"""The text of a notice: a template with a few fields, filled for each group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from handlers.reminders.errors import ReminderRefused
from handlers.wording import SHANGHAI
from storage.schedules import Target

FIELDS = ("社区", "群名", "管家", "日期")
LONGEST_TEXT = 2000
_FIELD = re.compile(r"\{([^{}]*)\}")
_NOBODY = "微网管家"

Stewards = Mapping[tuple[int | None, int | None], list[str]]


def clean_notice(text: str) -> str:
    """The text ready to be stored, full-width braces made plain; ReminderRefused names what is wrong with it."""
    text = text.strip().replace("｛", "{").replace("｝", "}")
    if not text:
        raise ReminderRefused("提示是空的。")
    if len(text) > LONGEST_TEXT:
        raise ReminderRefused(f"提示太长：{len(text)}个字，最多{LONGEST_TEXT}个字。")
    for name in _FIELD.findall(text):
        if name not in FIELDS:
            raise ReminderRefused(
                f"提示里不认识{{{name}}}，可以用{'、'.join(f'{{{field}}}' for field in FIELDS)}。"
            )
    if re.search(r"[{}]", _FIELD.sub("", text)):
        raise ReminderRefused("提示里的大括号没有成对。")
    return text


def fill_notice(text: str, target: Target, stewards: Stewards, due: datetime) -> str:
    """The text as one group reads it on the day it is due."""
    if "{" not in text:
        return text
    local = due.astimezone(SHANGHAI)
    values = {
        "社区": target.community,
        "群名": target.name,
        "管家": _steward_names(target, stewards),
        "日期": f"{local.month}月{local.day}日",
    }
    return _FIELD.sub(lambda field: values[field[1]], text)


def _steward_names(target: Target, stewards: Stewards) -> str:
    for scope in ((target.id, None), (target.id, target.community_id), (None, target.community_id)):
        if names := stewards.get(scope):
            return "、".join(dict.fromkeys(names))
    return _NOBODY
