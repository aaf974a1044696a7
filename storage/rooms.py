"""Queries about the rooms that accounts sit in: whose they are, who speaks there, who only listens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.enums import AccountState, OutboxState
from storage.models import Account, Group, Outbox, Role, Room, Ticket
from storage.people import bump_directory

LONGEST_NUMBER = 10

Spot = tuple[str, str]
"""An account and a room's id."""


async def find_room(session: AsyncSession, account: str, room: str) -> Room | None:
    """What is known of a room that an account sits in, locked."""
    return await session.scalar(
        select(Room).where(Room.account == account, Room.room_id == room).with_for_update()
    )


async def note_room_of(
    session: AsyncSession, account: str, room: str, topic: str, group_id: int | None, now: datetime
) -> None:
    """An account sits in a room of this group, or (None) in one that is nobody's."""
    row = await find_room(session, account, room)
    if row is None:
        row = Room(account=account, room_id=room, seen_at=now)
        session.add(row)
    row.topic, row.group_id = topic, group_id
    await session.flush()


async def forget_room(session: AsyncSession, account: str, room: str) -> None:
    """The account does not sit there any more, or the room has another use."""
    row = await find_room(session, account, room)
    if row is not None:
        await session.delete(row)
        await session.flush()


async def group_called(session: AsyncSession, topic: str) -> Group | None:
    """The active group of this name, else the one whose room is called so in WeChat."""
    rows = await session.scalars(
        select(Group)
        .where(Group.active, or_(Group.name == topic, Group.topic == topic))
        .order_by(Group.id)
        .with_for_update()
    )
    found = rows.all()
    return next((row for row in found if row.name == topic), found[0] if found else None)


async def name_taken(session: AsyncSession, name: str) -> bool:
    """Whether a group, active or not, has this name."""
    return await session.scalar(select(Group.id).where(Group.name == name)) is not None


async def seat(session: AsyncSession, group: Group, account: str, room: str) -> None:
    """From now on this account speaks in the group; a room that was bound to another group is released first."""
    if (group.account, group.room_id) == (account, room):
        return
    await session.execute(
        update(Group)
        .where(Group.account == account, Group.room_id == room)
        .values(account=None, room_id=None)
    )
    before = group.account
    group.account, group.room_id = account, room
    await session.flush()
    if before is not None and before != account:
        await _hand_words(session, group.id, before, account)
    await bump_directory(session)


async def _hand_words(session: AsyncSession, group_id: int, old: str, new: str) -> None:
    """What waits to be said in a group, or about its tickets, is said by another account."""
    tickets = select(Ticket.id).where(Ticket.group_id == group_id)
    await session.execute(
        update(Outbox)
        .where(
            Outbox.account == old,
            Outbox.state == OutboxState.PENDING,
            or_(Outbox.group_id == group_id, Outbox.ticket_id.in_(tickets)),
        )
        .values(account=new)
        .execution_options(synchronize_session=False)
    )


async def carry_words(session: AsyncSession, ticket_id: int, group_id: int, account: str) -> None:
    """What waits to be said to the group about a ticket is said in another group."""
    await session.execute(
        update(Outbox)
        .where(
            Outbox.ticket_id == ticket_id,
            Outbox.group_id.is_not(None),
            Outbox.state == OutboxState.PENDING,
        )
        .values(group_id=group_id, account=account)
        .execution_options(synchronize_session=False)
    )


async def group_at(session: AsyncSession, account: str, room: str) -> Group | None:
    """The group in which this account speaks."""
    return await session.scalar(
        select(Group).where(Group.account == account, Group.room_id == room).with_for_update()
    )


async def others_in(session: AsyncSession, group_id: int, account: str) -> Sequence[Room]:
    """The rooms through which other accounts sit in a group, those that are connected first."""
    rows = await session.scalars(
        select(Room)
        .outerjoin(Account, Account.name == Room.account)
        .where(Room.group_id == group_id, Room.account != account)
        .order_by((Account.state == AccountState.CONNECTED).desc(), Room.id)
    )
    return rows.all()


async def is_known_account(session: AsyncSession, name: str) -> bool:
    """Whether an account of this name has ever told of itself."""
    return await session.scalar(select(Account.id).where(Account.name == name)) is not None


async def note_alive(session: AsyncSession, accounts: Collection[str], now: datetime) -> None:
    """These accounts are connected at this moment."""
    await session.execute(update(Account).where(Account.name.in_(accounts)).values(heard_at=now))


