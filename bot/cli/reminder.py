"""``weiwang reminder``: 温馨提示, planned, listed, held, changed and sent from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli import reminder_places as places
from bot.cli import reminder_review as review
from bot.cli import reminder_times as times
from bot.cli.broadcast import app as broadcast
from bot.cli.broadcast_changes import app as broadcast_changes
from bot.cli.opening import WHO, open_database, read_text
from bot.cli.options import takes_wishes
from bot.cli.reminder_feed import feed, ics
from bot.cli.reminder_files import keep_file
from bot.cli.reminder_library import Fill, read_fills
from bot.cli.reminder_library import app as library
from bot.cli.reminder_review import known_category, preview_lines, waiting_lines, with_link
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.directory import DirectoryKeeper
from handlers.reminders import (
    Change,
    Reminder,
    add_reminder,
    change_reminder,
    count_groups,
    find_reminder,
    list_reminders,
    pause_reminder,
    release,
    send_now,
    skip_reminder,
    submit_new,
)
from handlers.reminders.forecast import forecast_lines, forecast_reminder
from handlers.reminders.library import find_example
from handlers.reminders.notices import doubts
from handlers.reminders.outlook import look_ahead, moment_words, plan_words
from handlers.scopes import find_scope

app = typer.Typer(help="温馨提示: notices to groups, now or on a schedule.", no_args_is_help=True)
app.command()(ics)
app.command()(feed)
app.add_typer(broadcast)
app.add_typer(library, name="library")
app.add_typer(review.tag, name="tag")
for _command in (review.preview, review.groups, review.approve, review.refuse):
    app.command()(_command)
app.add_typer(broadcast_changes)

T = TypeVar("T")

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
Number = Annotated[int, typer.Argument(help="The number `reminder list` shows.")]
Text = Annotated[str | None, typer.Option(help="The words; fields {社区} {群名} {管家} {日期}.")]
TextFile = Annotated[Path | None, typer.Option(help="A file with the words.")]
File = Annotated[
    Path | None, typer.Option("--file", help="A picture, video or document to send after the words.")
]
Link = Annotated[str | None, typer.Option("--link", help="A web address to put under the words.")]
Urgent = Annotated[
    bool | None, typer.Option("--urgent/--not-urgent", help="Goes first, after two people's yes.")
]
About = Annotated[
    str | None, typer.Option("--about", help="The category it is about, like water or 供水排水.")
]
FromLibrary = Annotated[str | None, typer.Option("--library", help="Words of the library, like 停水.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only show the words and every group; nothing is kept.")
]


class Refused(BotError):
    """Nothing was changed; the sentence says why."""


@app.command()
@takes_wishes
def add(
    when: times.TimeWish,
    where: places.PlaceWish,
    text: Text = None,
    text_file: TextFile = None,
    file: File = None,
    link: Link = None,
    urgent: Urgent = None,
    about: About = None,
    from_library: FromLibrary = None,
    fill: Fill = None,
    dry_run: DryRun = False,
    config: ConfigOption = None,
) -> None:
    """Plan a notice; shows its next five times and how many groups it goes to. Times are Suzhou's."""
    opened = load_config(config)
    words = _words(text, text_file, from_library, fill)
    if words is None and file is None:
        raise Refused("请用 --text、--text-file 或 --library 写提示的内容（只用一个）。")
    media = None if file is None else keep_file(file, opened.media, only_look=dry_run)

    async def work(session: AsyncSession, moment: datetime) -> list[str]:
        plan = times.make_plan(when, moment)
        added = await add_reminder(
            session,
            text=with_link(words or "", link),
            scope=await find_scope(session, where.named),
            by=WHO,
            now=moment,
            plan=plan,
            media=media or (file.name if file is not None else None),
            category=await known_category(session, about),
            urgent=bool(urgent),
        )
        added = await _submitted(session, added, opened)
        lines = await _told(session, added, moment)
        if dry_run:
            lines = [*lines, *await preview_lines(session, added, moment, opened.settings.reminders.street)]
            await session.rollback()
        return [*lines, "只是看看，没有存。"] if dry_run else lines

    _say(_change(opened, work))


