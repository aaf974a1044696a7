"""``weiwang route``: who gets new tickets first, and the departments and work groups that may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.opening import WHO, BadFile, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.directory import Directory, DirectoryKeeper
from handlers.duty.errors import DutyRefused
from handlers.duty.recipients import add_recipient, drop_recipient, show_recipients
from handlers.duty.routes import RoutingTable, Wish, add_route, drop_route, import_routes, parse_routes
from handlers.roster import seed_categories
from storage.duty import list_routes
from storage.tickets import category_names

app = typer.Typer(help="Who gets new tickets first.", no_args_is_help=True)
recipient = typer.Typer(help="Departments and work groups that receive tickets.", no_args_is_help=True)
app.add_typer(recipient, name="recipient")
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]


class NotChanged(BotError):
    """Nothing was changed; the sentence says why."""


@asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[tuple[AsyncSession, Directory, RoutingTable]]:
    async with open_database(config) as opened, opened.database.begin() as session:
        await seed_categories(session)
        directory = await DirectoryKeeper().directory(session)
        try:
            yield session, directory, RoutingTable(directory, await category_names(session))
        except DutyRefused as refused:
            raise NotChanged(str(refused)) from refused


@app.command()
def add(
    to: Annotated[str, typer.Option(help="A recipient, a person, or 管家, 网格员, 网格长, 社区, 街道.")],
    category: Annotated[str, typer.Option(help="A category; any when left out.")] = "",
    community: Annotated[str, typer.Option(help="A community; all when left out.")] = "",
    group: Annotated[str, typer.Option(help="A group; all when left out.")] = "",
    config: ConfigOption = None,
) -> None:
    """Add a row (in the place of one for the same); the most specific row wins: group, community, category."""
    wish = Wish(category=category, community=community, group=group, to=to)
    typer.echo(asyncio.run(_add(load_config(config), wish)))


async def _add(config: Config, wish: Wish) -> str:
    async with _opened(config) as (session, _, table):
        return table.line(await add_route(session, table, wish, by=WHO, now=SystemClock().now()))


@app.command("list")
def show(config: ConfigOption = None) -> None:
    """Show the table; without a row the group's steward gets the ticket."""
    for line in asyncio.run(_list(load_config(config))):
        typer.echo(line)


async def _list(config: Config) -> list[str]:
    async with _opened(config) as (session, _, table):
        return [table.line(route) for route in await list_routes(session)] or ["没有分派，都给本群管家。"]


@app.command()
def remove(
    number: Annotated[int, typer.Argument(help="The number `route list` shows.")],
    config: ConfigOption = None,
) -> None:
    """Take a row away."""
    asyncio.run(_remove(load_config(config), number))
    typer.echo(f"已删分派{number}。")


async def _remove(config: Config, number: int) -> None:
    async with _opened(config) as (session, _, _):
        await drop_route(session, number, by=WHO, now=SystemClock().now())


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: 类别,社区,群名,转给; empty cells mean any.")],
    config: ConfigOption = None,
) -> None:
    """Let the table be just what a file says."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadFile(file, error.strerror or "读不了") from error
    before, now = asyncio.run(_import(load_config(config), file.name, data))
    typer.echo(f"已换成{now}条分派（原来{before}条）。")


async def _import(config: Config, name: str, data: bytes) -> tuple[int, int]:
    async with _opened(config) as (session, _, table):
        routes = parse_routes(name, data, table)
        return await import_routes(session, routes, by=WHO, now=SystemClock().now())


@recipient.command("add")
def add_one(
    name: Annotated[str, typer.Argument(help="What it is called: 水务所, 大工委.")],
    person: Annotated[str, typer.Option(help="The WeChat contact id behind it.")] = "",
    room: Annotated[str, typer.Option(help="Or the name of the work group in WeChat.")] = "",
    config: ConfigOption = None,
) -> None:
    """Define a recipient."""
    asyncio.run(_add_recipient(load_config(config), name, person, room))
    typer.echo(f"已加“{name}”。")


async def _add_recipient(config: Config, name: str, person: str, room: str) -> None:
    async with _opened(config) as (session, directory, _):
        now = SystemClock().now()
        await add_recipient(session, directory, name, contact=person, topic=room, by=WHO, now=now)


@recipient.command("list")
def show_all(config: ConfigOption = None) -> None:
    """Show the recipients."""
    for line in asyncio.run(_list_recipients(load_config(config))):
        typer.echo(line)


async def _list_recipients(config: Config) -> list[str]:
    async with _opened(config) as (_, directory, _):
        return show_recipients(directory) or ["还没有部门。"]


@recipient.command("remove")
def remove_one(
    name: Annotated[str, typer.Argument(help="A recipient.")], config: ConfigOption = None
) -> None:
    """Take a recipient away that no row names and that has nothing open."""
    asyncio.run(_remove_recipient(load_config(config), name))
    typer.echo(f"已删“{name}”。")


async def _remove_recipient(config: Config, name: str) -> None:
    async with _opened(config) as (session, directory, _):
        await drop_recipient(session, directory, name, by=WHO, now=SystemClock().now())
