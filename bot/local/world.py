"""The world of the local chat: its rooms are the groups of the roster, its people everyone the directory knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from storage.local import LocalResident, list_local_residents
from storage.people import GroupInfo, PersonInfo, list_groups, list_people

BOT_ID = "bot"
BOT_NAME = "助手"
RESIDENT = "resident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody one can play, or the bot; ``role`` is a RoleKind, "resident" or "bot"."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A group with the people who sit in it, the bot first."""

    id: str
    group_id: int
    topic: str
    members: Mapping[str, Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Rooms by id in the roster's order, and contacts (everyone but the bot) by id."""

    rooms: Mapping[str, Room]
    contacts: Mapping[str, Member]

    def rooms_of(self, contact: str) -> list[Room]:
        """The rooms somebody sits in."""
        return [room for room in self.rooms.values() if contact in room.members]


EMPTY_WORLD = World(rooms={}, contacts={})
BOT = Member(id=BOT_ID, name=BOT_NAME, role="bot")


def room_id(group_id: int) -> str:
    """The room id under which the local chat knows a group."""
    return f"g{group_id}"


async def read_world(session: AsyncSession, *, others: Collection[str] = ()) -> World:
    """Read the world as it is now, without the groups in which one of the ``others`` (accounts) sits."""
    groups = [group for group in await list_groups(session) if group.active and group.account not in others]
    return build_world(groups, await list_people(session), await list_local_residents(session))


def build_world(
    groups: Iterable[GroupInfo], people: Iterable[PersonInfo], residents: Iterable[LocalResident]
) -> World:
    """Seat everyone. A person's role in a room is the one for that group, else the one for its community."""
    seats: dict[int, dict[str, Member]] = {}
    areas: dict[int, dict[str, Member]] = {}
    contacts: dict[str, Member] = {}
    for person in people:
        for member, group_id, community_id in _posts(person):
            contacts.setdefault(member.id, member)
            if group_id is not None:
                seats.setdefault(group_id, {}).setdefault(member.id, member)
            elif community_id is not None:
                areas.setdefault(community_id, {}).setdefault(member.id, member)
    for resident in residents:
        member = Member(id=resident.contact, name=resident.name, role=RESIDENT)
        contacts.setdefault(member.id, member)
        seats.setdefault(resident.group_id, {}).setdefault(member.id, member)
    rooms = [_room(group, seats.get(group.id, {}), areas.get(group.community_id, {})) for group in groups]
    return World(rooms={room.id: room for room in rooms}, contacts=contacts)


def _posts(person: PersonInfo) -> Iterator[tuple[Member, int | None, int | None]]:
    for role in person.roles:
        member = Member(id=person.contact, name=person.name, role=role.kind.value)
        yield member, role.group_id, role.community_id


def _room(group: GroupInfo, seats: Mapping[str, Member], area: Mapping[str, Member]) -> Room:
    members = {BOT_ID: BOT, **area, **seats}
    return Room(id=room_id(group.id), group_id=group.id, topic=group.name, members=members)
