"""``weiwang db``: the database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load_config
from storage.engine import Database
from storage.schema import upgrade

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The database."""


@app.command("upgrade")
def upgrade_schema(
    config: Annotated[Path | None, typer.Option("--config", help="The config file.")] = None,
) -> None:
    """Bring the database to this program's schema; `weiwang run` does it by itself."""
    changed = asyncio.run(_upgrade(load_config(config).database.url))
    typer.echo("The database is up to date now." if changed else "The database was up to date.")


async def _upgrade(url: str) -> bool:
    database = Database(url)
    try:
        return await upgrade(database)
    finally:
        await database.dispose()
