"""Counting what WeChat refuses in a row: a person would stop by himself."""

from __future__ import annotations

from bot.connector import Refusal, SendResult, SendState
from handlers.pausing import LIMITED, refused_in_a_row


class RefusalCount:
    """For one account; ``most`` refusals in a row are enough."""

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0

    def note(self, result: SendResult) -> str | None:
        """Take one more result; the reason to pause when it is time, then the count begins anew."""
        if result.state is SendState.SENT:
            self._count = 0
        elif result.refusal is Refusal.LIMITED:
            self._count = 0
            return LIMITED
        elif result.refusal is Refusal.REFUSED:
            self._count += 1
            if self._count >= self._most:
                self._count = 0
                return refused_in_a_row(self._most)
        return None
