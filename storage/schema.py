"""Bringing a database to this program's schema, and refusing one that is ahead of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.errors import DatabaseTooNew, DatabaseUnreachable

_UPGRADE_LOCK = 0x77656977  # any number that only this program uses


async def upgrade(database: Database) -> bool:
    """Bring the schema up to date; tells whether anything had to change.

    Raises DatabaseTooNew when a later program has written here, DatabaseUnreachable when it cannot be opened.
    """
    async with reaching(database) as connection:
        return await connection.run_sync(_upgrade)


@asynccontextmanager
async def reaching(database: Database) -> AsyncIterator[AsyncConnection]:
    """A first connection, in a transaction. Raises DatabaseUnreachable when it cannot be opened or used."""
    try:
        async with database.engine.begin() as connection:
            yield connection
    except (OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise DatabaseUnreachable(database.url.render_as_string(hide_password=True), reason) from error


def _upgrade(connection: Connection) -> bool:
    if (
        connection.dialect.name == "postgresql"
    ):  # several processes may start at once; SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    config = migrations_config()
    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    if current == head:
        return False
    if current is not None:
        try:
            scripts.get_revision(current)
        except CommandError as error:
            raise DatabaseTooNew(current) from error
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def migrations_config() -> Config:
    """Alembic's configuration, pointing at the packaged revisions."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
