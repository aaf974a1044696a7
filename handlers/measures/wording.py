"""A ticket's words as a report may show them: nothing that identifies somebody, no room number."""

from __future__ import annotations

from handlers.wording import public_name, public_words, quote_words
from storage.measures import TicketWords

_LONGEST = 300


def shown_words(text: str) -> str:
    """What somebody said, on one line."""
    return quote_words(public_words(text), _LONGEST)


def shown_place(words: TicketWords) -> str:
    """Building and unit, or the named spot."""
    if words.building:
        return f"{words.building}幢" + (f"{words.unit}单元" if words.unit else "")
    return public_words(words.location)


def shown_resident(name: str) -> str:
    """The first letter of a nickname."""
    return f"{public_name(name)[0]}**"
