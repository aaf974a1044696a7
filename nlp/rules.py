"""The rule language: one readable line says which words speak for a category.

    公共照明：路灯|楼道灯 & @坏了 ! 修好|已恢复 x2.0 !!

`|` or, `&` and, `!` not, `@name` a synonym set, `xN` weight, `!!` urgent, `*` every message. A category
in corner brackets (「已解决」) is a signal: it speaks about the manner of a message, not about a matter.
"""

import re
from dataclasses import dataclass
from typing import Final

from nlp.categories import category_code, category_name
from nlp.spelling import fold

EVERY_MESSAGE: Final = "*"
_WEIGHT = re.compile(r"[xX×ｘ](-?\d+(?:\.\d+)?)")
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<comment>(?:(?<=\s)|^)[#＃].*)
    | (?P<urgent>[!！]{2})
    | (?P<or>[|｜]) | (?P<and>[&＆]) | (?P<not>[!！])
    | (?P<set>[@＠][^\s|｜&＆!！@＠"“”]+)
    | (?P<quoted>"[^"]*"|“[^”]*”)
    | (?P<weight>[xX×ｘ]-?\d+(?:\.\d+)?(?=\s|$|[!！]))
    | (?P<every>[*＊](?=\s|$|[!！]))
    | (?P<term>[^\s|｜&＆!！@＠"“”]+)
    | (?P<wrong>\S)
    )""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[^\s|&!@\"“”#*:=~]+")
_SHOWN = {"or": "|", "and": "&", "not": "!", "urgent": "!!"}


class RuleError(ValueError):
    """A rule line that cannot be read: 1-based `line` and `column`, and a sentence in plain Chinese."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(f"第{line}行第{column}列：{message}")
        self.line = line
        self.column = column
        self.message = message


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `groups` must each be met by one of their atoms; an atom is a term or `@set`.

    No group at all means every message. `line` is 1-based, `source` is the line as written.
    """

    category: str
    groups: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...] = ()
    weight: float = 1.0
    urgent: bool = False
    line: int = 1
    source: str = ""

    @property
    def canonical(self) -> str:
        """The one text of this rule, whatever order it was written in."""
        return format_rule(self)

    @property
    def condition(self) -> tuple[object, ...]:
        """What the rule asks for, without regard to order, weight and urgency."""
        return (self.category, frozenset(map(frozenset, self.groups)), frozenset(self.excluded))


def quoted(atom: str) -> str:
    """An atom as rules write it: in quotes where it would be read as something else."""
    plain = atom.startswith("@") or (_PLAIN.fullmatch(atom) and not _WEIGHT.fullmatch(atom))
    return atom if plain else f'"{atom}"'


def format_number(weight: float) -> str:
    """A weight as written in rules: no needless zeros, never an exponent."""
    text = f"{weight:.6f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _alternatives(atoms: tuple[str, ...]) -> str:
    return "|".join(quoted(atom) for atom in sorted(set(atoms)))


def format_rule(rule: Rule) -> str:
    """The rule as one line in canonical order; `parse_rule` reads it back to an equal condition."""
    body = " & ".join(sorted({_alternatives(group) for group in rule.groups})) or EVERY_MESSAGE
    if rule.excluded:
        body += f" ! {_alternatives(rule.excluded)}"
    if rule.weight != 1.0:
        body += f" x{format_number(rule.weight)}"
    return f"{category_name(rule.category)}：{body}{' !!' if rule.urgent else ''}"


class _Body:
    """Reads what stands right of the colon, token by token."""

    def __init__(self, text: str, start: int, line: int) -> None:
        self.line = line
        self.groups: list[list[str]] = []
        self.excluded: list[str] = []
        self.weight: float | None = None
        self.urgent = False
        self.every = False
        self._target: list[str] | None = None
        self._waiting: str | None = "start"
        self._read(text, start)

    def error(self, column: int, message: str) -> RuleError:
        return RuleError(self.line, column + 1, message)

    def _read(self, text: str, start: int) -> None:
        end = len(text.rstrip())
        while start < end and (token := _TOKEN.match(text, start)):
            kind = token.lastgroup or "wrong"
            value, column, start = token[kind], token.start(kind), token.end()
            if kind == "comment":
                break
            getattr(self, f"_on_{kind}")(value, column)
        if self._waiting is not None:
            raise self.error(end, f"{self._needed()}，这一行却到此为止")
        if not self.groups and not self.every:
            raise self.error(end, "只写了排除的词，应至少有一个要出现的词")

    def _needed(self) -> str:
        if self._waiting == "start":
            return "冒号后面应写要找的词"
        return f"“{self._waiting}”后面应写一个词"

    def _add(self, atom: str, column: int) -> None:
        if self._waiting is None:
            raise self.error(column, f"“{atom}”前面应有 | 或 & 把两个词连起来（词里有空格要加引号）")
        if self.every:
            raise self.error(column, "“*”表示每条消息，应单独使用，不能再加词")
        if self._target is None:
            self._target = []
            self.groups.append(self._target)
        self._target.append(atom)
        self._waiting = None

    def _on_term(self, value: str, column: int) -> None:
        self._add(fold(value), column)

    def _on_quoted(self, value: str, column: int) -> None:
        if not value[1:-1].strip():
            raise self.error(column, "引号里应有词，这里却是空的")
        if value[1] in "@＠":
            raise self.error(column, "词的开头不能是 @，@ 只用来写同义词组的名字")
        self._add(fold(value[1:-1]), column)

    def _on_set(self, value: str, column: int) -> None:
        self._add("@" + fold(value[1:]), column)

    def _on_every(self, value: str, column: int) -> None:
        if self._waiting != "start":
            raise self.error(column, "“*”表示每条消息，应单独使用，不能再加词")
        self.every, self._waiting = True, None

    def _operator(self, kind: str, column: int) -> None:
        if self._waiting is not None:
            raise self.error(column, f"{self._needed()}，这里却是“{_SHOWN[kind]}”")
        if self.every:
            raise self.error(column, "“*”表示每条消息，应单独使用，不能再加词")
        self._waiting = _SHOWN[kind]

    def _on_or(self, value: str, column: int) -> None:
        self._operator("or", column)

    def _on_and(self, value: str, column: int) -> None:
        self._operator("and", column)
        if self._target is self.excluded:
            raise self.error(column, "“!”后面的排除词之间只能用 |，这里却是“&”")
        self._target = None

    def _on_not(self, value: str, column: int) -> None:
        self._operator("not", column)
        self._target = self.excluded

    def _on_urgent(self, value: str, column: int) -> None:
        if self._waiting is not None:
            raise self.error(column, f"{self._needed()}，这里却是“!!”")
        self.urgent = True

    def _on_weight(self, value: str, column: int) -> None:
        if self._waiting is not None:
            raise self.error(column, f"{self._needed()}，这里却是分值“{value}”")
        if self.weight is not None:
            raise self.error(column, f"一条规则只应有一个分值，这里又写了“{value}”")
        self.weight = float(value[1:])

    def _on_wrong(self, value: str, column: int) -> None:
        if value in '"“”':
            raise self.error(column, "这个引号没有另一半，词的前后都应有引号")
        raise self.error(column, f"这里应是一个词，却是“{value}”")


_HEAD = re.compile(r"\s*([^:：]*?)\s*[:：]")


def _category(line: str, number: int) -> tuple[str, int]:
    head = _HEAD.match(line)
    if head is None:
        raise RuleError(number, len(line.rstrip()) + 1, "应写成“类别：词”，这一行没有冒号")
    name = head[1]
    if not name:
        raise RuleError(number, head.end(), "冒号前面应写类别的名字")
    if wrong := re.search(r"[|｜&＆!！@＠\"“”]", name):
        raise RuleError(number, head.start(1) + wrong.start() + 1, f"类别的名字里不能有“{wrong[0]}”")
    return category_code(name), head.end()


def parse_rule(line: str, number: int = 1) -> Rule:
    """Read one rule line; RuleError names the column and says what should stand there."""
    category, start = _category(line, number)
    body = _Body(line, start, number)
    return Rule(
        category=category,
        groups=tuple(tuple(dict.fromkeys(group)) for group in body.groups),
        excluded=tuple(dict.fromkeys(body.excluded)),
        weight=1.0 if body.weight is None else body.weight,
        urgent=body.urgent,
        line=number,
        source=line.strip(),
    )


def parse_alternatives(text: str, start: int, number: int) -> tuple[str, ...]:
    """Read `a|b|@c` from column `start` (0-based) on, as stands right of a set's equals sign."""
    body = _Body(text, start, number)
    if len(body.groups) != 1 or body.excluded or body.urgent or body.weight is not None:
        raise RuleError(number, start + 1, "等号后面应只有用 | 分开的词")
    return tuple(dict.fromkeys(body.groups[0]))
