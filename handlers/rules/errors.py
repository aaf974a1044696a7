"""What is refused about rules; every sentence is one an admin can act on."""

from __future__ import annotations

from handlers.errors import HandlerError


class RuleRefused(HandlerError):
    """A change of the rules that cannot be made; nothing has changed. The message is plain Chinese."""


class UnreadableRule(RuleRefused):
    """The language was not understood: ``number`` is the rule's (None for a new one), ``column`` 1-based."""

    def __init__(self, number: int | None, column: int, problem: str) -> None:
        where = f"规则{number}第{column}列" if number is not None else f"第{column}列"
        super().__init__(f"{where}：{problem}")
        self.number, self.column, self.problem = number, column, problem


class UnreadableFile(RuleRefused):
    """A rule file was not understood: 1-based ``line`` and ``column``."""

    def __init__(self, line: int, column: int, problem: str) -> None:
        super().__init__(f"第{line}行第{column}列：{problem}")
        self.line, self.column, self.problem = line, column, problem


class DuplicateRule(RuleRefused):
    """The same words for the same category are there already, as rule ``number``."""

    def __init__(self, number: int, *, enabled: bool, same: bool) -> None:
        if not enabled:
            sentence = f"规则{number}就是这一条，已停用。要用请发：开规则 {number}"
        elif same:
            sentence = f"已经有了，就是规则{number}。"
        else:
            sentence = f"规则{number}已经是这些词，只是分值或紧急不同。要改请发：改规则 {number} …"
        super().__init__(sentence)
        self.number = number


class UnknownCategory(RuleRefused):
    """The category is not one of this subdistrict's."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"没有“{name}”这一类。有：{'、'.join(known)}")
        self.name = name


class UnknownRule(RuleRefused):
    """There is no rule of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"没有规则{number}。")
        self.number = number


class RulesMoved(RuleRefused):
    """The rules in force are no longer those a trial began with; ``revision`` is the one in force now."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"试用开始以后，规则又改过（现在是记录{revision}），换上会丢掉那些改动。")
        self.revision = revision


class UnknownRevision(RuleRefused):
    """There is no revision of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"规则记录里没有{number}。")
        self.number = number
