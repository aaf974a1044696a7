"""Who is who: an immutable snapshot of groups, people and roles, renewed when its version in the database grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from nlp import Locality
from storage.accounts import bot_contacts
from storage.duty import LeaveInfo, RouteInfo, list_leaves, list_recipients, list_routes
from storage.enums import RoleKind
from storage.people import GroupInfo, PersonInfo, directory_version, list_groups, list_people
from storage.places import PlaceInfo, list_place_names

LADDER = (
    RoleKind.STEWARD,
    RoleKind.GRID_WORKER,
    RoleKind.GRID_LEADER,
    RoleKind.COMMUNITY,
    RoleKind.SUBDISTRICT,
)
"""Who answers, one after the other, for a group's tickets."""

STAFF = frozenset((*LADDER, RoleKind.DEPARTMENT, RoleKind.ADMIN))
"""Whose words in a group are answers, never requests."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The snapshot. Everything is looked up by id; nothing here changes."""

    version: int
    groups: dict[int, GroupInfo] = field(default_factory=dict)
    people: dict[int, PersonInfo] = field(default_factory=dict)
    _rooms: dict[tuple[str, str], GroupInfo] = field(default_factory=dict)
    _work_groups: dict[tuple[str, str], PersonInfo] = field(default_factory=dict)
    _contacts: dict[str, PersonInfo] = field(default_factory=dict)
    _holders: dict[tuple[RoleKind, int | None, int | None], list[PersonInfo]] = field(default_factory=dict)
    recipients: dict[str, PersonInfo] = field(default_factory=dict)
    _routes: dict[tuple[str, int | None, int | None], RouteInfo] = field(default_factory=dict)
    leaves: tuple[LeaveInfo, ...] = ()
    _localities: dict[tuple[int, int | None], Locality] = field(default_factory=dict)
    bots: frozenset[str] = frozenset()

    @classmethod
    def build(
        cls,
        version: int,
        groups: Iterable[GroupInfo],
        people: Iterable[PersonInfo],
        *,
        recipients: Mapping[str, int] = MappingProxyType({}),
        routes: Iterable[RouteInfo] = (),
        leaves: Iterable[LeaveInfo] = (),
        places: Iterable[PlaceInfo] = (),
        bots: Iterable[str] = (),
    ) -> Directory:
        """Index what the database holds; ``bots`` are the accounts' own contact ids."""
        directory = cls(version, leaves=tuple(leaves), bots=frozenset(bots))
        for group in groups:
            directory.groups[group.id] = group
            if group.account and group.room and group.active:
                directory._rooms[group.account, group.room] = group
        for person in people:
            directory.people[person.id] = person
            directory._contacts[person.contact] = person
            for role in person.roles:
                directory._holders.setdefault((role.kind, role.group_id, role.community_id), []).append(
                    person
                )
            if person.topic and person.account and person.room:
                directory._work_groups[person.account, person.room] = person
        for name, number in recipients.items():
            if number in directory.people:
                directory.recipients[name] = directory.people[number]
        directory._routes.update((route.place, route) for route in routes)
        directory._localities.update(_localities(places))
        return directory

    def group_in(self, account: str, room: str) -> GroupInfo | None:
        """The group this room is bound to."""
        return self._rooms.get((account, room))

    def locality(self, group: GroupInfo) -> Locality | None:
        """What the people of a group call their places; None when nobody has told."""
        own = self._localities.get((group.community_id, group.id))
        return own or self._localities.get((group.community_id, None))

    def work_group(self, account: str, room: str) -> PersonInfo | None:
        """The work group this room is bound to."""
        return self._work_groups.get((account, room))

    def unseen_work_group(self, topic: str) -> PersonInfo | None:
        """The work group of this name in which no account has been seen yet."""
        people = self.recipients.values()
        return next((each for each in people if each.topic == topic and each.room is None), None)

    def route(self, category: str, group: GroupInfo) -> RouteInfo | None:
        """The most specific row for a ticket: of the group, its community, everywhere; the category's before any's."""
        places = ((None, group.id), (group.community_id, None), (None, None))
        for community_id, group_id in places:
            for code in (category, ""):
                if found := self._routes.get((code, community_id, group_id)):
                    return found
        return None

    def called(self, person: PersonInfo) -> str:
        """How somebody is called as a receiver of tickets: the recipient's name (大工委), else the person's own."""
        return next((name for name, each in self.recipients.items() if each.id == person.id), person.name)

    def staff_named(self, name: str) -> list[PersonInfo]:
        """Everyone of this name who has a role of the staff."""
        named = (each for each in self.people.values() if each.name == name)
        return [each for each in named if any(role.kind in STAFF for role in each.roles)]

    def person(self, contact: str) -> PersonInfo | None:
        """The person with a role behind a contact id."""
        return self._contacts.get(contact)

    def holders(self, kind: RoleKind, group: GroupInfo) -> list[PersonInfo]:
        """Who holds a role for a group: by the group itself, else its community, else the subdistrict."""
        scopes = ((group.id, None), (group.id, group.community_id), (None, group.community_id), (None, None))
        for group_id, community_id in scopes:
            if found := self._holders.get((kind, group_id, community_id)):
                return found
        return []

    def steward(self, group: GroupInfo) -> PersonInfo | None:
        """The group's 微网管家."""
        return next(iter(self.holders(RoleKind.STEWARD, group)), None)

    def subdistrict(self) -> list[PersonInfo]:
        """Who is told last: the subdistrict's people, or its admins when there are none."""
        return self._holders.get((RoleKind.SUBDISTRICT, None, None), []) or self.admins()

    def admins(self) -> list[PersonInfo]:
        """Everyone who may change rules by direct message."""
        return self._holders.get((RoleKind.ADMIN, None, None), [])

    def answering(self, person: PersonInfo, now: datetime) -> PersonInfo:
        """Who answers for somebody at a moment: himself, or whoever stands in while he is on leave."""
        seen = {person.id}
        current = person
        while deputy := self._deputy(current, now):
            if deputy.id in seen:  # they stand in for each other
                return person
            seen.add(deputy.id)
            current = deputy
        return current

    def _deputy(self, person: PersonInfo, now: datetime) -> PersonInfo | None:
        away = (
            each for each in self.leaves if each.person_id == person.id and each.since <= now < each.until
        )
        return next((self.people[each.deputy_id] for each in away if each.deputy_id in self.people), None)

    def is_admin(self, person: PersonInfo) -> bool:
        """Whether somebody may change rules."""
        return any(role.kind is RoleKind.ADMIN for role in person.roles)

    def works(self, person: PersonInfo) -> bool:
        """Whether somebody answers for tickets or rules anywhere; volunteers do not."""
        is_recipient = any(each.id == person.id for each in self.recipients.values())
        return is_recipient or any(role.kind in STAFF for role in person.roles)

    def is_staff(self, person: PersonInfo, group: GroupInfo, now: datetime | None = None) -> bool:
        """Whether somebody's words in this group are the answers of the staff; at a moment also a stand-in's are."""
        return _serves(person, group) or (now is not None and self._stands_in(person, group, now))

    def _stands_in(self, person: PersonInfo, group: GroupInfo, now: datetime) -> bool:
        absent = (self.people.get(each.person_id) for each in self.leaves if each.since <= now < each.until)
        return any(
            each is not None and _serves(each, group) and self.answering(each, now).id == person.id
            for each in absent
        )


