"""Files that are sent: kept in one folder (``var/media``), referred to by rows under a safe name."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from bot.errors import BotError
from handlers.events import MessageKind

IMAGES = frozenset(("png", "jpg", "jpeg", "gif", "webp"))
"""Endings of what is shown as a picture; everything else is a file to open."""

VOICES = frozenset(("amr", "silk", "mp3", "m4a", "wav", "ogg"))
VIDEOS = frozenset(("mp4", "mov", "webm"))

_NAME = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff_-]{0,99}\.[a-z0-9]{1,8}")


class MediaRefused(BotError):
    """This file cannot be sent: there is none of this name, or it is too large."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"media {name[:120]!r}: {problem}")
        self.name, self.problem = name, problem


class Media:
    """The folder. It is made when the first file is kept."""

    def __init__(self, folder: Path = Path("var/media")) -> None:
        self._folder = folder

    def keep(self, data: bytes, stem: str, ending: str) -> str:
        """Write a file and return its name: ``stem``, a mark of the content, ``ending``. Twice the same is one file."""
        name = f"{stem}-{hashlib.sha256(data).hexdigest()[:12]}.{ending}"
        if not is_safe(name):
            raise ValueError("not a name for a file")
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as passing:
            passing.write(data)
        Path(passing.name).replace(self._folder / name)
        return name

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no error."""
        if is_safe(name):
            (self._folder / name).unlink(missing_ok=True)

    def read(self, name: str) -> bytes:
        """What is in a file; MediaRefused when there is none of this name, or the name leads elsewhere."""
        if not is_safe(name):
            raise MediaRefused(name, "there is no such file")
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise MediaRefused(name, "there is no such file") from error


def is_safe(name: str) -> bool:
    """Whether this can only be the name of a file in the folder itself."""
    return _NAME.fullmatch(name) is not None


def kind_of(name: str) -> MessageKind:
    """What a file is shown as, by its ending."""
    ending = name.rpartition(".")[2]
    if ending in IMAGES:
        return MessageKind.IMAGE
    if ending in VOICES:
        return MessageKind.VOICE
    return MessageKind.VIDEO if ending in VIDEOS else MessageKind.FILE


def is_image(name: str) -> bool:
    """Whether a file is shown as a picture."""
    return name.rpartition(".")[2] in IMAGES
