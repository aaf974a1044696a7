"""``weiwang rules learn|eval|preview|suggest``: rules from examples, and what rules make of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.cli.figures import read_label_map, show_evaluation, show_preview
from bot.cli.opening import WHO, BadFile, open_database, read_labelled, read_rules, read_text
from bot.clock import SystemClock
from bot.config import Config, load_config
from bot.errors import BotError
from handlers.examples import accept_proposal, gather, labelled_texts, propose, proposed, work_out
from handlers.rules import RuleRefused, load_messages, load_text, seed_rules
from nlp import compile_rules, default_rules
from nlp.evaluation import evaluate, evaluation_to_json
from nlp.learning import LearningError, learn_rules
from nlp.previewing import preview
from nlp.suggesting import Example, suggest

NO_REQUEST = "silent"
"""The label that says a message is no request, in the examples of ``suggest``."""

_MOST_READ = 5_000
"""How many different messages a preview reads when far more have a changed word."""

NOTHING = "没有要改的，或者没有有用的改法。"

FileArgument = Annotated[Path, typer.Argument(help="A CSV file with a header.")]
MessageColumn = Annotated[str, typer.Option("--text-column", help="The column of the messages.")]
LabelColumn = Annotated[str, typer.Option("--label-column", help="The column of the labels.")]
MeasuredRules = Annotated[
    Path | None, typer.Option("--rules", help="The rule file; the packaged rules when left out.")
]
LabelMap = Annotated[
    Path | None, typer.Option("--map", help="A file with a line 标签=类别|类别 for each foreign label.")
]
LabelOption = Annotated[
    list[str] | None,
    typer.Option(
        "--label", help="标签=类别|类别, for a foreign label; 标签= leaves its rows out. Repeatable."
    ),
]
OptionalFile = Annotated[Path | None, typer.Argument(help="A CSV file with a header; none: --stored.")]
StoredOption = Annotated[bool, typer.Option("--stored", help="From what people corrected and confirmed.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The config file.")]


def learn_file(
    out: Annotated[Path, typer.Option("--out", help="The rule file to write.")],
    file: OptionalFile = None,
    text_column: MessageColumn = "text",
    label_column: LabelColumn = "label",
    limit: Annotated[int, typer.Option(min=1, help="At most so many weighted terms.")] = 5000,
    stored: StoredOption = False,
    config: ConfigOption = None,
) -> None:
    """Learn an ordinary rule file from labelled messages; its categories are the labels.

    Without a FILE: from tickets that people have taken on, under the categories they gave them.
    """
    if file is None or stored:
        texts, labels = asyncio.run(_labelled(load_config(config)))
    else:
        texts, labels = _with_labels(*read_labelled(file, text_column, label_column))
    if not out.absolute().parent.is_dir():
        raise BadFile(out, "没有这个目录。")
    with _progress("学习") as tell:
        try:
            rules = learn_rules(texts, labels, limit=limit, on_progress=tell)
        except LearningError as error:
            raise (BadFile(file, error.reason) if file else BotError(error.reason)) from error
    try:
        out.write_text(rules, encoding="utf-8")
    except OSError as error:
        raise BadFile(out, error.strerror or "写不了") from error
    typer.echo(f"已从{len(texts)}条学到规则，写在 {out}。", err=True)


async def _labelled(config: Config) -> tuple[list[str], list[str]]:
    async with open_database(config) as opened, opened.database.read() as session:
        return await labelled_texts(session)


def evaluate_file(
    file: FileArgument,
    text_column: MessageColumn,
    label_column: LabelColumn,
    rules: MeasuredRules = None,
    mapping: LabelMap = None,
    label: LabelOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a rule file on labelled messages; rows without a label are passed over."""
    meant = read_label_map([*(read_text(mapping).splitlines() if mapping else ()), *(label or ())])
    left_out = {name for name, categories in meant.items() if not categories}
    texts, labels = _with_labels(*read_labelled(file, text_column, label_column), left_out)
    if not texts:
        raise BadFile(file, f"“{label_column}”这一列没有可用的类别。")
    book = compile_rules(default_rules()) if rules is None else read_rules(rules)
    with _progress(f"评测{len(texts)}条"):
        result = evaluate(book, texts, labels, meant, worst=0 if as_json else 10)
    if as_json:
        typer.echo(json.dumps(evaluation_to_json(result), ensure_ascii=False))
    else:
        show_evaluation(result)


