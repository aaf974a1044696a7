"""What a message payload of the gateway means: pure translation, no calls."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handlers.events import IncomingMessage, MessageKind

# The numbers of the gateway (wechaty-puppet's MessageType). wechaty_grpc's own enum counts differently.
KINDS = {
    1: MessageKind.FILE,
    2: MessageKind.VOICE,
    6: MessageKind.IMAGE,
    7: MessageKind.TEXT,
    13: MessageKind.RECALL,
    15: MessageKind.VIDEO,
}
MILLISECONDS_FROM = 100_000_000_000
MICROSECONDS_FROM = 100_000_000_000_000

_QUOTE = re.compile(
    r"「(?P<who>[^「」：:\n]{0,64})[：:]\s?(?P<words>.*?)」\s*\n\s*(?:[-—–─] ?){5,}\s*\n(?P<reply>.*)",
    re.DOTALL,
)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_CONTENT = re.compile(r"<content>(.*?)</content>", re.DOTALL)
_SERVER_ID = re.compile(r"<svrid>(\d+)</svrid>")
_RECALLED = re.compile(r"<newmsgid>(\d+)</newmsgid>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """What was said, what it answers: the quoted words and, when named, the quoted message's id."""

    text: str
    quoted_text: str | None = None
    quote: str | None = None


def read_time(timestamp: float, now: datetime) -> datetime:
    """A payload's timestamp (seconds, milliseconds or microseconds by size) as a time; ``now`` without one."""
    if timestamp >= MICROSECONDS_FROM:
        timestamp /= 1_000_000
    elif timestamp >= MILLISECONDS_FROM:
        timestamp /= 1_000
    return datetime.fromtimestamp(timestamp, UTC) if timestamp > 0 else now


def read_words(text: str) -> Words:
    """Take a quotation apart: drawn as text by most puppets, as XML (refermsg) by others."""
    if text.startswith("「"):
        found = _QUOTE.match(text)
        if found:
            return Words(found["reply"].strip(), found["words"].strip())
    if text.lstrip().startswith("<") and "<refermsg>" in text:
        return _read_reference(text)
    return Words(text)


def _read_reference(xml: str) -> Words:
    """A refermsg by its few tags; a real XML parser would trust strangers' entities."""
    head, _, reference = xml.partition("<refermsg>")
    server_id = _SERVER_ID.search(reference)
    quoted = _inner(_CONTENT, reference)
    return Words(
        _inner(_TITLE, head) or "",
        None if quoted is None or quoted.lstrip().startswith("<") else quoted,
        server_id[1] if server_id else None,
    )


def _inner(tag: re.Pattern[str], xml: str) -> str | None:
    found = tag.search(xml)
    return html.unescape(_CDATA.sub(r"\1", found[1])).strip() if found else None


def read_message(
    payload: Any, *, account: str, own_id: str | None, name: str, topic: str | None, now: datetime
) -> IncomingMessage:
    """One payload as the event the service knows. ``own_id`` is the account's contact id."""
    kind = KINDS.get(int(payload.type), MessageKind.UNKNOWN)
    words = read_words(payload.text)
    if kind is not MessageKind.RECALL and (words.quoted_text is not None or words.quote is not None):
        kind = MessageKind.TEXT
    room = payload.room_id or None
    is_self = own_id is not None and payload.from_id == own_id
    return IncomingMessage(
        account=account,
        id=payload.id,
        at=read_time(payload.timestamp, now),
        talker=payload.from_id,
        name=name,
        text=_shown(kind, words.text, payload.filename),
        room=room,
        topic=topic,
        kind=kind,
        media=payload.id if kind in _WITH_MEDIA else None,
        mentions=tuple(payload.mention_ids),
        quote=words.quote,
        quoted_text=words.quoted_text,
        recalls=read_recall(payload.text) if kind is MessageKind.RECALL else None,
        is_self=is_self,
        contact=payload.to_id if is_self and room is None else None,
    )


def read_recall(text: str) -> str | None:
    """The id of the message that was taken back: the bare text with most puppets, inside XML with others."""
    found = _RECALLED.search(text)
    return found[1] if found else text.strip() or None


_WITH_MEDIA = frozenset({MessageKind.IMAGE, MessageKind.VOICE, MessageKind.VIDEO, MessageKind.FILE})


def _shown(kind: MessageKind, text: str, filename: str) -> str:
    """The words of a text, the name of a file; what puppets put beside media and unknown types is machine talk."""
    if kind is MessageKind.TEXT:
        return text
    if kind is MessageKind.FILE:
        return filename
    return "" if kind in _WITH_MEDIA or kind is MessageKind.RECALL or text.lstrip().startswith("<") else text
