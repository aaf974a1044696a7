"""Taking a roster in force: groups, people and their roles. Ids and history stay; nothing is ever deleted but roles."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.roster.changes import LargeLoss, Named, RosterChange, Tally
from handlers.roster.matching import Match, RowT, Scope, match_groups, match_people
from handlers.rosterfile import KIND_NAMES, Roster
from storage.directory import (
    PersonRow,
    RoleRow,
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
from storage.models import Audit, Community, Group, Person, Role
from storage.outbox import readdress
from storage.people import bump_directory
from storage.rooms import bind_known_rooms

GROUP_KINDS = frozenset({RoleKind.STEWARD, RoleKind.GRID_WORKER, RoleKind.GRID_LEADER})
"""Roles the roster itself gives; the others come from the people file."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """What has to be written so that a table says what is wanted."""

    tally: Tally
    names: Named
    new: list[dict[str, object]]
    changed: list[dict[str, object]]


async def import_roster(
    session: AsyncSession, roster: Roster, *, now: datetime, by: str, accept_loss: bool = True
) -> RosterChange:
    """Make the directory what the roster says. Importing the same again changes nothing.

    Groups that are gone become inactive, people without a role are switched off; when the roster has no people file,
    the roles of such a file stay as they are. Raises LargeLoss, unless ``accept_loss``: then the caller rolls back.
    """
    communities = await _communities(session, roster)
    groups, group_ids = await _import_groups(session, roster, communities, now)
    roles = await roles_by_row(session)
    kept = {} if roster.people is not None else _other_roles(roles)
    asked = list(_asked(roster, communities, group_ids))
    people, person_ids = await _import_people(session, roster, roles, asked, kept)
    wanted = [RoleRow(person_ids[contact], *scope) for contact, scope in asked]
    new, lost = await _change_roles(session, roles, wanted, kept)
    namer = await _Namer.read(session)
    change = RosterChange(
        groups=groups.tally,
        people=people.tally,
        roles_added=len(new),
        roles_removed=len(lost),
        group_names=groups.names,
        people_names=people.names,
        role_names=Named(added=namer.roles(new), gone=namer.roles(lost)),
        lost=tuple(lost),
    )
    if change.lost_many and not accept_loss:
        raise LargeLoss(change)
    if change.anything:
        await bump_directory(session)
        session.add(Audit(at=now, who=by, what="roster.import", detail=change.counts()))
    await session.flush()
    session.expire_all()
    return change


async def _import_groups(
    session: AsyncSession, roster: Roster, communities: Mapping[str, int], now: datetime
) -> tuple[_Difference, dict[str, int]]:
    """What is different, and the roster's group names → ids."""
    known = await groups_by_name(session)
    meant = match_groups(roster.groups, known, communities)
    groups = _compare(dict(known.values()), meant.values(), frozenset())
    await insert_all(session, Group, groups.new)
    await update_all(session, Group, groups.changed)
    if groups.new or groups.changed:
        await bind_known_rooms(session, now)
    numbers = {name: number for name, (number, _) in (await groups_by_name(session)).items()}
    return groups, {name: match.id or numbers[name] for name, match in meant.items()}


async def _import_people(
    session: AsyncSession,
    roster: Roster,
    roles: Mapping[RoleRow, int],
    asked: Sequence[tuple[str, Scope]],
    kept: Iterable[RoleRow],
) -> tuple[_Difference, dict[str, int]]:
    """What is different, and the roster's contacts → ids. Whoever keeps a role (``kept``) or is a recipient stays."""
    known = await people_by_contact(session)
    meant = _with_phones(roster, match_people(roster, known, roles, asked))
    staying = set((await list_recipients(session)).values()) | {row.person_id for row in kept}
    people = _compare(dict(known.values()), meant.values(), staying)
    await insert_all(session, Person, people.new)
    await update_all(session, Person, people.changed)
    await _readdress(session, known, meant)
    numbers = {contact: number for contact, (number, _) in (await people_by_contact(session)).items()}
    return people, {contact: match.id or numbers[contact] for contact, match in meant.items()}


async def _change_roles(
    session: AsyncSession, roles: Mapping[RoleRow, int], wanted: Iterable[RoleRow], kept: Container[RoleRow]
) -> tuple[list[RoleRow], list[RoleRow]]:
    """Give and take roles; which."""
    asked = dict.fromkeys(wanted)
    new = [row for row in asked if row not in roles]
    lost = [row for row in roles if row not in asked and row not in kept]
    await remove_roles(session, [roles[row] for row in lost])
    await insert_all(session, Role, [dataclasses.asdict(row) for row in new])
    return new, lost