@app.command()
@takes_wishes
def change(
    number: Number,
    when: times.TimeWish,
    where: places.PlaceWish,
    text: Text = None,
    text_file: TextFile = None,
    file: File = None,
    link: Link = None,
    urgent: Urgent = None,
    config: ConfigOption = None,
) -> None:
    """Change the words, the time or the groups; what is not given stays. What is going out just now is left alone."""
    opened = load_config(config)
    words = _words(text, text_file)
    others = (words, file, link, urgent)
    if all(other is None for other in others) and when.is_empty and where.is_empty:
        raise Refused("请写要改什么：文字（--text）、时间（如 --workdays 9:00）或者群（如 --group 群名）。")

    async def work(session: AsyncSession, moment: datetime) -> list[str]:
        old = await find_reminder(session, number, lock=True)
        scope = None if where.is_empty else await find_scope(session, where.named)
        plan = None if when.is_empty else times.make_plan(when, moment, old.plan)
        new = (
            None if words is None and link is None else with_link(old.text if words is None else words, link)
        )
        media = None if file is None else keep_file(file, opened.media)
        wanted = Change(text=new, plan=plan, scope=scope, media=media, urgent=urgent)
        changed = await change_reminder(session, number=number, change=wanted, by=WHO, now=moment)
        return await _told(session, await _submitted(session, changed, opened), moment)

    _say(_change(opened, work))


def _words(
    text: str | None,
    text_file: Path | None,
    from_library: str | None = None,
    fill: list[str] | None = None,
) -> str | None:
    if sum(each is not None for each in (text, text_file, from_library)) > 1:
        raise Refused("请用 --text、--text-file 或 --library 写提示的内容（只用一个）。")
    if from_library is not None:
        return find_example(from_library).filled(read_fills(fill or ()))
    if fill:
        raise Refused("--fill 要和 --library 一起用。")
    return text if text_file is None else read_text(text_file)


async def _submitted(session: AsyncSession, reminder: Reminder, config: Config) -> Reminder:
    directory = await DirectoryKeeper().directory(session)
    return await submit_new(session, number=reminder.number, settings=config.settings, directory=directory)


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
    opened = load_config(config)

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        directory = await DirectoryKeeper().directory(session)
        reminder = await release(
            session, number=number, by=WHO, now=now, settings=opened.settings, directory=directory
        )
        return [f"已开提示{number}，下次：{_next(reminder)}", *waiting_lines(reminder)]

    _say(_change(opened, work))


@app.command()
def skip(number: Number, config: ConfigOption = None) -> None:
    """Leave out the next time only; says which one."""

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        skipped, reminder = await skip_reminder(session, number=number, by=WHO, now=now)
        return [f"提示{number}跳过{moment_words(skipped)}这一次，再下次：{_next(reminder)}"]

    _say(_change(load_config(config), work))


@app.command()
def run(number: Number, config: ConfigOption = None) -> None:
    """Send a notice now; the running service delivers it. Says how long that will take."""
    opened = load_config(config)

    async def work(session: AsyncSession, now: datetime) -> list[str]:
        ahead = await forecast_reminder(session, number, at=now, settings=opened.settings)
        directory = await DirectoryKeeper().directory(session)
        fired = await send_now(
            session, number=number, by=WHO, now=now, settings=opened.settings, directory=directory
        )
        if fired is None:
            return waiting_lines(await find_reminder(session, number))
        return [
            f"提示{number}已排队：{fired.queued}个群。没有机器人的群{fired.unbound}个，今天已够数的群{fired.capped}个。",
            *forecast_lines(ahead, now),
        ]

    _say(_change(opened, work))


async def _told(session: AsyncSession, reminder: Reminder, now: datetime) -> list[str]:
    """A notice in words: the groups, how it repeats, and its next five times."""
    groups, unbound = await count_groups(session, reminder.scope)
    deaf = f"，其中{unbound}个群机器人还没进" if unbound else ""
    ahead = await look_ahead(session, reminder.plan, now=now)
    lines = [f"提示{reminder.number}：发到{groups}个群{deaf}。", plan_words(reminder.plan)]
    times_ahead = (f"  {line}" for line in ahead.lines())
    doubtful = (f"请注意：{line}" for line in doubts(reminder.text))
    return [*lines, *times_ahead, *doubtful, *waiting_lines(reminder)]


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
