"""A small subdistrict with hand-made tickets of November 2026."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.measures import Month, Report, month_report
from handlers.roster import seed_categories
from handlers.settings import MeasureSettings
from handlers.wording import public_words
from storage.engine import Database
from storage.enums import Measure, RoleKind, TicketEventKind, TicketState
from storage.models import (
    BlindWindow,
    Community,
    Group,
    Incident,
    Person,
    Role,
    Ticket,
    TicketEvent,
)
from tests.measures.facts import at

NOVEMBER = Month(2026, 11)
NIGHT = at("12-01 02:00")
"""When a month is frozen."""

RULES = MeasureSettings()
HOSTILE = '=HYPERLINK("http://evil.example","看")</script><img src=x onerror=alert(1)>'


async def build_world(database: Database) -> None:
    """Two communities, three groups, two stewards."""
    await asyncio.to_thread(
        public_words, "1"
    )  # reads its tables once, as compiling the rules does in the service
    async with database.begin() as session:
        await seed_categories(session)
        session.add_all([Community(id=1, name="玉景社区"), Community(id=2, name="湖滨社区")])
        await session.flush()
        session.add_all(
            [
                Group(id=1, community_id=1, grid="一", name="玉景湾3号群", account="a", room_id="r1"),
                Group(id=2, community_id=1, grid="一", name="玉景湾4号群", account="a", room_id="r2"),
                Group(id=3, community_id=2, grid="二", name=f"湖滨{HOSTILE}", account="b", room_id="r3"),
            ]
        )
        session.add_all(
            [
                Person(id=1, name="李四", contact_id="lisi"),
                Person(id=2, name="=cmd|' /C calc'!A0", contact_id="evil"),
            ]
        )
        await session.flush()
        session.add_all(
            [
                Role(person_id=1, kind=RoleKind.STEWARD, group_id=1),
                Role(person_id=1, kind=RoleKind.STEWARD, group_id=2),
                Role(person_id=2, kind=RoleKind.STEWARD, group_id=3),
            ]
        )


async def put(
    session: AsyncSession,
    number: int,
    opened: str,
    *,
    told: Iterable[tuple[TicketEventKind, str, str]] = (),
    **known: Any,
) -> Ticket:
    """A ticket; times are texts; ``told`` are timeline rows (what, when, detail)."""
    values: dict[str, Any] = {
        "id": number,
        "number": number,
        "state": TicketState.PROMPTED,
        "category": "lighting",
        "urgent": False,
        "group_id": 1,
        "resident": "zhangsan",
        "resident_name": "张三",
        "owner_id": 1,
        "first_owner_id": 1,
        "text": "楼道灯坏了",
        "opened_at": at(opened),
        "clock_from": at(opened),
        "resolve_measure": Measure.ALWAYS,
    }
    times = (
        "responded_at",
        "respond_due",
        "resolve_due",
        "first_due",
        "resolved_at",
        "closed_at",
        "paused_at",
    )
    values |= {name: at(value) if name in times else value for name, value in known.items()}
    ticket = Ticket(**values)
    session.add(ticket)
    await session.flush()
    session.add_all(
        TicketEvent(ticket_id=number, at=at(when), what=what, by="李四", detail=detail)
        for what, when, detail in told
    )
    return ticket


def resolved(when: str) -> tuple[TicketEventKind, str, str]:
    """办结 in the timeline."""
    return TicketEventKind.RESOLVED, when, "换好了"


def reopened(when: str) -> tuple[TicketEventKind, str, str]:
    """没修好 in the timeline."""
    return TicketEventKind.REOPENED, when, "还是坏的"


async def fill_november(database: Database) -> None:
    """Eight tickets; each is what its comment says."""
    async with database.begin() as session:
        # from October, still not done: nobody took it
        await put(
            session,
            1001,
            "10-30 10:00",
            respond_due="10-30 11:00",
            resolve_due="10-31 10:00",
            category="water",
        )
        # done in an hour and liked; its words have a phone and a room in them
        await put(
            session, 1002, "11-02 09:00", responded_at="11-02 09:05", respond_due="11-02 10:00",
            resolve_due="11-03 09:00", resolved_at="11-02 10:00", closed_at="11-02 12:00", state=TicketState.CLOSED,
            rating=5, building="3", unit="2", room="501", location="3幢2单元501", supporters=1,
            text="3幢2单元501灯坏了，打13812345678", resolution="=换了新灯泡", told=[resolved("11-02 10:00")],
        )  # fmt: skip
        # late and disliked
        await put(
            session, 1003, "11-03 09:00", responded_at="11-03 12:00", respond_due="11-03 10:00",
            resolve_due="11-04 09:00", resolved_at="11-06 09:00", closed_at="11-06 10:00", state=TicketState.CLOSED,
            rating=1, building="3", unit="2", told=[resolved("11-06 09:00")],
        )  # fmt: skip
        # came back, is being done again, and is late now
        await put(
            session, 1004, "11-05 09:00", responded_at="11-05 09:30", respond_due="11-05 10:00",
            first_due="11-06 09:00", resolve_due="11-08 09:00", state=TicketState.ACCEPTED, reopened=1,
            building="3", unit="2", told=[resolved("11-05 18:00"), reopened("11-07 09:00")],
        )  # fmt: skip
        # waits for spare parts
        await put(
            session, 1005, "11-20 09:00", responded_at="11-20 09:10", respond_due="11-20 10:00",
            resolve_due="11-21 09:00", paused_at="11-20 15:00", pause_reason="等配件，找13912345678",
            state=TicketState.ACCEPTED, group_id=2, category="elevator",
            told=[(TicketEventKind.NOTED, "11-20 15:00", "厂家说要一周")],
        )  # fmt: skip
        # no request at all
        await put(
            session, 1006, "11-21 09:00", respond_due="11-21 10:00", resolve_due="11-22 09:00",
            closed_at="11-21 09:30", state=TicketState.REJECTED,
        )  # fmt: skip
        # another community, hostile words, in time, silent
        await put(
            session, 1007, "11-22 09:00", responded_at="11-22 09:20", respond_due="11-22 10:00",
            resolve_due="11-23 09:00", resolved_at="11-22 19:00", closed_at="11-24 19:00", state=TicketState.CLOSED,
            group_id=3, owner_id=2, first_owner_id=2, text=HOSTILE, category="noise", told=[resolved("11-22 19:00")],
        )  # fmt: skip
        # the last evening: not due yet
        await put(session, 1008, "11-30 23:50", respond_due="12-01 09:30", resolve_due="12-01 23:50")
        session.add(BlindWindow(account="b", since=at("11-10 08:00"), until=at("11-10 08:45")))
        session.add(Incident(id=7, category="water", opened_at=at("11-02 09:00")))


async def november(database: Database, now: datetime = NIGHT, rules: MeasureSettings = RULES) -> Report:
    """The report of November."""
    async with database.read() as session:
        return await month_report(session, NOVEMBER, now=now, rules=rules)
