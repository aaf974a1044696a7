"""Queries of which groups a notice goes to: their tags, what is open in them, and the groups of the staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import OPEN_STATES
from storage.models import Category, Community, Group, GroupTag, Incident, Person, Recipient, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A group a notice may go to, with what its fields need; ``account`` None when nobody sits in it.

    A work group has the ``contact`` it is known by, a negative id (of the person it is), and no community.
    """

    id: int
    name: str
    community_id: int
    community: str
    account: str | None
    grid: str = ""
    contact: str | None = None


async def list_targets(session: AsyncSession) -> list[Target]:
    """Every active 微网群, by id."""
    query = (
        select(
            Group.id,
            Group.name,
            Group.community_id,
            Community.name.label("community"),
            Group.account,
            Group.grid,
        )
        .join(Community, Community.id == Group.community_id)
        .where(Group.active)
        .order_by(Group.id)
    )
    return [Target(**row._mapping) for row in await session.execute(query)]


async def list_work_groups(session: AsyncSession) -> list[Target]:
    """Every group of the staff that an admin has entered, by id of the person it is."""
    query = (
        select(Person.id, Person.topic, Person.account, Person.contact_id)
        .join(Recipient, Recipient.person_id == Person.id)
        .where(Person.active, Person.topic.is_not(None))
        .order_by(Person.id)
        .distinct()
    )
    return [
        Target(
            id=-row.id,
            name=row.topic or "",
            community_id=0,
            community="",
            account=row.account,
            contact=row.contact_id,
        )
        for row in await session.execute(query)
    ]


async def find_work_groups(session: AsyncSession, names: Collection[str]) -> dict[str, int]:
    """Name (of the group in WeChat, or of the receiver it is) → id of the person it is."""
    rows = await session.execute(
        select(Person.id, Person.topic, Recipient.name)
        .join(Recipient, Recipient.person_id == Person.id)
        .where(
            Person.active, Person.topic.is_not(None), or_(Person.topic.in_(names), Recipient.name.in_(names))
        )
    )
    found: dict[str, int] = {}
    for row in rows:
        found |= {name: row.id for name in (row.topic, row.name) if name in names}
    return found


async def tagged_groups(session: AsyncSession, tags: Collection[str]) -> set[int]:
    """The groups that have one of these tags."""
    return set(await session.scalars(select(GroupTag.group_id).where(GroupTag.tag.in_(tags))))


async def groups_with_open(session: AsyncSession, category: str) -> set[int]:
    """The groups in which a matter of a category is open now."""
    return set(
        await session.scalars(
            select(Ticket.group_id)
            .where(Ticket.category == category, Ticket.state.in_(OPEN_STATES), Ticket.unsure.is_(False))
            .distinct()
        )
    )


async def find_category(session: AsyncSession, words: str) -> str | None:
    """The code of a category by its code or its name."""
    return await session.scalar(
        select(Category.code).where(or_(Category.code == words, Category.name == words)).limit(1)
    )


async def groups_of_incident(session: AsyncSession, number: int) -> set[int] | None:
    """The groups whose tickets belong to an incident; None when there is no such incident."""
    if await session.get(Incident, number) is None:
        return None
    return set(await session.scalars(select(Ticket.group_id).where(Ticket.incident_id == number).distinct()))


async def list_tags(session: AsyncSession) -> dict[str, list[tuple[int, str]]]:
    """Tag → (id, name) of the active groups that have it, by group id."""
    rows = await session.execute(
        select(GroupTag.tag, Group.id, Group.name)
        .join(Group, Group.id == GroupTag.group_id)
        .where(Group.active)
        .order_by(GroupTag.tag, Group.id)
    )
    tags: dict[str, list[tuple[int, str]]] = {}
    for tag, group_id, name in rows:
        tags.setdefault(tag, []).append((group_id, name))
    return tags


async def put_tag(session: AsyncSession, tag: str, group_ids: Iterable[int]) -> int:
    """Put a tag on groups; how many had it not."""
    fresh = sorted(set(group_ids) - await tagged_groups(session, [tag]))
    if fresh:
        await session.execute(insert(GroupTag), [{"group_id": group_id, "tag": tag} for group_id in fresh])
    return len(fresh)


async def remove_tag(session: AsyncSession, tag: str, group_ids: Collection[int] | None = None) -> int:
    """Take a tag from groups (None: from all that have it); how many had it."""
    query = delete(GroupTag).where(GroupTag.tag == tag)
    if group_ids is not None:
        query = query.where(GroupTag.group_id.in_(group_ids))
    return int(getattr(await session.execute(query), "rowcount", 0))
