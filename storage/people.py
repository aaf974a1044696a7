"""Queries behind the directory snapshot: who is who in which group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.counters import counter_value, locked_counter
from storage.enums import RoleKind
from storage.models import Community, Group, Person, Recipient, Role

DIRECTORY = "directory"
UNBOUND = "unbound:"
"""How the made-up contact id begins of somebody whose WeChat nobody knows yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupInfo:
    """A 微网群 and where it belongs."""

    id: int
    name: str
    grid: str
    community_id: int
    community: str
    account: str | None
    room: str | None
    active: bool
    topic: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleInfo:
    """One role; both ids None means the whole subdistrict."""

    kind: RoleKind
    group_id: int | None
    community_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInfo:
    """Somebody with roles, or a work group (``topic`` is its name; ``account`` and ``room`` once it has been seen)."""

    id: int
    name: str
    contact: str
    roles: tuple[RoleInfo, ...]
    topic: str | None = None
    account: str | None = None
    room: str | None = None


def is_unbound(contact: str) -> bool:
    """Whether a contact id is made up: nobody can be written to there."""
    return contact.startswith(UNBOUND)


async def directory_version(session: AsyncSession) -> int:
    """A number that grows with every change of groups, people or roles; 0 before the first."""
    return await counter_value(session, DIRECTORY)


async def bump_directory(session: AsyncSession) -> None:
    """Tell every process that the directory has changed."""
    (await locked_counter(session, DIRECTORY)).value += 1


async def list_groups(session: AsyncSession) -> list[GroupInfo]:
    """All groups, by id."""
    rows = await session.execute(
        select(Group, Community.name).join(Community, Community.id == Group.community_id).order_by(Group.id)
    )
    return [
        GroupInfo(
            id=group.id,
            name=group.name,
            grid=group.grid,
            community_id=group.community_id,
            community=community,
            account=group.account,
            room=group.room_id,
            active=group.active,
            topic=group.topic,
            since=group.since,
        )
        for group, community in rows
    ]


async def list_people(session: AsyncSession) -> list[PersonInfo]:
    """All people who have a role or are a recipient, by id, with their roles in the order they were given.

    Somebody whose WeChat nobody knows yet is not among them: he can neither speak nor be spoken to.
    """
    roles: dict[int, list[RoleInfo]] = {}
    for role in await session.scalars(select(Role).order_by(Role.id)):
        info = RoleInfo(kind=role.kind, group_id=role.group_id, community_id=role.community_id)
        roles.setdefault(role.person_id, []).append(info)
    recipients = set(await session.scalars(select(Recipient.person_id)))
    people = await session.scalars(select(Person).where(Person.active).order_by(Person.id))
    return [
        PersonInfo(
            id=person.id,
            name=person.name,
            contact=person.contact_id,
            roles=tuple(roles.get(person.id, ())),
            topic=person.topic,
            account=person.account,
            room=person.room_id,
        )
        for person in people
        if (person.id in roles or person.id in recipients) and not is_unbound(person.contact_id)
    ]


async def bind_all_rooms(session: AsyncSession, account: str) -> None:
    """Let an account sit in every group, in a room of the group's own name (replay)."""
    await session.execute(update(Group).where(Group.active).values(account=account, room_id=Group.name))
    await session.execute(
        update(Person).where(Person.topic.is_not(None)).values(account=account, room_id=Person.topic)
    )
    await bump_directory(session)
