"""What the service refuses, each error one clear sentence that names what is wrong and where."""

from __future__ import annotations

from pathlib import Path


class BotError(Exception):
    """Anything this room refuses; the command line prints it and exits with 2."""


class ConfigError(BotError):
    """The config file cannot be used: ``where`` is the key's dotted name, empty for the file itself."""

    def __init__(self, path: Path, where: str, problem: str) -> None:
        super().__init__(f"{path}: {where}: {problem}" if where else f"{path}: {problem}")
        self.path, self.where, self.problem = path, where, problem
