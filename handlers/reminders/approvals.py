"""A second person's yes: when a notice needs it, who may give it, and what it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.reminders.audience import find_audience
from handlers.reminders.errors import ReminderRefused
from handlers.scopes import Scope
from handlers.settings import ReminderSettings
from storage.approvals import list_approvals
from storage.audiences import Target
from storage.enums import RoleKind, ScheduleState
from storage.models import Approval, Audit, Schedule
from storage.people import PersonInfo


class Decision(StrEnum):
    """What somebody's word has come to: one yes more, the last one that was needed, or no."""

    COUNTED = "counted"
    APPROVED = "approved"
    REFUSED = "refused"


def yes_needed(settings: ReminderSettings, groups: int, *, urgent: bool) -> int:
    """How many other people have to say yes to a notice for so many groups."""
    if urgent:
        return settings.urgent_approvals
    return int(settings.approval and groups > settings.approval_over)


async def must_wait(session: AsyncSession, row: Schedule, settings: ReminderSettings) -> bool:
    """Let a notice wait when it has not got the yes it needs for its groups; tells whether it waits now."""
    row.needed = 0
    if row.urgent or settings.approval:
        targets = await find_audience(session, Scope.from_json(row.scope))
        row.needed = yes_needed(settings, len(targets), urgent=row.urgent)
    if await yes_missing(session, row) <= 0:
        return False
    row.state, row.decide_by = ScheduleState.WAITING, None
    return True


async def submit(
    session: AsyncSession, row: Schedule, directory: Directory, settings: ReminderSettings
) -> bool:
    """Like ``must_wait``, for who has just written it: ReminderRefused when there are not people enough to ask."""
    if not await must_wait(session, row, settings):
        return False
    able = approvers(directory, row, await find_audience(session, Scope.from_json(row.scope)))
    if len(able) < row.needed:
        names = "、".join(person.name for person in able) or "没有人"
        raise ReminderRefused(f"要另外{row.needed}个人同意才能发，名册里能同意的：{names}。")
    return True


def ask_again(row: Schedule, now: datetime) -> None:
    """A notice has been changed: what was said to it before does not count any more."""
    row.version += 1
    asked = row.state in (ScheduleState.WAITING, ScheduleState.REFUSED)
    if asked or (row.state is ScheduleState.ACTIVE and row.needed):
        row.state, row.decide_by = ScheduleState.WAITING, None
        row.next_at = row.next_at or max(row.once_at or now, now)


async def yes_missing(session: AsyncSession, row: Schedule) -> int:
    """How many people's yes a notice still lacks."""
    if row.needed == 0:
        return 0
    return row.needed - sum(each.agreed for each in await list_approvals(session, row))


def approvers(directory: Directory, row: Schedule, targets: Sequence[Target]) -> list[PersonInfo]:
    """Who may say yes: the community whose groups they are, the subdistrict, the admins; never the author."""
    able = [*_of_community(directory, targets), *directory.subdistrict(), *directory.admins()]
    return [
        person
        for person in {person.id: person for person in able}.values()
        if person.contact != row.author and person.topic is None
    ]


def _of_community(directory: Directory, targets: Sequence[Target]) -> list[PersonInfo]:
    groups = {each.community_id: each.id for each in targets if each.contact is None}
    if not groups or any(each.contact is not None for each in targets):
        return []
    first, *others = (
        directory.holders(RoleKind.COMMUNITY, directory.groups[number])
        for number in groups.values()
        if number in directory.groups
    )
    return [person for person in first if all(person in each for each in others)]


async def decide(
    session: AsyncSession,
    row: Schedule,
    directory: Directory,
    person: PersonInfo,
    *,
    agreed: bool,
    now: datetime,
    reason: str = "",
) -> Decision:
    """Take somebody's yes or no to a notice that waits. ReminderRefused when it does not, or it is not his to say."""
    if row.state is not ScheduleState.WAITING:
        raise ReminderRefused(f"提示{row.id}现在不用同意。")
    if person.contact == row.author:
        raise ReminderRefused(f"提示{row.id}是您自己写的，要请别人同意。")
    if person not in approvers(directory, row, await find_audience(session, Scope.from_json(row.scope))):
        raise ReminderRefused(f"提示{row.id}要管理员、街道或社区的人同意。")
    if any(each.contact == person.contact for each in await list_approvals(session, row)):
        raise ReminderRefused(f"提示{row.id}您已经答复过了。")
    session.add(
        Approval(
            schedule_id=row.id,
            version=row.version,
            contact=person.contact,
            name=person.name,
            agreed=agreed,
            reason=reason,
            at=now,
        )
    )
    what = "reminder.approve" if agreed else "reminder.refuse"
    session.add(
        Audit(at=now, who=person.name, what=what, detail={"schedule": row.id, "version": row.version})
    )
    await session.flush()
    return await _settle(session, row, now, agreed=agreed)


async def _settle(session: AsyncSession, row: Schedule, now: datetime, *, agreed: bool) -> Decision:
    if agreed and await yes_missing(session, row) > 0:
        return Decision.COUNTED
    row.decide_by = row.decide_by or now  # kept until the author has been told
    if not agreed:
        row.state = ScheduleState.REFUSED
        return Decision.REFUSED
    row.state = ScheduleState.ACTIVE
    if row.once_at is not None and (row.next_at is None or row.next_at < now):
        row.next_at = now  # it was to go out at once
    return Decision.APPROVED
