"""Calling a team for a ticket and keeping the call: rings, places offered again, the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.allowances import is_quiet, quiet_end
from handlers.context import Context
from handlers.speech import SpeechKind, tell
from handlers.teams.rings import RING_NAMES, has_team, ring_members
from handlers.teams.words import TEAM_NAMES, CallWish, wanted_in
from handlers.tickets.telling import group_of
from handlers.tickets.timeline import SYSTEM, Action, Cause, check_allowed, record
from handlers.wording import quote_words
from storage.enums import CallState, HandState, Priority, RoleKind, TicketEventKind
from storage.models import HelpCall, HelpHand, Ticket
from storage.people import PersonInfo
from storage.teams import cancel_unsaid, hands_of, open_call

COMES = frozenset((HandState.COMING, HandState.ARRIVED, HandState.DONE))
"""Who has a place."""


async def call_team(
    ctx: Context, ticket: Ticket, person: PersonInfo, wish: CallWish, cause: Cause
) -> tuple[HelpCall | None, int]:
    """3: call a team, or change how many are wanted; gives the call and how many were asked by it just now.

    None when nobody belongs to such a team. The ticket is locked.
    """
    check_allowed(ticket, Action.HELP)
    call = await open_call(ctx.session, ticket.id, wish.team)
    if call is None:
        if not has_team(ctx, wish.team):
            return None, 0
        call = _new_call(ctx, ticket, wish.team, wish.hands or wanted_in(ticket.text), cause)
        call.caller_id = person.id
        await ctx.session.flush()
    elif wish.hands is not None:
        call.wanted = wish.hands
    hands = await hands_of(ctx.session, call.id)
    if not hands:
        return call, await call_ring(ctx, ticket, call, cause)
    await settle(ctx, ticket, call, hands)
    return call, 0


def call_by_category(ctx: Context, ticket: Ticket) -> None:
    """A matter that needs hands calls the team by itself, when its words are complete."""
    if ticket.category in ctx.settings.help.categories and has_team(ctx, RoleKind.RESPONSE_TEAM):
        cause = Cause(by=SYSTEM, key=f"{ticket.number}:category", source="timer")
        call = _new_call(ctx, ticket, RoleKind.RESPONSE_TEAM, 1, cause)
        call.next_at = ctx.now + timedelta(seconds=ctx.settings.intake.burst_seconds)


def _new_call(ctx: Context, ticket: Ticket, team: RoleKind, wanted: int, cause: Cause) -> HelpCall:
    call = HelpCall(
        ticket_id=ticket.id,
        team=team,
        wanted=wanted,
        ring=0,
        turn=0,
        state=CallState.OPEN,
        called_by=cause.by,
        called_at=ctx.now,
    )
    ctx.session.add(call)
    return call


async def call_ring(ctx: Context, ticket: Ticket, call: HelpCall, cause: Cause) -> int:
    """Ask the next ring in which somebody has not been asked yet; tells how many, 0 when there is none left."""
    rings = ctx.settings.help.rings
    known = {hand.person_id for hand in await hands_of(ctx.session, call.id)} | {call.caller_id}
    while call.ring < len(rings):
        ring = rings[call.ring]
        call.ring += 1
        new = [
            each
            for each in ring_members(ctx, group_of(ctx, ticket), call.team, ring)
            if each.id not in known and each.contact != ticket.resident
        ]
        if new:
            for person in new:
                _ask(ctx, ticket, call, person)
            detail = f"{TEAM_NAMES[call.team]}（{RING_NAMES[ring]}）{len(new)}人，要{call.wanted}人"
            record(ctx, ticket, TicketEventKind.HELP_CALLED, cause, detail)
            call.next_at = _next_ring(ctx, ticket)
            return len(new)
    call.next_at = None
    record(ctx, ticket, TicketEventKind.HELP_CALLED, cause, "都叫过了")
    return 0


async def short_of(ctx: Context, call: HelpCall) -> int:
    """How many hands are still missing."""
    return max(0, call.wanted - len(coming(await hands_of(ctx.session, call.id))))


def coming(hands: Sequence[HelpHand]) -> list[HelpHand]:
    """Those who have a place, in the order they were called."""
    return [hand for hand in hands if hand.state in COMES]


def _next_ring(ctx: Context, ticket: Ticket) -> datetime:
    """When the next ring is called if too few come; what the night holds back has first to be heard."""
    if ticket.urgent:
        return ctx.now + timedelta(minutes=ctx.settings.help.urgent_ring_minutes)
    quiet = is_quiet(ctx.settings.delivery, ctx.now)
    heard = quiet_end(ctx.settings.delivery, ctx.now) if quiet else ctx.now
    return heard + timedelta(minutes=ctx.settings.help.ring_minutes)


def _ask(ctx: Context, ticket: Ticket, call: HelpCall, person: PersonInfo) -> None:
    hand = HelpHand(call_id=call.id, person_id=person.id, state=HandState.ASKED, asked_at=ctx.now)
    ctx.session.add(hand)
    say_to_hand(ctx, ticket, call, person, "ask", _call_text(ctx, ticket, call))


def _call_text(ctx: Context, ticket: Ticket, call: HelpCall) -> str:
    return ctx.texts.render(
        "help_call",
        team=TEAM_NAMES[call.team],
        number=ticket.number,
        group=group_of(ctx, ticket).name,
        resident=ticket.resident_name,
        place=f" {ticket.location}" if ticket.location else "",
        category=ctx.category_name(ticket.category),
        words=quote_words(ticket.text, 60),
        hands=call.wanted,
    )


def say_to_hand(
    ctx: Context, ticket: Ticket, call: HelpCall, person: PersonInfo, key: str, text: str
) -> None:
    """One thing to one who was called; each thing once a turn."""
    tell(
        ctx,
        person,
        text,
        account=group_of(ctx, ticket).account or "",
        key=_key(call, key, person.id),
        kind=SpeechKind.PROMPT,
        priority=Priority.URGENT if ticket.urgent else Priority.PROMPT,
        ticket=ticket,
    )


def _key(call: HelpCall, key: str, person_id: int) -> str:
    return f"help:{call.id}:{call.turn}:{key}:{person_id}"


async def settle(ctx: Context, ticket: Ticket, call: HelpCall, hands: Sequence[HelpHand]) -> None:
    """Bring the call's state in line with who comes: enough, so the others are told; or too few, so they are asked again."""
    places = coming(hands)
    if len(places) >= call.wanted and call.state is CallState.OPEN:
        call.state, call.next_at = CallState.FULL, None
        await _tell_taken(ctx, ticket, call, hands)
    elif len(places) < call.wanted and call.state is CallState.FULL:
        call.state = CallState.OPEN
        _offer_again(ctx, ticket, call, hands, call.wanted - len(places))
        waiting = any(hand.state is HandState.ASKED for hand in hands)
        call.next_at = _next_ring(ctx, ticket) if waiting else ctx.now


