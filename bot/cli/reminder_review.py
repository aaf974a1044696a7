"""``weiwang reminder preview|groups|approve|refuse|tag``: looking at a notice before it goes out, and the yes to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.opening import WHO, open_database, read_text
from bot.cli.reminder_library import Fill, read_fills
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.directory import DirectoryKeeper
from handlers.reminders import Decision, Reminder, decide, find_reminder
from handlers.reminders.audience import find_audience
from handlers.reminders.editing import take
from handlers.reminders.library import find_example
from handlers.reminders.links import check_link
from handlers.reminders.notices import clean_notice, doubts, fill_notice
from handlers.scopes import Named, ScopeRefused, find_scope
from handlers.tags import remove_tags, show_tags, tag_groups
from storage.audiences import Target, find_category
from storage.enums import ScheduleState
from storage.schedules import list_stewards

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
Number = Annotated[int, typer.Argument(help="The number `reminder list` shows.")]
By = Annotated[str, typer.Option("--by", help="Whose word it is: a name in the roster.")]


class Refused(BotError):
    """Nothing was changed; the sentence says why."""


def preview(
    number: Annotated[int | None, typer.Argument(help="The number `reminder list` shows.")] = None,
    text: Annotated[str | None, typer.Option(help="Words that are no notice yet.")] = None,
    text_file: Annotated[Path | None, typer.Option(help="A file with the words.")] = None,
    from_library: Annotated[str | None, typer.Option("--library", help="Words of the library.")] = None,
    fill: Fill = None,
    group: Annotated[list[str] | None, typer.Option("--group", help="As this group would read it.")] = None,
    config: ConfigOption = None,
) -> None:
    """Show a notice, or words that are none yet, as a group would read it today. Nothing is sent."""
    if sum(each is not None for each in (number, text, text_file, from_library)) != 1:
        raise Refused("请写提示的编号，或者用 --text、--text-file、--library 写内容（只用一个）。")
    words = text if text_file is None else read_text(text_file)
    if from_library is not None:
        words = find_example(from_library).filled(read_fills(fill or ()))
    for line in asyncio.run(_preview(load_config(config), number, words, group or [])):
        typer.echo(line)


async def _preview(config: Config, number: int | None, words: str | None, groups: Sequence[str]) -> list[str]:
    async with open_database(config) as opened, opened.database.read() as session:
        found = await find_reminder(session, number) if number is not None else None
        text = clean_notice(words or "") if found is None else found.text
        named = Named(groups=tuple(groups)) if groups else Named(everyone=True)
        scope = found.scope if found is not None and not groups else await find_scope(session, named)
        targets = await find_audience(session, scope)
        shown = targets if groups else targets[:1]
        if not shown:
            raise ScopeRefused("没有群可以看。")
        due = found.next_at if found is not None and found.next_at else SystemClock().now()
        lines = await _as_read(session, text, shown, due, config.settings.reminders.street)
    return [*lines, *(f"请注意：{doubt}" for doubt in doubts(text))]


async def _as_read(
    session: AsyncSession, text: str, targets: Sequence[Target], due: datetime, street: str
) -> list[str]:
    stewards = await list_stewards(session)
    return [
        line
        for target in targets
        for line in (f"[{target.name}]", fill_notice(text, target, stewards, due, street))
    ]


async def preview_lines(session: AsyncSession, reminder: Reminder, now: datetime, street: str) -> list[str]:
    """Every group of a notice, and its words as the first one would read them."""
    targets = await find_audience(session, reminder.scope)
    due = reminder.next_at or now
    return [*_groups(targets), *await _as_read(session, reminder.text, targets[:1], due, street)]


def groups(number: Number, config: ConfigOption = None) -> None:
    """Show every group a notice would go to now, with the count."""
    for line in asyncio.run(_list_groups(load_config(config), number)):
        typer.echo(line)


async def _list_groups(config: Config, number: int) -> list[str]:
    async with open_database(config) as opened, opened.database.read() as session:
        reminder = await find_reminder(session, number)
        return _groups(await find_audience(session, reminder.scope))


def _groups(targets: Sequence[Target]) -> list[str]:
    lines = [
        f"{target.community or '工作群'}\t{target.name}" + ("" if target.account else "\t机器人还没进")
        for target in targets
    ]
    return [*lines, f"共{len(targets)}个群。"]


def approve(number: Number, by: By, config: ConfigOption = None) -> None:
    """Say yes to a notice that waits, for somebody who may."""
    typer.echo(asyncio.run(_decide(load_config(config), number, by, agreed=True)))


def refuse(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why not; the author reads it.")] = "",
    config: ConfigOption = None,
) -> None:
    """Say no to a notice that waits, for somebody who may."""
    typer.echo(asyncio.run(_decide(load_config(config), number, by, agreed=False, reason=reason)))


async def _decide(config: Config, number: int, by: str, *, agreed: bool, reason: str = "") -> str:
    async with open_database(config) as opened, opened.database.begin() as session:
        directory = await DirectoryKeeper().directory(session)
        named = directory.staff_named(by)
        if len(named) != 1:
            raise Refused(
                f"花名册里没有“{by}”。" if not named else f"花名册里有{len(named)}个“{by}”，分不清。"
            )
        row = await take(session, number)
        now = SystemClock().now()
        decision = await decide(session, row, directory, named[0], agreed=agreed, now=now, reason=reason)
    return {
        Decision.COUNTED: f"已记下{by}同意提示{number}，还要别人同意。",
        Decision.APPROVED: f"提示{number}可以发了。",
        Decision.REFUSED: f"提示{number}不发。",
    }[decision]


def waiting_lines(reminder: Reminder) -> list[str]:
    """What is to be said of a notice that waits for somebody's yes; nothing of any other."""
    if reminder.state is not ScheduleState.WAITING:
        return []
    number, needed = reminder.number, reminder.needed
    return [f"要另外{needed}个人同意才发。服务会去问；也可以：weiwang reminder approve {number} --by 名字"]


