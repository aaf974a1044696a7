"""``weiwang user``: who may sign in to the console."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from handlers.users import UserRole, add_user

app = typer.Typer(help="Who may sign in to the console.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Who may sign in to the console."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[UserRole, typer.Option(help="admin: everything; office: the daily work; viewer: look.")],
    config: Annotated[Path | None, typer.Option("--config", help="The config file.")] = None,
) -> None:
    """Add a user and show the one-time password, once."""
    password = asyncio.run(_add(name, role, load_config(config)))
    typer.echo(f"{name} 的一次性密码（只显示这一次）：{password}")


async def _add(name: str, role: UserRole, config: Config) -> str:
    async with open_database(config) as opened, opened.database.begin() as session:
        return await add_user(session, name=name, role=role, now=SystemClock().now(), by=WHO)
