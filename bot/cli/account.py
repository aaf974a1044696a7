"""``weiwang account``: the WeChat accounts, and letting one say notices again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from handlers.pausing import AccountStanding, account_standings, resume_account
from handlers.wording import clock_time
from storage.enums import AccountState

app = typer.Typer(help="WeChat accounts: today's budget, pauses after refusals.", no_args_is_help=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
_STATES = {
    AccountState.CONNECTED: "连着",
    AccountState.LOST: "断开",
    AccountState.SCAN: "等扫码",
    AccountState.UNKNOWN: "未知",
}


@app.command("list")
def show(config: ConfigOption = None) -> None:
    """Show each account: connected or not, what it said today, and whether its notices are paused."""
    for line in asyncio.run(_list(load_config(config))):
        typer.echo(line)


async def _list(config: Config) -> list[str]:
    async with open_database(config) as opened, opened.database.read() as session:
        now = SystemClock().now()
        return [_line(each) for each in await account_standings(session, now, config.delivery)] or [
            "还没有账号登录过。"
        ]


@app.command()
def resume(
    name: Annotated[str, typer.Argument(help="The account's name in the config.")],
    config: ConfigOption = None,
) -> None:
    """Let an account say notices again after somebody has looked why it was refused."""
    done = asyncio.run(_resume(load_config(config), name))
    typer.echo(f"账号{name}又发温馨提示了。" if done else f"账号{name}没有停，不用开。")


async def _resume(config: Config, name: str) -> bool:
    async with open_database(config) as opened, opened.database.begin() as session:
        return await resume_account(session, name, by=WHO, now=SystemClock().now())


def _line(account: AccountStanding) -> str:
    budget = f"/{account.budget}" if account.budget else ""
    paused = f"\t停发提示，从{clock_time(account.paused_at)}：{account.reason}" if account.paused_at else ""
    return f"{account.name}\t{_STATES[account.state]}\t今天已发{account.said}{budget}条{paused}"
