"""Tickets for the measures, written as a line of times in Suzhou."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from handlers.wording import SHANGHAI
from storage.enums import TicketState
from storage.measures import TicketFact


def at(text: str) -> datetime:
    """``11-03 09:00`` of 2026, or with another year in front, in Suzhou."""
    full = text if text[:2] == "20" else f"2026-{text}"
    return datetime.fromisoformat(full).replace(tzinfo=SHANGHAI)


def fact(opened: str, **known: Any) -> TicketFact:
    """A ticket of group 1 in community 1; times are texts, ``resolved`` and the like several with a bar between."""
    values: dict[str, Any] = {
        "id": 1,
        "group_id": 1,
        "community_id": 1,
        "steward_id": 1,
        "owner_id": 1,
        "category": "lighting",
        "kind": "request",
        "state": TicketState.PROMPTED,
        "urgent": False,
        "unsure": False,
        "opened_at": at(opened),
        "respond_due": None,
        "responded_at": None,
        "due": None,
        "due_now": None,
        "closed_at": None,
        "rating": None,
        "supporters": 0,
    }
    for name, value in known.items():
        if name in ("resolved", "reopened", "extended"):
            value = tuple(at(each.strip()) for each in value.split("|"))
        elif isinstance(value, str) and name not in ("category", "kind", "state"):
            value = at(value)
        values[name] = value
    return TicketFact(**values)
