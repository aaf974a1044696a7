"""What storage refuses, each error with the data that names the cause."""

from __future__ import annotations


class StorageError(Exception):
    """Anything this room refuses."""


class BadDatabaseUrl(StorageError):
    """The address is neither SQLite nor PostgreSQL."""

    def __init__(self, url: str) -> None:
        super().__init__(f"database url {url!r}: expected sqlite:///PATH or postgresql://USER@HOST/NAME")
        self.url = url


class DatabaseTooNew(StorageError):
    """A later version of the program has written this database."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database is newer than this program (its schema is {revision}): install the newer version"
        )
        self.revision = revision


class DatabaseUnreachable(StorageError):
    """Nothing answers at the address, or it refuses us."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"database {url}: {reason}")
        self.url = url


class NotScratch(StorageError):
    """Somebody's work is in this database; a throw-away run must not touch it."""

    def __init__(self, url: str) -> None:
        super().__init__(f"database {url} is in use: give an empty one")
        self.url = url
