"""``weiwang text``: the bot's sentences, read and changed from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, open_database, read_text
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.textedits import (
    Sentence,
    find_sentences,
    get_sentence,
    reset_sentence,
    set_sentence,
    try_sentence,
)
from handlers.textwords import describe

app = typer.Typer(
    help="The bot's sentences: read them, change them, take changes back.", no_args_is_help=True
)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]
Key = Annotated[str, typer.Argument(help="The name that `text list` shows.")]


@app.command("list")
def show_all(
    word: Annotated[str, typer.Argument(help="Only those with this word.")] = "",
    changed: Annotated[bool, typer.Option("--changed", help="Only those that were changed.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show the sentences, one a line; the fields stand in braces."""
    found = asyncio.run(_find(load_config(config), word, changed))
    for each in found:
        mark = "*" if each.changed else " "
        typer.echo(f"{mark} {each.key}\t{each.text}".replace("\n", "⏎"))
    if not found:
        typer.echo("没有这样的话。")


async def _find(config: Config, word: str, changed: bool) -> Sequence[Sentence]:
    async with open_database(config) as opened, opened.database.read() as session:
        return await find_sentences(session, word, changed=changed)


@app.command()
def show(key: Key, config: ConfigOption = None) -> None:
    """Show one sentence, filled in with an example, and the fields it may have."""
    typer.echo(describe(asyncio.run(_get(load_config(config), key))))


async def _get(config: Config, key: str) -> Sentence:
    async with open_database(config) as opened, opened.database.read() as session:
        return await get_sentence(session, key)


@app.command("set")
def change(
    key: Key,
    text: Annotated[str | None, typer.Argument(help="The new words, with fields like {居民}.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the new words.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show how it would read.")] = False,
    config: ConfigOption = None,
) -> None:
    """Change a sentence, in force with the next message; shows how it reads."""
    if (text is None) == (file is None):
        raise BotError("请写新的话，或者用 --file 写文件（只用一个）。")
    words = text if text is not None else read_text(file or Path())
    sentence = try_sentence(key, words) if dry_run else asyncio.run(_set(load_config(config), key, words))
    typer.echo(f"{'会是' if dry_run else '已改，'}这样：\n{sentence.preview}")


async def _set(config: Config, key: str, words: str) -> Sentence:
    async with open_database(config) as opened, opened.database.begin() as session:
        return await set_sentence(session, key, words, by=WHO, now=SystemClock().now())


@app.command()
def reset(key: Key, config: ConfigOption = None) -> None:
    """Let a sentence read as it was packaged."""
    typer.echo(f"已还原：\n{asyncio.run(_reset(load_config(config), key)).preview}")


async def _reset(config: Config, key: str) -> Sentence:
    async with open_database(config) as opened, opened.database.begin() as session:
        return await reset_sentence(session, key, by=WHO, now=SystemClock().now())
