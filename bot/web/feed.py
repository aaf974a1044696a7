"""``GET /reminders.ics?token=…``: what is planned, for a calendar that subscribes to it. Closed until it is opened."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bot.feedtoken import read_token
from bot.ical import write_calendar
from bot.web.errors import ApiError
from handlers.reminders.feed import list_planned
from storage.engine import Database

FEED_PATH = "/reminders.ics"


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed's one route. The token's file is read with each request, so opening and closing need no restart."""

    database: Database
    token_file: Path
    now: Callable[[], datetime]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, request: web.Request) -> web.Response:
        """The calendar; 404 while the feed is closed, 401 without the right token."""
        token = await asyncio.to_thread(read_token, self.token_file)
        if token is None:
            raise ApiError(
                404, "not_found", "the calendar feed is closed: open it with `weiwang reminder feed`"
            )
        given = request.query.get("token", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode()):
            raise ApiError(401, "unauthorized", "the token is missing or wrong")
        async with self._turn:  # one at a time: it takes a while when much is planned
            now = self.now()
            async with self.database.read() as session:
                planned = await list_planned(session, now=now)
            body = await asyncio.to_thread(write_calendar, planned, now)
        return web.Response(body=body, content_type="text/calendar", charset="utf-8")
