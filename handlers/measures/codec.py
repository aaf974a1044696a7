"""Frozen dataclasses as JSON and back, by their type hints: what a frozen month is stored as."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def pack(value: Any) -> Any:
    """A tree of dataclasses, tuples and plain values as JSON holds it."""
    if dataclasses.is_dataclass(value):
        return {part.name: pack(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [pack(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def unpack(kind: type[T], value: Any) -> T:
    """The other way. Fields that were not there when it was stored have their defaults."""
    return typing.cast("T", _unpack(kind, value))


def _unpack(hint: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        hints = _hints(typing.cast("Any", hint))
        return typing.cast("Any", hint)(
            **{name: _unpack(hints[name], each) for name, each in value.items() if name in hints}
        )
    origin = typing.get_origin(hint)
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_unpack(inner, each) for each in value)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _unpack(typing.get_args(hint)[0], value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    return hint(value) if isinstance(hint, type) and issubclass(hint, Enum) else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
