"""What those who were called answer: 我来, 来不了, 到了, 办好了. The first who answer have the places."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.context import Context
from handlers.teams.calling import COMES, coming, end_call, minutes_of, settle
from handlers.teams.words import TEAM_NAMES, HandWord
from handlers.tickets.files import hand_files_to
from handlers.tickets.telling import owner_of, tell_owner
from handlers.tickets.timeline import Cause, record
from handlers.wording import quote_words
from storage.enums import CallState, HandState, RoleKind, TicketEventKind
from storage.models import HelpCall, HelpHand, Ticket
from storage.people import GroupInfo, PersonInfo
from storage.teams import Offer, get_call, hands_of, offers_to, open_call
from storage.tickets import get_ticket_by_id

MEMORY = timedelta(days=3)
"""How long after a call an answer to it is understood."""

TEAMS = frozenset((RoleKind.RESPONSE_TEAM, RoleKind.PIONEER))
"""Roles of those who are called for hands."""

_FITS = {
    HandWord.COME: frozenset((HandState.ASKED, HandState.DECLINED, HandState.RELEASED, HandState.COMING)),
    HandWord.CANNOT: frozenset((HandState.ASKED, HandState.COMING, HandState.ARRIVED)),
    HandWord.ARRIVED: frozenset((HandState.COMING,)),
    HandWord.DONE: frozenset((HandState.COMING, HandState.ARRIVED)),
}
_PREFERRED = {
    HandWord.COME: frozenset((HandState.ASKED,)),
    HandWord.CANNOT: frozenset((HandState.COMING, HandState.ARRIVED)),
}


async def answer_call(
    ctx: Context, person: PersonInfo, word: HandWord, named: Ticket | None, cause: Cause
) -> str | None:
    """Take somebody's answer to a call; the words to say to him, None when it answers none.

    ``named`` is the ticket he gave by number or by quoting.
    """
    if named is not None:
        return await _answer(ctx, person, word, named, cause)
    offers = await offers_to(ctx.session, person.id, ctx.now - MEMORY)
    fitting = [each for each in offers if each.state in _FITS[word] and not each.over]
    likely = [each for each in fitting if each.state in _PREFERRED.get(word, ())] or fitting
    if len(likely) > 1:
        return _which(ctx, word, likely)
    if not likely:
        late = next((each for each in offers if word is HandWord.COME and each.over), None)
        return ctx.texts.render("help_over", number=late.number) if late is not None else None
    ticket = await get_ticket_by_id(ctx.session, likely[0].ticket_id)
    return await _answer(ctx, person, word, ticket, cause) if ticket is not None else None


async def called_for_in(ctx: Context, person: PersonInfo, word: HandWord, group: GroupInfo) -> Ticket | None:
    """The only ticket of a group for which somebody was called and that his word fits."""
    offers = await offers_to(ctx.session, person.id, ctx.now - MEMORY)
    fitting = [
        each for each in offers if each.group_id == group.id and each.state in _FITS[word] and not each.over
    ]
    return await get_ticket_by_id(ctx.session, fitting[0].ticket_id) if len(fitting) == 1 else None


def _which(ctx: Context, word: HandWord, offers: list[Offer]) -> str:
    options = "\n".join(f"{each.number} {quote_words(each.text, 12)}" for each in offers[:9])
    example = {
        HandWord.COME: "我来",
        HandWord.CANNOT: "来不了",
        HandWord.ARRIVED: "到了",
        HandWord.DONE: "办好了",
    }
    return ctx.texts.render("help_which", options=options, example=f"{example[word]} {offers[0].number}")


async def _answer(
    ctx: Context, person: PersonInfo, word: HandWord, ticket: Ticket, cause: Cause
) -> str | None:
    """The ticket is locked, so nobody else changes its calls until this transaction ends."""
    offer = next(
        (
            each
            for each in await offers_to(ctx.session, person.id, ctx.now - MEMORY)
            if each.ticket_id == ticket.id
        ),
        None,
    )
    if word is HandWord.DONE and ticket.owner_id == person.id:
        return None  # whoever answers for it calls it done himself
    if offer is not None and offer.over:
        return ctx.texts.render("help_over", number=ticket.number) if word is HandWord.COME else None
    call = await (get_call(ctx.session, offer.call_id) if offer else open_call(ctx.session, ticket.id))
    if call is None or (offer is None and word is not HandWord.COME):
        return None
    hands = list(await hands_of(ctx.session, call.id))
    hand = next((each for each in hands if each.person_id == person.id), None)
    if hand is None:
        if not any(role.kind in TEAMS for role in person.roles):
            return None
        hand = HelpHand(call_id=call.id, person_id=person.id, state=HandState.RELEASED, asked_at=ctx.now)
        ctx.session.add(hand)
        hands.append(hand)
    return await _ANSWERS[word](ctx, ticket, call, hand, hands, replace(cause, by=person.name))


async def _come(
    ctx: Context, ticket: Ticket, call: HelpCall, hand: HelpHand, hands: list[HelpHand], cause: Cause
) -> str:
    if hand.state not in COMES:
        if len(coming(hands)) >= call.wanted:
            return ctx.texts.render("help_enough", number=ticket.number)
        hand.state, hand.came_at, hand.ended_at = HandState.COMING, ctx.now, None
        record(ctx, ticket, TicketEventKind.HELP_OFFERED, cause)
        tell_owner(ctx, ticket, cause, "help_taken_steward", team=TEAM_NAMES[call.team], who=cause.by)
        await settle(ctx, ticket, call, hands)
        if (person := ctx.directory.people.get(hand.person_id)) is not None:
            await hand_files_to(ctx, ticket, person)
    owner = owner_of(ctx, ticket)
    return ctx.texts.render(
        "help_taken_member", number=ticket.number, who=owner.name if owner is not None else ""
    )


async def _cannot(
    ctx: Context, ticket: Ticket, call: HelpCall, hand: HelpHand, hands: list[HelpHand], cause: Cause
) -> str | None:
    if hand.state not in _FITS[HandWord.CANNOT]:
        return ctx.texts.render("help_declined", number=ticket.number)
    had_place = hand.state in COMES
    hand.state, hand.ended_at = HandState.DECLINED, ctx.now
    if had_place:
        record(ctx, ticket, TicketEventKind.HELP_WITHDRAWN, cause)
        tell_owner(ctx, ticket, cause, "help_withdrawn_steward", who=cause.by)
        await settle(ctx, ticket, call, hands)
    if call.state is CallState.OPEN and not any(each.state is HandState.ASKED for each in hands):
        call.next_at = ctx.now
    return ctx.texts.render("help_declined", number=ticket.number)


async def withdraw(ctx: Context, person_id: int, cause: Cause) -> None:
    """Somebody has left for good: what he was called for goes on without him, as if he had said 来不了."""
    for offer in await offers_to(ctx.session, person_id, ctx.now - MEMORY):
        ticket = await get_ticket_by_id(ctx.session, offer.ticket_id)
        call = await get_call(ctx.session, offer.call_id)
        if offer.over or ticket is None or call is None:
            continue
        hands = list(await hands_of(ctx.session, call.id))
        hand = next(each for each in hands if each.person_id == person_id)
        await _cannot(ctx, ticket, call, hand, hands, cause)


async def _arrived(
    ctx: Context, ticket: Ticket, call: HelpCall, hand: HelpHand, hands: list[HelpHand], cause: Cause
) -> str | None:
    if hand.state not in COMES:
        return None
    if hand.state is HandState.COMING:
        hand.state, hand.arrived_at = HandState.ARRIVED, ctx.now
        record(ctx, ticket, TicketEventKind.HELP_ARRIVED, cause)
        tell_owner(ctx, ticket, cause, "help_arrived_steward", who=cause.by)
    return ctx.texts.render("help_arrived_member", number=ticket.number)


async def _done(
    ctx: Context, ticket: Ticket, call: HelpCall, hand: HelpHand, hands: list[HelpHand], cause: Cause
) -> str | None:
    if hand.state not in COMES:
        return None
    if hand.state is not HandState.DONE:
        hand.state, hand.ended_at = HandState.DONE, ctx.now
        record(ctx, ticket, TicketEventKind.HELP_DONE, cause, f"{minutes_of(hand)}分钟")
        tell_owner(ctx, ticket, cause, "help_done_steward", who=cause.by, minutes=minutes_of(hand))
        if sum(each.state is HandState.DONE for each in hands) >= call.wanted:
            await end_call(ctx, ticket, call, cause, done=True)
    return ctx.texts.render("help_done_member", number=ticket.number)


_ANSWERS = {
    HandWord.COME: _come,
    HandWord.CANNOT: _cannot,
    HandWord.ARRIVED: _arrived,
    HandWord.DONE: _done,
}
