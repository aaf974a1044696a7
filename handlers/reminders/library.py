"""Common notices by season and hazard: examples to edit, with slots (〔时间〕) that somebody has to fill."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handlers.reminders.errors import ReminderRefused

PACKAGED = Path(__file__).with_name("library.toml")
_SLOT = re.compile(r"〔([^〔〕]*)〕")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One notice of the library: a short key, what people call it, its kind, when it is of use, and its words."""

    key: str
    name: str
    kind: str
    season: str
    category: str
    text: str

    @property
    def slots(self) -> tuple[str, ...]:
        """What has to be filled in by hand, in order."""
        return tuple(dict.fromkeys(_SLOT.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> str:
        """The words with these slots filled; the others stay open. ReminderRefused for a slot it does not have."""
        for name in values:
            if name not in self.slots:
                known = "、".join(self.slots) or "没有"
                raise ReminderRefused(f"范本“{self.name}”里没有〔{name}〕。要填的：{known}")
        return _SLOT.sub(lambda slot: values.get(slot[1]) or slot[0], self.text)


@cache
def library() -> tuple[Example, ...]:
    """The packaged notices, in the order of the file."""
    notices = tomllib.loads(PACKAGED.read_text(encoding="utf-8"))["notice"]
    return tuple(Example(**{**notice, "text": notice["text"].strip()}) for notice in notices)


def find_example(words: str) -> Example:
    """The notice of this key or name, or the only one whose name has these words. ReminderRefused for none or many."""
    words = words.strip().lower()
    examples = library()
    fitting = [each for each in examples if words in (each.key, each.name)]
    fitting = fitting or [each for each in examples if words and words in each.name]
    if len(fitting) == 1:
        return fitting[0]
    names = "、".join(each.name for each in fitting or examples)
    raise ReminderRefused(
        f"“{words}”不止一个范本：{names}" if fitting else f"没有“{words}”这个范本。有：{names}"
    )


def list_lines() -> list[str]:
    """The names of all notices, a line for each kind."""
    kinds: dict[str, list[str]] = {}
    for each in library():
        kinds.setdefault(each.kind, []).append(each.name)
    return [f"{kind}：{'、'.join(names)}" for kind, names in kinds.items()]
