"""What a registered matter sets going by itself, whoever says that it is one: a call for hands, a search."""

from __future__ import annotations

from handlers.context import Context
from handlers.searches.drill import MISSING_PERSON, begin_search, send_to_police
from handlers.teams.calling import call_by_category
from storage.models import Ticket
from storage.searches import search_of


async def begin_aid(ctx: Context, ticket: Ticket, *, fresh: bool = False) -> None:
    """The ticket is surely a request of its category now; ``fresh`` when it has just been opened as one."""
    call_by_category(ctx, ticket)
    if ticket.category != MISSING_PERSON:
        return
    if not fresh and await search_of(ctx.session, ticket.id) is not None:
        return
    search = begin_search(ctx, ticket)
    if not ticket.urgent:  # else the acknowledgement says so
        await ctx.session.flush()
        send_to_police(ctx, ticket, search)


async def resume_aid(ctx: Context, ticket: Ticket) -> None:
    """A ticket is open again: somebody missing is looked for once more, after a person's yes."""
    if ticket.category == MISSING_PERSON and await search_of(ctx.session, ticket.id) is None:
        begin_search(ctx, ticket, again=True)
