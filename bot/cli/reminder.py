"""``weiwang reminder``: 温馨提示, planned, listed, held, changed and sent from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli import reminder_times as times
from bot.cli.broadcast import app as broadcast
from bot.cli.opening import WHO, open_database, read_text
from bot.cli.reminder_feed import feed, ics
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.reminders import (
    Change,
    Reminder,
    add_reminder,
    change_reminder,
    count_groups,
    find_reminder,
    list_reminders,
    pause_reminder,
    resume_reminder,
    run_reminder,
    skip_reminder,
)
from handlers.reminders.outlook import look_ahead, moment_words, plan_words
from handlers.scopes import named_scope

app = typer.Typer(help="温馨提示: notices to groups, now or on a schedule.", no_args_is_help=True)
app.command()(ics)
app.command()(feed)
app.add_typer(broadcast)

T = TypeVar("T")

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
Number = Annotated[int, typer.Argument(help="The number `reminder list` shows.")]
Text = Annotated[str | None, typer.Option(help="The words; fields {社区} {群名} {管家} {日期}.")]
TextFile = Annotated[Path | None, typer.Option(help="A file with the words.")]
Everyone = Annotated[bool, typer.Option("--all", help="To all groups.")]
Communities = Annotated[list[str] | None, typer.Option("--community", help="To a community's groups.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="To a group.")]


class Refused(BotError):
    """Nothing was changed; the sentence says why."""


@app.command()
def add(
    text: Text = None,
    text_file: TextFile = None,
    now: times.Now = False,
    at: times.At = None,
    cron: times.Cron = None,
    daily: times.Daily = None,
    weekly: times.Weekly = None,
    workdays: times.Workdays = None,
    offdays: times.Offdays = None,
    term: times.Term = None,
    days_before: times.DaysBefore = None,
    days_after: times.DaysAfter = None,
    starts: times.From = None,
    until: times.Until = None,
    excepted: times.Except = None,
    everyone: Everyone = False,
    community: Communities = None,
    group: Groups = None,
    config: ConfigOption = None,
) -> None:
    """Plan a notice; shows its next five times and how many groups it goes to. Times are Suzhou's."""
    words = _words(text, text_file)
    if words is None:
        raise Refused("请用 --text 或 --text-file 写提示的内容（只用一个）。")
    wish = times.TimeWish(
        now=now,
        at=at,
        cron=cron,
        daily=daily,
        weekly=weekly,
        workdays=workdays,
        offdays=offdays,
        terms=tuple(term or ()),
        before=days_before,
        after=days_after,
        starts=starts,
        until=until,
        excepted=tuple(excepted or ()),
    )

    async def work(session: AsyncSession, moment: datetime) -> list[str]:
        plan = times.make_plan(wish, moment)
        scope = await named_scope(session, everyone=everyone, communities=community or (), groups=group or ())
        added = await add_reminder(session, text=words, scope=scope, by=WHO, now=moment, plan=plan)
        return await _told(session, added, moment)

    _say(_change(load_config(config), work))


@app.command()
def change(
    number: Number,
    text: Text = None,
    text_file: TextFile = None,
    now: times.Now = False,
    at: times.At = None,
    cron: times.Cron = None,
    daily: times.Daily = None,
    weekly: times.Weekly = None,
    workdays: times.Workdays = None,
    offdays: times.Offdays = None,
    term: times.Term = None,
    days_before: times.DaysBefore = None,
    days_after: times.DaysAfter = None,
    starts: times.From = None,
    until: times.Until = None,
    excepted: times.Except = None,
    everyone: Everyone = False,
    community: Communities = None,
    group: Groups = None,
    config: ConfigOption = None,
) -> None:
    """Change the words, the time or the groups; what is not given stays. What is going out just now is left alone."""
    words = _words(text, text_file)
    wish = times.TimeWish(
        now=now,
        at=at,
        cron=cron,
        daily=daily,
        weekly=weekly,
        workdays=workdays,
        offdays=offdays,
        terms=tuple(term or ()),
        before=days_before,
        after=days_after,
        starts=starts,
        until=until,
        excepted=tuple(excepted or ()),
    )
    to_others = everyone or bool(community) or bool(group)
    if words is None and wish.is_empty and not to_others:
        raise Refused("请写要改什么：文字（--text）、时间（如 --workdays 9:00）或者群（如 --group 群名）。")

    async def work(session: AsyncSession, moment: datetime) -> list[str]:
        old = await find_reminder(session, number, lock=True)
        scope = None
        if to_others:
            scope = await named_scope(
                session, everyone=everyone, communities=community or (), groups=group or ()
            )
        plan = None if wish.is_empty else times.make_plan(wish, moment, old.plan)
        wanted = Change(text=words, plan=plan, scope=scope)
        changed = await change_reminder(session, number=number, change=wanted, by=WHO, now=moment)
        return await _told(session, changed, moment)

    _say(_change(load_config(config), work))


