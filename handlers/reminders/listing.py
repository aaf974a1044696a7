"""看提示: the notices there are, when they go out next, and how far they have come."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.context import Context
from handlers.reminders.asking import show_notice
from handlers.reminders.audience import find_audience
from handlers.reminders.editing import Reminder, list_reminders, shown
from handlers.reminders.errors import ReminderRefused
from handlers.reminders.ledger import Standing, read_progress
from handlers.reminders.outlook import plan_words
from handlers.reminders.plans import Occasion
from handlers.reminders.whereabouts import whereabouts
from handlers.wording import SHANGHAI, quote_words
from storage.approvals import list_approvals
from storage.enums import ScheduleState
from storage.models import Schedule
from storage.schedules import fired_since

MOST_SHOWN = 10
RECENT = timedelta(hours=24)
_STATES = {
    ScheduleState.ACTIVE: "",
    ScheduleState.PAUSED: "（停着）",
    ScheduleState.WAITING: "（等人同意）",
    ScheduleState.REFUSED: "（没同意）",
    ScheduleState.DONE: "",
}


async def list_words(ctx: Context, author: str | None) -> str:
    """A line for each notice that is still to go out or went out in the last day; of one author, or (None) all."""
    recent = await fired_since(ctx.session, ctx.now - RECENT)
    found = [
        each
        for each in await list_reminders(ctx.session)
        if (each.state is not ScheduleState.DONE or each.number in recent) and author in (None, each.author)
    ]
    lines = [await _line(ctx, each) for each in found[-MOST_SHOWN:]]
    if len(found) > MOST_SHOWN:
        lines.append(f"共{len(found)}条，只列最近{MOST_SHOWN}条。")
    return "\n".join(lines) or "没有要发的提示。"


async def _line(ctx: Context, reminder: Reminder) -> str:
    when = f" {moment_words(reminder.next_at)}" if reminder.next_at else ""
    sent = await _sent(ctx, reminder.number)
    urgent = "【紧急】" if reminder.urgent else ""
    words = quote_words(reminder.text, 30) or "（只有文件）"
    return f"{reminder.number}{when}{_STATES[reminder.state]}{sent and f' {sent}'} {urgent}{words}"


async def _sent(ctx: Context, number: int) -> str:
    """``已发8个群，共9个群`` of its latest sending, empty when it has never gone out."""
    try:
        progress = await read_progress(ctx.session, number)
    except ReminderRefused:
        return ""
    return f"已发{progress.groups.get(Standing.SENT, 0)}个群，共{progress.total}个"


async def one_words(ctx: Context, row: Schedule) -> str:
    """Everything there is to know of one notice."""
    reminder = shown(row)
    targets = await find_audience(ctx.session, reminder.scope)
    lines = [
        f"提示{row.id}{_STATES[row.state]} {row.created_by}写的，发到{whereabouts(targets)}",
        await show_notice(ctx, row, targets),
        f"时间：{plan_words(reminder.plan)}",
    ]
    if reminder.next_at is not None:
        lines.append(f"下次：{moment_words(reminder.next_at)}")
    if said := await list_approvals(ctx.session, row):
        lines.append("、".join(f"{each.name}{'同意' if each.agreed else '没同意'}" for each in said))
    if sent := await _progress(ctx, row.id):
        lines.append(sent)
    return "\n".join(lines)


async def _progress(ctx: Context, number: int) -> str:
    try:
        return f"上次：{(await read_progress(ctx.session, number)).words()}"
    except ReminderRefused:
        return ""


def time_words(occasion: Occasion, now: datetime) -> str:
    """``11月25日08:00``, with the year when it is another one, and why it is this day."""
    year = occasion.at.astimezone(SHANGHAI).year
    other_year = "" if year == now.astimezone(SHANGHAI).year else f"{year}年"
    return other_year + moment_words(occasion.at) + (f"（{occasion.why}）" if occasion.why else "")


def moment_words(moment: datetime | None) -> str:
    """``11月25日08:00`` in Suzhou."""
    local = moment.astimezone(SHANGHAI) if moment else None
    return f"{local.month}月{local.day}日{local:%H:%M}" if local else ""
