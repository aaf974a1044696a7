"""What time itself does to tickets: reminders, escalation, closing after silence."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.directory import LADDER
from handlers.tickets import acting
from handlers.tickets.clocks import GRID_WORKER, REMINDED, SUBDISTRICT, schedule_step
from handlers.tickets.telling import group_of, tell_owner
from handlers.tickets.timeline import QUESTION, SYSTEM, Cause, record
from handlers.wording import place_line
from storage.enums import RoleKind, TicketEventKind, TicketState
from storage.models import Ticket
from storage.people import PersonInfo
from storage.tickets import list_due

BATCH = 200


async def run_steps(ctx: Context) -> int:
    """Do everything that is due for tickets, at most one batch; tells how many tickets moved."""
    tickets = await list_due(ctx.session, ctx.now, BATCH)
    for ticket in tickets:
        due = ticket.next_step_at or ctx.now
        _step(
            ctx, ticket, Cause(by=SYSTEM, key=f"clock:{due.timestamp():.0f}:{ticket.level}", source="timer")
        )
    return len(tickets)


def _step(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    if ticket.state is TicketState.RESOLVED:
        acting.confirm(ctx, ticket, cause)
    elif ticket.state is TicketState.ACCEPTED:
        _overdue(ctx, ticket, cause)
    elif ticket.unsure and ticket.kind == QUESTION:
        ticket.state, ticket.closed_at, ticket.next_step_at = TicketState.REJECTED, ctx.now, None
        record(ctx, ticket, TicketEventKind.REJECTED, cause, "没有人要登记")
    elif ticket.state in (TicketState.NEW, TicketState.PROMPTED):
        _call_next(ctx, ticket, cause)
    else:
        ticket.next_step_at = None


def _overdue(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """Not done in time: remind who has it; a day later ask again."""
    record(ctx, ticket, TicketEventKind.REMINDED, cause, "到期")
    tell_owner(
        ctx,
        ticket,
        cause,
        "overdue",
        category=ctx.category_name(ticket.category),
        group=group_of(ctx, ticket).name,
        place=place_line(ticket),
    )
    ticket.next_step_at = ctx.now + timedelta(days=1)


def _call_next(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """Nobody has accepted: remind the steward first, then hand on up the ladder."""
    ticket.level += 1
    ticket.highest_level = max(ticket.highest_level, ticket.level)
    if ticket.level == REMINDED:
        acting.remind(ctx, ticket, cause)
    else:
        _hand_up(ctx, ticket, cause)
    schedule_step(ctx, ticket)


def _hand_up(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    person = next(iter(_level_holders(ctx, ticket)), None)
    if person is None:
        if ticket.level == SUBDISTRICT:
            record(ctx, ticket, TicketEventKind.ESCALATED, cause, "街道没有登记负责人")
    elif person.id == ticket.owner_id:
        acting.remind(ctx, ticket, cause)
    else:
        acting.escalate(ctx, ticket, person, cause)


def _level_holders(ctx: Context, ticket: Ticket) -> list[PersonInfo]:
    if ticket.level == SUBDISTRICT:
        return ctx.directory.subdistrict()
    kind = LADDER[ticket.level - GRID_WORKER + LADDER.index(RoleKind.GRID_WORKER)]
    return ctx.directory.holders(kind, group_of(ctx, ticket))
