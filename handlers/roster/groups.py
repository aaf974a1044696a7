"""Groups over time: renamed, split, and rooms that an admin takes on. History stays with the group's id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.errors import HandlerError
from storage.bindings import list_holders
from storage.enums import RoleKind
from storage.models import Audit, Group, Role, Room
from storage.people import bump_directory
from storage.rooms import (
    bind_known_rooms,
    find_group,
    find_strays,
    name_taken,
    note_room_of,
    roles_of_group,
    seat,
    seats_beside,
    strays,
)


class GroupRefused(HandlerError):
    """Nothing has changed. The message is plain Chinese."""


async def rename_group(session: AsyncSession, old: str, new: str, *, now: datetime, by: str) -> None:
    """Call a group something else: its tickets, room and people stay. The roster may still use the old name."""
    group = await _known(session, old)
    name = await _free_name(session, new)
    group.topic = group.topic or group.name  # that WeChat still calls the room by the old one is no new name
    group.roster_name, group.name = group.roster_name or group.name, name
    await _changed(session, "roster.rename", group, now, by)


async def split_group(
    session: AsyncSession, old: str, new: str, *, steward: str | None = None, now: datetime, by: str
) -> None:
    """A part of a group gets one of its own, with the same people (or another ``steward``); tickets stay where they are."""
    parent = await _known(session, old)
    group = await _new_like(session, parent, await _free_name(session, new), steward)
    await _changed(session, "roster.split", group, now, by)


async def adopt_room(
    session: AsyncSession,
    room: str,
    name: str,
    *,
    like: str | None = None,
    steward: str | None = None,
    now: datetime,
    by: str,
) -> bool:
    """A room that is nobody's becomes a group's: one of the roster, or a new one ``like`` another. What was said there
    before is not taken up. Tells whether the group is new.
    """
    found = await _stray(session, room)
    group = await find_group(session, name)
    is_new = group is None
    if group is None:
        if like is None:
            raise GroupRefused(f"名册里没有“{name}”。新的群请加 --like 和它在一起、管的人一样的群。")
        group = await _new_like(
            session, await _known(session, like), await _free_name(session, name), steward
        )
    elif like is not None or steward is not None:
        raise GroupRefused(f"名册里已经有“{name}”，不用写 --like、--steward。")
    elif group.account == found.account:
        raise GroupRefused(f"“{name}”已经是另一个微信群，助手在那里。")
    if group.account is None:
        await seat(session, group, found.account, found.room_id)
        group.topic, group.since = found.topic, now
    await note_room_of(session, found.account, found.room_id, found.topic, group.id, now)
    await _changed(session, "roster.adopt", group, now, by)
    return is_new


async def _changed(session: AsyncSession, what: str, group: Group, now: datetime, by: str) -> None:
    session.add(Audit(at=now, who=by, what=what, detail={"group": group.id, "name": group.name}))
    await session.flush()
    await bind_known_rooms(session, now)  # the bot may sit in a room of this name already
    await bump_directory(session)
    await session.flush()


async def _known(session: AsyncSession, name: str) -> Group:
    group = await find_group(session, name)
    if group is None:
        raise GroupRefused(f"名册里没有“{name}”这个群。")
    return group


async def _free_name(session: AsyncSession, name: str) -> str:
    name = name.strip()
    if not name:
        raise GroupRefused("请写新的群名。")
    if await name_taken(session, name):
        raise GroupRefused(f"已经有“{name}”这个群（也许停用了）。")
    return name


async def _new_like(session: AsyncSession, other: Group, name: str, steward: str | None) -> Group:
    """A group of the same community and grid with the same people; ``steward``: somebody of the roster by name."""
    group = Group(community_id=other.community_id, grid=other.grid, name=name)
    session.add(group)
    await session.flush()
    chosen = None if steward is None else await _only_one(session, steward)
    for role in await roles_of_group(session, other.id):
        is_steward = role.kind is RoleKind.STEWARD
        person = chosen if is_steward and chosen is not None else role.person_id
        session.add(Role(person_id=person, kind=role.kind, group_id=group.id))
    return group


async def _only_one(session: AsyncSession, name: str) -> int:
    found = await list_holders(session, name)
    if len(found) != 1:
        raise GroupRefused(f"名册里有{len(found)}个“{name}”，管家要写名册里只有一个的名字。")
    return found[0].id


async def _stray(session: AsyncSession, room: str) -> Room:
    """By its number in the list, or by what WeChat calls it."""
    found = await find_strays(session, room)
    if not found:
        raise GroupRefused(f"没有不在名册的群“{room}”，看有哪些：weiwang roster rooms")
    if len(found) > 1:
        numbers = "、".join(str(each.id) for each in found)
        raise GroupRefused(f"有{len(found)}个群叫“{room}”，请写编号：{numbers}")
    return found[0]


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where the bot sits beside its groups: rooms of nobody, groups without it, groups with two accounts."""

    strays: tuple[str, ...]
    empty: tuple[str, ...]
    shared: tuple[str, ...]


async def list_rooms(session: AsyncSession, groups: list[Group]) -> Rooms:
    """All of it, a line each; ``groups`` are the active ones."""
    beside = await seats_beside(session)
    return Rooms(
        strays=tuple(f"{each.id} {each.topic}（账号{each.account}）" for each in await strays(session)),
        empty=tuple(each.name for each in groups if each.account is None),
        shared=tuple(
            f"{each.name}（{each.account}说话，{'、'.join(beside[each.id])}候着）"
            for each in groups
            if each.id in beside
        ),
    )
