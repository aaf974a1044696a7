"""The tickets of a replayed day, as other programs read them (DESIGN §5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.replay.stage import local_time
from handlers.directory import Directory
from handlers.tickets.ladder import escalation
from storage.models import Ticket, TicketEvent
from storage.tickets import list_events, list_tickets


async def tickets_json(session: AsyncSession, directory: Directory) -> list[dict[str, Any]]:
    """Every ticket by number, with its timeline. People are given by contact id, ``by`` as they are called."""
    timelines: dict[int, list[TicketEvent]] = {}
    for event in await list_events(session):
        timelines.setdefault(event.ticket_id, []).append(event)
    return [_ticket(each, timelines.get(each.id, []), directory) for each in await list_tickets(session)]


def _ticket(ticket: Ticket, timeline: list[TicketEvent], directory: Directory) -> dict[str, Any]:
    steward = directory.people.get(ticket.owner_id) if ticket.owner_id is not None else None
    return {
        "number": ticket.number,
        "state": ticket.state,
        "category": ticket.category,
        "urgent": ticket.urgent,
        "room": directory.groups[ticket.group_id].name,
        "resident": ticket.resident,
        "steward": steward.contact if steward is not None else None,
        "location": ticket.location or None,
        "text": ticket.text,
        "supporters": ticket.supporters,
        "opened_at": _moment(ticket.opened_at),
        "accepted_at": _moment(ticket.accepted_at),
        "resolved_at": _moment(ticket.resolved_at),
        "closed_at": _moment(ticket.closed_at),
        "escalation": escalation(directory, ticket),
        "timeline": [{"at": local_time(each.at), "what": each.what, "by": each.by} for each in timeline],
    }


def _moment(moment: datetime | None) -> str | None:
    return local_time(moment) if moment is not None else None
