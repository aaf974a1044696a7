"""Who answers for a ticket: the first receiver by the routing table, and whoever stands in for somebody on leave."""

from __future__ import annotations

from handlers.context import Context
from handlers.tickets.ladder import OUTSIDE, RUNGS, holders_of, rung_of
from storage.duty import RouteInfo
from storage.models import Ticket
from storage.people import GroupInfo, PersonInfo


def first_receiver(ctx: Context, group: GroupInfo, category: str, *, unsure: bool) -> PersonInfo | None:
    """Who gets a new ticket, or is asked whether it is one: by the routing table, else the lowest on the ladder.

    Whether a mere question is for anybody (``unsure``) is always for the steward to say.
    """
    route = None if unsure else ctx.directory.route(category, group)
    routed = _target(ctx, group, route) if route is not None else None
    return routed or lowest_holder(ctx, group)


def department_for(ctx: Context, ticket: Ticket) -> PersonInfo | None:
    """Whom the routing table names for the ticket and who stands beside the ladder, unless he has (or first had) it."""
    group = ctx.directory.groups[ticket.group_id]
    route = ctx.directory.route(ticket.category, group)
    person = ctx.directory.people.get(route.person_id or 0) if route is not None else None
    if person is None or rung_of(ctx.directory, person, group) != OUTSIDE:
        return None
    return None if person.id == ticket.first_owner_id or is_with(ctx, ticket, person) else person


def _target(ctx: Context, group: GroupInfo, route: RouteInfo) -> PersonInfo | None:
    if route.person_id is not None:
        return ctx.directory.people.get(route.person_id)
    level = next(level for level, kind in RUNGS.items() if kind is route.rung)
    return next(iter(holders_of(ctx.directory, group, level)), None)


def lowest_holder(ctx: Context, group: GroupInfo) -> PersonInfo | None:
    """The steward, or in a group without one whoever stands on the lowest rung that is held."""
    for level in RUNGS:
        for person in holders_of(ctx.directory, group, level)[:1]:
            return person
    return None


def give(ctx: Context, ticket: Ticket, person: PersonInfo) -> PersonInfo:
    """Let somebody answer from now on, or whoever stands in for him; who that is."""
    answering = ctx.directory.answering(person, ctx.now)
    ticket.owner_id = answering.id
    ticket.covered_for_id = person.id if answering.id != person.id else None
    return answering


def take(ticket: Ticket, person: PersonInfo) -> None:
    """Somebody takes a ticket on himself; who only stands in for another keeps it for him."""
    if ticket.owner_id != person.id:
        ticket.owner_id, ticket.covered_for_id = person.id, None


def is_with(ctx: Context, ticket: Ticket, person: PersonInfo) -> bool:
    """Whether giving the ticket to somebody would change nothing."""
    answering = ctx.directory.answering(person, ctx.now)
    absent = person.id if answering.id != person.id else None
    return (ticket.owner_id, ticket.covered_for_id) == (answering.id, absent)
