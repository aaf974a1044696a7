"""请假: while somebody is away another gets his new and open tickets; the clocks run on, and all of it returns by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from handlers.context import Context
from handlers.duty.days import Stretch, stretch_words
from handlers.speech import SpeechKind, tell
from handlers.tickets.telling import brief, group_of
from handlers.tickets.timeline import SYSTEM, Cause, record
from storage.duty import due_leaves, leaves_of, list_leaves, open_tickets_of
from storage.enums import Priority, TicketEventKind
from storage.models import Leave, Ticket
from storage.people import PersonInfo, bump_directory

MOST_LISTED = 9


async def take_leave(
    ctx: Context, person: PersonInfo, deputy: PersonInfo, stretch: Stretch, cause: Cause
) -> int:
    """Plan or begin leave, in the place of any that overlaps; tells how many tickets have gone over at once.

    Who says the same again changes nothing.
    """
    rows = await leaves_of(ctx.session, person.id)
    if any(_is_same(row, deputy, stretch) for row in rows):
        return 0
    replaced = [row for row in rows if row.since < stretch.until and stretch.since < row.until]
    for row in replaced:
        row.next_at = None
    for row in _once_a_deputy(replaced):
        if row.deputy_id != deputy.id:
            _tell_end(ctx, row, person, "leave_over_deputy", ())
    begins = stretch.since <= ctx.now
    leave = Leave(
        person_id=person.id,
        deputy_id=deputy.id,
        since=stretch.since,
        until=stretch.until,
        next_at=stretch.until if begins else stretch.since,
        created_at=ctx.now,
    )
    ctx.session.add(leave)
    now = await _changed(ctx)
    moved = await _reroute(now, person.id, cause)
    words = {"who": person.name, "span": stretch_words(stretch.since, stretch.until)}
    text = ctx.texts.render("leave_deputy", **words)
    for receiver, tickets in moved.items():
        if receiver == deputy.id:
            text = f"{text}\n{list_for(ctx, 'leave_tickets', tickets)}"
        else:
            _hand(ctx, receiver, "leave_tickets", tickets, f"leave:{leave.id}:other")
    tell_about(ctx, deputy, text, f"leave:{leave.id}:deputy", _flat(moved))
    return len(_flat(moved))


def _once_a_deputy(rows: Iterable[Leave]) -> Iterable[Leave]:
    """One leave for each stand-in: whoever stood in for several that end together hears it once."""
    return {row.deputy_id: row for row in rows}.values()


def _is_same(row: Leave, deputy: PersonInfo, stretch: Stretch) -> bool:
    return row.deputy_id == deputy.id and row.until == stretch.until and row.since <= stretch.since


async def cancel_leave(ctx: Context, person: PersonInfo, cause: Cause) -> int | None:
    """End all leave that is planned or under way; how many tickets came back, None when there was no leave."""
    rows = await leaves_of(ctx.session, person.id)
    if not rows:
        return None
    for row in rows:
        row.next_at = None
    now = await _changed(ctx)
    moved = await _reroute(now, person.id, cause)
    for row in _once_a_deputy(rows):
        _tell_end(ctx, row, person, "leave_over_deputy", ())
    return len(moved.get(person.id, ()))


async def turn_leaves(ctx: Context) -> int:
    """Begin and end what is due; tells how many."""
    rows = await due_leaves(ctx.session, ctx.now)
    for row in rows:
        person = ctx.directory.people.get(row.person_id)
        begins = ctx.now < row.until
        row.next_at = row.until if begins else None
        cause = Cause(by=SYSTEM, key=f"leave:{row.id}:{'begin' if begins else 'end'}", source="timer")
        moved = await _reroute(ctx, row.person_id, cause)
        if begins:
            for receiver, tickets in moved.items():
                _hand(ctx, receiver, "leave_tickets", tickets, cause.key)
        elif person is not None:
            _tell_end(ctx, row, person, "leave_over_deputy", ())
            _tell_end(ctx, row, person, "leave_over", moved.get(person.id, ()))
    if rows:
        await bump_directory(ctx.session)
    return len(rows)


async def _changed(ctx: Context) -> Context:
    """The surroundings with leave as it is now."""
    await ctx.session.flush()
    await bump_directory(ctx.session)
    return replace(ctx, directory=replace(ctx.directory, leaves=tuple(await list_leaves(ctx.session))))


async def _reroute(ctx: Context, person_id: int, cause: Cause) -> dict[int, list[Ticket]]:
    """Give open tickets to whoever answers for them now that somebody has gone or come; receiver → what he got."""
    moved: dict[int, list[Ticket]] = {}
    for ticket in await open_tickets_of(ctx.session, person_id):
        principal = ctx.directory.people.get(ticket.covered_for_id or ticket.owner_id or 0)
        if principal is None:
            continue
        answering = ctx.directory.answering(principal, ctx.now)
        if answering.id == ticket.owner_id:
            continue
        ticket.owner_id = answering.id
        ticket.covered_for_id = principal.id if answering.id != principal.id else None
        detail = f"{answering.name}代{principal.name}" if ticket.covered_for_id else f"交还{principal.name}"
        record(ctx, ticket, TicketEventKind.COVERED, cause, detail)
        moved.setdefault(answering.id, []).append(ticket)
    return moved


def _flat(moved: dict[int, list[Ticket]]) -> list[Ticket]:
    return [ticket for tickets in moved.values() for ticket in tickets]


def _hand(ctx: Context, receiver: int, text: str, tickets: Sequence[Ticket], key: str) -> None:
    person = ctx.directory.people[receiver]
    tell_about(ctx, person, list_for(ctx, text, tickets), f"{key}:{receiver}", tickets)


def _tell_end(ctx: Context, leave: Leave, person: PersonInfo, text: str, tickets: Sequence[Ticket]) -> None:
    """Tell the stand-in, or (``leave_over``) the one who is back."""
    listener = person if text == "leave_over" else ctx.directory.people.get(leave.deputy_id)
    if listener is None:
        return
    words = ctx.texts.render(text, who=person.name)
    if tickets:
        words = f"{words}\n{list_for(ctx, 'leave_returned', tickets)}"
    tell_about(ctx, listener, words, f"leave:{leave.id}:{text}:{listener.id}", tickets)


def list_for(ctx: Context, text: str, tickets: Iterable[Ticket], **fields: object) -> str:
    """Tickets, a line each, under a sentence of this name."""
    every = list(tickets)
    lines = [brief(ctx, ticket) for ticket in every[:MOST_LISTED]]
    if len(every) > MOST_LISTED:
        lines.append("……回“我的工单”看全部")
    return ctx.texts.render(text, count=len(every), options="\n".join(lines), **fields)


def tell_about(ctx: Context, person: PersonInfo, text: str, key: str, tickets: Iterable[Ticket]) -> None:
    """Tell somebody directly who answers for what, by the account of one of the tickets' groups."""
    every = list(tickets)
    accounts = [group_of(ctx, ticket).account for ticket in every]
    accounts += [group.account for group in ctx.directory.groups.values()]
    tell(
        ctx,
        person,
        text,
        account=next((account for account in accounts if account), ""),
        key=key,
        kind=SpeechKind.NOTICE,
        priority=Priority.URGENT if any(ticket.urgent for ticket in every) else Priority.PROMPT,
    )