def _serves(person: PersonInfo, group: GroupInfo) -> bool:
    return any(
        role.kind in STAFF
        and role.group_id in (None, group.id)
        and role.community_id in (None, group.community_id)
        for role in person.roles
    )


def _localities(places: Iterable[PlaceInfo]) -> dict[tuple[int, int | None], Locality]:
    """For each community, and each group with names of its own, the names that are known there."""
    names: dict[tuple[int, int | None], dict[str, str]] = {}
    for place in places:
        names.setdefault((place.community_id, place.group_id), {})[place.name] = place.means
    return {
        (community, group): Locality({**names.get((community, None), {}), **own})
        for (community, group), own in names.items()
    }


class DirectoryKeeper:
    """Keeps the latest snapshot; asking costs one small query when nothing has changed."""

    def __init__(self) -> None:
        self._latest = Directory(-1)

    async def directory(self, session: AsyncSession) -> Directory:
        """The snapshot in force."""
        version = await directory_version(session)
        if version != self._latest.version:
            self._latest = Directory.build(
                version,
                await list_groups(session),
                await list_people(session),
                recipients=await list_recipients(session),
                routes=await list_routes(session),
                leaves=await list_leaves(session),
                places=await list_place_names(session),
                bots=await bot_contacts(session),
            )
        return self._latest
