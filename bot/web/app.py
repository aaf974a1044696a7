"""The application: one route table, one error shape, one set of headers."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.local.api import mount_chat
from bot.local.connector import LocalConnector
from bot.web.errors import one_error_shape
from bot.web.feed import FEED_PATH, Feed
from bot.web.health import CONNECTIONS, DATABASE, REGISTRY, Connection, healthz, metrics
from storage.engine import Database

LARGEST_BODY = 128 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(
    *,
    database: Database,
    connectors: Sequence[Connection],
    registry: CollectorRegistry,
    host: str = "127.0.0.1",
    chat: LocalConnector | None = None,
    feed: Feed | None = None,
) -> web.Application:
    """Everything the server serves. ``host`` is where it will listen; ``chat`` adds the local chat, ``feed`` the calendar.

    Raises ChatNotLoopback when the chat would be served to more than this machine.
    """
    app = web.Application(middlewares=[one_error_shape], client_max_size=LARGEST_BODY)
    app[DATABASE], app[CONNECTIONS], app[REGISTRY] = database, tuple(connectors), registry
    app.on_response_prepare.append(_add_headers)
    app.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics)])
    if feed is not None:
        app.add_routes([web.get(FEED_PATH, feed.get)])
    if chat is not None:
        mount_chat(app, chat, host)
        app.add_routes([web.get("/", _to_chat)])
    return app


async def _to_chat(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/chat")


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
