"""``/reminders.ics``: closed until it is opened, then what is planned, without anybody's name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from icalendar import Calendar
from prometheus_client import CollectorRegistry

from bot.feedtoken import make_token, remove_token
from bot.ical import write_calendar
from bot.web.app import create_app
from bot.web.feed import Feed
from handlers.reminders import Days, Plan, add_reminder, pause_reminder, skip_reminder
from handlers.reminders.feed import MOST_OF_ONE, list_planned
from handlers.scopes import Scope
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import RoleKind, ScheduleState
from storage.models import Community, Group, Person, Role, Schedule

Client = TestClient[web.Request, web.Application]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
async def district(sqlite_database: Database) -> Database:
    """One group with its steward, and three notices: by working days, before a term, held back."""
    async with sqlite_database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        session.add(Person(id=1, name="李四", contact_id="wx-li"))
        await session.flush()
        session.add(Group(id=1, community_id=1, name="1号群", account="a", room_id="1"))
        await session.flush()
        session.add(Role(person_id=1, kind=RoleKind.STEWARD, group_id=1))
        for plan in (
            Plan(days=Days.WORKING, at=time(8), until=date(2026, 12, 1)),
            Plan(festivals=("冬至",), offset=-1, at=time(9)),
            Plan(cron="* * * * *"),
        ):
            await add_reminder(
                session,
                text="有事找{管家}，\n请关好门窗；谢谢",
                plan=plan,
                scope=Scope(everyone=True),
                by="admin",
                now=NOW,
            )
        await pause_reminder(session, number=3, by="admin", now=NOW)
    return sqlite_database


@pytest.fixture
async def client(district: Database, tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a server whose feed is closed."""
    feed = Feed(district, tmp_path / "feed.token", lambda: NOW)
    app = create_app(database=district, connectors=[], registry=CollectorRegistry(), feed=feed)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def written(database: Database, now: datetime = NOW) -> bytes:
    async with database.read() as session:
        return await asyncio.to_thread(write_calendar, await list_planned(session, now=now), now)


async def events(database: Database, now: datetime = NOW) -> list[Any]:
    content = await written(database, now)
    return list((await asyncio.to_thread(Calendar.from_ical, content)).walk("VEVENT"))


async def test_the_feed_is_closed_until_somebody_opens_it(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "feed.token"
    for address in ("/reminders.ics", "/reminders.ics?token=", "/reminders.ics?token=x"):
        assert (await client.get(address)).status == 404
    token = await asyncio.to_thread(make_token, path)
    assert path.stat().st_mode & 0o777 == 0o600
    for address in ("/reminders.ics", "/reminders.ics?token=", f"/reminders.ics?token={token}x"):
        answer = await client.get(address)
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == "unauthorized"
    answer = await client.get(f"/reminders.ics?token={token}")
    assert (answer.status, answer.content_type) == (200, "text/calendar")
    assert (await answer.read()).startswith(b"BEGIN:VCALENDAR")
    assert await asyncio.to_thread(make_token, path) != token
    assert (await client.get(f"/reminders.ics?token={token}")).status == 401
    assert await asyncio.to_thread(remove_token, path)
    assert (await client.get(f"/reminders.ics?token={token}")).status == 404


async def test_every_planned_time_is_an_event_on_the_clock_of_suzhou(district: Database) -> None:
    found = await events(district)
    assert [f"{one['dtstart'].dt:%m-%d %H:%M}" for one in found] == [
        "11-25 08:00",
        "11-26 08:00",
        "11-27 08:00",
        "11-30 08:00",
        "12-01 08:00",
        "12-21 09:00",
    ]
    last = found[-1]
    assert last["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert last["summary"] == "提示2（冬至前1天）：有事找{管家}， 请关好门窗；谢谢"
    assert last["description"] == "有事找{管家}，\n请关好门窗；谢谢\n\n冬至前1天 09:00，发到1个群"


async def test_nobodys_name_is_in_the_calendar(district: Database) -> None:
    content = (await written(district)).decode()
    for name in ("李四", "wx-li", "1号群", "玉景", "admin"):
        assert name not in content


async def test_an_event_keeps_its_uid_and_a_skipped_one_goes(district: Database) -> None:
    before = [str(one["uid"]) for one in await events(district)]
    assert len(set(before)) == len(before)
    async with district.begin() as session:
        await skip_reminder(session, number=1, by="admin", now=NOW)
    after = [str(one["uid"]) for one in await events(district, NOW + timedelta(hours=1))]
    assert after == before[1:]


async def test_what_waits_for_a_yes_is_tentative_and_one_notice_never_fills_the_calendar(
    district: Database,
) -> None:
    async with district.begin() as session:
        (await session.get_one(Schedule, 1)).state = ScheduleState.WAITING
        (await session.get_one(Schedule, 3)).state = ScheduleState.ACTIVE
    found = await events(district)
    assert {one["status"] for one in found if one["summary"].startswith("提示1")} == {"TENTATIVE"}
    assert len([one for one in found if one["summary"].startswith("提示3")]) == MOST_OF_ONE
