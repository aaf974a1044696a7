"""``/healthz`` and ``/metrics``: whether the service can do its work, and how much of it it did."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from storage.allowances import paused_accounts
from storage.engine import Database

DATABASE_SECONDS = 5.0


class Connection(Protocol):
    """What health needs to know of a connector."""

    account: str

    @property
    def connected(self) -> bool:
        """Whether the account hears and can speak just now."""


DATABASE: web.AppKey[Database] = web.AppKey("database", Database)
CONNECTIONS: web.AppKey[Sequence[Connection]] = web.AppKey("connections", Sequence)
REGISTRY: web.AppKey[CollectorRegistry] = web.AppKey("registry", CollectorRegistry)


async def healthz(request: web.Request) -> web.Response:
    """200 when the database answers and every account is connected, else 503; the body says which.

    ``paused``: accounts that say no notices because WeChat refused them, and why; they are connected all the same.
    """
    accounts = {
        connection.account: "connected" if connection.connected else "lost"
        for connection in request.app[CONNECTIONS]
    }
    database, paused = await _ask_database(request.app[DATABASE])
    well = database and all(state == "connected" for state in accounts.values())
    return web.json_response(
        {
            "status": "ok" if well else "unavailable",
            "database": "ok" if database else "unreachable",
            "accounts": accounts,
            **({"paused": paused} if paused else {}),
        },
        status=200 if well else 503,
    )


async def metrics(request: web.Request) -> web.Response:
    """Every counter and gauge in the Prometheus text format."""
    body = generate_latest(request.app[REGISTRY])
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _ask_database(database: Database) -> tuple[bool, dict[str, str]]:
    """Whether it answers, and the accounts whose notices are paused."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            async with database.read() as session:
                return True, {each.name: each.pause_reason for each in await paused_accounts(session)}
    except (SQLAlchemyError, OSError, TimeoutError):
        return False, {}
