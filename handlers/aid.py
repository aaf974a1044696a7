"""What a registered matter sets going by itself, whoever says that it is one: a call for hands, a search."""

from __future__ import annotations

from handlers.context import Context
from handlers.searches.drill import MISSING_PERSON, begin_search, send_to_police
from handlers.teams.calling import call_by_category
from storage.models import Ticket
from storage.searches import search_of


def begin_aid(ctx: Context, ticket: Ticket) -> None:
    """A fresh ticket is surely a request of its category. A search begins only for an urgent one."""
    call_by_category(ctx, ticket)
    if ticket.category == MISSING_PERSON and ticket.urgent:
        begin_search(ctx, ticket)


async def begin_confirmed_aid(ctx: Context, ticket: Ticket) -> None:
    """A person has said that a ticket is a request, or of this category."""
    call_by_category(ctx, ticket)
    if ticket.category == MISSING_PERSON and await search_of(ctx.session, ticket.id) is None:
        search = begin_search(ctx, ticket)
        if not ticket.urgent:
            await ctx.session.flush()
            send_to_police(ctx, ticket, search)
