"""What a registered matter sets going by itself, whoever says that it is one: a call for hands."""

from __future__ import annotations

from handlers.context import Context
from handlers.teams.calling import call_by_category
from storage.models import Ticket


def begin_aid(ctx: Context, ticket: Ticket) -> None:
    """The ticket is surely a request of this category now."""
    call_by_category(ctx, ticket)
