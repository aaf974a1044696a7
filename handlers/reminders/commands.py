"""What an admin says about 温馨提示 in a direct message. Nothing goes to all groups before a second word."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.changing import pause_reminder, resume_reminder, skip_reminder
from handlers.reminders.editing import (
    Reminder,
    add_reminder,
    count_groups,
    list_reminders,
    preview_notice,
)
from handlers.reminders.errors import ReminderRefused
from handlers.reminders.firing import run_reminder
from handlers.reminders.outlook import look_ahead
from handlers.reminders.plans import Occasion, Plan
from handlers.reminders.spoken import read_spoken
from handlers.scopes import Scope
from handlers.settings import Settings
from handlers.wording import SHANGHAI, quote_words
from storage.enums import ScheduleState

_COMMAND = re.compile(r"\s*(?P<verb>看提示|停提示|开提示|跳提示|发提示)[\s:：]*(?P<rest>.*)", re.DOTALL)
_NUMBER = re.compile(r"\d{1,9}")
_MOST_SHOWN = 10
_TIMES_SHOWN = 3
_STATES = {ScheduleState.ACTIVE: "", ScheduleState.PAUSED: "（停着）", ScheduleState.DONE: "（已发完）"}


async def reminder_command(
    session: AsyncSession, text: str, *, by: str, now: datetime, settings: Settings
) -> str | None:
    """The answer to an admin's words about notices; None when they are about something else.

    The caller has checked that ``by`` is an admin. A refusal is an answer too, and has changed nothing.
    """
    try:
        if said := _COMMAND.fullmatch(text):
            return await _answer(session, said["verb"], said["rest"].strip(), by, now, settings)
        if spoken := read_spoken(text, now):
            return await _propose(session, spoken.text, spoken.plan, by, now)
    except ReminderRefused as refused:
        return f"没有发。{refused}"
    return None


async def _answer(
    session: AsyncSession, verb: str, rest: str, by: str, now: datetime, settings: Settings
) -> str:
    if verb == "看提示":
        return await _list(session)
    if _NUMBER.fullmatch(rest):
        return await _change(session, verb, int(rest), by, now, settings)
    if verb == "发提示" and rest:
        return await _propose(session, rest, Plan(once_at=now), by, now)
    return f"没看懂。例：{verb} {'明天上午停水，请提前储水' if verb == '发提示' else '12'}"


async def _change(
    session: AsyncSession, verb: str, number: int, by: str, now: datetime, settings: Settings
) -> str:
    if verb == "停提示":
        await pause_reminder(session, number=number, by=by, now=now)
        return f"已停提示{number}。要再发请回：开提示 {number}"
    if verb == "开提示":
        reminder = await resume_reminder(session, number=number, by=by, now=now)
        return f"已开提示{number}，下次{_when(reminder.next_at)}发。"
    if verb == "跳提示":
        skipped, reminder = await skip_reminder(session, number=number, by=by, now=now)
        return f"提示{number}跳过{_when(skipped)}这一次，下次{_when(reminder.next_at)}发。"
    fired = await run_reminder(session, number=number, by=by, now=now, settings=settings)
    left_out = f"，{fired.capped}个群今天已够数" if fired.capped else ""
    left_out += f"，{fired.unbound}个群还没有助手" if fired.unbound else ""
    return f"提示{number}开始发，共{fired.queued}个群{left_out}。"


async def _propose(session: AsyncSession, text: str, plan: Plan, by: str, now: datetime) -> str:
    """Keep a notice to all groups back until the admin has seen it and said so."""
    scope = Scope(everyone=True)
    reminder = await add_reminder(session, text=text, scope=scope, by=by, now=now, plan=plan, paused=True)
    groups, _ = await count_groups(session, scope)
    ahead = await look_ahead(session, plan, now=now, count=_TIMES_SHOWN)
    first = ahead.occasions[0].at if ahead.occasions else now
    shown = await preview_notice(session, reminder.text, scope, first) or reminder.text
    times = "、".join(_occasion(each, now) for each in ahead.occasions)
    doubt = ahead.doubt and f"{ahead.doubt}\n"
    verb, when = ("开提示", times) if times else ("发提示", "马上")
    return (
        f"提示{reminder.number} {when}发到{groups}个群：\n{shown}\n{doubt}确认请回：{verb} {reminder.number}"
    )


async def _list(session: AsyncSession) -> str:
    reminders = await list_reminders(session, finished=False)
    lines = [_line(reminder) for reminder in reminders[-_MOST_SHOWN:]]
    if len(reminders) > _MOST_SHOWN:
        lines.append(f"共{len(reminders)}条，只列最近{_MOST_SHOWN}条。")
    return "\n".join(lines) or "没有要发的提示。"


def _line(reminder: Reminder) -> str:
    when = f" {_when(reminder.next_at)}" if reminder.next_at else ""
    return f"{reminder.number}{when}{_STATES[reminder.state]} {quote_words(reminder.text, 30)}"


def _occasion(occasion: Occasion, now: datetime) -> str:
    year = occasion.at.astimezone(SHANGHAI).year
    other_year = "" if year == now.astimezone(SHANGHAI).year else f"{year}年"
    return other_year + _when(occasion.at) + (f"（{occasion.why}）" if occasion.why else "")


def _when(moment: datetime | None) -> str:
    local = moment.astimezone(SHANGHAI) if moment else None
    return f"{local.month}月{local.day}日{local:%H:%M}" if local else ""
