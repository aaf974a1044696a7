"""``weiwang reminder``: 温馨提示, planned, listed, held and sent from the command line."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, Opened, open_database, read_text
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.reminders import (
    Fired,
    Plan,
    Reminder,
    ReminderRefused,
    add_reminder,
    count_groups,
    list_reminders,
    next_times,
    pause_reminder,
    resume_reminder,
    run_reminder,
)
from handlers.scopes import ScopeRefused, named_scope
from handlers.wording import SHANGHAI

app = typer.Typer(help="温馨提示: notices to groups, now or on a schedule.", no_args_is_help=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
Number = Annotated[int, typer.Argument(help="The number `reminder list` shows.")]


class Refused(BotError):
    """Nothing was changed; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What `reminder add` was asked for."""

    text: str
    cron: str | None
    once_at: datetime | None
    everyone: bool
    communities: tuple[str, ...]
    groups: tuple[str, ...]


@app.command()
def add(
    text: Annotated[str | None, typer.Option(help="The words; fields {社区} {群名} {管家} {日期}.")] = None,
    text_file: Annotated[Path | None, typer.Option(help="A file with the words.")] = None,
    cron: Annotated[str | None, typer.Option(help='Again and again, like "0 8 * * 1".')] = None,
    at: Annotated[str | None, typer.Option(help='Once, like "2026-12-01 08:00".')] = None,
    everyone: Annotated[bool, typer.Option("--all", help="To all groups.")] = False,
    community: Annotated[list[str] | None, typer.Option(help="To a community's groups.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="To a group.")] = None,
    config: ConfigOption = None,
) -> None:
    """Plan a notice; shows its next five times and how many groups it goes to. Times are Suzhou's."""
    if (text is None) == (text_file is None):
        raise Refused("请用 --text 或 --text-file 写提示的内容（只用一个）。")
    words = text if text is not None else read_text(text_file or Path())
    wish = _Wish(
        text=words,
        cron=cron,
        once_at=None if at is None else parse_moment(at),
        everyone=everyone,
        communities=tuple(community or ()),
        groups=tuple(group or ()),
    )
    for line in asyncio.run(_add(load_config(config), wish)):
        typer.echo(line)


async def _add(config: Config, wish: _Wish) -> list[str]:
    now = SystemClock().now()
    async with open_database(config) as opened, opened.database.begin() as session:
        try:
            scope = await named_scope(
                session, everyone=wish.everyone, communities=wish.communities, groups=wish.groups
            )
            reminder = await add_reminder(
                session,
                text=wish.text,
                scope=scope,
                by=WHO,
                now=now,
                plan=Plan(cron=wish.cron, once_at=wish.once_at),
            )
        except (ReminderRefused, ScopeRefused) as refused:
            raise Refused(str(refused)) from refused
        groups, unbound = await count_groups(session, scope)
    times = [_moment(moment) for moment in next_times(reminder.plan, 5, now)]
    deaf = f"，其中{unbound}个群机器人还没进" if unbound else ""
    return [f"提示{reminder.number}：发到{groups}个群{deaf}。", *(f"  {moment}" for moment in times)]


@app.command("list")
def show(
    finished: Annotated[bool, typer.Option("--finished", help="Those that are done as well.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show the notices and when each goes out next."""
    for line in asyncio.run(_list(load_config(config), finished)):
        typer.echo(line)


async def _list(config: Config, finished: bool) -> list[str]:
    async with open_database(config) as opened, opened.database.read() as session:
        reminders = await list_reminders(session, finished=finished)
        return [
            f"{one.number}\t{one.state.value}\t{_next(one)}\t{(await count_groups(session, one.scope))[0]}个群\t"
            f"{' '.join(one.text.split())[:40]}"
            for one in reminders
        ] or ["没有提示。"]


@app.command()
def pause(number: Number, config: ConfigOption = None) -> None:
    """Hold a notice back."""
    asyncio.run(_pause(load_config(config), number))
    typer.echo(f"已停提示{number}。")


async def _pause(config: Config, number: int) -> None:
    async with open_database(config) as opened, opened.database.begin() as session:
        try:
            await pause_reminder(session, number=number, by=WHO, now=SystemClock().now())
        except ReminderRefused as refused:
            raise Refused(str(refused)) from refused


@app.command()
def resume(number: Number, config: ConfigOption = None) -> None:
    """Let a paused notice go out again."""
    reminder = asyncio.run(_resume(load_config(config), number))
    typer.echo(f"已开提示{number}，下次：{_next(reminder)}")


async def _resume(config: Config, number: int) -> Reminder:
    async with open_database(config) as opened, opened.database.begin() as session:
        try:
            return await resume_reminder(session, number=number, by=WHO, now=SystemClock().now())
        except ReminderRefused as refused:
            raise Refused(str(refused)) from refused


@app.command()
def run(number: Number, config: ConfigOption = None) -> None:
    """Send a notice now; the running service delivers it."""
    fired = asyncio.run(_run(load_config(config), number))
    typer.echo(
        f"提示{number}已排队：{fired.queued}个群。没有机器人的群{fired.unbound}个，今天已够数的群{fired.capped}个。"
    )


async def _run(config: Config, number: int) -> Fired:
    async with open_database(config) as opened:
        return await _fire(opened, number)


async def _fire(opened: Opened, number: int) -> Fired:
    async with opened.database.begin() as session:
        try:
            now, settings = SystemClock().now(), opened.config.settings
            return await run_reminder(session, number=number, by=WHO, now=now, settings=settings)
        except ReminderRefused as refused:
            raise Refused(str(refused)) from refused


def parse_moment(text: str) -> datetime:
    """A moment as people write it; without an offset it is Suzhou's time."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(f"时间看不懂：{text}，应像 2026-12-01 08:00") from error
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _next(reminder: Reminder) -> str:
    return _moment(reminder.next_at) if reminder.next_at else "-"
