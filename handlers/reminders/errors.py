"""What is refused about 温馨提示; every sentence is one an admin can act on."""

from __future__ import annotations

from handlers.errors import HandlerError


class ReminderRefused(HandlerError):
    """A notice or a change that cannot be made; nothing has changed. The message is plain Chinese."""


class BadSchedule(ReminderRefused):
    """The time it is to go out cannot be used."""


class UnknownPlace(ReminderRefused):
    """A community or group of this name is not in the roster."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"花名册里没有这个{kind}：{name}")
        self.kind, self.name = kind, name


class UnknownReminder(ReminderRefused):
    """There is no notice of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"没有提示{number}。")
        self.number = number
