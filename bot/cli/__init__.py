"""The command line: ``weiwang``. Each command lives in a module that is only imported when the command is used."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

COMMANDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "run": ("bot.cli.run", "run", "Start the service."),
        "classify": ("bot.cli.classify", "classify", "Say what messages mean, one JSON object a line."),
        "replay": ("bot.cli.replay", "replay", "Play a recorded day through the real handlers."),
        "roster": ("bot.cli.roster", "app", "Who is who: groups, stewards, grid workers, volunteers."),
        "route": ("bot.cli.route", "app", "Who gets new tickets first: departments, people, work groups."),
        "clock": ("bot.cli.clock", "app", "By when tickets have to be answered and resolved."),
        "calendar": ("bot.cli.calendar", "app", "Holidays and make-up days."),
        "place": ("bot.cli.place", "app", "What communities and groups call their places."),
        "rules": ("bot.cli.rules", "app", "Words and rules: what makes a message a ticket."),
        "text": ("bot.cli.text", "app", "The bot's sentences: read them, change them."),
        "reminder": ("bot.cli.reminder", "app", "Notices to groups, now or on a schedule."),
        "account": ("bot.cli.account", "app", "WeChat accounts: today's budget, pauses after refusals."),
        "report": ("bot.cli.report", "app", "Measures and reports: a month, its tickets, freezing."),
        "user": ("bot.cli.user", "app", "Who may sign in to the console."),
        "db": ("bot.cli.db", "app", "The database."),
    }
)
"""Name → module, what it exports (a typer app or a function), one line of help."""

REFUSED = 2
"""The exit code when something was refused and nothing has changed."""

_HELP = """usage: weiwang COMMAND [OPTIONS]

A bot for neighbourhood WeChat groups: turns what residents say into tickets
and follows them until they are done.

commands:
{commands}

`weiwang COMMAND --help` explains a command. `weiwang --version` tells the version.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process: 0 when done, 2 with one sentence on standard error when refused."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("--help", "-h", "help"):
        _end(
            _HELP.format(commands="\n".join(f"  {name:<10}{line}" for name, (_, _, line) in COMMANDS.items()))
        )
    if given[0] in ("--version", "-V"):
        _end(f"weiwang {importlib.metadata.version('weiwang-bot')}\n")
    if given[0] not in COMMANDS:
        _refuse(f"weiwang: there is no command {given[0]!r}; known: {', '.join(COMMANDS)}")
    _run(given[0], given[1:])


def _run(name: str, arguments: list[str]) -> None:
    from bot.cli.refusals import REFUSALS

    try:
        _command(name).main(arguments, prog_name=f"weiwang {name}")
    except REFUSALS as error:
        _refuse(str(error))


def _command(name: str) -> Any:
    """The command as typer builds it; its ``main`` parses the arguments, runs and ends the process."""
    import typer.main

    module, attribute, line = COMMANDS[name]
    found = getattr(importlib.import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        app = typer.Typer(add_completion=False, help=line)
        app.command(help=line)(found)
        found = app
    found.pretty_exceptions_enable = found._add_completion = False
    return typer.main.get_command(found)


def _end(text: str) -> None:
    sys.stdout.write(text)
    sys.exit(0)


def _refuse(sentence: str) -> None:
    sys.stderr.write(sentence.rstrip() + "\n")
    sys.exit(REFUSED)
