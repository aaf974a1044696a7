"""A database for throw-away runs: made anew each time, and never one that holds somebody's work."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

import storage.models  # noqa: F401  (fills the metadata)
from storage.columns import Base
from storage.engine import Database
from storage.errors import NotScratch
from storage.models import Counter
from storage.schema import reaching

SCRATCH = "scratch"


async def clear_scratch(database: Database) -> None:
    """Empty a database that an earlier throw-away run has left behind; a fresh one is left as it is.

    Raises NotScratch for any other database, and changes nothing; DatabaseUnreachable when it cannot be opened.
    """
    async with reaching(database) as connection:
        await connection.run_sync(_clear, database.url.render_as_string(hide_password=True))


def _clear(connection: Connection, url: str) -> None:
    tables = inspect(connection).get_table_names()
    if not tables:
        return
    known = Counter.__tablename__ in tables
    marker = Counter.__table__.select().where(Counter.name == SCRATCH)
    if not known or connection.execute(marker).first() is None:
        raise NotScratch(url)
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    Base.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE alembic_version"))


def scratch_mark() -> Counter:
    """The row that says: this database may be emptied by the next throw-away run."""
    return Counter(name=SCRATCH, value=1)
