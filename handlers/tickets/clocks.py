"""When a ticket has to be looked at again (DESIGN §6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.context import Context
from handlers.settings import StepSettings
from handlers.tickets.confirming import next_look
from handlers.worktime import add_working_minutes
from storage.enums import TicketState
from storage.models import Ticket

REMINDED, GRID_WORKER, GRID_LEADER, COMMUNITY, SUBDISTRICT = 1, 2, 3, 4, 5
"""Levels of a ticket: the steward was reminded, then who was called one after the other."""


def resolve_due(ctx: Context, ticket: Ticket, hours: int) -> datetime:
    """By when the matter should be done; round the clock, as residents count."""
    limit = ctx.settings.tickets.urgent_resolve_hours if ticket.urgent else hours
    return ticket.clock_from + timedelta(hours=limit)


def schedule_step(ctx: Context, ticket: Ticket) -> None:
    """Set when the clock looks at the ticket next, by its state and level."""
    ticket.next_step_at = _next_step(ctx, ticket)


def _next_step(ctx: Context, ticket: Ticket) -> datetime | None:
    if ticket.state is TicketState.RESOLVED and ticket.resolved_at is not None:
        return next_look(ctx.settings.tickets, ticket.resolved_at, ticket.resolved_at)
    if ticket.state is TicketState.ACCEPTED:
        return ticket.resolve_due
    if ticket.state in (TicketState.NEW, TicketState.PROMPTED) and ticket.level < SUBDISTRICT:
        minutes = _minutes(ctx.settings.steps, ticket.level, urgent=ticket.urgent)
        if ticket.urgent:
            return ticket.clock_from + timedelta(minutes=minutes)
        return add_working_minutes(ticket.clock_from, minutes, ctx.settings.work)
    return None


def _minutes(steps: StepSettings, level: int, *, urgent: bool) -> int:
    if urgent:
        ladder = (
            steps.urgent_remind,
            steps.urgent_grid_worker,
            steps.urgent_grid_leader,
            min(steps.urgent_community, steps.urgent_subdistrict),
            steps.urgent_subdistrict,
        )
    else:
        community = min(steps.community, steps.subdistrict)
        ladder = (steps.remind, steps.grid_worker, steps.grid_leader, community, steps.subdistrict)
    return ladder[level]
