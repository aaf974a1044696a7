"""The file that goes with a notice: looked at, then kept in the media folder."""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli.opening import BadFile
from bot.config import MediaConfig
from bot.filetypes import ending_of
from bot.media import Media
from handlers.events import MessageKind

_UNFIT = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff_-]+")
_LONGEST_STEM = 40
_KINDS = (MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.FILE)


def keep_file(path: Path, config: MediaConfig, *, only_look: bool = False) -> str | None:
    """Put a picture, a video or a document into the media folder; its name there. BadFile when it cannot be sent.

    With ``only_look`` nothing is kept and None comes back.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(path, error.strerror or "读不了") from error
    if not data:
        raise BadFile(path, "文件是空的。")
    if len(data) > config.largest_mb * 1024 * 1024:
        raise BadFile(path, f"文件太大，最大{config.largest_mb}MB。")
    ending = next((found for kind in _KINDS if (found := ending_of(data, kind, path.name))), None)
    if ending is None:
        raise BadFile(path, "发不了这种文件。可以发图片、视频、PDF、Word、Excel、PPT、文本。")
    if only_look:
        return None
    stem = _UNFIT.sub("-", path.stem)[:_LONGEST_STEM].strip("-_") or "notice"
    return Media(Path(config.folder)).keep(data, stem, ending)
