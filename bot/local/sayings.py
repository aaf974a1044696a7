"""From what a page sends to a message that can be said, and from a message to what a page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.local.errors import ChatRefused
from bot.local.world import BOT, BOT_ID, Member, Room, World, room_id
from storage.local import LocalSaid, LocalWords, find_local_message

LONGEST_TEXT = 10_000
LARGEST_ID = 2**31 - 1
_FIELDS = ("talker", "room", "to", "text", "quote", "mentions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """The body of ``POST /chat/api/messages``, checked for its form only."""

    talker: str
    text: str
    room: str | None
    quote: int | None
    mentions: tuple[str, ...]


def read_saying(body: object) -> Saying:
    """Check a decoded JSON body; raises ChatRefused naming the field."""
    if not isinstance(body, dict):
        raise ChatRefused("body", "expected a JSON object")
    unknown = sorted(str(key) for key in body if key not in _FIELDS)
    if unknown:
        raise ChatRefused(unknown[0][:40], f"unknown field; known here: {', '.join(_FIELDS)}")
    room, to = body.get("room"), body.get("to")
    if (room is None) == (to is None):
        raise ChatRefused("room", 'give either "room" or "to"')
    if to is not None and to != BOT_ID:
        raise ChatRefused("to", 'only "bot" can be written to directly')
    return Saying(
        talker=_text(body, "talker"),
        text=_words(body),
        room=None if room is None else _text(body, "room"),
        quote=None if body.get("quote") is None else message_id("quote", body["quote"]),
        mentions=_mentions(body.get("mentions")),
    )


def message_id(field: str, value: object) -> int:
    """A message id as the API writes it: a string of digits."""
    if (
        not isinstance(value, str)
        or not (value.isascii() and value.isdigit())
        or int(value[:12]) > LARGEST_ID
    ):
        raise ChatRefused(field, "expected a message id, a string of digits")
    return int(value)


def place_saying(saying: Saying, world: World, at: datetime) -> LocalWords:
    """Check a saying against the world: who speaks, where, to whom. Raises ChatRefused."""
    room, talker = _seat(saying, world)
    members = room.members if room else {BOT_ID: BOT}
    strangers = [contact for contact in saying.mentions if contact not in members]
    if strangers:
        raise ChatRefused("mentions", "somebody mentioned is not a member")
    return LocalWords(
        group_id=room.group_id if room else None,
        contact=None if room else talker.id,
        talker=talker.id,
        name=talker.name,
        text=saying.text,
        at=at,
        mentions=saying.mentions or _named(saying.text, members),
        quote=saying.quote,
    )


async def check_quote(session: AsyncSession, words: LocalWords) -> None:
    """What is quoted must be a message of the same conversation. Raises ChatRefused."""
    if words.quote is None:
        return
    quoted = await find_local_message(session, words.quote)
    if quoted is None or (quoted.group_id, quoted.contact) != (words.group_id, words.contact):
        raise ChatRefused("quote", "no such message in this conversation")


def shown(said: LocalSaid) -> dict[str, Any]:
    """A message as the API and the web socket give it."""
    quote = None
    if said.quote is not None:
        quote = {"id": str(said.quote), "name": said.quoted_name or "", "text": said.quoted_text or ""}
    return {
        "id": str(said.id),
        "room": None if said.group_id is None else room_id(said.group_id),
        "contact": said.contact,
        "talker": said.talker,
        "name": said.name,
        "text": said.text,
        "mentions": list(said.mentions),
        "at": said.at.isoformat(),
        "media": said.media,
        "quote": None if said.quote is None else str(said.quote),
        "quoted": quote,
    }


def _seat(saying: Saying, world: World) -> tuple[Room | None, Member]:
    if saying.room is None:
        if saying.talker not in world.contacts:
            raise ChatRefused("talker", "no such contact", missing=True)
        return None, world.contacts[saying.talker]
    if saying.room not in world.rooms:
        raise ChatRefused("room", "no such room", missing=True)
    room = world.rooms[saying.room]
    if saying.talker not in room.members or saying.talker == BOT_ID:
        raise ChatRefused("talker", "not a member of this room that can be played")
    return room, room.members[saying.talker]


def _named(text: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Whom the text itself calls with @."""
    if "@" not in text:
        return ()
    return tuple(member.id for member in members.values() if f"@{member.name}" in text)


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not value:
        raise ChatRefused(field, "expected a text that is not empty")
    return value


def _words(body: Mapping[str, Any]) -> str:
    text = _text(body, "text")
    if len(text) > LONGEST_TEXT:
        raise ChatRefused("text", f"longer than {LONGEST_TEXT} characters")
    if not text.strip():
        raise ChatRefused("text", "expected a text that is not empty")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ChatRefused("text", "holds characters that are no text")
    return text


def _mentions(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ChatRefused("mentions", "expected a list of contact ids")
    if not all(isinstance(contact, str) for contact in value):
        raise ChatRefused("mentions", "expected a list of contact ids")
    return tuple(dict.fromkeys(value))
