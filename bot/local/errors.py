"""What the local chat refuses."""

from __future__ import annotations

from bot.errors import BotError


class ChatNotLoopback(BotError):
    """The chat lets anybody speak as anybody: it is only served to this machine."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"web.host {host!r}: the local chat is only served on a loopback address such as 127.0.0.1"
        )
        self.host = host


class ChatRefused(BotError):
    """A message that cannot be said: ``field`` is what is wrong with it; ``missing`` when nothing has that id."""

    def __init__(self, field: str, problem: str, *, missing: bool = False) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem, self.missing = field, problem, missing
