"""What is refused about 温馨提示; every sentence is one an admin can act on."""

from __future__ import annotations

from handlers.errors import HandlerError


class ReminderRefused(HandlerError):
    """A notice or a change that cannot be made; nothing has changed. The message is plain Chinese."""


class BadSchedule(ReminderRefused):
    """The time it is to go out cannot be used."""


class UnknownReminder(ReminderRefused):
    """There is no notice of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"没有提示{number}。")
        self.number = number


class NotApproved(ReminderRefused):
    """Other people have to say yes first."""

    def __init__(self, number: int, needed: int) -> None:
        super().__init__(f"提示{number}要另外{needed}个人同意才能发。")
        self.number, self.needed = number, needed
