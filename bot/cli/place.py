"""``weiwang place``: what communities and groups call their places."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, BadFile, open_database, read_text
from bot.clock import SystemClock
from bot.config import Config, load_config
from handlers.directory import DirectoryKeeper
from handlers.places import PlaceRefused, add_places, find_owner, list_places, parse_names, remove_places
from handlers.placewords import show_places

app = typer.Typer(help="What communities and groups call their places.", no_args_is_help=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
OwnerArgument = Annotated[str, typer.Argument(help="A community or a group, by its name.")]
NamesArgument = Annotated[str, typer.Argument(help='Names like "凉亭|喷泉广场|小白楼=12幢".')]
OWNER_COLUMNS, NAMES_COLUMN = ("群名", "社区"), "地点"


@app.command()
def add(owner: OwnerArgument, names: NamesArgument, config: ConfigOption = None) -> None:
    """Add names; one that is there already gets its new meaning."""
    count = asyncio.run(_add(load_config(config), [(owner, parse_names(names))]))
    typer.echo(f"已加{count}个地点名，下一条消息起就用。")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with the columns 社区 (or 群名) and 地点.")],
    config: ConfigOption = None,
) -> None:
    """Add the names of many communities and groups at once, a row for each."""
    count = asyncio.run(_add(load_config(config), list(_rows(file)), file))
    typer.echo(f"已加{count}个地点名，下一条消息起就用。")


def _rows(file: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(read_text(file), newline=""))
    columns = reader.fieldnames or ()
    if NAMES_COLUMN not in columns or not any(column in columns for column in OWNER_COLUMNS):
        raise BadFile(file, "第1行应有“社区”（或“群名”）和“地点”两列。")
    for row in reader:
        owner = next((row[column].strip() for column in OWNER_COLUMNS if row.get(column)), "")
        words = (row[NAMES_COLUMN] or "").strip()
        if not words:
            continue
        try:
            yield owner, parse_names(words)
        except PlaceRefused as refused:
            raise BadFile(file, f"第{reader.line_num}行：{refused}") from refused


async def _add(config: Config, wanted: list[tuple[str, Mapping[str, str]]], file: Path | None = None) -> int:
    count, now = 0, SystemClock().now()
    async with open_database(config) as opened, opened.database.begin() as session:
        directory = await DirectoryKeeper().directory(session)
        for name, names in wanted:
            try:
                owner = find_owner(directory, name)
                count += await add_places(session, owner, names, by=WHO, now=now)
            except PlaceRefused as refused:
                raise (BadFile(file, str(refused)) if file else refused) from refused
    return count


@app.command()
def remove(owner: OwnerArgument, names: NamesArgument, config: ConfigOption = None) -> None:
    """Take names away."""
    count = asyncio.run(_remove(load_config(config), owner, names))
    typer.echo(f"已删{count}个地点名。")


async def _remove(config: Config, owner: str, names: str) -> int:
    async with open_database(config) as opened, opened.database.begin() as session:
        found = find_owner(await DirectoryKeeper().directory(session), owner)
        return await remove_places(session, found, parse_names(names), by=WHO, now=SystemClock().now())


@app.command("list")
def show(
    owner: Annotated[str | None, typer.Argument(help="Only those of a community or group.")] = None,
    config: ConfigOption = None,
) -> None:
    """Show the names."""
    typer.echo(asyncio.run(_list(load_config(config), owner)) or "还没有地点名。")


async def _list(config: Config, owner: str | None) -> str:
    async with open_database(config) as opened, opened.database.read() as session:
        directory = await DirectoryKeeper().directory(session)
        found = find_owner(directory, owner) if owner else None
        return show_places(directory, await list_places(session, found))