def _with_labels(
    texts: list[str], labels: list[str], left_out: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """The rows with a label that counts; says how many others there are."""
    kept = [row for row in zip(texts, labels, strict=True) if row[1].strip() and row[1] not in left_out]
    if len(kept) < len(texts):
        typer.echo(f"有{len(texts) - len(kept)}条没有类别，没有算。", err=True)
    return [text for text, _ in kept], [label for _, label in kept]


def preview_file(
    new: Annotated[Path, typer.Argument(help="The rule file that may come.")],
    rules: Annotated[
        Path | None, typer.Option("--rules", help="To compare with; the rules in force.")
    ] = None,
    messages: Annotated[
        Path | None, typer.Option("--messages", help="One message a line; what the groups said lately.")
    ] = None,
    show: Annotated[int, typer.Option("--show", min=0, help="So many examples of each kind.")] = 10,
    everything: Annotated[
        bool, typer.Option("--all", help="Read all messages with a changed word, however many they are.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Say which messages would mean something else under a new rule file. Changes nothing."""
    settings = load_config(config)
    text, lines = "", [] if messages is None else read_text(messages).splitlines()
    if rules is None or messages is None:
        text, stored = asyncio.run(_stored(settings))
        lines = stored if messages is None else lines
    bounds = settings.understanding.bounds
    before = compile_rules(text, bounds) if rules is None else read_rules(rules, bounds)
    after = read_rules(new, bounds)
    with _progress(f"比较{len(lines)}条"):
        result = preview(before, after, lines, most=None if everything else _MOST_READ)
    show_preview(result, lines, show)


async def _stored(config: Config) -> tuple[str, list[str]]:
    async with open_database(config) as opened, opened.database.read() as session:
        return await load_text(session), await load_messages(session)


def suggest_changes(
    file: OptionalFile = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="The rule file; the rules in force.")] = None,
    text_column: MessageColumn = "text",
    label_column: LabelColumn = "label",
    history: Annotated[
        Path | None,
        typer.Option("--history", help="Messages that are right now, in a CSV of the same columns."),
    ] = None,
    at_most: Annotated[int, typer.Option("--count", "-n", min=1)] = 10,
    stored: StoredOption = False,
    accept: Annotated[int | None, typer.Option("--accept", help="Accept a stored proposal.")] = None,
    config: ConfigOption = None,
) -> None:
    """Propose rule changes that mend corrected messages (label "silent": no request).

    Without a FILE the messages that people corrected are taken, and the proposals are kept under numbers.
    """
    if accept is not None:
        typer.echo(asyncio.run(_accept(load_config(config), accept)))
        return
    if file is None or stored:
        asyncio.run(_suggest_from_stored(load_config(config), at_most))
        return
    known = _examples(history, text_column, label_column) if history else []
    book = read_rules(rules) if rules else compile_rules(asyncio.run(_stored(load_config(config)))[0])
    with _progress("找改法"):
        found = suggest(book, _examples(file, text_column, label_column), known, at_most=at_most)
    for one in found:
        typer.echo(f"{one.line}    # {one.reason}")
        if one.replaces is not None:
            typer.echo(f"    # 代替：{one.replaces}")
    if not found:
        typer.echo(NOTHING, err=True)


async def _suggest_from_stored(config: Config, at_most: int) -> None:
    async with open_database(config) as opened:
        async with opened.database.read() as session:
            material = await gather(session)
        with _progress(f"从{len(material.examples)}条纠正里找改法"):
            found = await asyncio.to_thread(
                work_out, material, bounds=config.understanding.bounds, at_most=at_most
            )
        async with opened.database.begin() as session:
            await propose(session, found, now=SystemClock().now())
        async with opened.database.read() as session:
            rows = await proposed(session)
    for number, reason, line in rows:
        typer.echo(f"{number}. {reason}\n    {line}")
    typer.echo(f"要用就发：weiwang rules suggest --accept {rows[0][0]}" if rows else NOTHING, err=True)


async def _accept(config: Config, number: int) -> str:
    async with open_database(config) as opened, opened.database.begin() as session:
        now = SystemClock().now()
        await seed_rules(session, now=now)
        try:
            rule = await accept_proposal(session, number=number, by=WHO, now=now)
        except RuleRefused as refused:
            raise BotError(str(refused)) from refused
    return f"已采纳，就是规则{rule.number}：{rule.line}"


def _examples(path: Path, text_column: str, label_column: str) -> list[Example]:
    pairs = zip(*read_labelled(path, text_column, label_column), strict=True)
    return [Example(text, None if label in ("", NO_REQUEST) else label) for text, label in pairs]


@contextmanager
def _progress(what: str) -> Iterator[Callable[[str], None]]:
    """A bar on the standard error while long work goes on; gives what to call with news of it."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda news: progress.update(task, description=news)
