"""``weiwang reminder ledger|watch|cancel|resend``: a notice on its way to the groups."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.opening import WHO, BadFile, Opened, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from bot.reports.cells import plain_text
from handlers.reminders.forecast import expected_end
from handlers.reminders.ledger import Ledger, LedgerLine, Part, Progress, Standing, read_ledger, read_progress
from handlers.reminders.stopping import Cancelled, cancel_broadcast
from handlers.reminders.stopping import resend as resend_rows
from handlers.wording import SHANGHAI, clock_time
from storage.enums import OutboxState

app = typer.Typer()

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
Number = Annotated[int, typer.Argument(help="The number `reminder list` shows.")]
FiringOption = Annotated[int | None, typer.Option("--firing", help="An earlier sending, by its number.")]
T = TypeVar("T")

LOOK_SECONDS = 1.0
_HEAD = ("社区", "群", "内容", "情况", "时间", "次数", "原因", "账号")


class TwoWishes(BotError):
    """One of two options is needed, and only one."""


@app.command()
def ledger(
    number: Number,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write it to a file instead.")] = None,
    firing: FiringOption = None,
    config: ConfigOption = None,
) -> None:
    """Show what became of a notice in each group: said when, waiting, unknown, failed and why, left out."""
    shown = asyncio.run(reading(load_config(config), lambda session: read_ledger(session, number, firing)))
    if csv_file is None:
        typer.echo(f"提示{number} 第{shown.firing}次发送 {_moment(shown.due_at)}")
        for line in shown.lines:
            typer.echo("\t".join(_cells(line)))
        return
    try:
        with csv_file.open("w", encoding="utf-8-sig", newline="") as file:
            _write_csv(shown, file)
    except OSError as error:
        raise BadFile(csv_file, error.strerror or "写不了") from error
    typer.echo(f"已写到 {csv_file}，共{len(shown.lines)}行。")


@app.command()
def watch(
    number: Number,
    once: Annotated[bool, typer.Option("--once", help="Only how it is now.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line, for programs.")] = False,
    firing: FiringOption = None,
    config: ConfigOption = None,
) -> None:
    """Watch a notice go out, until nothing is left to say. Ctrl-C only ends the watching."""
    asyncio.run(_watch(load_config(config), number, firing, once=once, as_json=as_json))


async def _watch(config: Config, number: int, firing: int | None, *, once: bool, as_json: bool) -> None:
    async with open_database(config) as opened:
        if sys.stdout.isatty() and not as_json and not once:
            await _draw(opened, number, firing)
        else:
            await _print(opened, number, firing, once=once, as_json=as_json)


async def _draw(opened: Opened, number: int, firing: int | None) -> None:
    columns = (
        TextColumn("提示{task.fields[number]}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, TextColumn("{task.description}"), console=Console()) as bar:
        task = bar.add_task("", total=None, number=number)
        while True:
            progress, ends = await _progress(opened, number, firing)
            words = progress.words() + _until(ends)
            bar.update(task, total=progress.total, completed=progress.settled, description=words)
            if progress.over:
                return
            await asyncio.sleep(LOOK_SECONDS)


async def _print(opened: Opened, number: int, firing: int | None, *, once: bool, as_json: bool) -> None:
    """A line whenever something has changed."""
    last: Progress | None = None
    while True:
        progress, ends = await _progress(opened, number, firing)
        if progress != last:
            typer.echo(json.dumps(progress.to_json(ends)) if as_json else _line(progress))
            last = progress
        if once or progress.over:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _progress(opened: Opened, number: int, firing: int | None) -> tuple[Progress, datetime | None]:
    """How far it has come, and when it will be over."""
    now, settings = SystemClock().now(), opened.config.settings
    async with opened.database.read() as session:
        progress = await read_progress(session, number, firing)
        return progress, await expected_end(session, progress.firing, now=now, settings=settings)


def _until(ends: datetime | None) -> str:
    return f"，约{clock_time(ends)}发完" if ends is not None else ""


@app.command()
def cancel(number: Number, config: ConfigOption = None) -> None:
    """Stop a notice half-way: what is not said yet is not said any more."""
    done: Cancelled = asyncio.run(
        writing(
            load_config(config),
            lambda session, now: cancel_broadcast(session, number=number, by=WHO, now=now),
        )
    )
    typer.echo(f"提示{number}不再发了，取消{done.messages}条。{done.progress.words()}。")


@app.command()
def resend(
    number: Number,
    failed: Annotated[bool, typer.Option("--failed", help="What could not be said.")] = False,
    unknown: Annotated[bool, typer.Option("--unknown", help="What nobody knows of; look first.")] = False,
    group: Annotated[list[str] | None, typer.Option(help="Only in this group.")] = None,
    firing: FiringOption = None,
    config: ConfigOption = None,
) -> None:
    """Say a notice again where it failed, or where nobody knows whether it went out. Each once."""
    if failed == unknown:
        raise TwoWishes("请写明重发哪些：--failed（没发成的）或 --unknown（不确定的）。")
    opened = load_config(config)
    state = OutboxState.FAILED if failed else OutboxState.UNCERTAIN
    count = asyncio.run(
        writing(
            opened,
            lambda session, now: resend_rows(
                session,
                number=number,
                state=state,
                by=WHO,
                now=now,
                settings=opened.settings,
                groups=group or (),
                firing=firing,
            ),
        )
    )
    typer.echo(f"提示{number}重发{count}条。" if count else "没有要重发的。")


async def reading(config: Config, ask: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What a question to the database of a config gives."""
    async with open_database(config) as opened, opened.database.read() as session:
        return await ask(session)


async def writing(config: Config, change: Callable[[AsyncSession, datetime], Awaitable[T]]) -> T:
    """What a change of the database of a config gives, in one transaction at this moment."""
    async with open_database(config) as opened, opened.database.begin() as session:
        return await change(session, SystemClock().now())


def _write_csv(shown: Ledger, file: TextIO) -> None:
    writer = csv.writer(file)
    writer.writerow(_HEAD)
    writer.writerows([plain_text(cell) for cell in _cells(line)] for line in shown.lines)


def _cells(line: LedgerLine) -> tuple[str, ...]:
    at = _moment(line.at) if line.at else ""
    tries = str(line.attempts) if line.attempts else ""
    return (line.community, line.group, line.part, line.standing, at, tries, line.why, line.account)


def _line(progress: Progress) -> str:
    more = "".join(
        f"；{part}：" + "，".join(f"{each}{counts[each]}" for each in Standing if counts.get(each))
        for part, counts in ((Part.FILE, progress.files), (Part.CORRECTION, progress.corrections))
        if counts
    )
    return f"{progress.settled}/{progress.total} {progress.words()}{more}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
