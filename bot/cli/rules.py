"""``weiwang rules``: the rule file in and out of the database, and its history."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, compile_file, open_database, read_text
from bot.cli.shadow import app as shadow
from bot.cli.teaching import evaluate_file, learn_file, preview_file, suggest_changes
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.rules import (
    RuleRefused,
    UnreadableFile,
    add_category,
    check_file,
    import_rules,
    load_text,
    restore_revision,
    revisions,
    seed_rules,
)
from handlers.rules.lines import unknown_categories
from handlers.wording import SHANGHAI
from nlp import CATEGORIES

app = typer.Typer(help="Words and rules: what makes a message a ticket.", no_args_is_help=True)
category = typer.Typer(help="Categories that rules may name.", no_args_is_help=True)
app.add_typer(category, name="category")
app.add_typer(shadow, name="shadow")
app.command("learn")(learn_file)
app.command("eval")(evaluate_file)
app.command("preview")(preview_file)
app.command("suggest")(suggest_changes)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]


class NotChanged(BotError):
    """The rules stay as they are; the sentence says why."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The rule file.")],
    note: Annotated[str, typer.Option(help="What the history says about it.")] = "",
    add_categories: Annotated[bool, typer.Option(help="Add the categories that are not known yet.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put a whole rule file in force."""
    text = read_text(file)
    compile_file(file, text)
    count = asyncio.run(_import(load_config(config), file, text, note or f"导入 {file.name}", add_categories))
    typer.echo(f"已导入{count}条规则，下一条消息起就用。")


async def _import(config: Config, file: Path, text: str, note: str, add_missing: bool) -> int:
    now = SystemClock().now()
    async with open_database(config) as opened, opened.database.begin() as session:
        await seed_rules(session, now=now)
        try:
            return await import_rules(session, text=text, by=WHO, note=note, now=now, add_missing=add_missing)
        except UnreadableFile as refused:
            raise NotChanged(f"{file}：{refused}") from refused
        except RuleRefused as refused:
            raise NotChanged(str(refused)) from refused


@app.command("export")
def export_file(
    file: Annotated[Path | None, typer.Argument(help="Where to; the standard output when left out.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write the rule file in force."""
    text = asyncio.run(_load(load_config(config)))
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BotError(f"{file}：{error.strerror}") from error
    typer.echo(f"已写到 {file}。")


async def _load(config: Config) -> str:
    async with open_database(config) as opened, opened.database.read() as session:
        return await load_text(session)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The rule file.")],
    config: Annotated[Path | None, typer.Option("--config", help="Check as `import` would there.")] = None,
) -> None:
    """Read a rule file and say what is in it, or where it cannot be read. Changes nothing.

    With --config, what `import` would refuse is refused; without, categories that are not packaged are named.
    """
    text = read_text(file)
    book = compile_file(file, text)
    if config is not None:
        asyncio.run(_check(load_config(config), file, text))
    elif unknown := unknown_categories(book, {category.code for category in CATEGORIES}):
        typer.echo(
            f"不是自带的类别：{'、'.join(unknown)}。导入前先加类别（rules category add），或导入时写 --add-categories。"
        )
    typer.echo(f"{len(book.rules)}条规则，{book.terms}个词，{len(book.categories)}个类别。")
    for duplicate in book.duplicates:
        typer.echo(
            f"第{duplicate.line}行和第{duplicate.first_line}行重复，以后面的为准：{duplicate.canonical}"
        )


async def _check(config: Config, file: Path, text: str) -> None:
    async with open_database(config) as opened, opened.database.begin() as session:
        await seed_rules(session, now=SystemClock().now())
        try:
            await check_file(session, text)
        except UnreadableFile as refused:
            raise NotChanged(f"{file}：{refused}") from refused
        except RuleRefused as refused:
            raise NotChanged(str(refused)) from refused
        finally:
            await session.rollback()


@app.command("log")
def show_log(
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 20,
    config: ConfigOption = None,
) -> None:
    """Show the latest changes of the rules, newest first."""
    for line in asyncio.run(_log(load_config(config), count)):
        typer.echo(line)


async def _log(config: Config, count: int) -> list[str]:
    async with open_database(config) as opened, opened.database.read() as session:
        entries = await revisions(session, count)
    return [
        f"{entry.number}\t{entry.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}\t{entry.by}\t{entry.note}"
        for entry in entries
    ] or ["还没有记录。"]


@app.command()
def restore(
    revision: Annotated[int, typer.Argument(help="A number that `rules log` shows.")],
    config: ConfigOption = None,
) -> None:
    """Put an earlier state of the rules in force again."""
    number = asyncio.run(_restore(load_config(config), revision))
    typer.echo(f"已恢复到记录{revision}，新记录是{number}。")


async def _restore(config: Config, revision: int) -> int:
    async with open_database(config) as opened, opened.database.begin() as session:
        try:
            return await restore_revision(session, number=revision, by=WHO, now=SystemClock().now())
        except RuleRefused as refused:
            raise NotChanged(str(refused)) from refused


@category.command("add")
def add_one_category(
    name: Annotated[str, typer.Argument(help="The name residents read.")],
    hours: Annotated[int, typer.Option(min=1, help="Working hours to resolve a ticket.")] = 24,
    config: ConfigOption = None,
) -> None:
    """Add a category that rules may then name."""
    asyncio.run(_add_category(load_config(config), name.strip(), hours))
    typer.echo(f"已加类别“{name.strip()}”。")


async def _add_category(config: Config, name: str, hours: int) -> None:
    now = SystemClock().now()
    async with open_database(config) as opened, opened.database.begin() as session:
        await seed_rules(session, now=now)
        try:
            await add_category(session, name=name, hours=hours, by=WHO, now=now)
        except RuleRefused as refused:
            raise NotChanged(str(refused)) from refused
