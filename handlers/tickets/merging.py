"""并: two tickets about the same thing are followed as one, and can be parted again (拆).

The merged ticket keeps its words and messages, so that nothing is lost when it is parted; its residents stand behind
the other one, and its files go along.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.speech import SpeechKind, say_in_group
from handlers.tickets.clocks import join_clocks, run_clock, schedule_step, set_due
from handlers.tickets.telling import group_of, owner_of, owner_title, prompt_text, tell_owner, tell_person
from handlers.tickets.timeline import Action, Cause, check_allowed, record
from handlers.wording import call_names, due_words, public_name
from storage.attachments import attachments_of
from storage.enums import OutboxState, Priority, TicketEventKind, TicketState
from storage.merging import (
    files_that_came,
    follow_supporters,
    leave_supporters,
    supporters_of,
)
from storage.models import Supporter, Ticket
from storage.outbox import pending_of_ticket
from storage.people import PersonInfo


def merge_problem(ticket: Ticket, into: Ticket) -> str | None:
    """The text that says why the two cannot be one; None when they can."""
    if ticket.id == into.id:
        return "merge_itself"
    if ticket.group_id != into.group_id:
        return "merge_elsewhere"
    return "merge_urgent" if ticket.urgent and not into.urgent else None


async def merge(ctx: Context, ticket: Ticket, into: Ticket, person: PersonInfo, cause: Cause) -> None:
    """The ticket is followed as ``into`` from now on. What was waited for since the earlier of the two counts."""
    check_allowed(ticket, Action.MERGE)
    check_allowed(into, Action.MERGE)
    run_clock(ctx, ticket)
    said = await _withdraw(ctx, ticket)
    residents = [*await supporters_of(ctx.session, ticket.id), _reporter(ticket)]
    into.supporters += await follow_supporters(
        ctx.session, [each for each in residents if each.contact_id != into.resident], ticket.id, into.id
    )
    if ticket.resident == into.resident:
        into.text = f"{into.text}\n{ticket.text}"
    await _move_files(ctx, ticket, into)
    into.photos, into.voices = into.photos + ticket.photos, into.voices + ticket.voices
    ticket.state, ticket.merged_into_id = TicketState.MERGED, into.id
    ticket.closed_at, ticket.next_step_at = ctx.now, None
    record(ctx, ticket, TicketEventKind.MERGED, cause, f"并入{into.number}")
    record(ctx, into, TicketEventKind.SUPPORTED, cause, f"并入{ticket.number}，共{into.supporters + 1}人")
    if join_clocks(ctx, into, ticket):
        schedule_step(ctx, into)
        if into.state is TicketState.ACCEPTED and into.resolve_due is not None:
            tell_owner(ctx, into, cause, "merged_due", due=due_words(into.resolve_due, ctx.now))
    if said and not ticket.unsure:
        _tell_residents(ctx, ticket, residents, cause, "merged", into=into.number)
    if into.owner_id != person.id:
        tell_owner(ctx, into, cause, "merged_owner", other=ticket.number, count=into.supporters + 1)


async def part(ctx: Context, ticket: Ticket, into: Ticket, person: PersonInfo, cause: Cause) -> None:
    """Undo a merge: the ticket is followed by itself again, as it was; its clocks have never stopped."""
    check_allowed(ticket, Action.SPLIT)
    residents = [*await supporters_of(ctx.session, ticket.id), _reporter(ticket)]
    into.supporters -= await leave_supporters(ctx.session, ticket.id, into.id)
    if ticket.resident == into.resident:
        into.text = into.text.replace(f"\n{ticket.text}", "", 1)
    for attachment in await files_that_came(ctx.session, ticket.id, into.id):
        attachment.ticket_id = ticket.id
    into.photos, into.voices = into.photos - ticket.photos, into.voices - ticket.voices
    ticket.state = TicketState.PROMPTED if ticket.accepted_at is None else TicketState.ACCEPTED
    ticket.merged_into_id, ticket.closed_at, ticket.called_at = None, None, ctx.now
    if ticket.resolve_due is not None:
        set_due(ctx, ticket, ticket.resolve_due)
    schedule_step(ctx, ticket)
    record(ctx, ticket, TicketEventKind.SPLIT, cause, f"从{into.number}拆回")
    record(ctx, into, TicketEventKind.NOTED, cause, f"拆回{ticket.number}")
    if not ticket.unsure:
        _tell_residents(ctx, ticket, residents, cause, "parted", who=owner_title(ctx, ticket))
    owner = owner_of(ctx, ticket)
    if owner is not None and owner.id != person.id:
        tell_person(ctx, ticket, owner, cause, prompt_text(ctx, ticket), key="prompt")


def _reporter(ticket: Ticket) -> Supporter:
    """Who reported it, as one of those behind it."""
    return Supporter(
        ticket_id=ticket.id, contact_id=ticket.resident, name=ticket.resident_name, at=ticket.opened_at
    )


async def _withdraw(ctx: Context, ticket: Ticket) -> bool:
    """Take back what has not been said about it yet; tells whether its resident has heard of its number."""
    said = True
    for row in await pending_of_ticket(ctx.session, ticket.id, ctx.now):
        if row.kind in (SpeechKind.ACK, SpeechKind.PROMPT):
            row.state = OutboxState.CANCELLED
            said = said and row.kind != SpeechKind.ACK
    return said


async def _move_files(ctx: Context, ticket: Ticket, into: Ticket) -> None:
    for attachment in await attachments_of(ctx.session, ticket.id):
        attachment.ticket_id = into.id


def _tell_residents(
    ctx: Context, ticket: Ticket, residents: Sequence[Supporter], cause: Cause, key: str, **fields: object
) -> None:
    """One line for all of them, the reporter first."""
    people = dict.fromkeys((each.contact_id, public_name(each.name)) for each in reversed(residents))
    say_in_group(
        ctx,
        group_of(ctx, ticket),
        ctx.texts.render(
            key, resident=call_names([name for _, name in people]), number=ticket.number, **fields
        ),
        key=f"{cause.key}:{ticket.number}:{key}",
        kind=SpeechKind.STATUS,
        priority=Priority.PROMPT,
        mentions=[contact for contact, _ in people],
        ticket=ticket,
    )
