"""Keeps the chat on this machine: no other host, and no page of another site, may speak in it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web

from bot.local.errors import ChatNotLoopback
from bot.web.errors import ApiError


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine only."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_loopback(host: str) -> None:
    """Raises ChatNotLoopback when the server listens for more than this machine."""
    if not is_loopback(host):
        raise ChatNotLoopback(host)


def check_request(request: web.Request) -> None:
    """Refuse a foreign Host (DNS rebinding) and a foreign Origin (another site's page), web sockets too."""
    if not is_loopback(_host_name(request.host)):
        raise ApiError(403, "foreign_host", "the local chat is only served under a loopback address")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"{request.scheme}://{request.host}".lower():
        raise ApiError(403, "foreign_origin", "the local chat only answers its own page")
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and not _is_visit(request):
        raise ApiError(403, "foreign_origin", "the local chat only answers its own page")


def _is_visit(request: web.Request) -> bool:
    """Somebody followed a link to the page."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
