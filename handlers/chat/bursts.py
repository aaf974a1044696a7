"""What somebody says in several messages, understood as one: the same for the rules in force and for those tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.events import IncomingMessage, MessageKind
from handlers.tickets.opening import joined_text
from nlp import Meaning, Verdict
from storage.models import Message


@dataclass(frozen=True, slots=True)
class Understood:
    """A meaning, and the words it was made from: those of the message alone, or with what was said just before."""

    meaning: Meaning
    text: str


def said(message: IncomingMessage) -> str:
    """The words of a message; photos and the like have none, whatever placeholder stands for them."""
    return message.text if message.kind is MessageKind.TEXT else ""


def loose_words(burst: Sequence[Message]) -> list[str]:
    """What was said just before and belongs to no ticket yet."""
    return [each.text for each in burst if each.ticket_id is None and each.kind == MessageKind.TEXT]


def understand_burst(
    understand: Callable[[str], Meaning], message: IncomingMessage, words: Sequence[str], meaning: Meaning
) -> Understood:
    """Take the words before together with the message when it means nothing, or says no place, by itself.

    ``meaning`` is what ``understand`` makes of the message alone.
    """
    if words and (meaning.verdict is Verdict.SILENT or not meaning.place):
        whole = understand(joined_text([*words, said(message)]))
        if whole.requests and (meaning.verdict is Verdict.SILENT or whole.place):
            return Understood(whole, "\n".join([*words, message.text]))
    return Understood(meaning, message.text)
