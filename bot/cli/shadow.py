"""``weiwang rules shadow``: try a rule file beside the one in force, seen by nobody, before it is published."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, BadFile, open_database, read_text
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.directory import Directory, DirectoryKeeper
from handlers.rules import (
    RulesMoved,
    TrialStatus,
    UnreadableFile,
    publish_trial,
    seed_rules,
    start_trial,
    stop_trial,
    trial_differences,
    trial_status,
)
from handlers.rules.trial_commands import KIND_NAMES, difference_line, status_lines
from handlers.scopes import named_scope
from storage.enums import DifferenceKind

app = typer.Typer(help="Try a rule file beside the one in force; nobody sees it.", no_args_is_help=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
LONGEST_SHOWN = 100


@app.command()
def start(
    file: Annotated[Path, typer.Argument(help="The rule file that may come.")],
    groups: Annotated[str, typer.Option(help="Names of groups, with commas between them.")] = "",
    community: Annotated[list[str] | None, typer.Option(help="All groups of a community.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="All groups.")] = False,
    days: Annotated[int | None, typer.Option(min=1, help="End by itself after so many days.")] = None,
    config: ConfigOption = None,
) -> None:
    """Let a rule file judge what chosen groups say from now on. Residents and stewards notice nothing."""
    names = [name.strip() for name in groups.replace("，", ",").split(",") if name.strip()]
    started = _start(load_config(config), file, read_text(file), names, community or [], everyone, days)
    for line in status_lines(asyncio.run(started)):
        typer.echo(line)


async def _start(
    config: Config,
    file: Path,
    text: str,
    groups: Sequence[str],
    communities: Sequence[str],
    everyone: bool,
    days: int | None,
) -> TrialStatus:
    now = SystemClock().now()
    until = None if days is None else now + timedelta(days=days)
    async with open_database(config) as opened, opened.database.begin() as session:
        await seed_rules(session, now=now)
        scope = await named_scope(session, everyone=everyone, communities=communities, groups=groups)
        try:
            await start_trial(session, text=text, scope=scope, note=file.name, by=WHO, now=now, until=until)
        except UnreadableFile as refused:
            raise BadFile(file, str(refused)) from refused
        directory = await DirectoryKeeper().directory(session)
        return _known(await trial_status(session, directory, now))


@app.command()
def status(config: ConfigOption = None) -> None:
    """Show how the latest trial stands."""
    found, _ = asyncio.run(_look(load_config(config), (), 0))
    for line in status_lines(found):
        typer.echo(line)


@app.command()
def show(
    kind: Annotated[DifferenceKind | None, typer.Option(help="Only those of one kind.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 50,
    config: ConfigOption = None,
) -> None:
    """Show the messages that the rules on trial take for something else, newest first."""
    kinds = tuple(DifferenceKind) if kind is None else (kind,)
    _, lines = asyncio.run(_look(load_config(config), kinds, count))
    for line in lines or [f"还没有{KIND_NAMES[kind]}的。" if kind else "还没有不一样的。"]:
        typer.echo(line)


async def _look(config: Config, kinds: Sequence[DifferenceKind], count: int) -> tuple[TrialStatus, list[str]]:
    async with open_database(config) as opened, opened.database.read() as session:
        directory: Directory = await DirectoryKeeper().directory(session)
        found = _known(await trial_status(session, directory, SystemClock().now()))
        rows = await trial_differences(session, found.number, limit=count, kinds=kinds) if kinds else ()
    return found, [difference_line(row, LONGEST_SHOWN) for row in rows]


def _known(found: TrialStatus | None) -> TrialStatus:
    if found is None:
        raise BotError("还没有试用过规则。")
    return found


@app.command()
def stop(config: ConfigOption = None) -> None:
    """End the trial; the rules in force stay, and so does what was found."""
    typer.echo(f"已停试用{asyncio.run(_stop(load_config(config)))}，规则没有变。")


async def _stop(config: Config) -> int:
    async with open_database(config) as opened, opened.database.begin() as session:
        return await stop_trial(session, by=WHO, now=SystemClock().now())


@app.command()
def publish(
    force: Annotated[bool, typer.Option("--force", help="Also when the rules changed meanwhile.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put the rules on trial in force."""
    typer.echo(f"已换上，新记录是{asyncio.run(_publish(load_config(config), force))}，下一条消息起就用。")


async def _publish(config: Config, force: bool) -> int:
    async with open_database(config) as opened, opened.database.begin() as session:
        try:
            return await publish_trial(session, by=WHO, now=SystemClock().now(), force=force)
        except RulesMoved as moved:
            raise BotError(f"没有换。{moved}要换请加 --force。") from moved
