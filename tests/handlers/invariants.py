"""What holds after every step of any conversation: owned, explained, announced once, urgent ones told, clocks honest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.context import Context
from storage.enums import OPEN_STATES, OutboxState, Priority, TicketState
from storage.enums import TicketEventKind as Kind
from storage.models import Extension, Outbox, Supporter, Ticket, TicketEvent
from storage.tickets import list_events, list_tickets
from tests.handlers.explaining import explain

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FIRST_WORD = MINUTE
"""Within which somebody is told of an urgent matter."""

BETWEEN_RUNGS = timedelta(minutes=10)
"""The longest time from one rung of the urgent ladder to the next (DESIGN §6: 3, 10, 20, 25, 30)."""

AT_THE_TOP = timedelta(minutes=30)
OVERDUE = timedelta(minutes=120)
"""Between two reminders when an urgent ticket nobody takes, or one under way that is late, has reached the top."""

ONCE_FOR: dict[str, frozenset[Kind]] = {
    "ack": frozenset((Kind.OPENED,)),
    "accepted": frozenset((Kind.ACCEPTED,)),
    "resolved": frozenset((Kind.RESOLVED,)),
    "resolved_bare": frozenset((Kind.RESOLVED,)),
    "rating_reminder": frozenset((Kind.RESOLVED,)),
    "reopened": frozenset((Kind.REOPENED,)),
    "reopened_ask": frozenset((Kind.REOPENED,)),
    "cancelled": frozenset((Kind.CANCELLED,)),
    "rejected": frozenset((Kind.REJECTED,)),
    "merged": frozenset((Kind.MERGED,)),
    "parted": frozenset((Kind.SPLIT,)),
    "waiting_resident": frozenset((Kind.PAUSED,)),
    "extended_due": frozenset((Kind.EXTENSION_GRANTED,)),
}
"""What a group hears: no more often than its cause stands in the timeline."""

ANSWERED = (":extended_resident",)
"""What answers somebody who has just spoken, at the priority of an urgent matter."""

HANDED = ":reassigned:"
"""In the key of what tells somebody that a ticket is his now."""

MOVES_DUE = frozenset(
    (Kind.EXTENSION_GRANTED, Kind.RECATEGORISED, Kind.REOPENED, Kind.SUPPORTED, Kind.EXTENDED)
)
ENDS_PAUSE = frozenset(
    (
        Kind.RESUMED,
        Kind.REASSIGNED,
        Kind.RESOLVED,
        Kind.REJECTED,
        Kind.CANCELLED,
        Kind.MERGED,
        Kind.REOPENED,
    )
)
_ENDED = frozenset(TicketState) - {*OPEN_STATES, TicketState.RESOLVED}


@dataclass(frozen=True, slots=True)
class Clock:
    """A ticket's clocks as they stood after a step."""

    due: datetime | None
    left: int | None
    paused_at: datetime | None
    responded_at: datetime | None
    respond_due: datetime | None
    events: int


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is in the database after a step."""

    ctx: Context
    tickets: Sequence[Ticket]
    timelines: dict[int, list[TicketEvent]]
    said: Sequence[Outbox]

    def said_of(self, ticket: Ticket) -> list[Outbox]:
        """What was said or is going to be said about a ticket."""
        return [each for each in self.said if each.ticket_id == ticket.id]


@dataclass
class Watch:
    """Looks at the database after each step, and knows how the clocks stood after the last one."""

    clocks: dict[int, Clock] = field(default_factory=dict)

    async def look(self, ctx: Context) -> None:
        """Raise AssertionError when something does not hold."""
        scene = await _scene(ctx)
        assert [each.number for each in scene.tickets] == list(range(1001, 1001 + len(scene.tickets)))
        check_said_once(scene.said)
        for ticket in scene.tickets:
            check_owned(ctx, ticket)
            check_explained(ticket, scene.timelines[ticket.id])
            check_announced(scene, ticket)
            check_told(scene, ticket)
            self._check_clocks(scene, ticket)
        await check_counts(ctx.session, scene.tickets)

    def _check_clocks(self, scene: Scene, ticket: Ticket) -> None:
        timeline = scene.timelines[ticket.id]
        now = Clock(
            ticket.resolve_due,
            ticket.clock_left,
            ticket.paused_at,
            ticket.responded_at,
            ticket.respond_due,
            len(timeline),
        )
        before = self.clocks.get(ticket.id)
        self.clocks[ticket.id] = now
        check_clock(ticket)
        if before is not None:
            check_moved(scene.ctx, ticket, before, now, timeline[before.events :])


async def _scene(ctx: Context) -> Scene:
    timelines: dict[int, list[TicketEvent]] = defaultdict(list)
    for event in await list_events(ctx.session):
        timelines[event.ticket_id].append(event)
    said = (await ctx.session.scalars(select(Outbox).order_by(Outbox.id))).all()
    return Scene(
        ctx, await list_tickets(ctx.session), timelines, [each for each in said if _is_meant(each.state)]
    )


def _is_meant(state: OutboxState) -> bool:
    return state is not OutboxState.CANCELLED


def check_owned(ctx: Context, ticket: Ticket) -> None:
    """An open ticket has one owner, who is there, and a moment at which it is looked at again."""
    if ticket.state in _ENDED:
        assert ticket.next_step_at is None
        assert ticket.closed_at is not None
        return
    assert ticket.next_step_at is not None
    assert ticket.next_step_at > ctx.now, "what was due has been done"
    assert ticket.closed_at is None
    if ticket.state in OPEN_STATES:
        assert ticket.owner_id is not None
        owner = ctx.directory.people[ticket.owner_id]
        if ticket.covered_for_id is not None:
            absent = ctx.directory.people[ticket.covered_for_id]
            assert ctx.directory.answering(absent, ctx.now).id == owner.id


def check_explained(ticket: Ticket, timeline: Sequence[TicketEvent]) -> None:
    """The timeline alone tells the state, whether the clock stands still, and how often it was opened again."""
    kinds = [each.what for each in timeline]
    assert kinds[0] is Kind.OPENED
    assert kinds.count(Kind.OPENED) == 1
    assert kinds.count(Kind.REOPENED) == ticket.reopened
    told = explain(kinds)
    assert (told.state, told.paused) == (ticket.state, ticket.paused_at is not None), kinds
    assert [each.at for each in timeline] == sorted(each.at for each in timeline)


def check_announced(scene: Scene, ticket: Ticket) -> None:
    """The group hears of each change once."""
    heard = Counter(
        each.key.rsplit(":", 1)[-1] for each in scene.said_of(ticket) if each.group_id is not None
    )
    happened = Counter(each.what for each in scene.timelines[ticket.id])
    for key, causes in ONCE_FOR.items():
        assert heard[key] <= sum(happened[each] for each in causes), key


def check_said_once(said: Iterable[Outbox]) -> None:
    """Nobody reads the same words twice within a minute, unless he has asked twice, leave was changed and changed back,
    or a ticket was somebody else's in between."""
    last: dict[tuple[int | None, str | None, str], Outbox] = {}
    for each in said:
        if each.priority is Priority.REPLY or each.media is not None or each.key.endswith(ANSWERED):
            continue
        to = (each.group_id, each.contact_id, each.text)
        if each.key.startswith("leave:"):
            for other in [key for key in last if key[1] == each.contact_id and key != to]:
                del last[other]
        if HANDED in each.key:
            for other in [key for key, row in last.items() if HANDED in row.key and key != to]:
                if last[other].ticket_id == each.ticket_id:
                    del last[other]
        before = last.get(to)
        assert before is None or each.created_at - before.created_at >= MINUTE, each.text
        last[to] = each


