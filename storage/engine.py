"""The database: one engine, units of work, and the checks made before anything else happens."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.util import await_only

from storage.errors import BadDatabaseUrl, DatabaseUnreachable

LOCK_SECONDS = 30
"""How long a connection waits for another that writes."""

_LOCK_PAUSE = 0.05
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def database_url(text: str) -> URL:
    """A database address as an admin writes it (``sqlite:///var/weiwang.db``, ``postgresql://…``) with our driver.

    Raises BadDatabaseUrl for anything that is not SQLite or PostgreSQL.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadDatabaseUrl(text) from error
    backend = url.get_backend_name()
    if backend not in DRIVERS:
        raise BadDatabaseUrl(url.render_as_string(hide_password=True))
    return url.set(drivername=DRIVERS[backend])


class Database:
    """An engine and its units of work.

    ``begin()`` is a unit of work that may write: committed unless the block raises. On SQLite it takes the write lock at
    once, so two writers wait for each other instead of failing half-way.
    ``read()`` is a snapshot for reading only.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """``durable=False`` lets SQLite skip waiting for the disk: for throw-away databases (replay, tests)."""
        self.url = database_url(url)
        self.engine: AsyncEngine = _create_engine(self.url, durable=durable)
        self._write = async_sessionmaker(self.engine, expire_on_commit=False)
        self._read = async_sessionmaker(self.engine.execution_options(reading=True), expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A unit of work."""
        async with self._write.begin() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for queries only."""
        async with self._read() as session:
            yield session

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _create_engine(url: URL, *, durable: bool) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database and url.database != ":memory:":
        _make_folder(url, Path(url.database).parent)
    engine = create_async_engine(url, connect_args={"timeout": LOCK_SECONDS}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _tune_sqlite(durable=durable))
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _make_folder(url: URL, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(
            url.render_as_string(hide_password=True), f"{folder}: {error.strerror}"
        ) from error


def _tune_sqlite(*, durable: bool) -> Any:
    def tune(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        _write_ahead(cursor)
        for pragma in (
            f"synchronous={'FULL' if durable else 'OFF'}",
            "foreign_keys=ON",
            f"busy_timeout={LOCK_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return tune


def _write_ahead(cursor: Any) -> None:
    """Several processes may open a new file at once: SQLite refuses all but one of them without waiting."""
    for _ in range(int(LOCK_SECONDS / _LOCK_PAUSE)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            await_only(asyncio.sleep(_LOCK_PAUSE))
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
