"""Changing the bot's sentences: every change is checked and shown first, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.errors import HandlerError
from handlers.textfields import chinese_name, from_chinese, sample, to_chinese
from handlers.texts import PACKAGED, check_template, fields_of, fitting
from storage.models import Audit
from storage.templates import changed_texts, drop_text, keep_text

LONGEST_TO_RESIDENT, LONGEST_TO_STAFF = 60, 200
_TO_RESIDENT = "@{resident}"


class TextRefused(HandlerError):
    """A sentence that cannot be changed so; nothing has changed. The message is plain Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One of the bot's sentences as an admin reads it, with its fields' Chinese names in braces."""

    key: str
    text: str
    packaged: str
    changed: bool
    fields: tuple[str, ...]
    preview: str


async def find_sentences(
    session: AsyncSession, word: str = "", *, changed: bool = False
) -> Sequence[Sentence]:
    """The sentences with a word in them or in their key, in the packaged order."""
    own = fitting(await changed_texts(session))
    sentences = (_sentence(key, own.get(key)) for key in PACKAGED if not changed or key in own)
    return [each for each in sentences if word in each.text or word in each.key or word in each.preview]


async def get_sentence(session: AsyncSession, key: str) -> Sentence:
    """The sentence of a key. Raises TextRefused when there is none."""
    _check_key(key)
    return _sentence(key, (fitting(await changed_texts(session))).get(key))


def try_sentence(key: str, text: str) -> Sentence:
    """How a sentence would read with other words. Raises TextRefused, UnknownText or UnknownField."""
    _check_key(key)
    template = from_chinese(text.strip())
    if not template:
        raise TextRefused("没有写新的话。")
    check_template(key, template)
    _check_number(key, template)
    sentence = _sentence(key, template)
    longest = longest_of(key)
    if len(sentence.preview) > longest:
        raise TextRefused(f"太长了：填好以后有{len(sentence.preview)}个字，最多{longest}个字。")
    return sentence


async def set_sentence(session: AsyncSession, key: str, text: str, *, by: str, now: datetime) -> Sentence:
    """Put other words in the place of a sentence, in every process from the next message on.

    Raises what ``try_sentence`` raises; then nothing has changed.
    """
    sentence = try_sentence(key, text)
    await keep_text(session, key, from_chinese(text.strip()), by=by, now=now)
    session.add(Audit(at=now, who=by, what="text.set", detail={"key": key}))
    return sentence


async def reset_sentence(session: AsyncSession, key: str, *, by: str, now: datetime) -> Sentence:
    """Let a sentence read as it was packaged. Raises TextRefused when there is none, or it was not changed."""
    _check_key(key)
    if not await drop_text(session, key):
        raise TextRefused(f"“{key}”没有改过。")
    session.add(Audit(at=now, who=by, what="text.reset", detail={"key": key}))
    return _sentence(key, None)


def longest_of(key: str) -> int:
    """How long a sentence may be when its fields are filled in; a packaged one that is longer may stay so."""
    usual = LONGEST_TO_RESIDENT if PACKAGED[key].startswith(_TO_RESIDENT) else LONGEST_TO_STAFF
    return max(usual, len(_preview(key, PACKAGED[key])))


def _check_key(key: str) -> None:
    if key not in PACKAGED:
        raise TextRefused(f"没有“{key}”这一句。发“看文案 词”找一找。")


def _check_number(key: str, template: str) -> None:
    """A ticket's number must stay: people answer by it."""
    if "number" in fields_of(PACKAGED[key]) and "number" not in fields_of(template):
        raise TextRefused(f"少了{{{chinese_name('number')}}}，大家要靠它回话。")


def _sentence(key: str, own: str | None) -> Sentence:
    template = PACKAGED[key] if own is None else own
    return Sentence(
        key=key,
        text=to_chinese(template),
        packaged=to_chinese(PACKAGED[key]),
        changed=own is not None,
        fields=tuple(chinese_name(name) for name in fields_of(PACKAGED[key])),
        preview=_preview(key, template),
    )


def _preview(key: str, template: str) -> str:
    packaged = PACKAGED[key]
    return template.format(**{name: sample(name, packaged) for name in fields_of(packaged)})
