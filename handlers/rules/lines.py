"""The rule file as numbered lines: what is one rule, which lines are switched off, what is the whole text."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from handlers.rules.errors import UnknownCategory
from nlp import RuleBook, RuleError, parse_rule
from nlp.rules import Rule as ParsedRule
from storage.models import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One line of the file as an admin sees it."""

    number: int
    line: str
    enabled: bool


OFF = "#停用 "
"""What a switched-off line begins with in a file: a comment to the language, remembered by import."""


def is_rule(line: str) -> bool:
    """Whether a line is a rule, and not a comment, a synonym set or a spelling."""
    return bool(line.strip()) and line.lstrip()[0] not in "#＃@＠~～%％"


def is_comment(line: str) -> bool:
    """Whether a line says nothing to the language."""
    return not line.strip() or line.lstrip()[0] in "#＃"


def join_lines(rows: Iterable[RuleLine]) -> str:
    """The whole file."""
    return "".join(f"{row.line if row.enabled else OFF + row.line}\n" for row in rows)


def split_text(text: str) -> list[tuple[str, bool]]:
    """(line, enabled) of a file's lines that are not blank."""
    lines = (line.strip() for line in text.lstrip("\ufeff").splitlines())
    return [(line.removeprefix(OFF).strip(), not line.startswith(OFF)) for line in lines if line]


def clean_text(text: str) -> str:
    """A whole file as it is kept: no blank lines, no byte-order mark."""
    return join_lines(RuleLine(number=0, line=line, enabled=on) for line, on in split_text(text))


def parse_line(line: str) -> ParsedRule | None:
    """The rule a line is; None for anything else. RuleError when it is meant to be one and is not."""
    return parse_rule(line) if is_rule(line) else None


def try_parse(line: str) -> ParsedRule | None:
    """Like ``parse_line``, None for what cannot be read."""
    try:
        return parse_line(line)
    except RuleError:
        return None


def find_same(rows: Sequence[Rule], rule: ParsedRule) -> tuple[Rule, ParsedRule] | None:
    """The row that asks for the same words for the same category, with what it says."""
    for row in rows:
        parsed = try_parse(row.line)
        if parsed is not None and parsed.condition == rule.condition:
            return row, parsed
    return None


def unknown_categories(book: RuleBook, known: Container[str]) -> list[str]:
    """The categories a book speaks of that are not known, each once."""
    return [category for category in book.categories if category not in known]


def check_category(rule: ParsedRule, known: dict[str, str]) -> None:
    """Raise UnknownCategory for a category that is not known (code → name)."""
    if rule.category not in known:
        raise UnknownCategory(rule.category, list(known.values()))
