"""What an admin says about rules in a direct message, and what the bot answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.rules.books import compile_aside, load_text
from handlers.rules.editing import (
    add_rule,
    change_rule,
    find_rules,
    remove_rule,
    restore_revision,
    revisions,
    switch_rule,
)
from handlers.rules.errors import RuleRefused
from handlers.rules.explaining import explain
from handlers.rules.lines import RuleLine
from handlers.wording import SHANGHAI
from nlp import RuleBook
from storage.rules import category_names

_COMMAND = re.compile(
    r"\s*(?P<verb>加规则|改规则|停规则|开规则|删规则|看规则|恢复规则|规则记录|试(?=[\s:：]))[\s:：]*(?P<rest>.*)",
    re.DOTALL,
)
_NUMBERED = re.compile(r"(?P<number>\d{1,9})[\s:：，,.、]*(?P<rest>.*)", re.DOTALL)
_EXAMPLES = {
    "加规则": "加规则 公共照明：路灯|楼道灯 & @坏了",
    "改规则": "改规则 12 公共照明：路灯|楼道灯 & @坏了",
    "停规则": "停规则 12",
    "开规则": "开规则 12",
    "删规则": "删规则 12",
    "恢复规则": "恢复规则 5",
    "试": "试 3幢楼道灯坏了",
}
_MOST_SHOWN = 10
_LONGEST_SHOWN = 80


async def rule_command(
    session: AsyncSession, text: str, *, by: str, now: datetime, book: RuleBook | None = None
) -> str | None:
    """The answer to an admin's words about rules; None when they are about something else.

    The caller has checked that ``by`` is an admin. A refusal is an answer too, and has changed nothing.
    ``book`` is the one in force when the caller has it, which saves 「试」 from compiling it.
    """
    said = _COMMAND.fullmatch(text)
    if said is None:
        return None
    call = _Call(session, by, now, book)
    try:
        return await _ANSWERS[said["verb"]](call, said["rest"].strip())
    except _Unclear as unclear:
        return f"没看懂。例：{_EXAMPLES[unclear.verb]}"
    except RuleRefused as refused:
        return f"没有改动。{refused}" if said["verb"] not in ("看规则", "试") else str(refused)


class _Unclear(Exception):
    def __init__(self, verb: str) -> None:
        super().__init__(verb)
        self.verb = verb


class _Call:
    """One command: where, by whom, when."""

    def __init__(self, session: AsyncSession, by: str, now: datetime, book: RuleBook | None) -> None:
        self.session, self.by, self.now, self.book = session, by, now, book

    async def add(self, rest: str) -> str:
        if not rest:
            raise _Unclear("加规则")
        rule = await add_rule(self.session, line=rest, by=self.by, now=self.now)
        return f"已加规则{rule.number}，下一条消息起就用。\n{_line(rule)}"

    async def change(self, rest: str) -> str:
        number, line = _numbered("改规则", rest)
        if not line:
            raise _Unclear("改规则")
        rule = await change_rule(self.session, number=number, line=line, by=self.by, now=self.now)
        return f"已改规则{rule.number}，下一条消息起就用。\n{_line(rule)}"

    async def switch_off(self, rest: str) -> str:
        number = _numbered("停规则", rest)[0]
        rule = await switch_rule(self.session, number=number, on=False, by=self.by, now=self.now)
        return f"已停规则{number}。要再用请发：开规则 {number}\n{_line(rule)}"

    async def switch_on(self, rest: str) -> str:
        number = _numbered("开规则", rest)[0]
        rule = await switch_rule(self.session, number=number, on=True, by=self.by, now=self.now)
        return f"已开规则{number}。\n{_line(rule)}"

    async def remove(self, rest: str) -> str:
        number = _numbered("删规则", rest)[0]
        rule = await remove_rule(self.session, number=number, by=self.by, now=self.now)
        return f"已删规则{number}。后悔了可发“规则记录”再恢复。\n{_line(rule)}"

    async def show(self, rest: str) -> str:
        found = await find_rules(self.session, rest)
        if not found:
            return f"没有带“{rest}”的规则。"
        shown = [f"{rule.number} {_line(rule)}" for rule in found[:_MOST_SHOWN]]
        if len(found) > _MOST_SHOWN:
            shown.append(f"共{len(found)}条，先看{_MOST_SHOWN}条，多写几个字再找。")
        return "\n".join(shown)

    async def try_out(self, rest: str) -> str:
        if not rest:
            raise _Unclear("试")
        book = self.book or await compile_aside(await load_text(self.session))
        lines, names = await find_rules(self.session, ""), await category_names(self.session)
        return explain(book.understand(rest), book.leans_of(rest), lines, names)

    async def history(self, rest: str) -> str:
        entries = await revisions(self.session, _MOST_SHOWN)
        lines = [f"{e.number} {e.at.astimezone(SHANGHAI):%m-%d %H:%M} {e.note} {e.by}" for e in entries]
        return (
            "\n".join([*lines, f"要回到某一步，比如：恢复规则 {entries[-1].number}"])
            if entries
            else "还没有记录。"
        )

    async def restore(self, rest: str) -> str:
        number = _numbered("恢复规则", rest)[0]
        revision = await restore_revision(self.session, number=number, by=self.by, now=self.now)
        return f"已恢复到记录{number}（新记录{revision}），下一条消息起就用。"


_ANSWERS: dict[str, Callable[[_Call, str], Awaitable[str]]] = {
    "加规则": _Call.add,
    "改规则": _Call.change,
    "停规则": _Call.switch_off,
    "开规则": _Call.switch_on,
    "删规则": _Call.remove,
    "看规则": _Call.show,
    "试": _Call.try_out,
    "规则记录": _Call.history,
    "恢复规则": _Call.restore,
}


def _numbered(verb: str, rest: str) -> tuple[int, str]:
    found = _NUMBERED.fullmatch(rest)
    if found is None:
        raise _Unclear(verb)
    return int(found["number"]), found["rest"].strip()


def _line(rule: RuleLine) -> str:
    line = rule.line if len(rule.line) <= _LONGEST_SHOWN else f"{rule.line[:_LONGEST_SHOWN]}…"
    return line if rule.enabled else f"（已停）{line}"
