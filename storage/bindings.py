"""Queries of one-time codes, and the change of the contact behind a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import BindingCode, BindingTry, Community, Group, Person, Role
from storage.outbox import readdress
from storage.people import UNBOUND, RoleInfo, is_unbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody with roles, bound or not, and where he holds them (names of groups and communities)."""

    id: int
    name: str
    bound: bool
    roles: tuple[RoleInfo, ...]
    places: frozenset[str]


async def list_holders(session: AsyncSession, name: str | None = None) -> list[Holder]:
    """Everybody with a role (of this name), by id."""
    query = (
        select(Person, Role, Group.name, Community.name)
        .join(Role, Role.person_id == Person.id)
        .outerjoin(Group, Group.id == Role.group_id)
        .outerjoin(Community, Community.id == func.coalesce(Role.community_id, Group.community_id))
        .where(Person.active)
        .order_by(Person.id, Role.id)
    )
    if name is not None:
        query = query.where(Person.name == name)
    people: dict[int, Person] = {}
    roles: dict[int, list[RoleInfo]] = {}
    places: dict[int, set[str]] = {}
    for person, role, group, community in await session.execute(query):
        people[person.id] = person
        info = RoleInfo(kind=role.kind, group_id=role.group_id, community_id=role.community_id)
        roles.setdefault(person.id, []).append(info)
        places.setdefault(person.id, set()).update(place for place in (group, community) if place)
    return [
        Holder(
            id=number,
            name=person.name,
            bound=not is_unbound(person.contact_id),
            roles=tuple(roles[number]),
            places=frozenset(places[number]),
        )
        for number, person in people.items()
    ]


async def void_codes(session: AsyncSession, person_ids: Collection[int], now: datetime) -> None:
    """Earlier codes of these people are dead."""
    await session.execute(
        update(BindingCode)
        .where(BindingCode.person_id.in_(person_ids), BindingCode.used_at.is_(None))
        .values(used_at=now)
    )


async def live_hashes(session: AsyncSession, hashes: Collection[str], now: datetime) -> set[str]:
    """Which of these belong to a code that can still be used."""
    rows = await session.scalars(
        select(BindingCode.code_hash).where(
            BindingCode.code_hash.in_(hashes), BindingCode.used_at.is_(None), BindingCode.expires_at > now
        )
    )
    return set(rows)


async def live_code(session: AsyncSession, code_hash: str, now: datetime) -> BindingCode | None:
    """The code of this hash that can still be used, locked: of two who send it at once only one finds it."""
    return await session.scalar(
        select(BindingCode)
        .where(
            BindingCode.code_hash == code_hash, BindingCode.used_at.is_(None), BindingCode.expires_at > now
        )
        .with_for_update()
    )


async def count_tries(session: AsyncSession, since: datetime) -> dict[str, int]:
    """Contact id → how many wrong codes it has sent since a moment."""
    rows = await session.execute(
        select(BindingTry.contact_id, func.count())
        .where(BindingTry.at >= since)
        .group_by(BindingTry.contact_id)
    )
    return dict(rows.all())


async def add_try(session: AsyncSession, contact: str, now: datetime, forget_before: datetime) -> None:
    """Note a wrong code, and forget those of long ago."""
    await session.execute(delete(BindingTry).where(BindingTry.at < forget_before))
    session.add(BindingTry(contact_id=contact, at=now))


async def contact_holder(session: AsyncSession, contact: str) -> Person | None:
    """Whoever is behind a contact id, active or not, locked."""
    return await session.scalar(select(Person).where(Person.contact_id == contact).with_for_update())


async def bind_contact(session: AsyncSession, person: Person, contact: str) -> None:
    """From now on this contact is the person; what waits for the old one goes to the new one.

    Somebody who was behind the contact before, and has no role any more, is left without one.
    """
    before = await contact_holder(session, contact)
    if before is not None and before.id != person.id:
        before.roster_id = before.roster_id or before.contact_id
        before.contact_id = f"{UNBOUND}former:{before.id}"
        await session.flush()
    old = person.contact_id
    if old == contact:
        return
    person.roster_id = person.roster_id or old
    person.contact_id = contact
    await session.flush()
    await readdress(session, old, contact)
