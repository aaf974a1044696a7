"""What time does to searches: the next question, the draft, the next to say yes, the end with the ticket's."""

from __future__ import annotations

from handlers.context import Context
from handlers.searches.drill import go_on
from handlers.searches.spreading import end_search, outcome_of, send_photo
from handlers.tickets.timeline import SYSTEM, Cause
from storage.enums import OPEN_STATES, SearchState, TicketState
from storage.searches import due_searches, forget_watches

BATCH = 50


async def run_searches(ctx: Context) -> int:
    """Do what is due for searches, at most one batch; tells how many were looked at."""
    due = await due_searches(ctx.session, ctx.now, BATCH)
    for search, ticket in due:
        if ticket.state is TicketState.MERGED and ticket.merged_into_id is not None:
            search.ticket_id = ticket.merged_into_id
            forget_watches(ctx.session)
        elif ticket.state not in OPEN_STATES:
            cause = Cause(by=SYSTEM, key=f"search:{search.id}", source="timer")
            await end_search(ctx, ticket, search, outcome_of(ticket), cause)
        elif search.state is SearchState.SPREAD:
            await send_photo(ctx, ticket, search)
        else:
            go_on(ctx, ticket, search)
    return len(due)
