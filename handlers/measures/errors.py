"""What the measures refuse."""

from __future__ import annotations

from handlers.errors import HandlerError


class BadMonth(HandlerError):
    """This is no month."""

    def __init__(self, text: str) -> None:
        super().__init__(f"月份看不懂：{text[:40]}，应像 2026-11")
        self.text = text


class MonthNotOver(HandlerError):
    """A month can only be frozen when it is over."""

    def __init__(self, month: str) -> None:
        super().__init__(f"{month}还没过完，过完才能定格。")
        self.month = month
