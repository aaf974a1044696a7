"""After a notice: who spoke up, whether there were fewer tickets, and which of the 五老 passed it on. No words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reminders.errors import UnknownReminder
from handlers.reminders.ledger import Progress, read_progress, take_firing
from storage.aftermath import Heard, heard_by, speakers_between, tickets_between
from storage.relays import RelayReport, list_relays
from storage.schedules import get_schedule
from storage.tickets import category_names

COMPARED = timedelta(hours=48)
MOST_SHOWN = 20
"""Groups that are named, the liveliest first; the rest is counted."""

_MOST_RELAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReplies:
    """How many people spoke in a group in the hours after the notice, and how many messages that was."""

    group: str
    people: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChange:
    """Tickets of the notice's category in the groups that got it, 48 hours before and after; ``full``: these are over."""

    category: str
    before: int
    after: int
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What followed one sending of a notice. ``tickets`` None: the notice has no category."""

    progress: Progress
    hours: int
    replies: tuple[GroupReplies, ...]
    tickets: TicketChange | None
    relays: tuple[RelayReport, ...]


async def read_aftermath(
    session: AsyncSession, number: int, *, hours: int, now: datetime, firing: int | None = None
) -> Aftermath:
    """What followed the latest sending of a notice (or the one of this number)."""
    fired, schedule = await take_firing(session, number, firing), await get_schedule(session, number)
    if schedule is None:
        raise UnknownReminder(number)
    heard = await heard_by(session, fired.id)
    relays = await list_relays(session, schedule_id=number, limit=_MOST_RELAYS)
    return Aftermath(
        progress=await read_progress(session, number, fired.id),
        hours=hours,
        replies=tuple(await _replies(session, heard, timedelta(hours=hours))),
        tickets=await _tickets(session, schedule.category, heard, now)
        if schedule.category and heard
        else None,
        relays=tuple(each for each in relays if each.asked_at >= fired.fired_at),
    )


async def _replies(session: AsyncSession, heard: Sequence[Heard], span: timedelta) -> list[GroupReplies]:
    """The groups in which somebody spoke, the liveliest first."""
    if not heard:
        return []
    told = {each.group_id: each for each in heard}
    first, last = _bounds(heard)
    people: dict[int, list[str]] = {}
    for group, talker, at in await speakers_between(session, first, last + span):
        if group in told and timedelta() < at - told[group].at <= span:
            people.setdefault(group, []).append(talker)
    replies = [
        GroupReplies(group=told[group].name, people=len(set(spoke)), messages=len(spoke))
        for group, spoke in people.items()
    ]
    return sorted(replies, key=lambda each: (-each.people, -each.messages, each.group))


async def _tickets(
    session: AsyncSession, category: str, heard: Sequence[Heard], now: datetime
) -> TicketChange:
    told: Mapping[int, datetime] = {each.group_id: each.at for each in heard}
    first, last = _bounds(heard)
    found = await tickets_between(session, category, first - COMPARED, last + COMPARED)
    ages = [opened - told[group] for group, opened in found if group in told]
    names = await category_names(session)
    return TicketChange(
        category=names.get(category, category),
        before=sum(-COMPARED < age <= timedelta() for age in ages),
        after=sum(timedelta() < age <= COMPARED for age in ages),
        full=now >= last + COMPARED,
    )


def _bounds(heard: Sequence[Heard]) -> tuple[datetime, datetime]:
    return min(each.at for each in heard), max(each.at for each in heard)


def aftermath_lines(shown: Aftermath) -> list[str]:
    """As an admin reads it."""
    lines = [f"{shown.progress.words()}。"]
    people = sum(each.people for each in shown.replies)
    lines.append(f"发后{shown.hours}小时里，{len(shown.replies)}个群有人说话，共{people}人。")
    liveliest = shown.replies[:MOST_SHOWN]
    lines += [f"  {each.group}\t{each.people}人\t{each.messages}条" for each in liveliest]
    if len(shown.replies) > MOST_SHOWN:
        lines.append(f"  还有{len(shown.replies) - MOST_SHOWN}个群。")
    if shown.tickets is not None:
        yet = "" if shown.tickets.full else "（还没满48小时）"
        lines.append(
            f"{shown.tickets.category}的工单：发前48小时{shown.tickets.before}件，"
            f"发后48小时{shown.tickets.after}件{yet}。"
        )
    else:
        lines.append("这条提示没有写类别，不比工单。")
    for relay in shown.relays:
        lines.append(f"五老转告：{len(relay.passed)}人已转，{len(relay.waiting)}人还没回。")
        lines += [f"  {name}\t{'、'.join(groups)}" for name, groups in relay.passed]
    return lines