def with_link(text: str, link: str | None) -> str:
    """The words with a checked link on a line of its own."""
    return text if link is None else f"{text.rstrip()}\n{check_link(link)}".strip()


async def known_category(session: AsyncSession, words: str | None) -> str:
    """The code of the category a notice is about, "" when nobody has said."""
    code = await find_category(session, words) if words else ""
    if code is None:
        raise Refused(f"没有“{words}”这一类。")
    return code


tag = typer.Typer(help="Words on groups, so that notices can go to groups of a kind.", no_args_is_help=True)
TagName = Annotated[str, typer.Argument(help="A word like 老旧小区 or 有电梯.")]
Owners = Annotated[list[str], typer.Argument(help="Groups or communities, by their names.")]


@tag.command("add")
def add_tag(name: TagName, owners: Owners, config: ConfigOption = None) -> None:
    """Put a tag on groups, or on all groups of a community."""
    count = asyncio.run(_tag(load_config(config), name, owners))
    typer.echo(f"已给{count}个群贴上“{name}”。")


async def _tag(config: Config, name: str, owners: Sequence[str]) -> int:
    async with open_database(config) as opened, opened.database.begin() as session:
        directory = await DirectoryKeeper().directory(session)
        return await tag_groups(session, directory, name, owners, by=WHO, now=SystemClock().now())


@tag.command("remove")
def remove_tag(
    name: TagName,
    owners: Annotated[
        list[str] | None, typer.Argument(help="Groups or communities; none: everywhere.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Take a tag away."""
    count = asyncio.run(_untag(load_config(config), name, owners or []))
    typer.echo(f"已从{count}个群拿掉“{name}”。")


async def _untag(config: Config, name: str, owners: Sequence[str]) -> int:
    async with open_database(config) as opened, opened.database.begin() as session:
        directory = await DirectoryKeeper().directory(session)
        return await remove_tags(session, directory, name, owners, by=WHO, now=SystemClock().now())


@tag.command("list")
def list_tags(config: ConfigOption = None) -> None:
    """Show the tags and the groups that have them."""
    for line in asyncio.run(_tags(load_config(config))):
        typer.echo(line)


async def _tags(config: Config) -> list[str]:
    async with open_database(config) as opened, opened.database.read() as session:
        return await show_tags(session)
