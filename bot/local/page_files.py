"""The packaged files of the chat page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """One file and how to serve it."""

    body: bytes
    content_type: str
    etag: str


def read_page() -> dict[str, PageFile]:
    """Every file of the page by its name."""
    found = {}
    for file in (files("bot.local") / "page").iterdir():
        suffix = file.name[file.name.rfind(".") :]
        if suffix in TYPES:
            body = file.read_bytes()
            etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            found[file.name] = PageFile(body=body, content_type=TYPES[suffix], etag=etag)
    return found
