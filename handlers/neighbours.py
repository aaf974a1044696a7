"""Which communities lie side by side: where help comes from next, and where a missing person may be."""

from __future__ import annotations

import re

from handlers.context import Context
from storage.people import GroupInfo

_BETWEEN = re.compile(r"[、,，;；\s]+")


def names_in(line: str) -> list[str]:
    """The communities of one line: 甲社区、乙社区."""
    return [name for name in _BETWEEN.split(line.strip()) if name]


def neighbour_communities(ctx: Context, group: GroupInfo) -> frozenset[int]:
    """The communities beside the group's own, by id; those the roster does not know are passed over."""
    ids = {each.community: each.community_id for each in ctx.directory.groups.values()}
    beside: set[int] = set()
    for line in ctx.settings.help.neighbours:
        names = names_in(line)
        if group.community in names:
            beside.update(ids[name] for name in names if name in ids)
    return frozenset(beside - {group.community_id})
