"""What somebody says about 温馨提示 in a direct message. Nothing goes to a group before a second word."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from handlers.context import Context
from handlers.events import IncomingMessage
from handlers.reminders.asking import show_notice
from handlers.reminders.audience import find_audience
from handlers.reminders.changing import Change, change_reminder, pause_reminder, skip_reminder
from handlers.reminders.editing import Author, add_reminder, audit_change, list_reminders, take
from handlers.reminders.errors import ReminderRefused
from handlers.reminders.firing import Fired
from handlers.reminders.forecast import brief_words, forecast_reminder
from handlers.reminders.library import find_example, library, list_lines
from handlers.reminders.listing import list_words, moment_words, one_words, time_words
from handlers.reminders.notices import doubts
from handlers.reminders.outlook import look_ahead
from handlers.reminders.plans import Plan
from handlers.reminders.releasing import release, send_now, submit_new
from handlers.reminders.requests import NoticeRequest, Verb, read_request
from handlers.reminders.spoken import SpokenPlan, read_spoken
from handlers.reminders.stopping import cancel_broadcast
from handlers.reminders.whereabouts import Reach, named_groups, reach_of, read_where, whereabouts
from handlers.scopes import Scope, ScopeRefused
from storage.broadcasts import unfinished_firings
from storage.enums import ScheduleState
from storage.models import Schedule
from storage.people import PersonInfo

DRAFT_LIFE = timedelta(minutes=30)
"""How long a bare 确认 still means the notice that was just written."""

_TIMES_SHOWN = 3
_EXAMPLES = {Verb.SEND: "发提示 明天上午停水，请提前储水", Verb.CHANGE: "改提示 12 明天下午停水"}


async def reminder_command(ctx: Context, person: PersonInfo, message: IncomingMessage) -> str | None:
    """The answer to words about notices; None when they are about something else, or he has no groups to write to.

    A refusal is an answer too, and has changed nothing.
    """
    request, spoken = read_request(message.text), None
    try:
        spoken = read_spoken(
            request.words if request and request.verb is Verb.SEND else message.text, ctx.now
        )
        if (request is None and spoken is None) or (reach := reach_of(ctx, person)) is None:
            return None
        author = Author(name=person.name, contact=person.contact, account=message.account)
        async with ctx.session.begin_nested():
            if spoken is not None:
                urgent = request is not None and request.urgent
                return await _plan(ctx, reach, author, spoken, urgent=urgent)
            return await _answer(ctx, person, reach, author, request) if request is not None else None
    except (ReminderRefused, ScopeRefused) as refused:
        sending = spoken is not None or (request is not None and request.verb is Verb.SEND)
        return f"没有发。{refused}" if sending else str(refused)


async def _plan(ctx: Context, reach: Reach, author: Author, spoken: SpokenPlan, *, urgent: bool) -> str:
    scope, words = await read_where(ctx, reach, spoken.text)
    if spoken.where:
        scope, words = await _groups_said(ctx, reach, spoken.where), spoken.text
    return await _propose(ctx, author, words, spoken.plan, scope, urgent=urgent)


async def _groups_said(ctx: Context, reach: Reach, words: str) -> Scope:
    scope = await named_groups(ctx, reach, words)
    if scope is None:
        raise ReminderRefused(f"没有叫“{words}”的社区、群或标签。")
    return scope


async def _answer(
    ctx: Context, person: PersonInfo, reach: Reach, author: Author, request: NoticeRequest
) -> str | None:
    verb, number = request.verb, request.number
    if verb is Verb.LIBRARY:
        return await _library(request.words)
    if verb is Verb.SHOW and number is None:
        return await list_words(ctx, None if reach.boss else person.contact)
    if verb in (Verb.CONFIRM, Verb.DROP) and number is None:
        number = await _draft_of(ctx, person)
        if number is None:
            return None
    if number is None and verb is Verb.SEND and request.words:
        scope, words = await read_where(ctx, reach, request.words)
        return await _propose(ctx, author, words, Plan(once_at=ctx.now), scope, urgent=request.urgent)
    if number is None or (verb is Verb.CHANGE and not request.words):
        return f"没看懂。例：{_EXAMPLES.get(verb, f'{verb} 12')}"
    row = await take(ctx.session, number)
    if not reach.boss and row.author != person.contact:
        raise ReminderRefused(f"提示{number}不是您写的，请找管理员。")
    return await _change(ctx, row, verb, person.name, request.words)


async def _change(ctx: Context, row: Schedule, verb: Verb, by: str, words: str) -> str:
    match verb:
        case Verb.SHOW:
            return await one_words(ctx, row)
        case Verb.STOP:
            return await _stop(ctx, row, by)
        case Verb.DROP:
            return _drop(ctx, row, by)
        case Verb.SKIP:
            skipped, reminder = await skip_reminder(ctx.session, number=row.id, by=by, now=ctx.now)
            return f"提示{row.id}跳过{moment_words(skipped)}这一次，下次{moment_words(reminder.next_at)}发。"
        case Verb.CHANGE:
            return await _edit(ctx, row, by, words)
        case Verb.OPEN:
            return await _open(ctx, row, by)
        case Verb.CONFIRM if row.once_at is None or row.once_at > ctx.now:
            return await _open(ctx, row, by)
        case Verb.CONFIRM if row.state is ScheduleState.DONE:
            raise ReminderRefused(f"提示{row.id}已经发完了。要再发请发：发提示 {row.id}")
        case _:
            return await _send(ctx, row, by)


async def _send(ctx: Context, row: Schedule, by: str) -> str:
    fired = await send_now(
        ctx.session, number=row.id, by=by, now=ctx.now, settings=ctx.settings, directory=ctx.directory
    )
    return _waits(ctx, row) if fired is None else _fired(row.id, fired)


def _fired(number: int, fired: Fired) -> str:
    left_out = f"，{fired.capped}个群今天已够数" if fired.capped else ""
    left_out += f"，{fired.unbound}个群还没有助手" if fired.unbound else ""
    return f"提示{number}开始发，共{fired.queued}个群{left_out}。看发了多少：看提示 {number}"


async def _open(ctx: Context, row: Schedule, by: str) -> str:
    reminder = await release(
        ctx.session, number=row.id, by=by, now=ctx.now, settings=ctx.settings, directory=ctx.directory
    )
    if reminder.state is ScheduleState.WAITING:
        return _waits(ctx, row)
    return f"已开提示{row.id}，下次{moment_words(reminder.next_at)}发。"


def _waits(ctx: Context, row: Schedule) -> str:
    return ctx.texts.render("approval_waits", number=row.id, count=row.needed)


async def _stop(ctx: Context, row: Schedule, by: str) -> str:
    """Hold it back; when it is going out just now, the groups that have not got it do not get it any more."""
    told = ""
    if await unfinished_firings(ctx.session, row.id):
        cancelled = await cancel_broadcast(ctx.session, number=row.id, by=by, now=ctx.now)
        told = f"{cancelled.progress.words()}。"
    if row.state is ScheduleState.DONE and told:
        return f"已停提示{row.id}。{told}"
    await pause_reminder(ctx.session, number=row.id, by=by, now=ctx.now)
    return f"已停提示{row.id}。{told}要再发请回：开提示 {row.id}"


def _drop(ctx: Context, row: Schedule, by: str) -> str:
    if row.state is not ScheduleState.PAUSED:
        raise ReminderRefused(f"提示{row.id}不是草稿。要停请发：停提示 {row.id}")
    row.state = ScheduleState.DONE
    audit_change(ctx.session, row.id, "reminder.drop", by, ctx.now)
    return f"好的，提示{row.id}不发。"


async def _edit(ctx: Context, row: Schedule, by: str, words: str) -> str:
    await change_reminder(ctx.session, number=row.id, change=Change(text=words), by=by, now=ctx.now)
    reminder = await submit_new(ctx.session, number=row.id, settings=ctx.settings, directory=ctx.directory)
    shown = await show_notice(ctx, row, await find_audience(ctx.session, reminder.scope))
    last = {
        ScheduleState.ACTIVE: f"{moment_words(reminder.next_at)}发。",
        ScheduleState.WAITING: _waits(ctx, row),
        ScheduleState.PAUSED: _ask(row.id),
    }
    return "\n".join((f"提示{row.id}改成：", shown, *_doubts(row.text), last.get(row.state, "")))


async def _propose(
    ctx: Context, author: Author, words: str, plan: Plan, scope: Scope, *, urgent: bool
) -> str:
    """Keep a notice back until its author has seen it and said so."""
    reminder = await add_reminder(
        ctx.session, text=words, scope=scope, by=author, now=ctx.now, plan=plan, paused=True, urgent=urgent
    )
    targets = await find_audience(ctx.session, scope)
    if not targets:
        raise ReminderRefused("这样一个群也没有。")
    ahead = await look_ahead(ctx.session, plan, now=ctx.now, count=_TIMES_SHOWN)
    row = await take(ctx.session, reminder.number)
    due = ahead.occasions[0].at if ahead.occasions else ctx.now
    shown = await show_notice(ctx, row, targets, due)
    times = "、".join(time_words(each, ctx.now) for each in ahead.occasions) or "马上"
    head = f"{'紧急' if urgent else ''}提示{row.id} {times}发到{whereabouts(targets)}："
    takes = brief_words(await forecast_reminder(ctx.session, row.id, at=due, settings=ctx.settings), ctx.now)
    return "\n".join(filter(None, (head, shown, takes, ahead.doubt, *_doubts(row.text), _ask(row.id))))


def _ask(number: int) -> str:
    return f"发就回“确认 {number}”，不发回“不发 {number}”。"


def _doubts(text: str) -> list[str]:
    return [f"请注意：{doubt}" for doubt in doubts(text)]


async def _draft_of(ctx: Context, person: PersonInfo) -> int | None:
    """The notice somebody has just written and not confirmed yet."""
    since = ctx.now - DRAFT_LIFE
    drafts = [
        each.number
        for each in await list_reminders(ctx.session, finished=False)
        if each.state is ScheduleState.PAUSED
        and each.author == person.contact
        and each.created_at is not None
        and each.created_at >= since
    ]
    return drafts[-1] if drafts else None


async def _library(words: str) -> str:
    await asyncio.to_thread(library)  # read from its file the first time
    if not words:
        return "\n".join((*list_lines(), "看一个请发：看范本 停水"))
    example = find_example(words)
    todo = "\n把〔 〕里的填好，再发：发提示 …" if example.slots else "\n改成自己的话，再发：发提示 …"
    return f"【示例】{example.name}（{example.season}）\n{example.text}{todo}"
