"""Changing rules: every change is checked as a whole file first, then kept as a revision and in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.roster import seed_categories
from handlers.rules.books import compile_aside
from handlers.rules.errors import (
    DuplicateRule,
    RuleRefused,
    UnknownCategory,
    UnknownRevision,
    UnknownRule,
    UnreadableFile,
    UnreadableRule,
)
from handlers.rules.lines import (
    RuleLine,
    check_category,
    clean_text,
    find_same,
    is_comment,
    is_rule,
    join_lines,
    parse_line,
    split_text,
    unknown_categories,
)
from nlp import RuleBook, RuleError, default_rules
from nlp.signals import Signal
from nlp.spelling import fold
from storage.models import Audit, Rule, RuleRevision
from storage.rules import (
    add_categories,
    category_names,
    count_lines,
    list_lines,
    list_revisions,
    lock_rules,
    revision_text,
)

LONGEST_LINE = 4000
DEFAULT_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One entry of the rules' history."""

    number: int
    at: datetime
    by: str
    note: str


async def seed_rules(session: AsyncSession, *, now: datetime) -> bool:
    """Put the known categories and the packaged rules into an empty database; tells whether rules were added."""
    await lock_rules(session)
    await seed_categories(session)
    if await count_lines(session):
        return False
    text = await asyncio.to_thread(default_rules)
    await replace_rules(session, text, by="系统", note="初始规则", now=now)
    return True


async def add_rule(session: AsyncSession, *, line: str, by: str, now: datetime) -> RuleLine:
    """Add a line at the end. Raises RuleRefused; then nothing has changed."""
    line = _clean(line)
    await lock_rules(session)
    rows = await list_lines(session)
    await _check_line(session, line, rows, None)
    lines = [*map(_shown, rows), RuleLine(number=0, line=line, enabled=True)]
    await _check_lines(lines)
    position = max((row.position for row in rows), default=0) + 1
    row = Rule(position=position, line=line, enabled=True, created_by=by, created_at=now)
    session.add(row)
    await _record(session, lines, by=by, what="rule.add", row=row, now=now)
    return _shown(row)


async def change_rule(session: AsyncSession, *, number: int, line: str, by: str, now: datetime) -> RuleLine:
    """Write another line in a rule's place, keeping its number."""
    line = _clean(line)
    rows, row = await _take(session, number)
    await _check_line(session, line, [other for other in rows if other is not row], number)
    changed = RuleLine(number=number, line=line, enabled=row.enabled)
    lines = [changed if other is row else _shown(other) for other in rows]
    await _check_lines(lines)
    row.line = line
    await _record(session, lines, by=by, what="rule.change", row=row, now=now)
    return changed


async def switch_rule(session: AsyncSession, *, number: int, on: bool, by: str, now: datetime) -> RuleLine:
    """Switch a line on or off; one that is so already stays as it is and makes no revision."""
    rows, row = await _take(session, number)
    switched = RuleLine(number=number, line=row.line, enabled=on)
    if row.enabled != on:
        lines = [switched if other is row else _shown(other) for other in rows]
        await _check_lines(lines)
        row.enabled = on
        await _record(session, lines, by=by, what="rule.on" if on else "rule.off", row=row, now=now)
    return switched


async def remove_rule(session: AsyncSession, *, number: int, by: str, now: datetime) -> RuleLine:
    """Take a line out of the file; the revisions before still have it."""
    rows, row = await _take(session, number)
    gone = _shown(row)
    lines = [_shown(other) for other in rows if other is not row]
    await _check_lines(lines)
    await session.delete(row)
    await _record(session, lines, by=by, what="rule.remove", row=row, now=now)
    return gone


async def find_rules(session: AsyncSession, word: str) -> list[RuleLine]:
    """The lines with a word (or of that number), comments left out; an empty word finds every line."""
    wanted = await asyncio.to_thread(fold, word.strip())
    rows = [row for row in await list_lines(session) if not is_comment(row.line)]
    if wanted.isascii() and wanted.isdigit():
        return [_shown(row) for row in rows if row.id == int(wanted)]
    return [_shown(row) for row in rows if wanted in fold(row.line)]


async def import_rules(
    session: AsyncSession, *, text: str, by: str, note: str, now: datetime, add_missing: bool = False
) -> int:
    """Put a whole file in force; returns how many rules it has. Lines that stay keep their numbers.

    Raises RuleRefused (UnreadableFile with line and column, UnknownCategory unless ``add_missing``, which adds
    the categories it does not know); then nothing has changed.
    """
    await lock_rules(session)
    rules, missing = await check_file(session, text, add_missing=add_missing)
    await add_categories(session, [(name, name, DEFAULT_HOURS) for name in missing])
    await replace_rules(session, text, by=by, note=note, now=now)
    return rules


async def check_file(
    session: AsyncSession, text: str, *, add_missing: bool = False
) -> tuple[int, Sequence[str]]:
    """Whether a whole file could be put in force: (its rules, its categories that are not known). Changes nothing.

    Raises what ``import_rules`` raises.
    """
    rules = await asyncio.to_thread(_count_rules, text)
    if not rules:
        raise RuleRefused("文件里没有一条规则，没有导入。")
    book = await _check_text(text)
    known = await category_names(session)
    missing = unknown_categories(book, known)
    if missing and not add_missing:
        raise UnknownCategory(missing[0], list(known.values()))
    return rules, missing


