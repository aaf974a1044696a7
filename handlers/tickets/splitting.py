"""拆: a neighbour who was counted behind a ticket, or one of two matters of a resident, gets a ticket of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.context import Context
from handlers.tickets.clocks import schedule_step, set_limit, start_clocks
from handlers.tickets.matters import take_matter
from handlers.tickets.opening import Report, joined_text, open_ticket
from handlers.tickets.telling import group_of, prompt_text
from handlers.tickets.timeline import Action, Cause, check_allowed, record
from nlp import Meaning, Place, Request, RequestKind, Verdict
from storage.enums import TicketEventKind
from storage.incidents import last_supporter, messages_of, move_words, words_of
from storage.models import Supporter, Ticket
from storage.outbox import pending_of_ticket


async def split(ctx: Context, ticket: Ticket, words: str, cause: Cause) -> Ticket | None:
    """Take out the neighbour of this name (the last one when nothing is said), else the matter of these words.

    None when there is no such neighbour and no such matter besides another.
    """
    check_allowed(ticket, Action.SPLIT)
    supporter = await last_supporter(ctx.session, ticket.id, words.removeprefix("@"))
    if supporter is not None:
        return await _split_neighbour(ctx, ticket, supporter, cause)
    return await _split_matter(ctx, ticket, words, cause) if words else None


async def _split_neighbour(ctx: Context, ticket: Ticket, supporter: Supporter, cause: Cause) -> Ticket:
    text = joined_text(await words_of(ctx.session, ticket.id, supporter.contact_id)) or ticket.text
    own = await _open(ctx, ticket, supporter.contact_id, supporter.name, text, supporter.at, cause)
    await move_words(ctx.session, supporter.contact_id, old=ticket.id, new=own.id)
    await ctx.session.delete(supporter)
    ticket.supporters -= 1
    record(ctx, ticket, TicketEventKind.NOTED, cause, f"拆出{supporter.name}，工单{own.number}")
    return own


async def _split_matter(ctx: Context, ticket: Ticket, words: str, cause: Cause) -> Ticket | None:
    taken = take_matter(ctx.book, ticket.text, words, ctx.categories)
    if taken is None:
        return None
    text, rest = taken
    own = await _open(ctx, ticket, ticket.resident, ticket.resident_name, text, ticket.opened_at, cause)
    for message in await messages_of(ctx.session, ticket.id, ticket.resident):
        if message.text.strip() and message.text.strip() in text:
            message.ticket_id = own.id
    ticket.text = rest
    record(ctx, ticket, TicketEventKind.NOTED, cause, f"拆出“{text}”，工单{own.number}")
    await _reconsider(ctx, ticket, cause)
    return own


async def _reconsider(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """What is left may be of another category than what was taken out."""
    codes = [
        each.category for each in ctx.book.understand(ticket.text).requests if each.category in ctx.categories
    ]
    if codes and ticket.category not in codes:
        old, ticket.category = ticket.category, codes[0]
        await set_limit(ctx, ticket)
        record(ctx, ticket, TicketEventKind.RECATEGORISED, cause, f"{old} → {ticket.category}")
        schedule_step(ctx, ticket)


async def _open(
    ctx: Context, ticket: Ticket, contact: str, name: str, text: str, said_at: datetime, cause: Cause
) -> Ticket:
    """A ticket of its own for what was said then; its clocks count from there, the ladder from now."""
    meaning = ctx.understand(text, group_of(ctx, ticket))
    report = Report(
        group=group_of(ctx, ticket),
        contact=contact,
        name=name,
        text=text,
        meaning=replace(
            meaning,
            verdict=Verdict.TICKET,
            requests=meaning.requests or (_request(ticket, text),),
            place=_place(ticket, meaning),
        ),
        cause=cause,
    )
    own = await open_ticket(ctx, report)
    own.opened_at = said_at
    if ticket.responded_at is not None and ticket.responded_at >= said_at:
        own.responded_at, own.respond_due = ticket.responded_at, ticket.respond_due
    await start_clocks(ctx.at(said_at), own)
    own.called_at = ctx.now
    await set_limit(ctx, own)
    schedule_step(ctx, own)
    for row in await pending_of_ticket(ctx.session, own.id, said_at):
        if row.contact_id is not None:
            row.text = prompt_text(ctx, own)  # with the time at which it was said
    return own


def _place(ticket: Ticket, meaning: Meaning) -> Place:
    """Whoever speaks of a second thing without a building means the same place."""
    if meaning.place.building or not ticket.location:
        return meaning.place
    return replace(
        meaning.place,
        text=ticket.location,
        building=ticket.building or None,
        unit=ticket.unit or None,
        room=ticket.room or None,
    )


def _request(ticket: Ticket, text: str) -> Request:
    return Request(
        kind=RequestKind.REQUEST, category=ticket.category, score=0.0, urgent=False, clause=text, matched=()
    )
