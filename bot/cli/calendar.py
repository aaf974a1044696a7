"""``weiwang calendar``: the admin's own table of holidays and make-up days."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, BadFile, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from handlers.calendars import Holiday, import_calendar, parse_calendar
from storage.timetable import list_calendar

app = typer.Typer(help="Holidays and make-up days.", no_args_is_help=True)
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
_WEEK = "一二三四五六日"


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: 日期,类型,名称 (类型: 放假 or 上班).")],
    config: ConfigOption = None,
) -> None:
    """Let a file be the calendar of the years in it: only the days that are not what their weekday says."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadFile(file, error.strerror or "读不了") from error
    holidays = parse_calendar(file.name, data)
    years = asyncio.run(_import(load_config(config), holidays))
    typer.echo(f"已导入{len(holidays)}天（{'、'.join(f'{year}年' for year in years)}）。已经说好的时间不变。")


async def _import(config: Config, holidays: tuple[Holiday, ...]) -> list[int]:
    async with open_database(config) as opened, opened.database.begin() as session:
        return await import_calendar(session, holidays, by=WHO, now=SystemClock().now())


@app.command("list")
def show(config: ConfigOption = None) -> None:
    """Show the imported days; all others follow the published calendar."""
    for line in asyncio.run(_list(load_config(config))):
        typer.echo(line)


async def _list(config: Config) -> list[str]:
    async with open_database(config) as opened, opened.database.read() as session:
        days = await list_calendar(session)
    return [
        f"{day.isoformat()} 周{_WEEK[day.weekday()]} {'上班' if working else '放假'}"
        for day, working in days.items()
    ] or ["没有导入过，按国家公布的日历。"]