async def _tell_taken(ctx: Context, ticket: Ticket, call: HelpCall, hands: Sequence[HelpHand]) -> None:
    """Who has been asked hears once that it is taken; who has not even heard of it hears nothing."""
    who = "、".join(name_of(ctx, hand) for hand in coming(hands))
    waiting = [hand for hand in hands if hand.state is HandState.ASKED]
    keys = {_key(call, key, hand.person_id): hand for hand in waiting for key in ("ask", "again")}
    unsaid = {keys[key].id for key in await cancel_unsaid(ctx.session, keys)}
    text = ctx.texts.render("help_taken_others", number=ticket.number, who=who)
    for hand in waiting:
        if hand.id in unsaid:
            hand.state = HandState.RELEASED
        elif person := ctx.directory.people.get(hand.person_id):
            say_to_hand(ctx, ticket, call, person, "taken", text)


def _offer_again(ctx: Context, ticket: Ticket, call: HelpCall, hands: Sequence[HelpHand], short: int) -> None:
    call.turn += 1
    again = ctx.texts.render("help_again", number=ticket.number, short=short)
    for hand in hands:
        person = ctx.directory.people.get(hand.person_id)
        if person is None or hand.state not in (HandState.ASKED, HandState.RELEASED):
            continue
        if hand.state is HandState.RELEASED:
            hand.state = HandState.ASKED
            say_to_hand(ctx, ticket, call, person, "ask", _call_text(ctx, ticket, call))
        else:
            say_to_hand(ctx, ticket, call, person, "again", again)


def name_of(ctx: Context, hand: HelpHand) -> str:
    """How the person is called."""
    person = ctx.directory.people.get(hand.person_id)
    return person.name if person is not None else "队员"


async def end_call(ctx: Context, ticket: Ticket, call: HelpCall, cause: Cause, *, done: bool) -> None:
    """Nobody is needed any more: ``done`` when the matter is, so that those on their way or there have helped."""
    hands = await hands_of(ctx.session, call.id)
    keys = [_key(call, key, hand.person_id) for hand in hands for key in ("ask", "again")]
    await cancel_unsaid(ctx.session, keys)
    for hand in hands:
        was, person = hand.state, ctx.directory.people.get(hand.person_id)
        if was in (HandState.COMING, HandState.ARRIVED):
            hand.ended_at = ctx.now
            hand.state = HandState.DONE if done or was is HandState.ARRIVED else HandState.RELEASED
            if person is not None:
                key = "help_thanks" if done or was is HandState.ARRIVED else "help_off"
                say_to_hand(ctx, ticket, call, person, "over", ctx.texts.render(key, number=ticket.number))
        elif was is HandState.ASKED:
            hand.state = HandState.RELEASED
    call.state, call.next_at, call.ended_at = CallState.OVER, None, ctx.now
    record(ctx, ticket, TicketEventKind.HELP_ENDED, cause, _helped(ctx, hands))


def _helped(ctx: Context, hands: Sequence[HelpHand]) -> str:
    """Who has helped, for the timeline."""
    return "、".join(
        f"{name_of(ctx, hand)}{minutes_of(hand)}分钟" for hand in hands if hand.state is HandState.DONE
    )


def minutes_of(hand: HelpHand) -> int:
    """How long somebody has helped, from when he was there (or said he comes)."""
    began, ended = hand.arrived_at or hand.came_at, hand.ended_at
    return round((ended - began).total_seconds() / 60) if began is not None and ended is not None else 0
