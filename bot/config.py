"""The configuration: one frozen tree, read from TOML; every unknown or wrong key is refused by its name."""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, Literal, TypeVar

from bot.config_checks import wrong_values
from bot.errors import ConfigError
from handlers.settings import (
    DeliverySettings,
    HelpSettings,
    IntakeSettings,
    MeasureSettings,
    ReminderSettings,
    ReportSettings,
    SearchSettings,
    Settings,
    StepSettings,
    TicketSettings,
    UnderstandingSettings,
    WorkSettings,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """Where the web server listens, and the file with the calendar feed's token (no file: no feed).

    The local chat is only ever served on a loopback address.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    feed_key_file: str = "var/feed.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseConfig:
    """``sqlite:///PATH`` (relative to the working directory) or ``postgresql://USER@HOST/NAME``."""

    url: str = "sqlite:///var/weiwang.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaConfig:
    """Where files are kept (relative to the working directory), how large one may be, and how long those of a ticket
    stay after its end (0: for ever)."""

    folder: str = "var/media"
    largest_mb: int = 20
    keep_days: int = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConfig:
    """A WeChat account: its name here, its connector, and for wechaty the gateway's ``host:port`` and token."""

    name: str
    connector: Literal["local", "wechaty"]
    endpoint: str = ""
    token_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole tree; ``Config()`` is what ``make run`` uses."""

    web: WebConfig = field(default_factory=WebConfig)
    database: DatabaseConfig = field(default_factory=DatabaseConfig)
    accounts: tuple[AccountConfig, ...] = (AccountConfig(name="local", connector="local"),)
    media: MediaConfig = field(default_factory=MediaConfig)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    steps: StepSettings = field(default_factory=StepSettings)
    work: WorkSettings = field(default_factory=WorkSettings)
    tickets: TicketSettings = field(default_factory=TicketSettings)
    intake: IntakeSettings = field(default_factory=IntakeSettings)
    reminders: ReminderSettings = field(default_factory=ReminderSettings)
    help: HelpSettings = field(default_factory=HelpSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    understanding: UnderstandingSettings = field(default_factory=UnderstandingSettings)
    measures: MeasureSettings = field(default_factory=MeasureSettings)
    reports: ReportSettings = field(default_factory=ReportSettings)

    @property
    def settings(self) -> Settings:
        """The part that handlers know."""
        return Settings(
            **{part.name: getattr(self, part.name) for part in dataclasses.fields(Settings)},
        )


def load_config(path: Path | None) -> Config:
    """Read a config file; None gives the defaults. Raises ConfigError naming the file and the key."""
    if path is None:
        return Config()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(path, "", error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise ConfigError(path, "", "is not UTF-8") from error
    except ValueError as error:  # what TOML refuses, and a number of thousands of digits
        raise ConfigError(path, "", str(error)) from error
    except RecursionError as error:
        raise ConfigError(path, "", "is nested too deeply") from error
    config = _build(Config, document, path, "")
    _check(config, path)
    return config


def _check(config: Config, path: Path) -> None:
    names = [account.name for account in config.accounts]
    if not names:
        raise ConfigError(path, "accounts", "at least one account is needed")
    if len(set(names)) < len(names):
        raise ConfigError(path, "accounts", "two accounts have the same name")
    for account in config.accounts:
        if account.connector == "wechaty" and not account.endpoint:
            raise ConfigError(path, f"accounts.{account.name}.endpoint", "a wechaty account needs host:port")
    for where, problem in wrong_values(config):
        raise ConfigError(path, where, problem)
    if config.delivery.pause_min > config.delivery.pause_max:
        raise ConfigError(path, "delivery.pause_min", "is larger than delivery.pause_max")
    if config.understanding.ask_bound > config.understanding.ticket_bound:
        raise ConfigError(path, "understanding.ask_bound", "is larger than understanding.ticket_bound")


def _build(kind: type[T], table: Any, path: Path, where: str) -> T:
    if not isinstance(table, dict):
        raise ConfigError(path, where, "expected a table")
    hints = typing.get_type_hints(kind)
    fields = {part.name: part for part in dataclasses.fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in table.items():
        spot = f"{where}.{key}" if where else key
        if key not in fields:
            raise ConfigError(path, spot, f"unknown key; known here: {', '.join(sorted(fields))}")
        values[key] = _convert(hints[key], value, path, spot)
    for name, part in fields.items():
        if (
            name not in values
            and part.default is dataclasses.MISSING
            and part.default_factory is dataclasses.MISSING
        ):
            raise ConfigError(path, f"{where}.{name}" if where else name, "is missing")
    return kind(**values)


def _convert(hint: Any, value: Any, path: Path, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast("type[Any]", hint), value, path, where)
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise ConfigError(path, where, "expected a list")
        inner = typing.get_args(hint)[0]
        return tuple(_convert(inner, item, path, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is Literal:
        if value not in typing.get_args(hint):
            raise ConfigError(path, where, f"expected one of {', '.join(map(str, typing.get_args(hint)))}")
        return value
    return _plain(hint, value, path, where)


def _plain(hint: Any, value: Any, path: Path, where: str) -> Any:
    if hint is time:
        try:
            return value if isinstance(value, time) else time.fromisoformat(str(value))
        except ValueError as error:
            raise ConfigError(path, where, 'expected a time like "22:00"') from error
    if hint is float and type(value) is int:
        value = float(value)
    if type(value) is not hint:
        raise ConfigError(path, where, f"expected {_WORDS.get(hint, hint)}, got {value!r}")
    if hint in (int, float) and value < 0:
        raise ConfigError(path, where, "must not be negative")
    return value


_WORDS: types.MappingProxyType[Any, str] = types.MappingProxyType(
    {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
)