def _words(text: str | None, text_file: Path | None) -> str | None:
    if text is not None and text_file is not None:
        raise Refused("请用 --text 或 --text-file 写提示的内容（只用一个）。")
    return text if text_file is None else read_text(text_file)


@app.command("list")
def show(
    finished: Annotated[bool, typer.Option("--finished", help="Those that are done as well.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show the notices and when each goes out next."""

    async def work(session: AsyncSession, _now: datetime) -> list[str]:
        return [
            f"{one.number}\t{one.state.value}\t{_next(one)}\t{(await count_groups(session, one.scope))[0]}个群\t"
            f"{plan_words(one.plan)}\t{' '.join(one.text.split())[:40]}"
            for one in await list_reminders(session, finished=finished)
        ] or ["没有提示。"]

    _say(_look(load_config(config), work))


@app.command("next")
def upcoming(number: Number, config: ConfigOption = None) -> None:
    """Show how a notice repeats and its next five times, each with the reason for it."""

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        return await _told(session, await find_reminder(session, number), now)

    _say(_look(load_config(config), work))


@app.command()
def pause(number: Number, config: ConfigOption = None) -> None:
    """Hold a notice back."""

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        await pause_reminder(session, number=number, by=WHO, now=now)
        return [f"已停提示{number}。"]

    _say(_change(load_config(config), work))


@app.command()
def resume(number: Number, config: ConfigOption = None) -> None:
    """Let a paused notice go out again."""

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        reminder = await resume_reminder(session, number=number, by=WHO, now=now)
        return [f"已开提示{number}，下次：{_next(reminder)}"]

    _say(_change(load_config(config), work))


@app.command()
def skip(number: Number, config: ConfigOption = None) -> None:
    """Leave out the next time only; says which one."""

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        skipped, reminder = await skip_reminder(session, number=number, by=WHO, now=now)
        return [f"提示{number}跳过{moment_words(skipped)}这一次，再下次：{_next(reminder)}"]

    _say(_change(load_config(config), work))


@app.command()
def run(number: Number, config: ConfigOption = None) -> None:
    """Send a notice now; the running service delivers it."""
    opened = load_config(config)

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        fired = await run_reminder(session, number=number, by=WHO, now=now, settings=opened.settings)
        return [
            f"提示{number}已排队：{fired.queued}个群。没有机器人的群{fired.unbound}个，今天已够数的群{fired.capped}个。"
        ]

    _say(_change(opened, work))


async def _told(session: AsyncSession, reminder: Reminder, now: datetime) -> list[str]:
    """A notice in words: the groups, how it repeats, and its next five times."""
    groups, unbound = await count_groups(session, reminder.scope)
    deaf = f"，其中{unbound}个群机器人还没进" if unbound else ""
    ahead = await look_ahead(session, reminder.plan, now=now)
    lines = [f"提示{reminder.number}：发到{groups}个群{deaf}。", plan_words(reminder.plan)]
    return [*lines, *(f"  {line}" for line in ahead.lines())]


Work = Callable[[AsyncSession, datetime], Awaitable[T]]


async def _change(config: Config, work: Work[T]) -> T:
    """Do something in one transaction."""
    async with open_database(config) as opened, opened.database.begin() as session:
        return await work(session, SystemClock().now())


async def _look(config: Config, work: Work[T]) -> T:
    """Only look."""
    async with open_database(config) as opened, opened.database.read() as session:
        return await work(session, SystemClock().now())


def _say(lines: Awaitable[list[str]]) -> None:
    async def awaited() -> list[str]:
        return await lines

    for line in asyncio.run(awaited()):
        typer.echo(line)


def _next(reminder: Reminder) -> str:
    return moment_words(reminder.next_at) if reminder.next_at else "-"
