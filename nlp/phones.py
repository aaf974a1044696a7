"""Telephone numbers in a message, through the phonenumbers library after a cheap look for digits."""

import re

_LONG = re.compile(r"\d(?:[ -]?\d){6,}")


def find_phones(text: str) -> tuple[str, ...]:
    """Chinese phone numbers as bare digits, in order, each once; never raises."""
    if not _LONG.search(text):
        return ()
    import phonenumbers

    found: dict[str, None] = {}
    for stretch in _LONG.finditer(text):
        for match in phonenumbers.PhoneNumberMatcher(stretch[0], "CN"):
            found[_digits(match.raw_string)] = None
    return tuple(found)


def _digits(raw: str) -> str:
    return "".join(char for char in raw if char.isdigit())