async def _communities(session: AsyncSession, roster: Roster) -> dict[str, int]:
    known = await communities_by_name(session)
    new = dict.fromkeys(group.community for group in roster.groups if group.community not in known)
    await insert_all(session, Community, [{"name": name} for name in new])
    return await communities_by_name(session) if new else known


def _asked(
    roster: Roster, communities: Mapping[str, int], groups: Mapping[str, int]
) -> Iterator[tuple[str, Scope]]:
    """The roles the roster gives, in its order: contact id and role."""
    for group in roster.groups:
        for kind, contact in group.roles:
            yield contact.contact_id, (kind, groups[group.name], None)
    for person in roster.people or ():
        community = communities[person.community] if person.community is not None else None
        yield person.contact.contact_id, (person.kind, None, community)


def _with_phones(roster: Roster, meant: dict[str, Match[PersonRow]]) -> dict[str, Match[PersonRow]]:
    for person in roster.people or ():
        match = meant[person.contact.contact_id]
        if person.phone:
            row = dataclasses.replace(match.row, phone=person.phone)
            meant[person.contact.contact_id] = Match(match.id, row)
    return meant


def _other_roles(roles: Mapping[RoleRow, int]) -> dict[RoleRow, int]:
    return {row: number for row, number in roles.items() if row.kind not in GROUP_KINDS}


async def _readdress(
    session: AsyncSession, known: Mapping[str, tuple[int, PersonRow]], meant: Mapping[str, Match[PersonRow]]
) -> None:
    """What waits for the old WeChat of somebody goes to the new one."""
    before = {number: contact for contact, (number, _) in known.items()}
    for match in meant.values():
        old = before[match.id] if match.id is not None else match.row.contact_id
        if old != match.row.contact_id:
            await readdress(session, old, match.row.contact_id)


def _compare(known: Mapping[int, RowT], wanted: Iterable[Match[RowT]], staying: Iterable[int]) -> _Difference:
    """``staying``: ids that are not gone although nothing wanted means them."""
    matches = list(wanted)
    meant = {match.id: match.row for match in matches if match.id is not None}
    rows = [match.row for match in matches if match.id is None]
    stay = set(staying) & known.keys() - meant.keys()
    different = {number: row for number, row in meant.items() if known[number] != row}
    gone = {
        number: dataclasses.replace(row, active=False)
        for number, row in known.items()
        if row.active and number not in meant and number not in stay
    }
    tally = Tally(
        added=len(rows),
        changed=len(different),
        gone=len(gone),
        unchanged=len(meant) + len(stay) - len(different),
    )
    names = Named(
        added=tuple(row.name for row in rows),
        changed=tuple(_what_changed(known[number], row) for number, row in different.items()),
        gone=tuple(row.name for row in gone.values()),
    )
    updates = [{"id": number, **dataclasses.asdict(row)} for number, row in (different | gone).items()]
    return _Difference(tally, names, [dataclasses.asdict(row) for row in rows], updates)


_FIELDS = {"community_id": "社区", "grid": "网格", "contact_id": "微信", "phone": "电话", "active": "恢复"}


def _what_changed(old: RowT, new: RowT) -> str:
    """``李四（微信）``, ``玉景湾3号群→玉景湾3号邻里群``."""
    before, after = dataclasses.asdict(old), dataclasses.asdict(new)
    what = [word for name, word in _FIELDS.items() if before.get(name) != after.get(name)]
    name = new.name if old.name == new.name else f"{old.name}→{new.name}"
    return f"{name}（{'、'.join(what)}）" if what else name


@dataclass(frozen=True, slots=True)
class _Namer:
    """Says roles: ``李四 玉景湾3号群管家``."""

    groups: Mapping[int, str]
    people: Mapping[int, str]
    communities: Mapping[int, str]

    @classmethod
    async def read(cls, session: AsyncSession) -> _Namer:
        """As the tables are now."""
        return cls(
            {number: row.name for number, row in (await groups_by_name(session)).values()},
            {number: row.name for number, row in (await people_by_contact(session)).values()},
            {number: name for name, number in (await communities_by_name(session)).items()},
        )

    def roles(self, rows: Sequence[RoleRow]) -> tuple[str, ...]:
        return tuple(f"{self.people[row.person_id]} {self._where(row)}{KIND_NAMES[row.kind]}" for row in rows)

    def _where(self, row: RoleRow) -> str:
        if row.group_id is not None:
            return self.groups[row.group_id]
        return self.communities[row.community_id] if row.community_id is not None else ""