def check_told(scene: Scene, ticket: Ticket) -> None:
    """Whoever answers has been told; of an urgent matter somebody is told at once, and again until it is in hand."""
    if ticket.state not in OPEN_STATES:
        return
    now = scene.ctx.now
    owner = scene.ctx.directory.people[ticket.owner_id or 0]
    direct = [
        each
        for each in scene.said
        if each.contact_id is not None and (each.ticket_id == ticket.id or each.key.startswith("leave:"))
    ]
    knows = any(each.contact_id == owner.contact for each in direct)
    acted = any(each.by == owner.name for each in scene.timelines[ticket.id])
    assert knows or acted, f"{owner.name} answers and has not been told"
    if not ticket.urgent or ticket.paused_at is not None:
        return
    told = [each.sent_at for each in direct if each.ticket_id == ticket.id and each.sent_at is not None]
    first = min(told, default=None)
    assert first is not None or now - ticket.clock_from <= FIRST_WORD
    silence = now - max(told, default=ticket.clock_from)
    if ticket.state is not TicketState.ACCEPTED:
        assert silence <= (BETWEEN_RUNGS if ticket.level < 5 else AT_THE_TOP) + MINUTE
    elif ticket.resolve_due is not None and ticket.resolve_due < now:
        assert silence <= OVERDUE + MINUTE


