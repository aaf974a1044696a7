"""The links in a notice: whole, and leading where they say."""

from __future__ import annotations

import re

from handlers.reminders.errors import ReminderRefused

LONGEST_LINK = 500
_LINK_LIKE = re.compile(r"(?:[a-zA-Z]{2,10}[:：]/{1,3}|(?<![\w@./-])www\.)\S*")
_LABEL = r"(?!-)[a-z0-9-]{1,63}"
_LINK = re.compile(
    rf"https?://(?:{_LABEL}\.)+(?!\d)[a-z0-9-]{{2,24}}(?::\d{{1,5}})?(?:[/?#]\S*)?", re.IGNORECASE
)


def check_links(text: str) -> None:
    """Raise ReminderRefused for anything in a text that wants to be a link and is none."""
    for found in _LINK_LIKE.findall(text):
        check_link(found)


def check_link(link: str) -> str:
    """The link as given; ReminderRefused says what is wrong with it."""
    if not link.isascii():
        raise ReminderRefused(f"链接里不能有中文和中文标点，后面请空一格或换行：{link}")
    if len(link) > LONGEST_LINK:
        raise ReminderRefused(f"链接太长：{len(link)}个字符，最多{LONGEST_LINK}个。")
    if not link.lower().startswith(("http://", "https://")):
        raise ReminderRefused(f"链接要以 https:// 开头：{link}")
    if not _LINK.fullmatch(link):
        raise ReminderRefused(f"链接不对：{link}")
    return link
