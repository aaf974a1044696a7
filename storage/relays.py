"""Queries of notices that 五老 are asked to pass on, and of who has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Group, Person, Relay, RelayAsk, RelayPass


async def relay_of_firing(session: AsyncSession, firing_id: int) -> Relay | None:
    """What was asked for one firing of a reminder."""
    return await session.scalar(select(Relay).where(Relay.firing_id == firing_id))


async def asks_to(session: AsyncSession, person_id: int, since: datetime) -> Sequence[tuple[RelayAsk, Relay]]:
    """What somebody was asked to pass on since a moment, the latest first, locked."""
    rows = await session.execute(
        select(RelayAsk, Relay)
        .join(Relay, Relay.id == RelayAsk.relay_id)
        .where(RelayAsk.person_id == person_id, RelayAsk.asked_at >= since)
        .order_by(RelayAsk.id.desc())
        .with_for_update(of=RelayAsk)
        .execution_options(populate_existing=True)
    )
    return [(ask, relay) for ask, relay in rows]


async def groups_passed_to(session: AsyncSession, ask_id: int) -> set[int | None]:
    """The groups somebody has said he passed it on to; None among them when he once did not say."""
    return set(await session.scalars(select(RelayPass.group_id).where(RelayPass.ask_id == ask_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayReport:
    """One notice and who has passed it on: names with the groups they named, and those still waited for."""

    number: int
    text: str
    schedule_id: int | None
    asked_at: datetime
    passed: tuple[tuple[str, tuple[str, ...]], ...]
    waiting: tuple[str, ...]


async def list_relays(
    session: AsyncSession, *, number: int | None = None, schedule_id: int | None = None, limit: int = 5
) -> list[RelayReport]:
    """The latest notices first: one, those of a reminder, or all; at most ``limit``."""
    query = select(Relay).order_by(Relay.id.desc()).limit(limit)
    if number is not None:
        query = query.where(Relay.id == number)
    if schedule_id is not None:
        query = query.where(Relay.schedule_id == schedule_id)
    return [await _report(session, relay) for relay in await session.scalars(query)]


async def _report(session: AsyncSession, relay: Relay) -> RelayReport:
    rows = await session.execute(
        select(RelayAsk.id, RelayAsk.passed_at, Person.name, Group.name)
        .join(Person, Person.id == RelayAsk.person_id)
        .join(RelayPass, RelayPass.ask_id == RelayAsk.id, isouter=True)
        .join(Group, Group.id == RelayPass.group_id, isouter=True)
        .where(RelayAsk.relay_id == relay.id)
        .order_by(RelayAsk.passed_at, RelayAsk.id, RelayPass.id)
    )
    passed: dict[tuple[int, str], list[str]] = {}
    waiting: list[str] = []
    for ask_id, passed_at, name, group in rows:
        if passed_at is None:
            waiting.append(name)
            continue
        groups = passed.setdefault((ask_id, name), [])
        if group is not None:
            groups.append(group)
    return RelayReport(
        number=relay.id,
        text=relay.text,
        schedule_id=relay.schedule_id,
        asked_at=relay.asked_at,
        passed=tuple((name, tuple(groups)) for (_, name), groups in passed.items()),
        waiting=tuple(waiting),
    )
