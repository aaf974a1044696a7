"""Somebody has seen the person: kept with the ticket, told to whoever answers and to the family at once."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.events import IncomingMessage
from handlers.searches.speaking import tell_reporter, tell_staff
from handlers.searches.words import says_where
from handlers.speech import SpeechKind, say_in_group
from handlers.tickets.telling import owner_of
from handlers.tickets.timeline import Cause, record
from handlers.wording import clock_time, public_name, public_words, quote_words, staff_name
from storage.enums import Priority, TicketEventKind
from storage.models import Search, Sighting, Ticket
from storage.people import GroupInfo, PersonInfo
from storage.searches import asked_witness

PATIENCE = timedelta(minutes=5)
"""How long a witness who was asked where may take to say so."""


async def note_sighting(
    ctx: Context, ticket: Ticket, search: Search, group: GroupInfo, message: IncomingMessage, cause: Cause
) -> None:
    """Keep it, hand it on, thank the witness, and ask where when he did not say."""
    asked = not says_where(message.text)
    ctx.session.add(
        Sighting(
            search_id=search.id,
            group_id=group.id,
            contact_id=message.talker,
            name=staff_name(message.name),
            words=message.text,
            at=ctx.now,
            asked=asked,
        )
    )
    _hand_on(ctx, ticket, search, group, message, cause)
    _answer(ctx, ticket, search, group, message, cause, "witness_where" if asked else "witness_thanks")


async def complete_sighting(
    ctx: Context, ticket: Ticket, search: Search, group: GroupInfo, message: IncomingMessage, cause: Cause
) -> bool:
    """The next words of a witness who was asked where; tells whether these are such."""
    sighting = await asked_witness(ctx.session, search.id, message.talker, ctx.now - PATIENCE)
    if sighting is None or sighting.group_id != group.id:
        return False
    sighting.words, sighting.asked = f"{sighting.words}，{message.text}", False
    _hand_on(ctx, ticket, search, group, message, cause)
    _answer(ctx, ticket, search, group, message, cause, "witness_thanks")
    return True


def _hand_on(
    ctx: Context, ticket: Ticket, search: Search, group: GroupInfo, message: IncomingMessage, cause: Cause
) -> None:
    record(ctx, ticket, TicketEventKind.SIGHTED, cause, message.text)
    text = ctx.texts.render(
        "sighting_steward",
        number=ticket.number,
        group=group.name,
        resident=staff_name(message.name),
        time=clock_time(ctx.now),
        words=quote_words(message.text),
    )
    for person in _answering(ctx, ticket, search):
        tell_staff(ctx, ticket, search, person, text, mark=f"seen:{cause.key}")
    words = quote_words(public_words(message.text), 18)
    tell_reporter(
        ctx, ticket, search, "sighting_family", mark=f"seen:{cause.key}", group=group.name, words=words
    )


def _answering(ctx: Context, ticket: Ticket, search: Search) -> list[PersonInfo]:
    """Whoever answers for the ticket, and whoever has said yes to the search."""
    people = (owner_of(ctx, ticket), ctx.directory.person(search.approved_by))
    return list({person.id: person for person in people if person is not None}.values())


def _answer(
    ctx: Context,
    ticket: Ticket,
    search: Search,
    group: GroupInfo,
    message: IncomingMessage,
    cause: Cause,
    key: str,
) -> None:
    say_in_group(
        ctx,
        group,
        ctx.texts.render(key, resident=public_name(message.name)),
        key=f"search:{search.id}:{key}:{cause.key}",
        kind=SpeechKind.REPLY,
        priority=Priority.REPLY,
        mentions=[message.talker],
        ticket=ticket,
    )
