"""The token that opens the calendar feed: a file that only this service can read. No file, no feed."""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.errors import BotError

_OWNER_ONLY = 0o600


class TokenFileUnusable(BotError):
    """The token file cannot be written."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}：{problem}")
        self.path, self.problem = path, problem


def make_token(path: Path) -> str:
    """Write a new token; whoever has the old one is locked out."""
    token = secrets.token_urlsafe(24)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(mode=_OWNER_ONLY)
        path.write_text(token + "\n", encoding="utf-8")
    except OSError as error:
        raise TokenFileUnusable(path, error.strerror or "写不了") from error
    return token


def remove_token(path: Path) -> bool:
    """Close the feed; tells whether it was open."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise TokenFileUnusable(path, error.strerror or "删不了") from error
    return True


def read_token(path: Path) -> str | None:
    """The token in force; None when the feed is closed (or nobody can read the file)."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
