"""One spelling for what people type in many: full width, traditional, upper case, decorated digits.

Every change is one character for one, so offsets into the result are offsets into the text as given.
"""

import re
from functools import cache
from importlib.resources import files

_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_ODD = {
    "〇": "零",
    "\u3000": " ",
    "\t": " ",
    "\u00a0": " ",
    "\u200b": " ",
    "\ufeff": " ",
    "妳": "你",
}


def _traditional() -> dict[str, str]:
    lines = files("nlp").joinpath("data/traditional.txt").read_text("utf-8").splitlines()
    pairs: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith("#"):
            old, new = line.split(" ")
            pairs.update(zip(old, new, strict=True))
    return pairs


@cache
def _table() -> dict[int, str]:
    table = _traditional()
    table |= {chr(0xFF01 + i): chr(0x21 + i) for i in range(94) if chr(0x21 + i) not in ",!?:;"}
    table |= {chr(0x41 + i): chr(0x61 + i) for i in range(26)}
    table |= {chr(0xFF21 + i): chr(0x61 + i) for i in range(26)}
    table |= {circled: str(number) for number, circled in enumerate(_CIRCLED, 1)}
    table |= _ODD
    return {ord(old): new for old, new in table.items()}


@cache
def unusual_characters() -> str:
    """A regular-expression character class body of everything `fold` would change."""
    return re.escape("".join(map(chr, _table())))


@cache
def _unusual() -> re.Pattern[str]:
    return re.compile(f"[{unusual_characters()}]")


def fold(text: str) -> str:
    """The text in its one spelling; same length, same offsets."""
    return text.translate(_table()) if _unusual().search(text) else text