async def silent_speakers(session: AsyncSession, rooms: Collection[str], since: datetime) -> dict[Spot, int]:
    """Where another account should speak that is not connected: the spots of those who listen → the group's id."""
    rows = await session.execute(
        select(Room.account, Room.room_id, Room.group_id)
        .join(Group, Group.id == Room.group_id)
        .join(Account, Account.name == Group.account)
        .where(
            Room.room_id.in_(rooms),
            Group.active,
            Group.account != Room.account,
            or_(Account.state != AccountState.CONNECTED, Account.heard_at < since),
        )
    )
    return {(account, room): group_id for account, room, group_id in rows if group_id is not None}


@dataclass(frozen=True, slots=True)
class Succession:
    """Another account can speak in a group whose own has been away since a moment."""

    group: Group
    room: Room
    away_since: datetime


async def successions(session: AsyncSession, since: datetime) -> list[Succession]:
    """For each group whose account has not been connected since before a moment: another one that is."""
    speakers = {
        row.name: row for row in await session.scalars(select(Account).where(Account.heard_at.is_not(None)))
    }
    away = {name for name, row in speakers.items() if row.heard_at is not None and row.heard_at < since}
    there = {name for name, row in speakers.items() if row.state == AccountState.CONNECTED} - away
    if not away or not there:
        return []
    rows = await session.execute(
        select(Group, Room)
        .join(Room, Room.group_id == Group.id)
        .where(Group.active, Group.account.in_(away), Room.account.in_(there))
        .order_by(Group.id, Room.id)
        .with_for_update(of=Group)
    )
    found: dict[int, Succession] = {}
    for group, room in rows:
        heard = speakers[group.account or ""].heard_at
        if heard is not None:
            found.setdefault(group.id, Succession(group, room, heard))
    return list(found.values())


async def strays(session: AsyncSession) -> Sequence[Room]:
    """Rooms that are nobody's, the oldest first."""
    rows = await session.scalars(select(Room).where(Room.group_id.is_(None)).order_by(Room.id))
    return rows.all()


async def untold_strays(session: AsyncSession, before: datetime) -> Sequence[Room]:
    """Rooms that are nobody's, were seen before a moment, and of which nobody has been told; locked."""
    rows = await session.scalars(
        select(Room)
        .where(Room.group_id.is_(None), Room.told_at.is_(None), Room.seen_at <= before)
        .order_by(Room.id)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def seats_beside(session: AsyncSession) -> dict[int, list[str]]:
    """Group id → the accounts that sit there beside the one that speaks."""
    rows = await session.execute(
        select(Room.group_id, Room.account)
        .join(Group, Group.id == Room.group_id)
        .where(Room.account != Group.account)
        .order_by(Room.id)
    )
    found: dict[int, list[str]] = {}
    for group_id, account in rows:
        if group_id is not None:
            found.setdefault(group_id, []).append(account)
    return found


async def bind_known_rooms(session: AsyncSession, now: datetime) -> int:
    """Groups that have come into the roster while an account sat in their room already; how many."""
    rows = await session.execute(
        select(Group, Room)
        .join(Room, Room.topic == Group.name)
        .where(Group.active, Group.account.is_(None), Room.group_id.is_(None))
        .order_by(Room.id)
    )
    count = 0
    for group, room in rows.all():
        room.group_id = group.id
        if group.account is None:
            group.account, group.room_id, group.since = room.account, room.room_id, now
            count += 1
    await session.flush()
    return count


async def find_group(session: AsyncSession, name: str) -> Group | None:
    """The active group of this name, locked."""
    return await session.scalar(select(Group).where(Group.name == name, Group.active).with_for_update())


async def active_groups(session: AsyncSession) -> Sequence[Group]:
    """The groups in force, by id."""
    return (await session.scalars(select(Group).where(Group.active).order_by(Group.id))).all()


async def find_strays(session: AsyncSession, room: str) -> Sequence[Room]:
    """Rooms that are nobody's, by number (one) or by name."""
    by_number = Room.id == int(room) if room.isdecimal() and len(room) < LONGEST_NUMBER else false()
    rows = await session.scalars(
        select(Room).where(Room.group_id.is_(None), or_(by_number, Room.topic == room)).order_by(Room.id)
    )
    return rows.all()


async def roles_of_group(session: AsyncSession, group_id: int) -> Sequence[Role]:
    """The roles held for a group itself, in the order they were given."""
    return (await session.scalars(select(Role).where(Role.group_id == group_id).order_by(Role.id))).all()
