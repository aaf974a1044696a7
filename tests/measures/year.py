"""A year of tickets without conversations: rows as a subdistrict of 359 groups would leave them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, select

from handlers.roster import import_roster, seed_categories
from handlers.rosterfile import parse_roster
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import Measure, TicketEventKind, TicketState
from storage.models import BlindWindow, Group, Role, Ticket, TicketEvent
from storage.people import bind_all_rooms

ACCOUNT = "year"
CATEGORIES = (
    "lighting",
    "water",
    "sanitation",
    "parking",
    "noise",
    "elevator",
    "facility",
    "power",
    "property",
)
WORDS = "{b}幢{u}单元{what}坏了好几天了，电话13812345678，麻烦来看看"
_AT_ONCE = 2000


async def write_year(
    database: Database, *, groups: int, tickets: int, start: datetime, days: int = 365, seed: int = 5
) -> None:
    """Fill a migrated, empty database: so many tickets spread over so many days from ``start``."""
    roster = parse_roster("roster.csv", _roster(groups).encode())
    async with database.begin() as session:
        await seed_categories(session)
        await import_roster(session, roster, now=start, by="test")
        await bind_all_rooms(session, ACCOUNT)
        session.add(BlindWindow(account=ACCOUNT, since=start, until=start + timedelta(minutes=40)))
        stewards: dict[int, int] = {
            row.group_id: row.person_id
            for row in await session.execute(
                select(Role.group_id, Role.person_id).where(Role.kind == "steward")
            )
        }
        ids = list(await session.scalars(select(Group.id).order_by(Group.id)))
        rows = _tickets(random.Random(seed), ids, stewards, tickets, start, days)
        while chunk := list(islice(rows, _AT_ONCE)):
            await session.execute(insert(Ticket), [ticket for ticket, _ in chunk])
            await session.execute(insert(TicketEvent), [event for _, told in chunk for event in told])


def _roster(groups: int) -> str:
    lines = ["社区,网格,群名,管家,管家微信,网格员,网格员微信,网格长,网格长微信"]
    lines += [
        f"第{n // 60 + 1}社区,第{n // 10}网格,微网{n}号群,管家{n // 3},steward{n // 3},网格员{n // 10},"
        f"worker{n // 10},网格长{n // 60},leader{n // 60}"
        for n in range(groups)
    ]
    return "\n".join(lines) + "\n"


def _tickets(
    chance: random.Random, groups: list[int], stewards: dict[int, int], count: int, start: datetime, days: int
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Ticket rows with their timelines, in the order of time."""
    step = timedelta(days=days) / count
    for number in range(1001, 1001 + count):
        opened = start + step * (number - 1001)
        group = groups[chance.randrange(len(groups))]
        answered = opened + timedelta(minutes=chance.expovariate(1 / 40))
        due = opened + timedelta(hours=24)
        resolved = opened + timedelta(hours=chance.expovariate(1 / 12))
        draw = chance.random()
        state = (
            TicketState.CLOSED
            if draw < 0.9
            else TicketState.ACCEPTED
            if draw < 0.93
            else TicketState.REJECTED
        )
        done = state is TicketState.CLOSED
        building, unit = str(chance.randrange(1, 30)), str(chance.randrange(1, 4))
        ticket = {
            "id": number,
            "number": number,
            "state": state,
            "category": chance.choice(CATEGORIES),
            "kind": "request",
            "urgent": draw < 0.02,
            "group_id": group,
            "resident": f"r{number % 5000}",
            "resident_name": "张三",
            "owner_id": stewards[group],
            "first_owner_id": stewards[group],
            "text": WORDS.format(b=building, u=unit, what=chance.choice(("灯", "门", "水管", "电梯"))),
            "location": f"{building}幢{unit}单元",
            "building": building,
            "unit": unit,
            "room": "",
            "supporters": chance.choice((0, 0, 0, 1, 2)),
            "level": 0,
            "highest_level": 0,
            "reopened": int(done and draw < 0.05),
            "resolution": "换好了" if done else "",
            "rating": chance.choice((None, 5, 5, 5, 3, 1)) if done else None,
            "unsure": False,
            "opened_at": opened,
            "responded_at": answered if draw < 0.97 else None,
            "accepted_at": answered if draw < 0.97 else None,
            "resolved_at": resolved if done else None,
            "closed_at": resolved + timedelta(hours=5) if done or draw >= 0.93 else None,
            "respond_due": opened + timedelta(hours=1),
            "resolve_due": due,
            "resolve_measure": Measure.ALWAYS,
            "clock_from": opened,
            "clock_extra": 0,
            "pause_reason": "",
        }
        yield ticket, _events(ticket, draw)


def _events(ticket: dict[str, Any], draw: float) -> list[dict[str, Any]]:
    told = [(TicketEventKind.OPENED, ticket["opened_at"])]
    if resolved := ticket["resolved_at"]:
        if ticket["reopened"]:
            told += [
                (TicketEventKind.RESOLVED, resolved - timedelta(hours=2)),
                (TicketEventKind.REOPENED, resolved - timedelta(hours=1)),
            ]
        if 0.05 < draw < 0.1:
            told.append((TicketEventKind.EXTENSION_GRANTED, resolved - timedelta(minutes=5)))
        told.append((TicketEventKind.RESOLVED, resolved))
    return [
        {"ticket_id": ticket["id"], "at": at, "what": what, "by": "管家", "detail": "", "source": "chat"}
        for what, at in told
    ]


START = datetime(2026, 1, 1, tzinfo=SHANGHAI)
