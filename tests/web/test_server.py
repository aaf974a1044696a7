"""The web server: health, metrics, error shape, headers, the port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from bot.errors import BotError
from bot.local.connector import LocalConnector
from bot.local.errors import ChatNotLoopback
from bot.metrics import create_metrics
from bot.web.app import create_app
from bot.web.errors import CannotListen, PortInUse
from bot.web.server import start_server
from storage.engine import Database
from storage.models import Account
from tests.local.town import NOW

Client = TestClient[web.Request, web.Application]


@dataclass
class FakeConnection:
    """Somebody who is connected or not."""

    account: str
    connected: bool = True


@pytest.fixture
def connection() -> FakeConnection:
    """A connected account."""
    return FakeConnection("wechat-1")


NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry of the test's own."""
    return CollectorRegistry()


@pytest.fixture
async def client(
    database: Database, connection: FakeConnection, registry: CollectorRegistry
) -> AsyncIterator[Client]:
    """A client of a server without the chat."""
    app = create_app(database=database, connectors=[connection], registry=registry)
    app.router.add_get("/broken", _broken)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def _broken(_request: web.Request) -> web.Response:
    raise RuntimeError("居民的话")


async def test_a_well_service_says_so(client: Client) -> None:
    answer = await client.get("/healthz")
    assert answer.status == 200
    assert await answer.json() == {
        "status": "ok",
        "database": "ok",
        "accounts": {"wechat-1": "connected"},
    }


async def test_an_account_that_wechat_refuses_is_named(client: Client, database: Database) -> None:
    async with database.begin() as session:
        session.add(Account(name="wechat-1", connector="", paused_at=NOON, pause_reason="微信说发得太多"))
    answer = await client.get("/healthz")
    assert answer.status == 200
    assert (await answer.json())["paused"] == {"wechat-1": "微信说发得太多"}


async def test_a_lost_account_makes_it_unavailable(client: Client, connection: FakeConnection) -> None:
    connection.connected = False
    answer = await client.get("/healthz")
    assert answer.status == 503
    body = await answer.json()
    assert (body["status"], body["accounts"]) == ("unavailable", {"wechat-1": "lost"})


async def test_a_database_that_does_not_answer_makes_it_unavailable(tmp_path: Path) -> None:
    nowhere = Database(f"postgresql://nobody@/none?host={tmp_path}")
    app = create_app(database=nowhere, connectors=[], registry=CollectorRegistry())
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/healthz")
        assert answer.status == 503
        assert (await answer.json())["database"] == "unreachable"
    await nowhere.dispose()


async def test_metrics_are_those_of_the_given_registry(client: Client, registry: CollectorRegistry) -> None:
    counted = create_metrics(registry)
    counted.messages.labels(verdict="ticket").inc()
    counted.outbox_sent.labels(kind="ack", result="sent").inc(2)
    counted.tickets_opened.labels(category="lighting").inc()
    counted.account_connected.labels(account="local").set(1)
    counted.outbox_pending.set(3)
    counted.intake_queue.set(4)
    counted.intake_seconds.observe(0.2)
    answer = await client.get("/metrics")
    assert answer.content_type == "text/plain"
    lines = (await answer.text()).splitlines()
    for line in (
        'weiwang_messages_total{verdict="ticket"} 1.0',
        'weiwang_outbox_sent_total{kind="ack",result="sent"} 2.0',
        "weiwang_outbox_pending 3.0",
        'weiwang_tickets_opened_total{category="lighting"} 1.0',
        'weiwang_account_connected{account="local"} 1.0',
        "weiwang_intake_queue 4.0",
        "weiwang_intake_seconds_count 1.0",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("GET", "/broken", 500, "internal_error"),
        ("GET", "/chat", 404, "not_found"),
    ],
)
async def test_every_error_has_one_shape(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status == status
    error = (await answer.json())["error"]
    assert (set(error), error["code"]) == ({"code", "message"}, code)
    assert "居民" not in error["message"]


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/broken"])
async def test_every_answer_has_the_security_headers(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_the_chat_is_refused_where_others_could_reach_it(sqlite_database: Database) -> None:
    chat = LocalConnector("local", sqlite_database, lambda: NOW)
    with pytest.raises(ChatNotLoopback, match=r"0\.0\.0\.0"):
        create_app(
            database=sqlite_database,
            connectors=[chat],
            registry=CollectorRegistry(),
            host="0.0.0.0",  # noqa: S104
            chat=chat,
        )


async def test_a_port_in_use_is_one_clear_sentence(sqlite_database: Database) -> None:
    def app() -> web.Application:
        return create_app(database=sqlite_database, connectors=[], registry=CollectorRegistry())

    async with start_server(app(), "127.0.0.1", 0) as port, ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        with pytest.raises(PortInUse, match=f"port {port} .*already in use") as refused:
            async with start_server(app(), "127.0.0.1", port):
                pass
        assert isinstance(refused.value, BotError)


async def test_an_address_of_another_machine_is_refused(sqlite_database: Database) -> None:
    app = create_app(database=sqlite_database, connectors=[], registry=CollectorRegistry())
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1"):
        async with start_server(app, "192.0.2.1", 0):
            pass


async def test_stopping_lets_the_port_go(sqlite_database: Database) -> None:
    async with asyncio.timeout(10):
        app = create_app(database=sqlite_database, connectors=[], registry=CollectorRegistry())
        async with start_server(app, "127.0.0.1", 0) as port:
            pass
        again = create_app(database=sqlite_database, connectors=[], registry=CollectorRegistry())
        async with start_server(again, "127.0.0.1", port) as taken:
            assert taken == port
