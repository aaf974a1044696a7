"""The shape of the program: arrows point one way, one room speaks WeChat, one module reads the time, imports do nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "nlp", "storage")
MAY_IMPORT = {
    "bot": {"bot", "handlers", "storage", "nlp"},
    "handlers": {"handlers", "storage", "nlp"},
    "storage": {"storage"},
    "nlp": {"nlp"},
}
RUN_BY_ALEMBIC = "storage.migrations"
NETWORK = {"aiohttp", "asyncpg", "grpclib", "socket", "ssl", "http", "urllib"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, ast.Module]:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}


def imports(tree: ast.AST, *, top_only: bool = False) -> Iterator[str]:
    """Dotted names that a module imports; ``from a import b`` gives both ``a`` and ``a.b``."""
    for node in _statements(tree) if top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the arrows"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: not the bodies of functions, not what only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        yield from _statements(node)


def test_rooms_only_import_the_rooms_they_may() -> None:
    wrong = [
        (name, target)
        for name, tree in modules().items()
        for target in imports(tree)
        if (room := target.split(".")[0]) in (*ROOMS, "tests") and room not in MAY_IMPORT[name.split(".")[0]]
    ]
    assert wrong == []


def test_no_module_imports_itself_in_a_circle() -> None:
    names = set(modules())
    graph = {
        name: {target for target in imports(tree, top_only=True) if target in names and target != name}
        for name, tree in modules().items()
    }
    for (
        name
    ) in graph:  # a package that gathers its own parts is no circle as long as the parts do not import it
        graph[name] = {target for target in graph[name] if not name.startswith(f"{target}.")}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in done:
            for target in sorted(graph[name]):
                walk(target, (*path, name))
            done.add(name)

    for name in sorted(graph):
        walk(name, ())


def test_only_the_wechat_connector_imports_wechaty() -> None:
    users = {
        name for name, tree in modules().items() for target in imports(tree) if target.startswith("wechaty")
    }
    assert users
    assert all(name.startswith("bot.wechat") for name in users)


def test_handlers_and_nlp_know_no_network() -> None:
    wrong = [
        (name, target)
        for name, tree in modules().items()
        if name.startswith(("handlers", "nlp"))
        for target in imports(tree)
        if target.split(".")[0] in NETWORK
    ]
    assert wrong == []


def test_only_the_clock_reads_the_time() -> None:
    forbidden = {"now", "utcnow", "today"}
    readers = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and ((node.value.id in ("datetime", "date") and node.attr in forbidden) or _is_time_time(node))
    }
    assert readers == {"bot.clock"}


def _is_time_time(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and (node.value.id, node.attr) == ("time", "time")


@pytest.mark.parametrize("room", ROOMS)
def test_importing_every_module_does_nothing(room: str, tmp_path: Path) -> None:
    names = [
        name
        for name in modules()
        if name.split(".")[0] == room
        and not name.startswith(RUN_BY_ALEMBIC)
        and not name.endswith("__main__")
    ]
    program = (
        "import importlib, sys, threading\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
