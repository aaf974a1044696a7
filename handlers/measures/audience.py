"""To whom reports are told: the work groups that the settings name."""

from __future__ import annotations

from datetime import datetime

from handlers.context import Context
from handlers.speech import SpeechKind, say_in_group, tell
from storage.enums import Priority
from storage.people import GroupInfo, PersonInfo

WorkGroup = GroupInfo | PersonInfo
"""A group of the roster, or a work group that an admin has defined as a recipient (加部门 … 群 …)."""


def work_groups(ctx: Context) -> list[WorkGroup]:
    """The groups of these names in which an account sits, in the order named; others are passed over."""
    known: dict[str, WorkGroup] = {
        group.name: group for group in ctx.directory.groups.values() if group.active and group.account
    }
    for name, person in ctx.directory.recipients.items():
        if person.topic is not None and person.room is not None:
            known[name] = known[person.topic] = person
    return list(
        {id(known[name]): known[name] for name in ctx.settings.reports.work_groups if name in known}.values()
    )


def say_to(
    ctx: Context, group: WorkGroup, text: str, *, what: str, expires: datetime, media: str | None = None
) -> None:
    """Queue words or a file for a work group; ``what`` names it for good, so that it is said once."""
    kind, priority = SpeechKind.NOTICE, Priority.PROMPT
    if isinstance(group, GroupInfo):
        key = f"{what}:group:{group.id}"
        row = say_in_group(ctx, group, text, key=key, kind=kind, priority=priority, media=media)
    else:
        key, account = f"{what}:room:{group.id}", group.account or ""
        row = tell(ctx, group, text, account=account, key=key, kind=kind, priority=priority, media=media)
    row.expires_at = expires
