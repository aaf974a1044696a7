"""What time itself does to tickets: reminders, escalation, closing after silence."""

from __future__ import annotations

from handlers.context import Context
from handlers.tickets import acting, chasing
from handlers.tickets.clocks import call_level, schedule_step
from handlers.tickets.ladder import REMINDED, SUBDISTRICT, holders_of, next_level
from handlers.tickets.owning import department_for
from handlers.tickets.telling import group_of
from handlers.tickets.timeline import QUESTION, SYSTEM, Cause, record
from storage.enums import TicketEventKind, TicketState
from storage.models import Ticket
from storage.tickets import list_due

BATCH = 200


async def run_steps(ctx: Context) -> int:
    """Do everything that is due for tickets, at most one batch; tells how many tickets moved."""
    tickets = await list_due(ctx.session, ctx.now, BATCH)
    for ticket in tickets:
        due = ticket.next_step_at or ctx.now
        await _step(
            ctx, ticket, Cause(by=SYSTEM, key=f"clock:{due.timestamp():.0f}:{ticket.level}", source="timer")
        )
    return len(tickets)


async def _step(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    if ticket.state is TicketState.RESOLVED:
        acting.confirm(ctx, ticket, cause)
    elif ticket.state is TicketState.ACCEPTED:
        await _while_accepted(ctx, ticket, cause)
    elif ticket.unsure and ticket.kind == QUESTION:
        ticket.state, ticket.closed_at, ticket.next_step_at = TicketState.REJECTED, ctx.now, None
        record(ctx, ticket, TicketEventKind.REJECTED, cause, "没有人要登记")
    elif ticket.state in (TicketState.NEW, TicketState.PROMPTED):
        _call_next(ctx, ticket, cause)
    else:
        ticket.next_step_at = None


async def _while_accepted(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    due = ticket.resolve_due
    if ticket.paused_at is not None:
        chasing.ask_paused(ctx, ticket, cause)
    elif ticket.hurry_at is not None and due is not None and ctx.now < due:
        chasing.hurry(ctx, ticket, cause)
    else:
        ticket.hurry_at = None
        await chasing.chase(ctx, ticket, cause)
    schedule_step(ctx, ticket)


def _call_next(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """Nobody has accepted: remind the steward first, then hand on up the ladder, and remind whoever stands last.

    Where it is wanted, the subdistrict is not the last: a department that the routing table names comes after it.
    """
    at_the_top = ticket.level >= SUBDISTRICT
    department = department_for(ctx, ticket) if at_the_top and ctx.settings.steps.department else None
    call_level(ctx, ticket, next_level(ctx, ticket))
    if department is not None:
        acting.escalate(ctx, ticket, department, cause)
    elif at_the_top or ticket.level == REMINDED:
        acting.remind(ctx, ticket, cause)
    else:
        _hand_up(ctx, ticket, cause)
    schedule_step(ctx, ticket)


def _hand_up(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    person = next(iter(holders_of(ctx.directory, group_of(ctx, ticket), ticket.level)), None)
    if person is None:
        if ticket.level == SUBDISTRICT:
            record(ctx, ticket, TicketEventKind.ESCALATED, cause, "街道没有登记负责人")
    elif person.id == ticket.owner_id:
        acting.remind(ctx, ticket, cause)
    else:
        acting.escalate(ctx, ticket, person, cause)
