"""``weiwang reminder library``: common notices to begin with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import BadFile
from bot.errors import BotError
from handlers.reminders.library import find_example, library

app = typer.Typer(
    help="Common notices by season and hazard; each is an example to edit.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="A notice's key or name, like water-cut or 停水.")]
Fill = Annotated[list[str] | None, typer.Option("--fill", help='A slot and what goes in: "日期=11月26日".')]


class BadFill(BotError):
    """A --fill that is not 名=值."""

    def __init__(self, said: str) -> None:
        super().__init__(f"--fill 要写成“名=值”，比如 --fill 日期=11月26日，这里是：{said}")


@app.command("list")
def show_all() -> None:
    """Show the keys, the names and when each is of use."""
    for each in library():
        slots = f"\t要填：{'、'.join(each.slots)}" if each.slots else ""
        typer.echo(f"{each.key}\t{each.kind}\t{each.name}\t{each.season}{slots}")


@app.command()
def show(name: Name) -> None:
    """Show one notice."""
    each = find_example(name)
    typer.echo(f"【示例，改成自己的话再发】{each.name}（{each.season}）")
    typer.echo(each.text)
    if each.slots:
        typer.echo(f"要填好才能发：{'、'.join(f'〔{slot}〕' for slot in each.slots)}")


@app.command()
def use(
    name: Name,
    out: Annotated[Path, typer.Option("--out", help="The text file to write, to edit and send.")],
    fill: Fill = None,
) -> None:
    """Write a notice to a file, with the slots filled as far as given."""
    text = find_example(name).filled(read_fills(fill or ()))
    if out.exists():
        raise BadFile(out, "已经有这个文件，请换个名字。")
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise BadFile(out, error.strerror or "写不了") from error
    typer.echo(f"已写到 {out}。改好以后：weiwang reminder add --text-file {out} …")


def read_fills(said: Iterable[str]) -> dict[str, str]:
    """``日期=11月26日`` as slot → what goes in."""
    values: dict[str, str] = {}
    for each in said:
        name, sign, value = each.replace("＝", "=").partition("=")
        name = name.strip().strip("〔〕")
        if not sign or not name or not value.strip():
            raise BadFill(each)
        values[name] = value.strip()
    return values
