"""What a ticket's timeline alone tells of it: the state it must be in, and whether its clock stands still."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storage.enums import TicketEventKind as Kind
from storage.enums import TicketState

_STATES = {
    Kind.OPENED: TicketState.NEW,
    Kind.PROMPTED: TicketState.PROMPTED,
    Kind.ACCEPTED: TicketState.ACCEPTED,
    Kind.REOPENED: TicketState.ACCEPTED,
    Kind.RESOLVED: TicketState.RESOLVED,
    Kind.CLOSED: TicketState.CLOSED,
    Kind.REJECTED: TicketState.REJECTED,
    Kind.CANCELLED: TicketState.CANCELLED,
    Kind.MERGED: TicketState.MERGED,
}
_STOP_WAITING = frozenset(_STATES) | {Kind.RESUMED, Kind.REASSIGNED}


@dataclass(frozen=True, slots=True)
class Explained:
    """The end of a timeline."""

    state: TicketState
    paused: bool


def explain(timeline: Iterable[Kind]) -> Explained:
    """Read a timeline from its beginning."""
    state, accepted, paused = TicketState.NEW, False, False
    for kind in timeline:
        if kind is Kind.REASSIGNED and state is TicketState.ACCEPTED:
            state, accepted = TicketState.PROMPTED, False
        elif kind is Kind.SPLIT and state is TicketState.MERGED:
            state = TicketState.ACCEPTED if accepted else TicketState.PROMPTED
        elif kind in _STATES:
            state = _STATES[kind]
            accepted = accepted or state in (TicketState.ACCEPTED, TicketState.RESOLVED)
        paused = kind is Kind.PAUSED or (paused and kind not in _STOP_WAITING)
    return Explained(state, paused)
