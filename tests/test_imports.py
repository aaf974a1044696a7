"""The arrows between the rooms (DESIGN §2), read from the source: nothing is imported to find out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "bot": {"bot", "handlers", "storage", "nlp"},
    "handlers": {"handlers", "storage", "nlp"},
    "storage": {"storage"},
    "nlp": {"nlp"},
}
LONGEST_MODULE = 400
MIGRATIONS = "storage.migrations.versions."
WECHAT_ROOM = "bot.wechat"
CLOCK = "bot.clock"
CLOCK_READS = {"now", "utcnow", "today", "time", "time_ns"}


@dataclass(frozen=True)
class Import:
    """One thing imported: ``name`` dotted; ``now`` when it happens as the module is loaded."""

    name: str
    line: int
    now: bool


@dataclass(frozen=True)
class Module:
    """One source file of a room."""

    name: str
    path: Path
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[:-1]
    name = ".".join(package if parts[-1] == "__init__" else parts)
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return Module(name, path, tree, tuple(_imports(tree.body, package, now=True)))


def _imports(body: list[ast.stmt], package: tuple[str, ...], *, now: bool) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, now) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *filter(None, [node.module])))
            yield from (Import(f"{base}.{alias.name}", node.lineno, now) for alias in node.names)
        else:
            late = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _only_for_types(node)
            inner = [child for child in ast.walk(node) if child is not node and isinstance(child, ast.stmt)]
            direct = [child for child in inner if isinstance(child, ast.Import | ast.ImportFrom)]
            in_functions = {
                each
                for function in inner
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
                for each in ast.walk(function)
            }
            for child in direct:
                yield from _imports([child], package, now=now and not late and child not in in_functions)


def _only_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


MODULES = {
    module.name: module for room in MAY_IMPORT for module in map(_read, sorted((ROOT / room).rglob("*.py")))
}


def _target(name: str) -> str | None:
    """The module of ours that an imported name is, or is in."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def test_the_rooms_are_found() -> None:
    assert {module.room for module in MODULES.values()} == set(MAY_IMPORT)


def test_each_room_imports_only_what_it_may() -> None:
    wrong = [
        f"{module.name}:{each.line} imports {each.name}"
        for module in MODULES.values()
        for each in module.imports
        if (room := each.name.partition(".")[0]) in {*MAY_IMPORT, "tests"}
        and room not in MAY_IMPORT[module.room]
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Packages count where they name something of their own; a package's parts may use each other freely."""
    graph = {
        module.name: {
            target
            for each in module.imports
            if each.now and (target := _target(each.name)) is not None and target != module.name
        }
        for module in MODULES.values()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" ← ".join(error.args[1]))


def test_only_the_wechat_room_knows_wechaty() -> None:
    wrong = [
        f"{module.name}:{each.line} imports {each.name}"
        for module in MODULES.values()
        for each in module.imports
        if each.name.startswith("wechaty") and not f"{module.name}.".startswith(f"{WECHAT_ROOM}.")
    ]
    assert wrong == []


def test_only_the_clock_reads_the_time() -> None:
    wrong = [
        f"{module.name}:{node.lineno} reads the time"
        for module in MODULES.values()
        if module.name != CLOCK
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _reads_the_time(node.func)
    ]
    wrong += [
        f"{module.name}:{each.line} imports {each.name}"
        for module in MODULES.values()
        for each in module.imports
        if each.name in {"time.time", "time.time_ns"}
    ]
    assert wrong == []


def _reads_the_time(function: ast.expr) -> bool:
    """``datetime.now``, ``date.today``, ``time.time`` and their like; a clock object's ``now`` is no such thing."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr in CLOCK_READS
        and ast.unparse(function.value) in {"datetime", "datetime.datetime", "date", "datetime.date", "time"}
    )


def test_no_module_is_long() -> None:
    lengths = {
        module.name: len(module.path.read_text(encoding="utf-8").splitlines())
        for module in MODULES.values()
        if not module.name.startswith(MIGRATIONS)  # a migration is a list, and is never changed
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}
