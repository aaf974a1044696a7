"""What every test may use: fresh databases of both kinds, and a loop that refuses to be blocked."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from storage.engine import Database
from storage.schema import upgrade
from tests.postgres import create_database, drop_database, postgres_url, running_postgres

TEMPLATE = "weiwang_template"


@pytest.fixture(scope="session", autouse=True)
def _free_loop() -> Iterator[None]:
    """A call of ours that blocks the event loop fails the test (BlockingError)."""
    with blockbuster_ctx(["bot", "handlers", "storage"]) as blocking:
        for function in blocking.functions.values():
            function.can_block_in("storage/engine.py", "_create_engine")  # once, at the start
            function.can_block_in(
                "storage/schema.py", "_upgrade"
            )  # once, at the start; alembic reads its files
            function.can_block_in("nlp/spelling.py", "_traditional")  # once, at the first use
            function.can_block_in("<frozen importlib._bootstrap>", "_find_and_load")  # a first import
            function.can_block_in(
                "asyncpg/connect_utils.py", "_parse_connect_arguments"
            )  # looks for ~/.pgpass
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """A running PostgreSQL (one a worker); the directory of its socket. It holds a migrated template database."""
    with running_postgres() as home:
        asyncio.run(_make_template(home))
        yield home


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh migrated SQLite database."""
    path = tmp_path / "weiwang.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def postgres_database_url(postgres: Path) -> AsyncIterator[str]:
    """The address of a fresh migrated PostgreSQL database."""
    async with _fresh_postgres(postgres, TEMPLATE) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh migrated database of either kind, for tests that start a process of their own."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_database_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of either kind without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("postgres_empty_url")
    return url


@pytest.fixture
def postgres_empty_url(postgres: Path) -> Iterator[str]:
    """The address of a PostgreSQL database without a single table, for tests that run a command."""
    name = f"t{uuid.uuid4().hex}"
    asyncio.run(create_database(postgres, name, "template0"))
    yield postgres_url(postgres, name)
    asyncio.run(drop_database(postgres, name))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database; the test runs once on SQLite and once on PostgreSQL."""
    opened = Database(database_url, durable=False)
    yield opened
    await opened.dispose()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A fresh migrated SQLite database, for tests to which the engine makes no difference."""
    opened = Database(sqlite_url, durable=False)
    yield opened
    await opened.dispose()


@asynccontextmanager
async def _fresh_postgres(home: Path, template: str) -> AsyncIterator[str]:
    name = f"t{uuid.uuid4().hex}"
    await create_database(home, name, template)
    yield postgres_url(home, name)
    await drop_database(home, name)


async def _make_template(home: Path) -> None:
    await create_database(home, TEMPLATE)
    await _migrate(postgres_url(home, TEMPLATE))


async def _migrate(url: str) -> None:
    database = Database(url, durable=False)
    await upgrade(database)
    await database.dispose()
