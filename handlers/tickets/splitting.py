"""Undoing a merge: a neighbour who was counted behind a ticket gets one of his own."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.tickets.opening import Report, joined_text, open_ticket
from handlers.tickets.telling import group_of
from handlers.tickets.timeline import Action, Cause, check_allowed, record
from nlp import Request, RequestKind, Verdict
from storage.enums import TicketEventKind
from storage.incidents import last_supporter, move_words, words_of
from storage.models import Ticket


async def split(ctx: Context, ticket: Ticket, name: str, cause: Cause) -> Ticket | None:
    """拆: take the supporter of this name (the last one when empty) out into a ticket of his own.

    None when there is no such supporter.
    """
    check_allowed(ticket, Action.SPLIT)
    supporter = await last_supporter(ctx.session, ticket.id, name.removeprefix("@"))
    if supporter is None:
        return None
    text = joined_text(await words_of(ctx.session, ticket.id, supporter.contact_id)) or ticket.text
    meaning = ctx.book.understand(text)
    requests = meaning.requests or (_request(ticket, text),)
    report = Report(
        group=group_of(ctx, ticket),
        contact=supporter.contact_id,
        name=supporter.name,
        text=text,
        meaning=replace(meaning, verdict=Verdict.TICKET, requests=requests),
        cause=cause,
    )
    own = await open_ticket(ctx, report)
    await move_words(ctx.session, supporter.contact_id, old=ticket.id, new=own.id)
    await ctx.session.delete(supporter)
    ticket.supporters -= 1
    record(ctx, ticket, TicketEventKind.NOTED, cause, f"拆出{supporter.name}，工单{own.number}")
    return own


def _request(ticket: Ticket, text: str) -> Request:
    return Request(
        kind=RequestKind.REQUEST, category=ticket.category, score=0.0, urgent=False, clause=text, matched=()
    )
