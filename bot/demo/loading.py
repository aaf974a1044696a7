"""Loading the demo subdistrict."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders import Plan, add_reminder
from handlers.roster import import_roster
from handlers.rosterfile import Roster, parse_roster
from handlers.scopes import named_scope
from storage.directory import groups_by_name, insert_all
from storage.models import LocalMember

HERE = Path(__file__).parent
WHO = "demo"
HOME = "玉景社区"
"""The community that has a notice of its own."""

GAS_TEXT = "【温馨提示】用完燃气，请关好灶具和阀门。闻到气味先开窗，不开灯、不打电话，到室外再打报修电话。"
CLINIC_TEXT = "【温馨提示】明天上午9:00社区义诊，量血压、测血糖，请带好医保卡。有事可以找管家{管家}。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Somebody without a role, in one group."""

    group: str
    contact_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything the packaged files hold."""

    roster: Roster
    residents: tuple[Resident, ...]


async def load_demo(session: AsyncSession, *, now: datetime) -> bool:
    """Fill an empty database; one that has a group already is left alone. Tells whether it was filled."""
    if await groups_by_name(session):
        return False
    demo = await asyncio.to_thread(read_demo)
    await import_roster(session, demo.roster, now=now, by=WHO)
    groups = {name: number for name, (number, _) in (await groups_by_name(session)).items()}
    await insert_all(session, LocalMember, list(_members(demo.residents, groups)))
    await _plan_reminders(session, now)
    return True


def read_demo() -> Demo:
    """Read the packaged files."""
    people = ("people.csv", (HERE / "people.csv").read_bytes())
    roster = parse_roster("roster.csv", (HERE / "roster.csv").read_bytes(), people)
    rows = csv.DictReader((HERE / "residents.csv").read_text(encoding="utf-8").splitlines())
    residents = (Resident(group=row["群名"], contact_id=row["微信"], name=row["姓名"]) for row in rows)
    return Demo(roster, tuple(residents))


def _members(residents: tuple[Resident, ...], groups: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for resident in residents:
        yield {
            "group_id": groups[resident.group],
            "contact_id": resident.contact_id,
            "name": resident.name,
        }


async def _plan_reminders(session: AsyncSession, now: datetime) -> None:
    everyone = await named_scope(session, everyone=True)
    await add_reminder(session, text=GAS_TEXT, scope=everyone, by=WHO, now=now, plan=Plan(cron="0 9 * * 1"))
    home = await named_scope(session, communities=[HOME])
    await add_reminder(session, text=CLINIC_TEXT, scope=home, by=WHO, now=now, plan=Plan(cron="0 16 * * 5"))
