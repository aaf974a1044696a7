"""Clauses: the stretches of a message within which words speak about the same thing."""

import re
from bisect import bisect_right
from dataclasses import dataclass

_FIRM = "。！!？?\u2026~～"
_SEPARATOR = re.compile(
    r"""[，。！？；：、…,!?;~～\n\r()（）【】\[\]"“”]+       # punctuation
      | (?<!\d)[.]+ | [.]+(?!\d)                           # a stop, not a decimal point
      | (?<!\d):|:(?!\d)
      | (?<![a-z0-9])[ ]+ | [ ]+(?![a-z0-9])               # a blank that is not inside foreign words
      | [\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d]+ # emoji
      | \[[^\[\]]{1,4}\]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Clauses:
    """`starts` and `ends` of the clauses of a text; `firm` has bit k set when a full stop ends clause k."""

    text: str
    starts: list[int]
    ends: list[int]
    firm: int

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, position: int) -> int:
        """The number of the clause a position is in."""
        return bisect_right(self.starts, position) - 1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Start and end of the stretch from one clause to another."""
        return self.starts[first], self.ends[last]


def split_clauses(text: str) -> Clauses:
    """Cut a folded text into its clauses; an empty text is one empty clause."""
    starts: list[int] = [0]
    ends: list[int] = []
    firm = begin = 0
    for separator in _SEPARATOR.finditer(text):
        if separator.start() <= begin:
            begin = starts[-1] = separator.end()
            continue
        if any(mark in separator[0] for mark in _FIRM):
            firm |= 1 << len(ends)
        ends.append(separator.start())
        begin = separator.end()
        starts.append(begin)
    if begin >= len(text) and ends:
        starts.pop()
    else:
        ends.append(len(text))
    if starts:
        starts[0] = 0
    return Clauses(text, starts, ends, firm)
