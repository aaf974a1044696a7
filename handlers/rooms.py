"""The rooms that the accounts sit in: which group each is, who speaks there, and which are nobody's."""

from __future__ import annotations

from datetime import timedelta

from handlers.accounts import WORTH_TELLING, tell_blind
from handlers.context import Context
from handlers.events import RoomLeft
from handlers.measures.audience import work_groups
from handlers.speech import SpeechKind, tell
from storage.duty import bind_work_group, release_work_group
from storage.enums import Priority
from storage.models import Audit, Group
from storage.people import GroupInfo, PersonInfo, bump_directory
from storage.rooms import (
    Succession,
    forget_room,
    group_at,
    group_called,
    is_known_account,
    name_taken,
    note_room_of,
    others_in,
    seat,
    successions,
    untold_strays,
)

WHO = "微信"
MOST_NAMED = 3
PATIENCE = timedelta(minutes=1)
"""How long rooms that are nobody's are gathered before the admins are told of all of them at once."""


async def note_room(ctx: Context, account: str, room: str, topic: str) -> bool:
    """The account sits in a room of this name; tells whether it is a group's or a work group's."""
    bound = ctx.directory.group_in(account, room)
    if bound is not None and topic in ("", bound.topic or bound.name):
        await note_room_of(ctx.session, account, room, topic or bound.name, bound.id, ctx.now)
        return True
    work = ctx.directory.work_group(account, room)
    if work is not None and work.topic == topic:
        return True
    others = (each for each in ctx.directory.recipients.values() if each.topic == topic)
    if (
        elsewhere := next((each.account for each in others if each.account not in (None, account)), None)
    ) and (await is_known_account(ctx.session, elsewhere)):
        return True  # another account listens there
    if await bind_work_group(ctx.session, topic=topic, account=account, room=room):
        await forget_room(ctx.session, account, room)
        await bump_directory(ctx.session)
        return True
    group = await group_called(ctx.session, topic)
    if bound is not None and (group is None or group.id == bound.id or group.room_id is not None):
        await _rename(ctx, bound, topic, account, taken=group is not None and group.id != bound.id)
        return True
    await note_room_of(ctx.session, account, room, topic, group.id if group is not None else None, ctx.now)
    if group is None:
        return False
    if group.account in (None, account) or not await is_known_account(ctx.session, group.account):
        await seat(ctx.session, group, account, room)
    return True


async def _rename(ctx: Context, bound: GroupInfo, topic: str, account: str, *, taken: bool) -> None:
    """WeChat calls the room of a group something else now: the group keeps its history under the new name."""
    group = await ctx.session.get_one(Group, bound.id)
    group.topic = topic
    await note_room_of(ctx.session, account, bound.room or "", topic, bound.id, ctx.now)
    await bump_directory(ctx.session)
    if topic == group.name:
        return
    text = "renamed_taken"
    if not taken and not await name_taken(ctx.session, topic):
        text = "renamed"
        group.roster_name, group.name = group.roster_name or group.name, topic
        ctx.session.add(
            Audit(at=ctx.now, who=WHO, what="roster.rename", detail={"group": bound.id, "name": topic})
        )
    words = ctx.texts.render(text, old=bound.name, new=topic)
    tell_office(ctx, words, account=account, key=f"renamed:{bound.id}:{ctx.now.timestamp():.3f}")


async def leave_room(ctx: Context, event: RoomLeft) -> None:
    """The account is out of a room: another one that sits there speaks now, else the group has none until it is seen."""
    await forget_room(ctx.session, event.account, event.room)
    group = await group_at(ctx.session, event.account, event.room)
    if group is not None:
        others = await others_in(ctx.session, group.id, event.account)
        if others:
            await seat(ctx.session, group, others[0].account, others[0].room_id)
            text = ctx.texts.render(
                "left_taken_over", old=event.account, group=group.name, new=others[0].account
            )
            key = f"left:{group.id}:{ctx.now.timestamp():.3f}"
            tell_office(ctx, text, account=others[0].account, key=key)
        else:
            group.account = group.room_id = None
            await bump_directory(ctx.session)
    if ctx.directory.work_group(event.account, event.room) is not None:
        await release_work_group(ctx.session, account=event.account, room=event.room)
        await bump_directory(ctx.session)


async def take_over(ctx: Context) -> int:
    """Where the account that speaks has been away for long, another one that sits there speaks; how many groups.

    The stewards hear which minutes to look through, the admins once who speaks now.
    """
    patience = timedelta(minutes=ctx.settings.intake.takeover_minutes)
    found = await successions(ctx.session, ctx.now - patience)
    changes: dict[tuple[str, str], list[Succession]] = {}
    for each in found:
        changes.setdefault((each.group.account or "", each.room.account), []).append(each)
    for (old, new), each_of in changes.items():
        for each in each_of:
            await seat(ctx.session, each.group, each.room.account, each.room.room_id)
        since = each_of[0].away_since
        if ctx.now - since >= WORTH_TELLING:
            groups = [ctx.directory.groups[each.group.id] for each in each_of]
            tell_blind(ctx, groups, account=new, of=old, since=since, until=ctx.now)
        names = _names([each.group.name for each in each_of])
        text = ctx.texts.render("taken_over", old=old, new=new, groups=names)
        tell_office(ctx, text, account=new, key=f"takeover:{old}:{new}:{ctx.now.timestamp():.3f}")
    return len(found)


async def tell_strays(ctx: Context) -> int:
    """Tell the admins, once, of rooms that are nobody's: the bot is silent there; how many rooms."""
    if not _office(ctx):
        return 0
    rooms = await untold_strays(ctx.session, ctx.now - PATIENCE)
    if not rooms:
        return 0
    for room in rooms:
        room.told_at = ctx.now
    text = ctx.texts.render("stray_rooms", count=len(rooms), names=_names([room.topic for room in rooms]))
    tell_office(ctx, text, account=rooms[0].account, key=f"strays:{rooms[0].id}:{ctx.now.timestamp():.3f}")
    return len(rooms)


def _names(names: list[str]) -> str:
    quoted = "、".join(f"“{name}”" for name in names[:MOST_NAMED])
    return f"{quoted}等{len(names)}个群" if len(names) > MOST_NAMED else quoted


def _office(ctx: Context) -> list[PersonInfo]:
    """The admins; without any the work groups that reports go to."""
    groups = [each for each in work_groups(ctx) if isinstance(each, PersonInfo)]
    return ctx.directory.admins() or groups


def tell_office(ctx: Context, text: str, *, account: str, key: str) -> None:
    """One short line to whoever looks after the bot."""
    for person in _office(ctx):
        tell(
            ctx,
            person,
            text,
            account=account,
            key=f"{key}:{person.id}",
            kind=SpeechKind.NOTICE,
            priority=Priority.PROMPT,
        )
