"""The town, its connector and a client of its chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.local.connector import LocalConnector
from storage.engine import Database
from tests.local.town import NOW, Client, build_town, chat_client


@pytest.fixture
async def connector(database: Database) -> LocalConnector:
    """The connector of a small town."""
    await build_town(database)
    return LocalConnector("local", database, lambda: NOW)


@pytest.fixture
async def client(database: Database, connector: LocalConnector) -> AsyncIterator[Client]:
    """A client of the chat."""
    async with chat_client(database, connector) as opened:
        yield opened
