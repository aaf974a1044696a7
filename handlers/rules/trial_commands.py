"""What an admin says about rules on trial in a direct message, and what the bot answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.rules.books import load_text
from handlers.rules.editing import add_rule, change_rule, remove_rule, switch_rule
from handlers.rules.errors import RuleRefused, RulesMoved
from handlers.rules.trials import (
    TrialStatus,
    publish_trial,
    start_trial,
    stop_trial,
    trial_differences,
    trial_status,
)
from handlers.scopes import Scope, ScopeRefused, UnknownPlace
from handlers.wording import SHANGHAI, quote_words
from nlp import category_name
from storage.enums import DifferenceKind, TrialState
from storage.trials import DifferenceRow, Judged

TRIAL_TIME = timedelta(days=7)
KIND_NAMES: Mapping[DifferenceKind, str] = MappingProxyType(
    {
        DifferenceKind.GAINED: "新识别",
        DifferenceKind.LOST: "不再识别",
        DifferenceKind.CHANGED: "有变化",
    }
)

_COMMAND = re.compile(r"\s*(?P<verb>看试用|停试用|换上试用|试用)(?=[\s:：]|$)[\s:：]*(?P<rest>.*)", re.DOTALL)
_WISH = re.compile(
    r"(?P<where>.*?)[\s，,、:：]*(?P<verb>加规则|改规则|停规则|开规则|删规则)[\s:：]*(?P<rest>.*)", re.DOTALL
)
_NUMBERED = re.compile(r"(?P<number>\d{1,9})[\s:：，,.、]*(?P<rest>.*)", re.DOTALL)
_EVERYWHERE = frozenset(("", "全部", "所有群", "全部群"))
_EXAMPLE = "没看懂。例：试用 玉景湾3号群 加规则 公共照明：路灯 & 忽明忽暗"
_MOST_SHOWN = 8
_VERDICTS = {"ticket": "登记", "ask": "问管家", "silent": "不出声"}


async def trial_command(
    session: AsyncSession, directory: Directory, text: str, *, by: str, now: datetime
) -> str | None:
    """The answer to an admin's words about rules on trial; None when they are about something else.

    The caller has checked that ``by`` is an admin. A refusal is an answer too, and has changed nothing.
    """
    said = _COMMAND.fullmatch(text)
    if said is None:
        return None
    rest = said["rest"].strip()
    try:
        match said["verb"]:
            case "看试用":
                return await _show(session, directory, now)
            case "停试用":
                number = await stop_trial(session, by=by, now=now)
                return f"已停试用{number}，规则没有变。"
            case "换上试用":
                revision = await publish_trial(session, by=by, now=now, force=rest == "照样")
                return f"已换上（记录{revision}），下一条消息起就用。后悔了可发“规则记录”再恢复。"
            case _:
                return await _start(session, directory, rest, by, now)
    except RulesMoved as moved:
        return f"没有换。{moved}要换请发：换上试用 照样"
    except (RuleRefused, ScopeRefused) as refused:
        return f"没有改动。{refused}"


async def _start(session: AsyncSession, directory: Directory, rest: str, by: str, now: datetime) -> str:
    wish = _WISH.fullmatch(rest)
    if wish is None:
        return _EXAMPLE
    scope = _scope(directory, wish["where"])
    text = await _changed(session, wish["verb"], wish["rest"].strip(), by, now)
    if text is None:
        return _EXAMPLE
    note = quote_words(f"{wish['verb']} {wish['rest']}")
    until = now + TRIAL_TIME
    number = await start_trial(session, text=text, scope=scope, note=note, by=by, now=now, until=until)
    groups = sum(group.active and scope.covers(group) for group in directory.groups.values())
    return (
        f"试用{number}开始了，看{groups}个群，到{_moment(until)}。群里和管家看不出来。\n"
        "随时可发：看试用、停试用、换上试用"
    )


def _scope(directory: Directory, where: str) -> Scope:
    """The groups that names in an admin's words stand for: communities or groups, set off by commas or blanks."""
    if where.strip() in _EVERYWHERE:
        return Scope(everyone=True)
    groups = {group.name: group.id for group in directory.groups.values() if group.active}
    communities = {group.community: group.community_id for group in directory.groups.values()}
    chosen_communities, chosen_groups = [], []
    for name in re.split(r"[\s，,、]+", where.strip()):
        if name in communities:
            chosen_communities.append(communities[name])
        elif name in groups:
            chosen_groups.append(groups[name])
        else:
            raise UnknownPlace("社区或群", name)
    return Scope(communities=tuple(chosen_communities), groups=tuple(chosen_groups))


async def _changed(session: AsyncSession, verb: str, rest: str, by: str, now: datetime) -> str | None:
    """The rule file as one of the rule commands would leave it; None when the words are not complete."""
    numbered = _NUMBERED.fullmatch(rest)
    number = int(numbered["number"]) if numbered else 0
    line = numbered["rest"].strip() if numbered else ""
    changes: dict[str, Callable[[], Awaitable[object]]] = {
        "加规则": lambda: add_rule(session, line=rest, by=by, now=now),
        "改规则": lambda: change_rule(session, number=number, line=line, by=by, now=now),
        "停规则": lambda: switch_rule(session, number=number, on=False, by=by, now=now),
        "开规则": lambda: switch_rule(session, number=number, on=True, by=by, now=now),
        "删规则": lambda: remove_rule(session, number=number, by=by, now=now),
    }
    if not rest or (verb != "加规则" and numbered is None) or (verb == "改规则" and not line):
        return None
    step = await session.begin_nested()
    try:
        await changes[verb]()
        return await load_text(session)
    finally:
        await step.rollback()


async def _show(session: AsyncSession, directory: Directory, now: datetime) -> str:
    status = await trial_status(session, directory, now)
    if status is None:
        return "还没有试用过规则。"
    rows = await trial_differences(session, status.number, limit=_MOST_SHOWN)
    return "\n".join((*status_lines(status), *(difference_line(row, 24) for row in rows)))


def status_lines(status: TrialStatus) -> list[str]:
    """How a trial stands, in two lines of plain Chinese."""
    until = f"，到{_moment(status.until)}" if status.until else ""
    ended = {TrialState.STOPPED: "，已停", TrialState.PUBLISHED: "，已换上"}.get(status.state, "")
    ended = ended or ("，时间到了，不再比" if status.over else "")
    return [
        f"试用{status.number}：{status.note}（{status.by} {_moment(status.at)}起，{status.groups}个群{until}{ended}）",
        f"看了{status.judged}句：新识别{status.gained}，不再识别{status.lost}，有变化{status.changed}",
    ]


def difference_line(row: DifferenceRow, longest: int) -> str:
    """One message that the rules on trial take for something else."""
    words = quote_words(row.text, longest) or "（没有留下原话）"
    return f"{KIND_NAMES[row.kind]} {row.group} {_moment(row.at)} {_said(row.before)}→{_said(row.after)}：{words}"


def _said(judged: Judged) -> str:
    if judged.category is None:
        return "不出声"
    urgent = "·紧急" if judged.urgent else ""
    return f"{category_name(judged.category)}·{_VERDICTS.get(judged.verdict, judged.verdict)}{urgent}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"
