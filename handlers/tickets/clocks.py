"""A ticket's clocks: when somebody has to have answered, when it has to be done, when it is looked at again (DESIGN §6).

What was announced stays: the due times are kept with the ticket, so a changed limit counts for what opens, is opened
again or gets another category from then on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.calendars import warn_unknown_year
from handlers.context import Context
from handlers.settings import StepSettings
from handlers.tickets.confirming import next_look
from handlers.tickets.ladder import OUTSIDE, REMINDED, SUBDISTRICT, owner_rung
from handlers.timetable import usual_respond
from handlers.worktime import Limit
from storage.enums import Measure, TicketState
from storage.models import Ticket
from storage.tickets import category_hours

DAY = 1440
PATIENCE = 4
"""So many times longer between two reminders when an urgent ticket under way has reached the top."""


async def start_clocks(ctx: Context, ticket: Ticket) -> None:
    """Both clocks begin now: a new ticket, one that turned out urgent, one that was opened again."""
    ticket.clock_from = ticket.called_at = ctx.now
    ticket.clock_extra, ticket.clock_left, ticket.paused_at, ticket.pause_reason = 0, None, None, ""
    if ticket.responded_at is None:
        ticket.respond_due = ctx.timetable.calendar.after(ctx.now, _respond_limit(ctx, ticket))
    await set_limit(ctx, ticket)


async def set_limit(ctx: Context, ticket: Ticket) -> None:
    """Set by when the matter should be done, by its category; what pauses and extensions have added stays added."""
    hours = await category_hours(ctx.session, ticket.category, ctx.settings.tickets.resolve_hours)
    limit = ctx.timetable.resolve_limit(ctx.settings, ticket.category, hours, urgent=ticket.urgent)
    length = limit.length + timedelta(seconds=ticket.clock_extra)
    due = due_after(ctx, ticket.clock_from, length, limit.measure)
    ticket.resolve_measure = limit.measure
    set_due(ctx, ticket, due)
    if ticket.paused_at is not None:
        left = ctx.timetable.calendar.elapsed(ticket.paused_at, due, limit.measure)
        ticket.clock_left = _seconds(left)
    await warn_unknown_year(ctx, due)


def due_after(ctx: Context, start: datetime, length: timedelta, measure: Measure) -> datetime:
    """By when: so much of a measure after a moment, and never before work when working days are counted."""
    due = ctx.timetable.calendar.add(start, length, measure)
    return ctx.timetable.calendar.by_day(due) if measure is Measure.DAYS else due


def set_due(ctx: Context, ticket: Ticket, due: datetime) -> None:
    """The ticket has to be done by then; its owner is hurried when a share of the time from now is left."""
    ticket.resolve_due, ticket.chased_at = due, None
    ticket.hurry_at = None if ticket.paused_at is not None else _hurry_moment(ctx, ticket, due)


def _hurry_moment(ctx: Context, ticket: Ticket, due: datetime) -> datetime | None:
    """In working hours, unless urgent: nobody is hurried at night."""
    percent, calendar = ctx.settings.tickets.hurry_percent, ctx.timetable.calendar
    measure = Measure.ALWAYS if ticket.urgent else Measure.WORK
    left = calendar.elapsed(ctx.now, due, measure)
    moment = calendar.add(ctx.now, left * (100 - percent) / 100, measure)
    return moment if percent and ctx.now < moment < due else None


def stop_clock(ctx: Context, ticket: Ticket) -> None:
    """Pause: the time left until the due time is kept."""
    due = ticket.resolve_due or ctx.now
    ticket.paused_at, ticket.hurry_at, ticket.chased_at = ctx.now, None, None
    ticket.clock_left = _seconds(ctx.timetable.calendar.elapsed(ctx.now, due, ticket.resolve_measure))


def run_clock(ctx: Context, ticket: Ticket) -> None:
    """Go on after a pause: what was left is left from now on."""
    if ticket.paused_at is None:
        return
    calendar, measure = ctx.timetable.calendar, ticket.resolve_measure
    ticket.clock_extra += _seconds(calendar.elapsed(ticket.paused_at, ctx.now, measure))
    left = timedelta(seconds=ticket.clock_left or 0)
    ticket.paused_at, ticket.clock_left, ticket.pause_reason = None, None, ""
    set_due(ctx, ticket, due_after(ctx, ctx.now, left, measure))


async def extend_clock(ctx: Context, ticket: Ticket, length: timedelta, measure: Measure) -> None:
    """So much more time from the due time on."""
    calendar, old = ctx.timetable.calendar, ticket.resolve_due or ctx.now
    due = due_after(ctx, old, length, measure)
    more = _seconds(calendar.elapsed(old, due, ticket.resolve_measure))
    ticket.clock_extra += more
    if ticket.clock_left is not None:
        ticket.clock_left += more
    set_due(ctx, ticket, due)
    await warn_unknown_year(ctx, due)


def join_clocks(ctx: Context, into: Ticket, other: Ticket) -> bool:
    """Two tickets are followed as one: the earlier promise stands. Tells whether the due time has moved."""
    into.clock_from = min(into.clock_from, other.clock_from)
    if into.responded_at is None and other.respond_due is not None:
        into.respond_due = min(into.respond_due or other.respond_due, other.respond_due)
    if other.resolve_due is None or (into.resolve_due is not None and into.resolve_due <= other.resolve_due):
        return False
    set_due(ctx, into, other.resolve_due)
    if into.paused_at is not None:
        left = ctx.timetable.calendar.elapsed(into.paused_at, other.resolve_due, into.resolve_measure)
        into.clock_left = _seconds(left)
    return True


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def call_level(ctx: Context, ticket: Ticket, level: int) -> None:
    """The ladder stands on this rung from now on."""
    ticket.level, ticket.called_at = level, ctx.now
    ticket.highest_level = max(ticket.highest_level, level)


def schedule_step(ctx: Context, ticket: Ticket) -> None:
    """Set when the clock looks at the ticket next, by its state and level."""
    ticket.next_step_at = _next_step(ctx, ticket)


def _next_step(ctx: Context, ticket: Ticket) -> datetime | None:
    if ticket.state is TicketState.RESOLVED and ticket.resolved_at is not None:
        return next_look(ctx.settings.tickets, ticket.resolved_at, ticket.resolved_at)
    if ticket.state is TicketState.ACCEPTED:
        return _next_while_accepted(ctx, ticket)
    if ticket.state in (TicketState.NEW, TicketState.PROMPTED):
        return ctx.timetable.calendar.after(ticket.called_at or ticket.clock_from, _wait(ctx, ticket))
    return None


def _next_while_accepted(ctx: Context, ticket: Ticket) -> datetime | None:
    calendar = ctx.timetable.calendar
    if ticket.paused_at is not None:
        patience = Limit(ctx.settings.tickets.pause_days * DAY, Measure.DAYS)
        return calendar.after(ticket.chased_at or ticket.paused_at, patience)
    if ticket.hurry_at is not None:
        return ticket.hurry_at
    if ticket.chased_at is not None:
        top = ticket.level >= SUBDISTRICT
        limit = chase_limit(ctx.settings.steps, urgent=ticket.urgent, at_the_top=top)
        return calendar.after(ticket.chased_at, limit)
    return ticket.resolve_due


def chase_limit(steps: StepSettings, *, urgent: bool, at_the_top: bool = False) -> Limit:
    """How long after somebody was chased he is chased again; more patience where nobody is above any more."""
    if urgent:
        return Limit(max(1, steps.urgent_overdue) * (PATIENCE if at_the_top else 1), Measure.ALWAYS)
    return Limit(max(1, steps.overdue), Measure.DAYS)


def _wait(ctx: Context, ticket: Ticket) -> Limit:
    """How long whoever was asked last may take; in proportion when the category has a limit of its own."""
    if ticket.level >= SUBDISTRICT:
        return chase_limit(ctx.settings.steps, urgent=ticket.urgent)
    steps = _ladder_minutes(ctx.settings.steps, urgent=ticket.urgent)
    outside = ticket.level >= REMINDED and owner_rung(ctx, ticket) == OUTSIDE
    level = REMINDED if outside else ticket.level
    limit, usual = _respond_limit(ctx, ticket), usual_respond(ctx.settings.steps, urgent=ticket.urgent)
    minutes = max(0, steps[level + 1] - steps[level])
    return Limit(minutes * limit.minutes // max(1, usual.minutes), limit.measure)


def _respond_limit(ctx: Context, ticket: Ticket) -> Limit:
    return ctx.timetable.respond_limit(ctx.settings.steps, ticket.category, urgent=ticket.urgent)


def _ladder_minutes(steps: StepSettings, *, urgent: bool) -> tuple[int, ...]:
    """Minutes from the prompt until each level; the community never comes after the subdistrict."""
    if urgent:
        first, worker, leader = steps.urgent_remind, steps.urgent_grid_worker, steps.urgent_grid_leader
        community, last = steps.urgent_community, steps.urgent_subdistrict
    else:
        first, worker, leader = steps.remind, steps.grid_worker, steps.grid_leader
        community, last = steps.community, steps.subdistrict
    return (0, first, worker, leader, min(community, last), last)
