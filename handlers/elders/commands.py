"""What an admin says about passing on: 请五老转 …, 看转告."""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.elders.passing import ask_elders
from handlers.reminders.audience import settle_scope
from handlers.reminders.errors import ReminderRefused
from handlers.reminders.notices import clean_notice
from handlers.scopes import Scope
from handlers.wording import quote_words
from storage.relays import RelayReport, list_relays
from storage.schedules import get_schedule

_ASK = re.compile(r"\s*(?:请|让|叫)?五老(?:转告?|转发|转达)[\s:：，,]*(?P<rest>.*)", re.DOTALL)
_LOOK = re.compile(r"\s*看转告[\s:：]*(?P<number>\d{1,9})?\s*")
_REMINDER = re.compile(r"(?:提示)?\s*(?P<number>\d{1,9})")
_NAMES = 12


async def relay_command(ctx: Context, text: str, *, by: str) -> str | None:
    """The answer to an admin's words about passing notices on; None when they are about something else."""
    if look := _LOOK.fullmatch(text):
        return await _look(ctx, int(look["number"]) if look["number"] else None)
    asked = _ASK.fullmatch(text)
    if asked is None:
        return None
    scope, rest = _scope(ctx, asked["rest"].strip())
    schedule_id = None
    if number := _REMINDER.fullmatch(rest):
        schedule_id = int(number["number"])
        schedule = await get_schedule(ctx.session, schedule_id)
        if schedule is None:
            return ctx.texts.render("relay_no_reminder", number=schedule_id)
        rest = schedule.text
        scope = scope or await settle_scope(ctx.session, Scope.from_json(schedule.scope))
    try:
        notice = clean_notice(rest)
    except ReminderRefused as refused:
        return f"没有发。{refused}"
    asking = await ask_elders(
        ctx, notice, scope=scope or Scope(everyone=True), by=by, schedule_id=schedule_id
    )
    if asking is None:
        return ctx.texts.render("relay_nobody")
    return ctx.texts.render("relay_asked", number=asking.number, count=asking.count)


def _scope(ctx: Context, rest: str) -> tuple[Scope | None, str]:
    """「玉景社区 明天停水」: only the 五老 of that community."""
    for group in ctx.directory.groups.values():
        if rest.startswith(group.community):
            return Scope(communities=(group.community_id,)), rest[len(group.community) :].lstrip(" ，,：:\n")
    return None, rest


async def _look(ctx: Context, number: int | None) -> str:
    found = await list_relays(ctx.session, number=number)
    if not found:
        return ctx.texts.render("relay_none")
    if number is not None:
        return _whole(ctx, found[0])
    return "\n".join(_line(ctx, each) for each in found)


def _line(ctx: Context, report: RelayReport) -> str:
    return ctx.texts.render(
        "relay_line",
        number=report.number,
        text=quote_words(report.text, 20),
        count=len(report.passed) + len(report.waiting),
        passed=len(report.passed),
    )


def _whole(ctx: Context, report: RelayReport) -> str:
    passed = [f"{name}（{'、'.join(groups)}）" if groups else name for name, groups in report.passed]
    lines = [_line(ctx, report), f"已转：{_names(passed)}", f"还没转：{_names(report.waiting)}"]
    return "\n".join(lines)


def _names(names: list[str] | tuple[str, ...]) -> str:
    more = f"等{len(names)}位" if len(names) > _NAMES else ""
    return "、".join(names[:_NAMES]) + more or "没有"
