"""What a steward says to part and join tickets: ``拆 1024 电梯``, ``并 1025 到 1024``, ``拆 1025``."""

from __future__ import annotations

import re

from handlers.chat.finding import may_act
from handlers.context import Context
from handlers.tickets.merging import merge, merge_problem, part
from handlers.tickets.splitting import split
from handlers.tickets.timeline import Cause
from storage.enums import TicketState
from storage.models import Ticket
from storage.people import PersonInfo
from storage.tickets import get_ticket, get_ticket_by_id

_TARGET = re.compile(r"[\s，,]*(?:到|入|进|和|跟|与)?[\s，,]*(?:工单)?(\d{4,7})\s*(?:里|里面|去|一起)?[。.]?")


async def split_words(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """拆: a neighbour, one of two matters, or a ticket that was merged before."""
    if ticket.state is TicketState.MERGED and ticket.merged_into_id is not None:
        return await _part(ctx, person, ticket, ticket.merged_into_id, cause)
    own = await split(ctx, ticket, words, cause)
    if own is None:
        key = "no_such_matter" if words else "nobody_to_split"
        return ctx.texts.render(key, number=ticket.number, **({"words": words} if words else {}))
    if own.resident == ticket.resident:
        return ctx.texts.render("split_matter", words=own.text, number=ticket.number, own=own.number)
    return ctx.texts.render("split_steward", resident=own.resident_name, number=ticket.number, own=own.number)


async def _part(ctx: Context, person: PersonInfo, ticket: Ticket, into_id: int, cause: Cause) -> str:
    into = await get_ticket_by_id(ctx.session, into_id)
    if into is None or into.state is TicketState.MERGED:
        return ctx.texts.render("part_first", number=ticket.number, other=into.number if into else "")
    await part(ctx, ticket, into, person, cause)
    return ctx.texts.render("parted_steward", number=ticket.number, into=into.number)


async def merge_words(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """并: the ticket is followed as the one whose number comes after it."""
    target = _TARGET.fullmatch(words)
    if target is None:
        return ctx.texts.render("merge_how", number=ticket.number)
    into = await get_ticket(ctx.session, int(target[1]))
    if into is None:
        return ctx.texts.render("unknown_number", number=target[1])
    if not may_act(ctx, person, into):
        return ctx.texts.render("not_yours", number=into.number)
    if (problem := merge_problem(ticket, into)) is not None:
        return ctx.texts.render(problem, number=ticket.number, into=into.number)
    await merge(ctx, ticket, into, person, cause)
    count = into.supporters + 1
    return ctx.texts.render("merged_steward", number=ticket.number, into=into.number, count=count)
