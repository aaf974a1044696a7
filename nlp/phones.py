"""Telephone numbers in a message, through the phonenumbers library after a cheap look for digits."""

import re

_LONG = re.compile(r"\d(?:[ -]?\d){6,}")
_NUMBER = r"\d(?:[ )）\-－—]{0,2}\d)*"
_CALLED = re.compile(
    r"(?:电话|手机|热线|座机|拨打|致电|联系|咨询|请拨|请打)[^\d\n。；;，,]{0,6}"
    rf"(?P<numbers>{_NUMBER}(?:[、/或]{_NUMBER})*)(?![\d号幢栋楼单室点时月日年个人元次天小分])"
)
_MOBILE = re.compile(r"(?<![\d.])1[3-9]\d(?:[ -]?\d){6,10}(?!\d)")
_SERVICE = re.compile(r"11[0-9]|12[0-4]|1[012]\d{3}|9[56]\d{3,6}|[48]00\d{7}")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_BETWEEN = re.compile(r"[、/或]")
_FEWEST = 3
"""Fewer digits are no telephone number anyway."""


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


def wrong_phones(text: str) -> tuple[str, ...]:
    """Numbers given as telephone numbers that nobody in mainland China can have, as written, each once; never raises.

    Emergency and service numbers (110, 12345, 95598, 400…) are fine, and local ones without the area code.
    """
    said = [number for called in _CALLED.finditer(text) for number in _BETWEEN.split(called["numbers"])]
    said += [mobile[0] for mobile in _MOBILE.finditer(text)]
    return tuple(
        dict.fromkeys(
            number for number in said if len(_digits(number)) >= _FEWEST and not _is_phone(_digits(number))
        )
    )


def is_mobile(number: str) -> bool:
    """Whether these digits are a mobile phone's."""
    digits = _digits(number)
    return len(digits) == 11 and digits[0] == "1" and _is_valid(digits)


def _is_phone(digits: str) -> bool:
    return bool(_SERVICE.fullmatch(digits) or _LOCAL.fullmatch(digits)) or _is_valid(digits)


def _is_valid(digits: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))
    except phonenumbers.NumberParseException:
        return False


def _digits(raw: str) -> str:
    return "".join(char for char in raw if char.isdigit())
