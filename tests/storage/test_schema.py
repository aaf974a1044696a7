"""Migrations: from nothing to what the models say, once, and never backwards."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

import storage.models  # noqa: F401  (fills the metadata)
from storage.columns import Base
from storage.engine import Database
from storage.errors import BadDatabaseUrl, DatabaseTooNew, DatabaseUnreachable
from storage.schema import upgrade


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_migrations_from_empty_to_head_give_exactly_the_models(empty_url: str) -> None:
    database = Database(empty_url)
    assert await upgrade(database) is True
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await database.dispose()


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    assert await upgrade(database) is False


async def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    first, second = Database(empty_url), Database(empty_url)
    changed = await asyncio.gather(upgrade(first), upgrade(second))
    assert sorted(changed) == [False, True]
    await first.dispose()
    await second.dispose()


async def test_a_new_file_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (a)")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO theirs VALUES (1)")
    release = threading.Timer(0.2, other.commit)
    database = Database(f"sqlite:///{path}")
    release.start()
    assert await upgrade(database)
    await database.dispose()
    release.join()
    other.close()


async def test_a_database_newer_than_the_program_is_refused(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew) as refusal:
        await upgrade(database)
    assert refusal.value.revision == "9999"


@pytest.mark.parametrize("url", ["mysql://nobody@nowhere/x", "nonsense", ""])
def test_an_address_of_another_engine_is_refused(url: str) -> None:
    with pytest.raises(BadDatabaseUrl):
        Database(url)


def test_a_refused_address_does_not_show_its_password() -> None:
    with pytest.raises(BadDatabaseUrl) as refusal:
        Database("mysql://somebody:hunter2@nowhere/x")
    assert "hunter2" not in str(refusal.value)


async def test_a_missing_postgresql_server_is_one_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database(f"postgresql://somebody:hunter2@/x?host={tmp_path_factory.mktemp('none')}")
    with pytest.raises(DatabaseUnreachable) as refusal:
        await upgrade(database)
    assert "hunter2" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    await database.dispose()


async def test_a_missing_postgresql_database_is_one_sentence(postgres_database_url: str) -> None:
    database = Database(postgres_database_url.replace("@/t", "@/absent"))
    with pytest.raises(DatabaseUnreachable, match="does not exist"):
        await upgrade(database)
    await database.dispose()


async def test_a_file_that_is_no_database_is_one_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("wrong") / "notes.txt"
    path.write_text("these are notes, not a database " * 100, encoding="utf-8")
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnreachable, match="not a database"):
        await upgrade(database)
    await database.dispose()
