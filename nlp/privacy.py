"""Hiding what identifies a person: phone, identity-card, bank-card and plate numbers.

Numbers are looked for in the folded text, which has the same offsets, so every way of typing them is found.
"""

import re
from collections.abc import Callable

from nlp.plates import PLATE
from nlp.spelling import fold

_SPOKEN = "零一二两三四五六七八九幺"
_PRIVATE = re.compile(
    rf"""(?P<identity>(?<!\d)\d{{6}}(?:19|20)\d{{9}}[\dx](?![\da-z]))
       | (?P<card>(?<!\d)[3-6]\d{{3}}(?:[ ]?\d{{4}}){{3}}(?:[ ]?\d{{1,3}})?(?!\d))
       | (?P<mobile>(?<!\d)(?:86[ \-]?)?1[3-9]\d(?:[ .·\-]?\d){{8}}(?!\d))
       | (?P<landline>(?<!\d)0\d{{2,3}}[ )）\-]{{0,3}}[2-9]\d{{2,3}}[ \-]?\d{{4}}(?!\d))
       | (?P<local>(?<!\d)(?!20\d\d(?:0\d|1[0-2])[0-3]\d)[2-9]\d{{6,7}}(?!\d))
       | (?P<spoken>(?<![{_SPOKEN}])[一幺][三四五六七八九][{_SPOKEN}]{{9}}(?![{_SPOKEN}]))
       | (?P<plate>(?-x:{PLATE}))
    """,
    re.VERBOSE,
)
_KEPT = {
    "identity": (6, 2),
    "card": (4, 2),
    "mobile": (3, 2),
    "landline": (4, 2),
    "local": (2, 2),
    "spoken": (3, 2),
    "plate": (2, 1),
}
HIDDEN = "***"
"""What stands for a hidden number."""

_HINT = re.compile(rf"\d|[{_SPOKEN}]{{11}}")


def mask_private(text: str) -> str:
    """The text with the middle of every such number starred; same length."""
    return _replaced(text, _masked)


def hide_private(text: str) -> str:
    """The text with ``***`` in the place of every such number: what a whole group may read."""
    return _replaced(text, lambda _kind, _number: HIDDEN)


def _replaced(text: str, replace: Callable[[str, str], str]) -> str:
    if not _HINT.search(text):
        return text
    parts: list[str] = []
    end = 0
    for match in _PRIVATE.finditer(fold(text)):
        parts += text[end : match.start()], replace(match.lastgroup or "", text[slice(*match.span())])
        end = match.end()
    return "".join((*parts, text[end:])) if parts else text


def _masked(kind: str, number: str) -> str:
    head, tail = _KEPT[kind]
    return number[:head] + re.sub(r"\w", "*", number[head:-tail]) + number[-tail:]
