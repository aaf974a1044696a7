"""``weiwang clock``: by when tickets have to be answered and resolved."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.duty.errors import DutyRefused
from handlers.duty.limits import Change, find_category, read_change, set_limits, show_limits
from handlers.roster import seed_categories
from storage.tickets import category_names

app = typer.Typer(help="By when tickets have to be answered and resolved.", no_args_is_help=True)
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]


class NotChanged(BotError):
    """The table stays as it is; the sentence says why."""


@app.command("list")
def show(config: ConfigOption = None) -> None:
    """Show the table: what counts for all, then the categories for which something else does."""
    for line in asyncio.run(_show(load_config(config))):
        typer.echo(line)


async def _show(config: Config) -> list[str]:
    async with open_database(config) as opened, opened.database.begin() as session:
        await seed_categories(session)
        return [str(row) for row in await show_limits(session, opened.config.settings)]


@app.command("set")
def change(
    category: Annotated[str, typer.Argument(help="A category, or 全部.")],
    respond: Annotated[str | None, typer.Option(help="接单: 2工作时, 30分钟, 默认.")] = None,
    resolve: Annotated[str | None, typer.Option(help="办结: 3工作日, 2小时, 默认.")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="For urgent tickets.")] = False,
    config: ConfigOption = None,
) -> None:
    """Set a category's limits for tickets that open from now on; what has been announced stays."""
    if respond is None and resolve is None:
        raise NotChanged("请写要改哪个：--respond（接单）或 --resolve（办结）。")
    for line in asyncio.run(_change(load_config(config), category, respond, resolve, urgent)):
        typer.echo(line)


async def _change(
    config: Config, category: str, respond: str | None, resolve: str | None, urgent: bool
) -> list[str]:
    async with open_database(config) as opened, opened.database.begin() as session:
        await seed_categories(session)
        try:
            wanted = Change(
                category=find_category(await category_names(session), category),
                urgent=urgent,
                respond=None if respond is None else read_change(respond),
                resolve=None if resolve is None else read_change(resolve),
            )
        except DutyRefused as refused:
            raise NotChanged(str(refused)) from refused
        await set_limits(session, wanted, by=WHO, now=SystemClock().now())
        rows = await show_limits(session, opened.config.settings)
        return ["从现在起，新工单按这张表；已经说好的时间不变。", *(str(row) for row in rows)]