async def replace_rules(session: AsyncSession, text: str, *, by: str, note: str, now: datetime) -> int:
    """Make the rows say what a checked file says; lines that were there keep their numbers."""
    lines = split_text(text)
    free: dict[str, list[Rule]] = {}
    for row in await list_lines(session):
        free.setdefault(row.line, []).append(row)
    for position, (line, on) in enumerate(lines, 1):
        if kept := free.get(line):
            row = kept.pop(0)
            row.position, row.enabled = position, on
        else:
            row = Rule(position=position, line=line, enabled=on, created_by=by, created_at=now)
            session.add(row)
    for gone in (row for left in free.values() for row in left):
        await session.delete(gone)
    await session.flush()
    revision = await _keep(session, clean_text(text), by=by, note=note, now=now)
    rules = sum(is_rule(line) for line, _ in lines)
    session.add(Audit(at=now, who=by, what="rules.import", detail={"revision": revision, "rules": rules}))
    return revision


async def restore_revision(session: AsyncSession, *, number: int, by: str, now: datetime) -> int:
    """Put an earlier revision in force again, as a new revision whose number is returned."""
    await lock_rules(session)
    text = await revision_text(session, number)
    if text is None:
        raise UnknownRevision(number)
    await _check_text(text)
    return await replace_rules(session, text, by=by, note=f"恢复规则 {number}", now=now)


async def revisions(session: AsyncSession, limit: int = 10) -> list[Revision]:
    """The latest revisions, newest first."""
    rows = await list_revisions(session, limit)
    return [Revision(number=number, at=at, by=by, note=note) for number, at, by, note in rows]


async def add_category(session: AsyncSession, *, name: str, hours: int, by: str, now: datetime) -> None:
    """Add a category that rules may then name; its code is its name, as ``nlp`` has it."""
    await lock_rules(session)
    if not await add_categories(session, [(name, name, hours)]):
        raise RuleRefused(f"已经有“{name}”这一类。")
    session.add(Audit(at=now, who=by, what="category.add", detail={"name": name}))


def _clean(line: str) -> str:
    line = line.strip()
    if not line:
        raise RuleRefused("规则是空的。例：加规则 公共照明：路灯|楼道灯 & @坏了")
    if len(line.splitlines()) > 1:
        raise RuleRefused("一次只能写一条规则，请分开发。")
    if len(line) > LONGEST_LINE:
        raise RuleRefused(f"规则太长，最多{LONGEST_LINE}个字。")
    if is_comment(line):
        raise RuleRefused("“#”开头的是说明，不是规则。")
    return line


def _shown(row: Rule) -> RuleLine:
    return RuleLine(number=row.id, line=row.line, enabled=row.enabled)


async def _take(session: AsyncSession, number: int) -> tuple[list[Rule], Rule]:
    await lock_rules(session)
    rows = await list_lines(session)
    for row in rows:
        if row.id == number and not is_comment(row.line):
            return rows, row
    raise UnknownRule(number)


async def _check_line(session: AsyncSession, line: str, others: Sequence[Rule], number: int | None) -> None:
    """Refuse a line that cannot be read, names no category of ours, or is there already."""
    try:
        rule = await asyncio.to_thread(parse_line, line)  # the first reading opens the language's data files
    except RuleError as error:
        raise UnreadableRule(number, error.column, error.message) from error
    if rule is None:
        return
    if rule.category not in list(Signal):
        check_category(rule, await category_names(session))
    if same := await asyncio.to_thread(find_same, others, rule):  # reads every line
        row, parsed = same
        alike = (parsed.weight, parsed.urgent) == (rule.weight, rule.urgent)
        raise DuplicateRule(row.id, enabled=row.enabled, same=alike)


def _count_rules(text: str) -> int:
    """How many rules a file has, each read by itself; UnreadableFile names the line."""
    rules = 0
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        try:
            rules += parse_line(line) is not None
        except RuleError as error:
            raise UnreadableFile(number, error.column, error.message) from error
    return rules


async def _check_text(text: str) -> RuleBook:
    try:
        return await compile_aside(text)
    except RuleError as error:
        raise UnreadableFile(error.line, error.column, error.message) from error


async def _check_lines(lines: Sequence[RuleLine]) -> None:
    """Compile the file as it would be, before anything is touched; the error names the rule, not the line."""
    try:
        await compile_aside(join_lines(lines))
    except RuleError as error:
        guilty = lines[error.line - 1].number or None
        raise UnreadableRule(guilty, error.column, error.message) from error


async def _record(
    session: AsyncSession, lines: Sequence[RuleLine], *, by: str, what: str, row: Rule, now: datetime
) -> None:
    """Keep the changed file as a revision, and who changed it."""
    await session.flush()
    note = f"{_NOTES[what]}规则 {row.id}"
    revision = await _keep(session, join_lines(lines), by=by, note=note, now=now)
    detail = {"rule": row.id, "line": row.line, "revision": revision}
    session.add(Audit(at=now, who=by, what=what, detail=detail))


_NOTES = {"rule.add": "加", "rule.change": "改", "rule.on": "开", "rule.off": "停", "rule.remove": "删"}


async def _keep(session: AsyncSession, text: str, *, by: str, note: str, now: datetime) -> int:
    revision = RuleRevision(at=now, by=by, note=note, text=text)
    session.add(revision)
    await session.flush()
    return revision.id
