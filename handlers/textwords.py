"""What an admin says about the bot's sentences in a direct message, and what the bot answers."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.errors import UnknownField, UnknownText
from handlers.textedits import (
    Sentence,
    TextRefused,
    find_sentences,
    get_sentence,
    reset_sentence,
    set_sentence,
    try_sentence,
)
from handlers.texts import PACKAGED

_COMMAND = re.compile(
    r"\s*(?P<verb>看文案|试文案|改文案|还原文案)(?:[\s:：]+(?P<key>[^\s:：]+))?[\s:：]*(?P<rest>.*)",
    re.DOTALL,
)
_EXAMPLES = {
    "看文案": "看文案 已登记",
    "试文案": "试文案 accepted @{居民} {谁}来办{工单号}了。",
    "改文案": "改文案 accepted @{居民} {谁}来办{工单号}了。",
    "还原文案": "还原文案 accepted",
}
_MOST_SHOWN = 8


async def text_command(session: AsyncSession, text: str, *, by: str, now: datetime) -> str | None:
    """The answer to an admin's words about the bot's sentences; None when they are about something else.

    The caller has checked that ``by`` is an admin. A refusal is an answer too, and has changed nothing.
    """
    said = _COMMAND.fullmatch(text)
    if said is None:
        return None
    verb, key, rest = said["verb"], said["key"] or "", said["rest"].strip()
    if not key or (verb in ("试文案", "改文案") and not rest):
        return f"没看懂。例：{_EXAMPLES[verb]}"
    try:
        match verb:
            case "看文案":
                return await _look(session, f"{key} {rest}".strip())
            case "试文案":
                return f"会是这样：\n{try_sentence(key, rest).preview}\n要改请发：改文案 {key} …"
            case "改文案":
                sentence = await set_sentence(session, key, rest, by=by, now=now)
                return f"已改，下一条消息起就用。会是这样：\n{sentence.preview}\n不要了请发：还原文案 {key}"
            case _:
                sentence = await reset_sentence(session, key, by=by, now=now)
                return f"已还原：\n{sentence.preview}"
    except (TextRefused, UnknownText, UnknownField) as refused:
        return f"没有改动。{refused}" if verb != "看文案" else str(refused)


async def _look(session: AsyncSession, word: str) -> str:
    if word in PACKAGED:
        return describe(await get_sentence(session, word))
    found = await find_sentences(session, word)
    if not found:
        return f"没有带“{word}”的话。"
    lines = [f"{each.key}{'（改过）' if each.changed else ''} {each.text}" for each in found[:_MOST_SHOWN]]
    if len(found) > _MOST_SHOWN:
        lines.append(f"共{len(found)}句，先看{_MOST_SHOWN}句，多写几个字再找。")
    return "\n".join(lines)


def describe(sentence: Sentence) -> str:
    """Everything about one sentence, in a few lines of plain Chinese."""
    lines = [
        f"{sentence.key}{'（改过）' if sentence.changed else ''}：{sentence.text}",
        f"例：{sentence.preview}",
    ]
    if sentence.changed:
        lines.append(f"原来：{sentence.packaged}")
    if sentence.fields:
        lines.append(f"可以用：{'、'.join(f'{{{name}}}' for name in sentence.fields)}")
    return "\n".join(lines)
