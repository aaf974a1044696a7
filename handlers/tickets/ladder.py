"""The ladder: steward, grid worker, grid leader, community, subdistrict. Who stands on it for a group."""

from __future__ import annotations

from handlers.directory import Directory
from handlers.tickets.clocks import COMMUNITY, REMINDED
from storage.enums import RoleKind
from storage.models import Ticket


def escalation(directory: Directory, ticket: Ticket) -> int:
    """How many rungs above the steward the ticket has reached; the community counts where somebody stands for it."""
    rungs = max(0, ticket.highest_level - REMINDED)
    if ticket.highest_level < COMMUNITY:
        return rungs
    group = directory.groups[ticket.group_id]
    return rungs if directory.holders(RoleKind.COMMUNITY, group) else rungs - 1
