"""What several commands need before they can begin: the database of a config, a text file, a labelled CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.config import Config
from bot.errors import BotError
from nlp import Bounds, RuleBook, RuleError, compile_rules
from storage.engine import Database
from storage.schema import upgrade

WHO = "命令行"
"""Who did what was done by a command, in revisions and in the audit."""


class BadFile(BotError):
    """A file given on the command line cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}：{problem}")
        self.path, self.problem = path, problem


@dataclass(frozen=True, slots=True)
class Opened:
    """A config and its database, brought up to date."""

    config: Config
    database: Database


@asynccontextmanager
async def open_database(config: Config) -> AsyncIterator[Opened]:
    """Open the database that a config names and bring its schema up to date first."""
    database = Database(config.database.url)
    try:
        await upgrade(database)
        yield Opened(config, database)
    finally:
        await database.dispose()


def read_text(path: Path) -> str:
    """A UTF-8 text file, with or without a byte-order mark."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(path, "不是 UTF-8 编码，请另存为 UTF-8 再来。") from error
    except OSError as error:
        raise BadFile(path, error.strerror or "读不了") from error


def read_rules(path: Path, bounds: Bounds | None = None) -> RuleBook:
    """A compiled rule file."""
    return compile_file(path, read_text(path), bounds)


def compile_file(path: Path, text: str, bounds: Bounds | None = None) -> RuleBook:
    """Compile a file's text; the error names the file, the line and the column."""
    try:
        return compile_rules(text, bounds)
    except RuleError as error:
        raise BadFile(path, str(error)) from error


def read_labelled(path: Path, text_column: str, label_column: str) -> tuple[list[str], list[str]]:
    """The texts and the labels of a CSV file with a header; rows that are wholly empty are passed over."""
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    try:
        columns = list(reader.fieldnames or ())
    except csv.Error as error:
        raise BadFile(path, f"第1行：{error}") from error
    if not columns:
        raise BadFile(path, "文件是空的。")
    for column in (text_column, label_column):
        if column not in columns:
            raise BadFile(path, f"没有“{column}”这一列，有：{'、'.join(columns)}")
    texts: list[str] = []
    labels: list[str] = []
    try:
        for row in reader:
            if row[text_column] is None or row[label_column] is None:
                raise BadFile(path, f"第{reader.line_num}行少了列。")
            texts.append(row[text_column])
            labels.append(row[label_column])
    except csv.Error as error:
        raise BadFile(path, f"第{reader.line_num}行：{error}") from error
    if not texts:
        raise BadFile(path, "只有表头，没有数据。")
    return texts, labels
