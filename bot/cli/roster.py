"""``weiwang roster``: who is who, from the office's spreadsheet and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.cli.opening import WHO, BadFile, open_database
from bot.clock import SystemClock
from bot.config import Config, load_config
from handlers.roster import LargeLoss, RosterChange, import_roster
from handlers.roster.codes import DAYS, CodeRefused, IssuedCode, make_codes
from handlers.roster.exporting import Exported, as_csv, as_xlsx, export_roster
from handlers.roster.groups import Rooms, adopt_room, list_rooms, rename_group, split_group
from handlers.roster.leaving import hand_over
from handlers.roster.moving import move_tickets
from handlers.rosterfile import Roster, parse_roster
from handlers.surroundings import Surroundings
from storage.people import list_groups
from storage.rooms import active_groups

app = typer.Typer(help="Who is who: groups, stewards, grid workers, volunteers.", no_args_is_help=True)

Changed = TypeVar("Changed")
GroupArgument = Annotated[str, typer.Argument(help="A group's name.")]
StewardOption = Annotated[str | None, typer.Option(help="Another steward, by a name of the roster.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]


@app.callback()
def _group() -> None:
    """Who is who: groups, stewards, grid workers, volunteers."""


@app.command("import")
def import_files(
    file: Annotated[Path, typer.Argument(help="The groups: CSV or XLSX, a row for each group.")],
    people: Annotated[Path | None, typer.Option(help="Volunteers, departments, admins: CSV or XLSX.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    sure: Annotated[bool, typer.Option("--yes", help="Import although many groups or people go.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put a roster in force. A group that is no longer in it becomes inactive; nothing is deleted."""
    roster = read_roster(file, people)
    try:
        change, after = asyncio.run(
            _import(roster, load_config(config), dry_run=dry_run, sure=sure or dry_run)
        )
    except LargeLoss as loss:
        _print(loss.change)
        raise
    _print(change)
    for line in after:
        typer.echo(line)
    if dry_run:
        typer.echo(
            "这是预演，什么也没有改。" + ("停用的太多，导入时要加 --yes。" if change.lost_many else "")
        )


