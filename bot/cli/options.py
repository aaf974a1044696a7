"""Options that belong together, said once: a frozen dataclass instead of a long list in every command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints


def takes_wishes(command: Callable[..., None]) -> Callable[..., None]:
    """Let a typer command have dataclasses for parameters: each of their fields becomes an option of its own.

    A field is annotated as typer wants it, ``Annotated[type, typer.Option(...)]``, and has a default. No two
    parameters may have the same name.
    """
    own = inspect.signature(command, eval_str=True).parameters
    wishes: dict[str, Any] = {
        name: each.annotation for name, each in own.items() if is_dataclass(each.annotation)
    }
    options = {name: [field.name for field in fields(kind)] for name, kind in wishes.items()}

    @wraps(command)
    def run(**given: Any) -> None:
        made = {
            name: kind(**{option: given.pop(option) for option in options[name]})
            for name, kind in wishes.items()
        }
        command(**given, **made)

    parameters = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, kept in own.items()
        for each in (_options(wishes[name]) if name in wishes else (kept,))
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _options(kind: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name]
        )
        for each in fields(kind)
    ]
