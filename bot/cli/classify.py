"""``weiwang classify``: one message a line in, one JSON object a line out (DESIGN §5)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from bot.cli.opening import read_rules
from nlp import RuleBook, compile_rules, default_rules
from nlp.rendering import meaning_to_json

LONGEST = 10_000
_MOST_BYTES = 4 * LONGEST + 8
_TOO_LONG = f"longer than {LONGEST} characters"


def classify(
    rules: Annotated[Path | None, typer.Option(help="A rule file; the packaged rules when left out.")] = None,
) -> None:
    """Say what each line of the standard input means, as one JSON object a line."""
    book = compile_rules(default_rules()) if rules is None else read_rules(rules)
    encode = json.JSONEncoder(ensure_ascii=False).encode
    out = sys.stdout.buffer
    for line in read_lines(sys.stdin.buffer):
        out.write(encode(answer(book, line)).encode() + b"\n")
        out.flush()


def answer(book: RuleBook, line: bytes | None) -> dict[str, Any]:
    """The object for one line; None is a line that was too long to be kept."""
    if line is None:
        return {"error": _TOO_LONG}
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return {"error": f"not UTF-8: byte {error.start + 1}"}
    if len(text) > LONGEST:
        return {"error": _TOO_LONG}
    return meaning_to_json(book.understand(text))


def read_lines(source: BinaryIO) -> Iterator[bytes | None]:
    """Lines without their ends, as they come; None for one that is far too long, which is never held whole."""
    first = True
    while line := source.readline(_MOST_BYTES):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if len(line) >= _MOST_BYTES and not line.endswith(b"\n"):
            while (rest := source.readline(_MOST_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield line.removesuffix(b"\n").removesuffix(b"\r")
