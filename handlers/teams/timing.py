"""What time does to calls: the next ring, and the end when the ticket needs nobody any more."""

from __future__ import annotations

from handlers.context import Context
from handlers.teams.calling import call_ring, end_call, short_of
from handlers.teams.replies import hands_words
from handlers.teams.words import TEAM_NAMES, wanted_in
from handlers.tickets.telling import tell_owner
from handlers.tickets.timeline import SYSTEM, Cause
from storage.enums import OPEN_STATES, TicketState
from storage.models import HelpCall, Ticket
from storage.teams import due_calls

BATCH = 50
_DONE = frozenset((TicketState.RESOLVED, TicketState.CLOSED))


async def run_calls(ctx: Context) -> int:
    """Do what is due for calls, at most one batch; tells how many were looked at."""
    due = await due_calls(ctx.session, ctx.now, BATCH)
    for call, ticket in due:
        cause = Cause(by=SYSTEM, key=f"help:{call.id}:{call.turn}:{call.ring}", source="timer")
        if ticket.state is TicketState.MERGED and ticket.merged_into_id is not None:
            call.ticket_id = ticket.merged_into_id  # looked at again at once
        elif ticket.state not in OPEN_STATES:
            await end_call(ctx, ticket, call, cause, done=ticket.state in _DONE)
        elif call.ring == 0:
            await _call_by_itself(ctx, ticket, call, cause)
        elif not await call_ring(ctx, ticket, call, cause):
            short = await short_of(ctx, call)
            tell_owner(ctx, ticket, cause, "help_nobody", team=TEAM_NAMES[call.team], short=short)
    return len(due)


async def _call_by_itself(ctx: Context, ticket: Ticket, call: HelpCall, cause: Cause) -> None:
    call.wanted = wanted_in(ticket.text)
    if count := await call_ring(ctx, ticket, call, cause):
        team = TEAM_NAMES[call.team]
        tell_owner(ctx, ticket, cause, "help_auto_steward", team=team, count=count, hands=hands_words(call))
