"""Files that people send in the local chat: an uploaded form, checked for size and for what it really is."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from bot.filetypes import ending_of
from bot.local.errors import ChatRefused
from bot.local.sayings import Saying, read_saying
from bot.media import kind_of
from handlers.events import MessageKind

UPLOAD = "chat"
"""How the names of files begin that people send here."""

LONGEST_FIELD = 1_000
LONGEST_NAME = 80
CHUNK = 65_536
_FIELDS = ("talker", "room", "to")
_SHOWN = {MessageKind.IMAGE: "[图片]", MessageKind.VOICE: "[语音]", MessageKind.VIDEO: "[视频]"}
_ORDER = (MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.VOICE, MessageKind.FILE)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file somebody sends: who and where to (``saying``), what is in it, and the ending it is kept with."""

    saying: Saying
    data: bytes
    ending: str


async def read_file(request: web.Request, *, limit: int) -> SentFile:
    """Read the form; raises ChatRefused naming the field. Nothing is kept yet."""
    if not request.content_type.startswith("multipart/"):
        raise ChatRefused("body", "expected a form with a file (multipart/form-data)")
    fields: dict[str, str] = {}
    name, data = "", b""
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name not in (*_FIELDS, "file"):
                raise ChatRefused("body", f"unknown field; known here: {', '.join(_FIELDS)}, file")
            if part.name == "file":
                name, data = part.filename or "", await _read(part, limit)
            else:
                fields[part.name] = (await _read(part, LONGEST_FIELD)).decode()
    except (ValueError, HttpProcessingError) as error:
        raise ChatRefused("body", "is not a form") from error
    if not data:
        raise ChatRefused("file", "is empty or missing")
    ending = _ending(data, name)
    shown = _SHOWN.get(kind_of(f"x.{ending}")) or name.replace("\\", "/").rpartition("/")[2][-LONGEST_NAME:]
    return SentFile(read_saying({**fields, "text": shown or "[文件]"}), data, ending)


def _ending(data: bytes, name: str) -> str:
    for kind in _ORDER:
        if (ending := ending_of(data, kind, name)) is not None:
            return ending
    raise ChatRefused("file", "is no picture, voice message, video, document or text")


async def _read(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        data += chunk
        if len(data) > limit:
            raise ChatRefused(part.name or "body", f"is larger than {limit} bytes")
    return bytes(data)
