"""Loading the demo subdistrict."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders import add_reminder, named_scope
from handlers.roster import import_roster, seed_categories
from handlers.rosterfile import Roster, parse_roster
from handlers.rules import seed_rules
from handlers.wording import SHANGHAI
from storage.directory import groups_by_name, insert_all
from storage.models import LocalMember

HERE = Path(__file__).parent
WHO = "demo"
GAS_TEXT = "【温馨提示】用完燃气，请关好灶具和阀门。闻到气味先开窗，不开灯、不打电话，到室外再打报修电话。"
MEETING_TEXT = "【温馨提示】本周六上午9:00社区义诊，量血压、测血糖，请带好医保卡。"


async def load_demo(session: AsyncSession, *, now: datetime) -> bool:
    """Fill an empty database; one that has a group already is left alone. Tells whether it was filled."""
    if await groups_by_name(session):
        return False
    await seed_categories(session)
    await seed_rules(session, now=now)
    await import_roster(session, demo_roster(), now=now, by=WHO)
    groups = {name: number for name, (number, _) in (await groups_by_name(session)).items()}
    await insert_all(session, LocalMember, list(_residents(groups)))
    await _plan_reminders(session, now)
    return True


def demo_roster() -> Roster:
    """The packaged roster."""
    people = ("people.csv", (HERE / "people.csv").read_bytes())
    return parse_roster("roster.csv", (HERE / "roster.csv").read_bytes(), people)


def _residents(groups: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    text = (HERE / "residents.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield {"group_id": groups[row["群名"]], "contact_id": row["微信"], "name": row["姓名"]}


async def _plan_reminders(session: AsyncSession, now: datetime) -> None:
    everyone = await named_scope(session, everyone=True)
    await add_reminder(session, text=GAS_TEXT, scope=everyone, by=WHO, now=now, cron="0 9 * * 1")
    community = await named_scope(session, communities=["玉景社区"])
    once = _next_saturday(now) - timedelta(days=1)
    await add_reminder(session, text=MEETING_TEXT, scope=community, by=WHO, now=now, once_at=once)


def _next_saturday(now: datetime) -> datetime:
    """09:00 of the first Saturday whose Friday 09:00 is still to come."""
    local = now.astimezone(SHANGHAI)
    day = (local + timedelta(days=(5 - local.weekday()) % 7)).replace(
        hour=9, minute=0, second=0, microsecond=0
    )
    return day if day - timedelta(days=1) > local else day + timedelta(days=7)
