"""``weiwang reminder forecast|correct|withdraw|report``: before a notice, when it was wrong, and after it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.broadcast import ConfigOption, FiringOption, Number, reading, writing
from bot.cli.opening import WHO, read_text
from bot.cli.reminder_times import read_moment
from bot.clock import SystemClock
from bot.config import load_config
from bot.errors import BotError
from handlers.reminders.after import aftermath_lines, read_aftermath
from handlers.reminders.correcting import correct_notice, withdraw_notice
from handlers.reminders.forecast import forecast_lines, forecast_reminder

app = typer.Typer()


class OneText(BotError):
    """The right words are given one way."""


@app.command()
def forecast(
    number: Number,
    at: Annotated[str | None, typer.Option(help='If it began then, like "2026-12-01 08:00".')] = None,
    config: ConfigOption = None,
) -> None:
    """Say before a notice goes out how many groups it reaches, how long that takes, when it ends and what it costs."""
    opened, now = load_config(config), SystemClock().now()
    moment: datetime = now if at is None else read_moment(at)
    shown = asyncio.run(
        reading(
            opened,
            lambda session: forecast_reminder(session, number, at=moment, settings=opened.settings),
        )
    )
    for line in forecast_lines(shown, now):
        typer.echo(line)


@app.command()
def correct(
    number: Number,
    text: Annotated[str | None, typer.Option(help="The right words, as a whole.")] = None,
    text_file: Annotated[Path | None, typer.Option(help="A file with them.")] = None,
    firing: FiringOption = None,
    config: ConfigOption = None,
) -> None:
    """Say the right words to exactly the groups that got the wrong ones; those still waiting get only the right ones."""
    if (text is None) == (text_file is None):
        raise OneText("请用 --text 或 --text-file 写改正后的内容（只用一个）。")
    words = text if text is not None else read_text(text_file or Path())
    opened = load_config(config)
    done = asyncio.run(
        writing(
            opened,
            lambda session, now: correct_notice(
                session,
                number=number,
                text=words,
                by=WHO,
                now=now,
                settings=opened.settings,
                firing=firing,
            ),
        )
    )
    typer.echo(f"更正发给{done.corrected}个已经收到的群；还没发的{done.changed}个群直接发新的。")


@app.command()
def withdraw(number: Number, config: ConfigOption = None) -> None:
    """Take back what went out in the last two minutes, where the account can, and say nothing more of it."""
    done = asyncio.run(
        writing(
            load_config(config), lambda session, now: withdraw_notice(session, number=number, by=WHO, now=now)
        )
    )
    typer.echo(f"还没发的{done.cancelled}条取消了；两分钟内发的{done.asked}条正在撤回。")
    if done.too_late:
        typer.echo(
            f"另外{done.too_late}条过了两分钟，撤不回。要改正：weiwang reminder correct {number} --text …"
        )
    typer.echo(f"撤成没有，过一会儿看：weiwang reminder ledger {number}")


@app.command()
def report(
    number: Number,
    hours: Annotated[int, typer.Option(min=1, max=168, help="Replies within so many hours.")] = 4,
    firing: FiringOption = None,
    config: ConfigOption = None,
) -> None:
    """Say what followed a notice: who spoke up (counts only), tickets before and after, 五老 who passed it on."""
    now = SystemClock().now()
    shown = asyncio.run(
        reading(
            load_config(config),
            lambda session: read_aftermath(session, number, hours=hours, now=now, firing=firing),
        )
    )
    for line in aftermath_lines(shown):
        typer.echo(line)