@app.command("export")
def export_files(
    file: Annotated[
        Path, typer.Argument(help="Where to write the groups: a name that ends in .csv or .xlsx.")
    ],
    people: Annotated[
        Path | None, typer.Option(help="Where to write volunteers, departments, admins.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write the roster in force to files that import back unchanged."""
    targets = [each for each in (file, people) if each is not None]
    for path in targets:
        if path.suffix.lower() not in (".csv", ".xlsx"):
            raise BadFile(path, "文件名要以 .csv 或 .xlsx 结尾。")
    exported = asyncio.run(_export(load_config(config)))
    if len(exported.groups) == 1:
        raise BadFile(file, "还没有名册，没有写文件。")
    for path, table in zip(targets, (exported.groups, exported.people), strict=False):
        data = as_csv(table) if path.suffix.lower() == ".csv" else as_xlsx(table, path.stem)
        try:
            path.write_bytes(data)
        except OSError as error:
            raise BadFile(path, error.strerror or "写不了") from error
        typer.echo(f"已写 {path}：{len(table) - 1}行")


@app.command()
def code(
    name: Annotated[str | None, typer.Argument(help="Who gets a code.")] = None,
    place: Annotated[str | None, typer.Option(help="The group or community, when two have the name.")] = None,
    unbound: Annotated[bool, typer.Option("--unbound", help="For everybody without a WeChat.")] = False,
    config: ConfigOption = None,
) -> None:
    """Make a one-time code: who sends it to the bot directly is this person from then on."""
    if (name is None) != unbound:
        raise CodeRefused("请写一个名字，或者写 --unbound（还没绑定微信的人，一人一个码）。")
    codes = asyncio.run(_code(load_config(config), name, place))
    for each in codes:
        typer.echo(f"{each.name}（{each.post}）：{each.code}")
    if codes:
        typer.echo(f"请本人私下发给助手（不要发到群里），{DAYS}天内有效，用一次就作废。")
    else:
        typer.echo("都绑定了微信，不用码。")


async def _code(config: Config, name: str | None, place: str | None) -> list[IssuedCode]:
    async with open_database(config) as opened, opened.database.begin() as session:
        groups = {group.id: group.name for group in await list_groups(session)}
        return await make_codes(session, name, place=place, groups=groups, now=SystemClock().now(), by=WHO)


@app.command()
def rename(old: GroupArgument, new: GroupArgument, config: ConfigOption = None) -> None:
    """Call a group something else; its tickets and history stay with it."""
    asyncio.run(_change(load_config(config), partial(rename_group, old=old, new=new)))
    typer.echo(f"“{old}”现在叫“{new}”，工单和历史都在。")


@app.command()
def split(
    old: GroupArgument,
    new: GroupArgument,
    steward: StewardOption = None,
    config: ConfigOption = None,
) -> None:
    """A part of a group gets one of its own, with the same people; tickets stay with the old one."""
    asyncio.run(_change(load_config(config), partial(split_group, old=old, new=new, steward=steward)))
    typer.echo(f"已加“{new}”，管的人和“{old}”一样。" if steward is None else f"已加“{new}”，管家{steward}。")
    typer.echo(f"没办完的工单还在“{old}”。把助手拉进“{new}”就开始管。")


@app.command()
def move(
    numbers: Annotated[list[int], typer.Argument(help="Open tickets, by number.")],
    to: Annotated[str, typer.Option(help="The group they belong to from now on.")],
    config: ConfigOption = None,
) -> None:
    """Let open tickets go along with a part of a group that has one of its own."""
    lines = asyncio.run(_move(load_config(config), numbers, to))
    typer.echo(f"已移到“{to}”：{'、'.join(map(str, numbers))}")
    for line in lines:
        typer.echo(line)


async def _move(config: Config, numbers: list[int], to: str) -> list[str]:
    async with open_database(config) as opened, opened.database.begin() as session:
        ctx = await Surroundings(config.settings).context(session, SystemClock().now())
        return await move_tickets(ctx, numbers, to, by=WHO)


@app.command()
def rooms(config: ConfigOption = None) -> None:
    """Rooms the bot sits in that are no group's, groups without it, groups with two accounts."""
    found = asyncio.run(_rooms(load_config(config)))
    for title, lines in (
        ("不在名册的群（助手在那里不说话）", found.strays),
        ("还没有助手的群", found.empty),
        ("有两个助手的群", found.shared),
    ):
        typer.echo(f"{title}：{len(lines)}个")
        for line in lines:
            typer.echo(f"  {line}")


@app.command()
def adopt(
    room: Annotated[str, typer.Argument(help="The room: its number in `roster rooms`, or its name.")],
    group: GroupArgument,
    like: Annotated[str | None, typer.Option(help="For a new group: one with the same people.")] = None,
    steward: StewardOption = None,
    config: ConfigOption = None,
) -> None:
    """Take on a room that is in no roster: as a group of the roster, or as a new one like another."""
    use = partial(adopt_room, room=room, name=group, like=like, steward=steward)
    is_new = asyncio.run(_change(load_config(config), use))
    typer.echo(f"{'已加' if is_new else '已认'}“{group}”，下一句话起就管；以前的话不补。")


async def _change(config: Config, change: Callable[..., Awaitable[Changed]]) -> Changed:
    async with open_database(config) as opened, opened.database.begin() as session:
        return await change(session, now=SystemClock().now(), by=WHO)


async def _rooms(config: Config) -> Rooms:
    async with open_database(config) as opened, opened.database.read() as session:
        return await list_rooms(session, list(await active_groups(session)))


def read_roster(file: Path, people: Path | None = None) -> Roster:
    """Read both files, without a database. Raises RosterError or BadFile."""
    return parse_roster(file.name, _read(file), None if people is None else (people.name, _read(people)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFile(path, error.strerror or "cannot be read") from error


async def _import(
    roster: Roster, config: Config, *, dry_run: bool, sure: bool
) -> tuple[RosterChange, list[str]]:
    now, after = SystemClock().now(), list[str]()
    async with open_database(config) as opened, opened.database.begin() as session:
        change = await import_roster(session, roster, now=now, by=WHO, accept_loss=sure)
        if change.lost:
            after = await hand_over(await Surroundings(config.settings).context(session, now), change)
        if dry_run:
            await session.rollback()
        return change, after


async def _export(config: Config) -> Exported:
    async with open_database(config) as opened, opened.database.read() as session:
        return await export_roster(session)


def _print(change: RosterChange) -> None:
    for line in change.lines():
        typer.echo(line)
