"""To whom reports are told: the work groups that the settings name."""

from __future__ import annotations

from handlers.context import Context
from storage.people import GroupInfo


def work_groups(ctx: Context) -> list[GroupInfo]:
    """The groups of these names in which an account sits, in the order named."""
    by_name = {group.name: group for group in ctx.directory.groups.values() if group.active and group.account}
    return [by_name[name] for name in ctx.settings.reports.work_groups if name in by_name]
