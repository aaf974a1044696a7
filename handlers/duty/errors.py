"""What is refused about who answers and by when; every sentence is one an admin can act on."""

from __future__ import annotations

from handlers.errors import HandlerError


class DutyRefused(HandlerError):
    """Nothing has changed. The message is plain Chinese."""
