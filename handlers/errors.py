"""What use cases refuse, each error with the data that names the cause."""

from __future__ import annotations


class HandlerError(Exception):
    """Anything this room refuses."""


class UnknownText(HandlerError):
    """There is no sentence of this name."""

    def __init__(self, key: str) -> None:
        super().__init__(f"没有“{key}”这一句。")
        self.key = key


class UnknownField(HandlerError):
    """The template names a field that this sentence does not have, or its braces do not match."""

    def __init__(self, key: str, name: str) -> None:
        super().__init__(f"“{key}”里不能写“{name}”：没有这一项，或者大括号不成对。")
        self.key, self.name = key, name


class ActionRefused(HandlerError):
    """The ticket's state does not allow the action."""

    def __init__(self, number: int, state: str, action: str) -> None:
        super().__init__(f"ticket {number} is {state}: {action} is not possible")
        self.number, self.state, self.action = number, state, action
