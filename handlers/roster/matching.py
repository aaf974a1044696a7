"""Whom and which group the roster's rows mean: ids outlive new names, new WeChat accounts and bound codes (pure)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from handlers.rosterfile import Contact, Roster, RosterGroup
from storage.directory import GroupRow, PersonRow, RoleRow
from storage.enums import RoleKind
from storage.people import is_unbound

Scope = tuple[RoleKind, int | None, int | None]
"""A role without the person: its kind, the group's id, the community's id."""


RowT = TypeVar("RowT", GroupRow, PersonRow)


@dataclass(frozen=True, slots=True)
class Match(Generic[RowT]):
    """What a row of the roster means: an id that is known (None: none yet), and what its row has to say."""

    id: int | None
    row: RowT


def match_groups(
    groups: Iterable[RosterGroup], known: Mapping[str, tuple[int, GroupRow]], communities: Mapping[str, int]
) -> dict[str, Match[GroupRow]]:
    """The roster's group names → what they mean: by name, then by the name the roster knew, then by its former name."""
    rows = list(groups)
    free = dict(known)
    found: dict[str, Match[GroupRow]] = {}

    def claim(group: RosterGroup, name: str) -> GroupRow:
        number, row = free.pop(name)
        row = dataclasses.replace(
            row, community_id=communities[group.community], grid=group.grid, active=True
        )
        found[group.name] = Match(number, row)
        return row

    for group in rows:
        if group.name in free:
            claim(group, group.name)
    aliases = {row.roster_name: name for name, (_, row) in free.items() if row.roster_name and row.active}
    for group in rows:
        if group.name not in found and (name := aliases.get(group.name)) in free and name is not None:
            claim(group, name)
    for group in rows:
        if group.name in found:
            continue
        former = group.former if group.former in free else aliases.get(group.former)
        if former is not None and former in free:
            number = free[former][0]
            found[group.name] = Match(number, renamed(claim(group, former), group.name))
        else:
            found[group.name] = Match(None, GroupRow(communities[group.community], group.grid, group.name))
    return found


def renamed(row: GroupRow, name: str, roster_name: str | None = None) -> GroupRow:
    """The group under another name; that WeChat still calls its room by the old one is no new name."""
    return dataclasses.replace(row, name=name, roster_name=roster_name, topic=row.topic or row.name)


def match_people(
    roster: Roster,
    known: Mapping[str, tuple[int, PersonRow]],
    roles: Iterable[RoleRow],
    asked: Iterable[tuple[str, Scope]],
) -> dict[str, Match[PersonRow]]:
    """The roster's contacts → who they are: by contact, by what the roster called them, else by name and a role held.

    ``asked`` are the roles the roster gives.
    """
    found: dict[str, Match[PersonRow]] = {}
    contacts = {contact.contact_id: contact for contact in roster_contacts(roster)}
    free = dict(known.values())
    by_contact = {row.contact_id: number for number, row in free.items()}
    by_roster = {row.roster_id: number for number, row in free.items() if row.roster_id is not None}
    for number_of in (by_contact.get, by_roster.get):
        for contact_id, contact in contacts.items():
            number = number_of(contact_id)
            if contact_id not in found and number is not None and number in free:
                found[contact_id] = Match(number, _renewed(free.pop(number), contact))
    held = _held(roles, free)
    scopes_of: dict[str, list[Scope]] = {}
    for contact_id, scope in asked:
        scopes_of.setdefault(contact_id, []).append(scope)
    for contact_id, contact in contacts.items():
        if contact_id not in found:
            scopes = scopes_of.get(contact_id, ())
            same = {
                number for scope in scopes for number in held.get((*scope, contact.name), ())
            } & free.keys()
            if len(same) == 1:
                number = same.pop()
                found[contact_id] = Match(number, _moved(free.pop(number), contact))
            else:
                found[contact_id] = Match(None, PersonRow(contact.name, contact_id, ""))
    return found


def roster_contacts(roster: Roster) -> Iterator[Contact]:
    """Everybody the roster names; somebody with several roles several times."""
    for group in roster.groups:
        for _, contact in group.roles:
            yield contact
    for person in roster.people or ():
        yield person.contact


def _held(
    roles: Iterable[RoleRow], free: Mapping[int, PersonRow]
) -> dict[tuple[RoleKind, int | None, int | None, str], list[int]]:
    """Which of those who are there hold a role under a name."""
    held: dict[tuple[RoleKind, int | None, int | None, str], list[int]] = {}
    for role in roles:
        row = free.get(role.person_id)
        if row is not None and row.active:
            key = (role.kind, role.group_id, role.community_id, row.name)
            held.setdefault(key, []).append(role.person_id)
    return held


def _renewed(row: PersonRow, contact: Contact) -> PersonRow:
    return dataclasses.replace(row, name=contact.name, active=True)


def _moved(row: PersonRow, contact: Contact) -> PersonRow:
    """The roster has another WeChat, or none any more, for somebody: what a code has bound stays."""
    bound_by_code = row.roster_id is not None and not is_unbound(row.contact_id)
    if bound_by_code or is_unbound(contact.contact_id):
        return dataclasses.replace(_renewed(row, contact), roster_id=contact.contact_id)
    return dataclasses.replace(_renewed(row, contact), contact_id=contact.contact_id, roster_id=None)
