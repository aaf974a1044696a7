"""The example config is the whole truth: it loads, it holds the defaults, and it names every key."""

from __future__ import annotations

import dataclasses
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.config import AccountConfig, Config, load_config

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_the_example_holds_the_defaults() -> None:
    assert load_config(EXAMPLE) == Config()


def test_the_example_names_every_key() -> None:
    document = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert sorted(_written(document)) == sorted(_keys(Config))


def test_every_key_has_a_comment_above_it() -> None:
    """Admins read the comments; neighbouring keys may share one."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    explained = False
    for line in lines:
        if line.startswith("#"):
            explained = True
        elif not line or line.startswith("["):
            explained = explained and bool(line)
        else:
            assert explained, line


def _keys(kind: type[Any], where: str = "") -> Iterator[str]:
    hints = typing.get_type_hints(kind)
    for part in dataclasses.fields(kind):
        hint = hints[part.name]
        spot = f"{where}{part.name}"
        if hint == tuple[AccountConfig, ...]:
            yield from _keys(AccountConfig, f"{spot}.")
        elif dataclasses.is_dataclass(hint):
            yield from _keys(typing.cast("type[Any]", hint), f"{spot}.")
        else:
            yield spot


def _written(value: Any, where: str = "") -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_written(item, f"{where}.{key}".lstrip(".")) for key, item in value.items()))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return set().union(*(_written(item, where) for item in value))
    return {where}
