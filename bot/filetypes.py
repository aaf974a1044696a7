"""What a file is by its first bytes, so that nothing is kept under a name it does not deserve."""

from __future__ import annotations

import re

from handlers.events import MessageKind

_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), ending)
    for pattern, ending in (
        (rb"\xff\xd8\xff", "jpg"),
        (rb"\x89PNG\r\n\x1a\n", "png"),
        (rb"GIF8[79]a", "gif"),
        (rb"RIFF....WEBP", "webp"),
        (rb"....ftyp(?:heic|heix|mif1|msf1)", "heic"),
        (rb"\x02?#!SILK", "silk"),
        (rb"#!AMR", "amr"),
        (rb"RIFF....WAVE", "wav"),
        (rb"OggS", "ogg"),
        (rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", "mp3"),
        (rb"....ftypM4A", "m4a"),
        (rb"....ftypqt", "mov"),
        (rb"....ftyp", "mp4"),
        (rb"\x1a\x45\xdf\xa3", "webm"),
        (rb"%PDF-", "pdf"),
        (rb"PK\x03\x04", "zip"),
        (rb"\xd0\xcf\x11\xe0", "ole"),
    )
)
_IMAGES = frozenset(("jpg", "png", "gif", "webp", "heic"))
_VOICES = frozenset(("silk", "amr", "wav", "ogg", "mp3", "m4a"))
_VIDEOS = frozenset(("mp4", "mov", "webm"))
_OFFICE = {"zip": frozenset(("docx", "xlsx", "pptx")), "ole": frozenset(("doc", "xls", "ppt"))}
_WORDS = frozenset(("txt", "csv"))


def ending_of(data: bytes, kind: MessageKind, name: str) -> str | None:
    """The ending a file of this kind is kept with; None when it is not of that kind, or of one nobody should open.

    ``name`` is what the sender called it: it only tells office documents and plain text from one another.
    """
    found = next((ending for magic, ending in _MAGIC if magic.match(data)), None)
    said = name.rpartition(".")[2].lower()
    match kind:
        case MessageKind.IMAGE:
            return found if found in _IMAGES else None
        case MessageKind.VOICE:
            return found if found in _VOICES else "m4a" if found == "mp4" else None
        case MessageKind.VIDEO:
            return found if found in _VIDEOS else None
        case MessageKind.FILE if found in _OFFICE:
            return said if said in _OFFICE[found] else None
        case MessageKind.FILE if found is None:
            return said if said in _WORDS and _is_text(data) else None
        case MessageKind.FILE:
            return found
        case _:
            return None


def _is_text(data: bytes) -> bool:
    return b"\0" not in data
