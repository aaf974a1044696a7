"""``weiwang replay``: the real handlers over a recorded day."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer


def replay(
    events: Annotated[Path, typer.Argument(help="The recorded day, one JSON event a line.")],
    roster: Annotated[Path, typer.Option(help="Groups and stewards (CSV or XLSX).")],
    out: Annotated[Path, typer.Option(help="Where to write what the bot said (JSON lines).")],
    tickets: Annotated[Path, typer.Option(help="Where to write the tickets (JSON).")],
    people: Annotated[Path | None, typer.Option(help="People with roles (CSV or XLSX).")] = None,
    rules: Annotated[Path | None, typer.Option(help="Rule file; without it the packaged rules.")] = None,
    db: Annotated[str | None, typer.Option(help="An empty database; without it a temporary one.")] = None,
) -> None:
    """Run the real handlers over a recorded day on a virtual clock; the same result every time."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.cli.opening import BadFile, compile_file, read_text
    from bot.replay.events import read_events
    from bot.replay.running import Recording
    from bot.replay.running import replay as play
    from handlers.rosterfile import parse_roster

    def read(path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise BadFile(path, error.strerror or "读不了") from error

    def write(path: Path, text: str) -> None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise BadFile(path, error.strerror or "写不了") from error

    recording = Recording(
        events=read_events(events),
        roster=parse_roster(
            str(roster), read(roster), (str(people), read(people)) if people is not None else None
        ),
        rules=read_text(rules) if rules is not None else None,
    )
    if rules is not None and recording.rules is not None:
        compile_file(rules, recording.rules)
    for path in (out, tickets):  # better known before the day is played than after
        if not path.parent.is_dir():
            raise BadFile(path, "没有这个文件夹。")
    with (
        tempfile.TemporaryDirectory(prefix="weiwang-replay-") as folder,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("replay", total=len(recording.events))
        url = db or f"sqlite:///{folder}/replay.db"
        played = asyncio.run(
            play(recording, url=url, on_event=lambda done: progress.update(task, completed=done))
        )
    out.write_text(played.out, encoding="utf-8")
    tickets.write_text(played.tickets, encoding="utf-8")
