"""``weiwang reminder ics`` and ``feed``: what is planned, in a calendar."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import BadFile, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.feedtoken import make_token, remove_token
from bot.ical import write_calendar
from bot.web.feed import FEED_PATH
from handlers.reminders.feed import FEED_DAYS, Planned, list_planned

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]


def ics(
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days ahead.")] = FEED_DAYS,
    config: ConfigOption = None,
) -> None:
    """Write what is planned as an iCalendar file that calendars can open."""
    now = SystemClock().now()
    planned = asyncio.run(_planned(load_config(config), now, days))
    try:
        out.write_bytes(write_calendar(planned, now))
    except OSError as error:
        raise BadFile(out, error.strerror or "写不了") from error
    typer.echo(f"已写好{out}：接下来{days}天要发{len(planned)}次。")


async def _planned(config: Config, now: datetime, days: int) -> list[Planned]:
    async with open_database(config) as opened, opened.database.read() as session:
        return await list_planned(session, now=now, days=days)


def feed(
    off: Annotated[bool, typer.Option("--off", help="Close the feed.")] = False,
    config: ConfigOption = None,
) -> None:
    """Open the calendar feed: prints an address to subscribe to, once. A new one shuts out the old one."""
    web = load_config(config).web
    path = Path(web.feed_key_file)
    if off:
        typer.echo("日历订阅已关。" if remove_token(path) else "日历订阅本来就没开。")
        return
    typer.echo(f"http://{web.host}:{web.port}{FEED_PATH}?token={make_token(path)}")
    typer.echo("把上面的地址加进日历的“订阅”。谁有这个地址谁就能看，只显示这一次；再运行一次，旧地址就作废。")