def check_clock(ticket: Ticket) -> None:
    """A clock runs, or stands with what is left of it and the reason."""
    assert ticket.resolve_due is not None
    stands = ticket.paused_at is not None
    assert stands == (ticket.clock_left is not None) == bool(ticket.pause_reason)
    assert not stands or (ticket.hurry_at is None and (ticket.clock_left or 0) >= 0)
    assert ticket.responded_at is not None or ticket.state in (
        TicketState.NEW,
        TicketState.PROMPTED,
        *_ENDED,
    )


def check_moved(
    ctx: Context, ticket: Ticket, before: Clock, now: Clock, since: Sequence[TicketEvent]
) -> None:
    """No promise moves without a line of the timeline that says why; a pause gives back just what it took."""
    kinds = {each.what for each in since}
    if before.responded_at is not None:
        assert (now.responded_at, now.respond_due) == (before.responded_at, before.respond_due)
    if now.due != before.due:
        why = MOVES_DUE if before.paused_at is None else MOVES_DUE | ENDS_PAUSE
        assert kinds & why, (before.due, now.due, kinds)
    went_on = before.paused_at is not None and now.paused_at is None
    if went_on and not kinds & MOVES_DUE and before.left is not None and now.due is not None:
        at = next(each.at for each in since if each.what in ENDS_PAUSE)
        left = ctx.timetable.calendar.elapsed(at, now.due, ticket.resolve_measure)
        assert abs(left - timedelta(seconds=before.left)) <= 2 * SECOND, (left, before.left)


async def check_counts(session: AsyncSession, tickets: Sequence[Ticket]) -> None:
    """Neighbours are counted as they are listed, merges end somewhere, one extension waits at most."""
    neighbours = await _count(session, Supporter)
    waiting = await _count(session, Extension)
    ids = {each.id: each for each in tickets}
    for ticket in tickets:
        assert ticket.supporters == neighbours[ticket.id]
        if ticket.state in OPEN_STATES:
            assert waiting[ticket.id] <= 1
        steps, at = 0, ticket
        while at.merged_into_id is not None:
            at, steps = ids[at.merged_into_id], steps + 1
            assert steps <= len(tickets), "merged in a circle"
        assert (ticket.state is TicketState.MERGED) == (ticket.merged_into_id is not None)


async def _count(session: AsyncSession, model: type[Supporter] | type[Extension]) -> Counter[int]:
    query = select(model.ticket_id, func.count()).group_by(model.ticket_id)
    if model is Extension:
        query = query.where(Extension.decided_at.is_(None))
    return Counter(dict((await session.execute(query)).all()))
