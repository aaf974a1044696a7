"""The ticket's state machine and its append-only timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from handlers.context import Context
from handlers.errors import ActionRefused
from storage.enums import OPEN_STATES, TicketEventKind, TicketState
from storage.models import Ticket, TicketEvent

SYSTEM = "系统"
QUESTION = "question"
"""The kind of a ticket that is only a question nobody has answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why something happens: who (a name people know), from where, and a key that is the same if it came again."""

    by: str
    key: str
    source: str = "chat"


class Action(StrEnum):
    """What somebody wants done to a ticket; the value is how people call it."""

    ACCEPT = "接单"
    REASSIGN = "转派"
    HELP = "叫铁脚板"
    RESOLVE = "办结"
    REJECT = "撤下"
    REOPEN = "重开"
    CANCEL = "撤销"
    RATE = "评价"
    NOTE = "备注"
    RECATEGORISE = "改类"
    SPLIT = "拆单"
    MERGE = "并单"
    ESCALATE = "督办"
    PAUSE = "暂停"
    RESUME = "继续"
    EXTEND = "延期"
    GRANT = "同意延期"
    REFUSE = "不同意延期"
    HURRY = "催办"
    SHOW = "查看"


STATE_NAMES: Mapping[TicketState, str] = MappingProxyType(
    {
        TicketState.NEW: "待接单",
        TicketState.PROMPTED: "待接单",
        TicketState.ACCEPTED: "正在办理",
        TicketState.RESOLVED: "已办结",
        TicketState.CLOSED: "已结案",
        TicketState.REJECTED: "已撤下",
        TicketState.CANCELLED: "已撤销",
        TicketState.MERGED: "已并单",
    }
)

_OPEN = frozenset(OPEN_STATES)
_UNDER_WAY = frozenset((TicketState.ACCEPTED,))
ALLOWED: Mapping[Action, frozenset[TicketState]] = MappingProxyType(
    {
        Action.ACCEPT: frozenset((TicketState.NEW, TicketState.PROMPTED)),
        Action.REASSIGN: _OPEN,
        Action.HELP: _OPEN,
        Action.RESOLVE: _OPEN,
        Action.REJECT: _OPEN,
        Action.CANCEL: _OPEN | {TicketState.RESOLVED},
        Action.ESCALATE: _OPEN,
        Action.RATE: frozenset((TicketState.RESOLVED,)),
        Action.REOPEN: frozenset((TicketState.RESOLVED, TicketState.CLOSED)),
        Action.RECATEGORISE: _OPEN | {TicketState.RESOLVED},
        Action.SPLIT: _OPEN | {TicketState.MERGED},
        Action.MERGE: _OPEN,
        Action.PAUSE: _UNDER_WAY,
        Action.RESUME: _UNDER_WAY,
        Action.EXTEND: _UNDER_WAY,
        Action.GRANT: _UNDER_WAY,
        Action.REFUSE: _UNDER_WAY,
        Action.HURRY: _OPEN,
        Action.NOTE: frozenset(TicketState),
        Action.SHOW: frozenset(TicketState),
    }
)


def state_words(ticket: Ticket) -> str:
    """How a ticket stands, for the staff: a paused one with its reason."""
    paused = f"（{ticket.pause_reason}）" if ticket.paused_at is not None else ""
    return f"{STATE_NAMES[ticket.state]}{paused}"


def check_allowed(ticket: Ticket, action: Action) -> None:
    """Raise ActionRefused when the ticket's state does not allow the action."""
    if ticket.state not in ALLOWED[action]:
        raise ActionRefused(ticket.number, STATE_NAMES[ticket.state], action)


def record(ctx: Context, ticket: Ticket, what: TicketEventKind, cause: Cause, detail: str = "") -> None:
    """Append one row to the ticket's timeline."""
    ctx.session.add(
        TicketEvent(
            ticket_id=ticket.id, at=ctx.now, what=what, by=cause.by, detail=detail, source=cause.source
        )
    )
