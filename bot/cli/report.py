"""``weiwang report``: a month's measures and lists as a workbook, a page or a picture; tickets as a table; freezing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.opening import WHO, BadFile, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.reports.charts import report_charts, report_picture
from bot.reports.page import write_page
from bot.reports.picture import draw
from bot.reports.sheet import write_csv, write_workbook
from bot.reports.tables import Table, month_tables, overview_lines, ticket_table
from handlers.measures import Month, Report, freeze_month, month_report, month_tickets
from handlers.settings import MeasureSettings
from handlers.settings_checks import check_categories

app = typer.Typer(help="Measures and reports: a month, its tickets, freezing.", no_args_is_help=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
MonthArgument = Annotated[str, typer.Argument(metavar="MONTH", help="Like 2026-11.")]
T = TypeVar("T")
Question = Callable[[AsyncSession, datetime, MeasureSettings], Awaitable[T]]


@app.command()
def month(
    name: MonthArgument,
    out: Annotated[Path | None, typer.Option(help="Where to write it: .xlsx, .html or .png.")] = None,
    config: ConfigOption = None,
) -> None:
    """Report a month (月报): what was raised, done, hot, left over, and who follows it up. Without --out: the numbers."""
    wanted = Month.parse(name)
    write = None if out is None else _writer(out, _MONTH_WRITERS)
    report = _ask(config, lambda session, now, rules: month_report(session, wanted, now=now, rules=rules))
    if out is None or write is None:
        typer.echo("\n".join(overview_lines(report)))
        return
    _write(out, write(report))
    typer.echo(f"已写好：{out}")


@app.command()
def freeze(name: MonthArgument, config: ConfigOption = None) -> None:
    """Freeze a month that is over (定格): its numbers never change again. The service does so by itself on the 1st."""
    wanted = Month.parse(name)
    fresh = asyncio.run(_freeze(load_config(config), wanted))
    typer.echo(f"{wanted.title}{'已定格，以后不再变。' if fresh else '以前就定格了，没有改动。'}")


@app.command()
def tickets(
    out: Annotated[Path, typer.Option(help="Where to write them: .csv or .xlsx.")],
    name: Annotated[str | None, typer.Option("--month", help="Like 2026-11; without it this month.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write the tickets opened in a month as they are this minute, phones and ids masked."""
    wanted = Month.of(SystemClock().now()) if name is None else Month.parse(name)
    write = _writer(out, _TICKET_WRITERS)
    lines = _ask(config, lambda session, now, rules: month_tickets(session, wanted, now=now, rules=rules))
    _write(out, write(ticket_table(f"{wanted.title}工单", lines)))
    typer.echo(f"已写好：{out}，共{len(lines)}件。")


def _workbook(report: Report) -> bytes:
    return write_workbook(report.title, month_tables(report))


def _page(report: Report) -> bytes:
    return write_page(report, report_charts(report), month_tables(report))


def _picture(report: Report) -> bytes:
    return draw(report_picture(report))


def _ticket_book(table: Table) -> bytes:
    return write_workbook(table.name, [table])


_MONTH_WRITERS: Mapping[str, Callable[[Report], bytes]] = {
    ".xlsx": _workbook,
    ".html": _page,
    ".png": _picture,
}
_TICKET_WRITERS: Mapping[str, Callable[[Table], bytes]] = {".csv": write_csv, ".xlsx": _ticket_book}


def _writer(out: Path, writers: Mapping[str, Callable[[T], bytes]]) -> Callable[[T], bytes]:
    """What writes this kind of file; refused before any work is done when it could not be written."""
    write = writers.get(out.suffix.lower())
    if write is None:
        raise BadFile(out, f"文件名要以 {'、'.join(writers)} 结尾。")
    if not out.parent.is_dir():
        raise BadFile(out, "没有这个文件夹。")
    return write


def _write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        raise BadFile(out, error.strerror or "写不了") from error


def _ask(config: Path | None, question: Question[T]) -> T:
    return asyncio.run(_answer(load_config(config), question))


async def _answer(config: Config, question: Question[T]) -> T:
    async with open_database(config) as opened, opened.database.read() as session:
        await check_categories(session, config.settings)
        return await question(session, SystemClock().now(), config.measures)


async def _freeze(config: Config, wanted: Month) -> bool:
    async with open_database(config) as opened, opened.database.begin() as session:
        await check_categories(session, config.settings)
        return await freeze_month(session, wanted, now=SystemClock().now(), by=WHO, rules=config.measures)
