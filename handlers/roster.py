"""Taking a roster in force: groups, people and their roles. Ids and history stay; nothing is ever deleted but roles."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.rosterfile import Contact, Roster
from nlp import CATEGORIES
from storage.directory import (
    GroupRow,
    PersonRow,
    RoleRow,
    category_codes,
    communities_by_name,
    groups_by_name,
    insert_all,
    people_by_contact,
    remove_roles,
    roles_by_row,
    update_all,
)
from storage.duty import list_recipients
from storage.enums import RoleKind
from storage.models import Audit, Category, Community, Group, Person, Role
from storage.people import bump_directory

GROUP_KINDS = frozenset({RoleKind.STEWARD, RoleKind.GRID_WORKER, RoleKind.GRID_LEADER})
"""Roles the roster itself gives; the others come from the people file."""

_RESOLVE_HOURS = {"building": 72}

RowT = TypeVar("RowT", GroupRow, PersonRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many rows are new, different, gone (switched off) and as before."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """What an import changed."""

    groups: Tally
    people: Tally
    roles_added: int
    roles_removed: int

    @property
    def anything(self) -> bool:
        """Whether the directory is any different now."""
        parts = (self.groups, self.people)
        return any(part.added or part.changed or part.gone for part in parts) or bool(
            self.roles_added or self.roles_removed
        )


@dataclass(frozen=True, slots=True)
class _Difference:
    """What has to be written so that a table says what is wanted."""

    tally: Tally
    new: list[dict[str, object]]
    changed: list[dict[str, object]]


async def import_roster(session: AsyncSession, roster: Roster, *, now: datetime, by: str) -> RosterChange:
    """Make the directory what the roster says. Importing the same again changes nothing.

    Groups that are gone become inactive, people without a role are switched off; when the roster has no people file,
    the roles of such a file stay as they are.
    """
    communities = await _communities(session, roster)
    groups = _compare(await groups_by_name(session), _wanted_groups(roster, communities))
    await insert_all(session, Group, groups.new)
    await update_all(session, Group, groups.changed)
    kept = {} if roster.people is not None else await _other_roles(session)
    receivers = set((await list_recipients(session)).values())
    people = _compare(
        known := await people_by_contact(session),
        _wanted_people(roster, known, receivers | {row.person_id for row in kept}),
    )
    await insert_all(session, Person, people.new)
    await update_all(session, Person, people.changed)
    added, removed = await _change_roles(session, roster, communities, kept)
    change = RosterChange(groups=groups.tally, people=people.tally, roles_added=added, roles_removed=removed)
    if change.anything:
        await bump_directory(session)
        session.add(Audit(at=now, who=by, what="roster.import", detail=dataclasses.asdict(change)))
    await session.flush()
    session.expire_all()
    return change


async def seed_categories(session: AsyncSession) -> int:
    """Add the packaged categories that are not there yet; tells how many."""
    known = await category_codes(session)
    rows = [
        {
            "code": category.code,
            "name": category.name,
            "position": position,
            "resolve_hours": _RESOLVE_HOURS.get(category.code, 24),
            "active": True,
        }
        for position, category in enumerate(CATEGORIES)
        if category.code not in known
    ]
    await insert_all(session, Category, rows)
    return len(rows)


async def _communities(session: AsyncSession, roster: Roster) -> dict[str, int]:
    known = await communities_by_name(session)
    new = dict.fromkeys(group.community for group in roster.groups if group.community not in known)
    await insert_all(session, Community, [{"name": name} for name in new])
    return await communities_by_name(session) if new else known


def _wanted_groups(roster: Roster, communities: Mapping[str, int]) -> dict[str, GroupRow]:
    return {
        group.name: GroupRow(communities[group.community], group.grid, group.name) for group in roster.groups
    }


def _wanted_people(
    roster: Roster, known: Mapping[str, tuple[int, PersonRow]], kept: set[int]
) -> dict[str, PersonRow]:
    """Everybody the roster names, and those who keep a role it does not speak of."""
    wanted = {contact: row for contact, (number, row) in known.items() if number in kept}
    for contact in _contacts(roster):
        phone = known[contact.contact_id][1].phone if contact.contact_id in known else ""
        wanted[contact.contact_id] = PersonRow(contact.name, contact.contact_id, phone)
    for person in roster.people or ():
        row = wanted[person.contact.contact_id]
        wanted[person.contact.contact_id] = dataclasses.replace(row, phone=person.phone or row.phone)
    return wanted


def _contacts(roster: Roster) -> Iterator[Contact]:
    for group in roster.groups:
        for _, contact in group.roles:
            yield contact
    for person in roster.people or ():
        yield person.contact


def _compare(known: Mapping[str, tuple[int, RowT]], wanted: Mapping[str, RowT]) -> _Difference:
    new = [dataclasses.asdict(row) for key, row in wanted.items() if key not in known]
    different = [
        {"id": known[key][0], **dataclasses.asdict(row)}
        for key, row in wanted.items()
        if key in known and known[key][1] != row
    ]
    gone = [
        {"id": number, **dataclasses.asdict(row), "active": False}
        for key, (number, row) in known.items()
        if row.active and key not in wanted
    ]
    tally = Tally(
        added=len(new),
        changed=len(different),
        gone=len(gone),
        unchanged=len(wanted) - len(new) - len(different),
    )
    return _Difference(tally, new, different + gone)


async def _other_roles(session: AsyncSession) -> dict[RoleRow, int]:
    rows = await roles_by_row(session)
    return {row: number for row, number in rows.items() if row.kind not in GROUP_KINDS}


async def _change_roles(
    session: AsyncSession, roster: Roster, communities: Mapping[str, int], kept: Mapping[RoleRow, int]
) -> tuple[int, int]:
    """Give and take roles; how many of each."""
    groups = {name: number for name, (number, _) in (await groups_by_name(session)).items()}
    people = {contact: number for contact, (number, _) in (await people_by_contact(session)).items()}
    known = await roles_by_row(session)
    wanted = dict.fromkeys(_wanted_roles(roster, communities, groups, people))
    new = [dataclasses.asdict(row) for row in wanted if row not in known]
    old = [number for row, number in known.items() if row not in wanted and row not in kept]
    await remove_roles(session, old)
    await insert_all(session, Role, new)
    return len(new), len(old)


def _wanted_roles(
    roster: Roster, communities: Mapping[str, int], groups: Mapping[str, int], people: Mapping[str, int]
) -> Iterator[RoleRow]:
    for group in roster.groups:
        for kind, contact in group.roles:
            yield RoleRow(people[contact.contact_id], kind, groups[group.name], None)
    for person in roster.people or ():
        community = communities[person.community] if person.community is not None else None
        yield RoleRow(people[person.contact.contact_id], person.kind, None, community)
