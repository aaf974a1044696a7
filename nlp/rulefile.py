"""A whole rule file: rules, synonym sets (`@名 = a|b`, `@名 += c`), other spellings (`~路灯 = 路登`), leans (`%烫手 = 诉求 0.3`).

The line `%自带` stands for the packaged leans, some thirty thousand lines of `data/leans.txt`, whichever the program has.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files

from nlp.leans import MARKS, Lean, parse_lean
from nlp.rules import Rule, RuleError, parse_alternatives, parse_rule
from nlp.spelling import fold

LEANS_FILE = "leans.txt"

_SET = re.compile(r"\s*[@＠]\s*([^\s=＝:：|｜&＆!！+＋]+)\s*([+＋]?)[=＝]")
_PACKAGED = ("%自带", "％自带")
_SPELLING = re.compile(r"\s*[~～]\s*([^\s=＝:：|｜&＆!！]+)\s*[=＝]")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A rule that says what an earlier one says: the later line counts, the earlier one does not."""

    line: int
    first_line: int
    canonical: str


@dataclass
class RuleFile:
    """The parsed file. `sets` hold atoms as written (terms and `@other`), `spellings` right → wrong forms."""

    rules: list[Rule] = field(default_factory=list)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    leans: list[Lean] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)


def default_parts() -> list[tuple[str, str]]:
    """The packaged default rules ``data/*.rules``, without leans: (file name, text) by name."""
    parts = [part for part in files("nlp").joinpath("data").iterdir() if part.name.endswith(".rules")]
    return sorted((part.name, part.read_text("utf-8")) for part in parts)


def default_rules() -> str:
    """The text of the packaged default rules as one file; its last line brings the packaged leans."""
    return "\n".join((*(text for _, text in default_parts()), f"{_PACKAGED[0]}\n"))


@cache
def _packaged_leans() -> tuple[Lean, ...]:
    text = files("nlp").joinpath("data", LEANS_FILE).read_text("utf-8")
    return tuple(
        parse_lean(line, number) for number, line in enumerate(text.splitlines(), 1) if line[0] != "#"
    )


@lru_cache(4)
def packaged_leans(number: int) -> tuple[Lean, ...]:
    """The leans of ``data/leans.txt``, all of them as of line `number`."""
    return tuple(replace(lean, line=number) for lean in _packaged_leans())


def parse_rules(text: str) -> RuleFile:
    """Read a rule file; RuleError for the first line that cannot be read or names an unknown set."""
    parsed = RuleFile()
    by_condition: dict[object, Rule] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#＃":
            continue
        if stripped[0] in "@＠":
            _define(parsed, line, number)
        elif stripped[0] in "~～":
            _respell(parsed, line, number)
        elif stripped in _PACKAGED:
            parsed.leans.extend(packaged_leans(number))
        elif stripped[0] in MARKS:
            parsed.leans.append(parse_lean(line, number))
        else:
            _collect(parsed, by_condition, parse_rule(line, number))
    parsed.rules = list(by_condition.values())
    _check_sets(parsed)
    return parsed


def _collect(parsed: RuleFile, by_condition: dict[object, Rule], rule: Rule) -> None:
    earlier = by_condition.pop(rule.condition, None)
    if earlier is not None:
        parsed.duplicates.append(Duplicate(rule.line, earlier.line, rule.canonical))
    by_condition[rule.condition] = rule


def _define(parsed: RuleFile, line: str, number: int) -> None:
    head = _SET.match(line)
    if head is None:
        raise RuleError(number, len(line.rstrip()) + 1, "同义词组应写成“@名字 = 词|词”，这一行没有等号")
    name, extends = fold(head[1]), bool(head[2])
    if name in parsed.sets and not extends:
        raise RuleError(number, head.start(1) + 1, f"同义词组“@{name}”前面已经写过，要补词请用 +=")
    atoms = parse_alternatives(line, head.end(), number)
    parsed.sets[name] = tuple(dict.fromkeys((*parsed.sets.get(name, ()), *atoms)))


def _respell(parsed: RuleFile, line: str, number: int) -> None:
    head = _SPELLING.match(line)
    if head is None:
        raise RuleError(number, len(line.rstrip()) + 1, "别字应写成“~正字 = 别字|别字”，这一行没有等号")
    right = fold(head[1])
    atoms = parse_alternatives(line, head.end(), number)
    parsed.spellings[right] = tuple(dict.fromkeys((*parsed.spellings.get(right, ()), *atoms)))


def _check_sets(parsed: RuleFile) -> None:
    for name in parsed.sets:
        expand(("@" + name,), parsed.sets)
    for rule in parsed.rules:
        for atom in (*(atom for group in rule.groups for atom in group), *rule.excluded):
            if atom.startswith("@") and atom[1:] not in parsed.sets:
                column = max(fold(rule.source).find(atom), 0) + 1
                raise RuleError(rule.line, column, f"没有叫“{atom}”的同义词组，应先写“{atom} = 词|词”")


def expand(
    atoms: tuple[str, ...], sets: dict[str, tuple[str, ...]], above: tuple[str, ...] = ()
) -> frozenset[str]:
    """The plain terms that atoms stand for; RuleError(1, 1, …) for an unknown or circular set."""
    terms: set[str] = set()
    for atom in atoms:
        if not atom.startswith("@"):
            terms.add(atom)
        elif atom in above:
            raise RuleError(1, 1, f"同义词组“{atom}”绕了一圈又用到自己")
        elif atom[1:] not in sets:
            raise RuleError(1, 1, f"没有叫“{atom}”的同义词组，应先写“{atom} = 词|词”")
        else:
            terms |= expand(sets[atom[1:]], sets, (*above, atom))
    return frozenset(terms)
