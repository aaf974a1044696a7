"""``weiwang roster import``: who is who, from the office's spreadsheet."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opening import WHO, BadFile, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from handlers.roster import RosterChange, Tally, import_roster
from handlers.rosterfile import Roster, parse_roster

app = typer.Typer(help="Who is who: groups, stewards, grid workers, volunteers.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Who is who: groups, stewards, grid workers, volunteers."""


@app.command("import")
def import_files(
    file: Annotated[Path, typer.Argument(help="The groups: CSV or XLSX, a row for each group.")],
    people: Annotated[Path | None, typer.Option(help="Volunteers, departments, admins: CSV or XLSX.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="The config file.")] = None,
) -> None:
    """Put a roster in force. A group that is no longer in it becomes inactive; nothing is deleted."""
    roster = read_roster(file, people)
    change = asyncio.run(_import(roster, load_config(config), dry_run=dry_run))
    for line in _report(change, dry_run=dry_run):
        typer.echo(line)


def read_roster(file: Path, people: Path | None = None) -> Roster:
    """Read both files, without a database. Raises RosterError or BadFile."""
    return parse_roster(file.name, _read(file), None if people is None else (people.name, _read(people)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFile(path, error.strerror or "cannot be read") from error


async def _import(roster: Roster, config: Config, *, dry_run: bool) -> RosterChange:
    async with open_database(config) as opened, opened.database.begin() as session:
        change = await import_roster(session, roster, now=SystemClock().now(), by=WHO)
        if dry_run:
            await session.rollback()
        return change


def _report(change: RosterChange, *, dry_run: bool) -> list[str]:
    lines = [_tally("群", change.groups), _tally("人", change.people)]
    lines.append(f"角色：新增{change.roles_added}，取消{change.roles_removed}")
    if dry_run:
        lines.append("这是预演，什么也没有改。")
    return lines


def _tally(what: str, tally: Tally) -> str:
    return f"{what}：新增{tally.added}，变动{tally.changed}，停用{tally.gone}，不变{tally.unchanged}"
