"""What a steward hears when he calls a team, asks who helped, or lets it be."""

from __future__ import annotations

from handlers.context import Context
from handlers.teams.calling import call_team, coming, end_call
from handlers.teams.words import TEAM_NAMES, CallWish
from handlers.tickets.timeline import Cause
from storage.models import HelpCall, Ticket
from storage.people import PersonInfo
from storage.teams import hands_of, list_helpers, open_call


async def call_for_help(
    ctx: Context, ticket: Ticket, person: PersonInfo, wish: CallWish, cause: Cause
) -> str:
    """Call the team; the words to answer with. Raises ActionRefused when the ticket's state does not allow it."""
    call, asked = await call_team(ctx, ticket, person, wish, cause)
    number, team = ticket.number, TEAM_NAMES[wish.team]
    if call is None:
        return ctx.texts.render("no_team", number=number, team=team)
    if asked:
        return ctx.texts.render(
            "helped_steward", number=number, team=team, count=asked, hands=hands_words(call)
        )
    hands = await hands_of(ctx.session, call.id)
    come = len(coming(hands))
    short = max(0, call.wanted - come)
    if not hands:
        return ctx.texts.render("help_nobody", number=number, team=team, short=short)
    return ctx.texts.render("help_known", number=number, team=team, come=come, short=short)


def hands_words(call: HelpCall) -> str:
    """``，要2人`` when more than one is wanted."""
    return f"，要{call.wanted}人" if call.wanted > 1 else ""


async def is_called(ctx: Context, ticket: Ticket) -> bool:
    """Whether people are being called for the ticket, or come."""
    return await open_call(ctx.session, ticket.id) is not None


async def stop_calling(ctx: Context, ticket: Ticket, cause: Cause) -> str:
    """不用铁脚板了: those on their way are told; the words to answer with."""
    call = await open_call(ctx.session, ticket.id)
    if call is None:
        return ctx.texts.render("help_not_called", number=ticket.number)
    await end_call(ctx, ticket, call, cause, done=False)
    return ctx.texts.render("help_stopped", number=ticket.number)


async def helpers_line(ctx: Context, ticket: Ticket) -> str:
    """Who helped and how long, on a line of its own; empty when nobody did."""
    helpers = await list_helpers(ctx.session, ticket_id=ticket.id)
    if not helpers:
        return ""
    who = (
        f"{each.name}{round((each.ended_at - each.began_at).total_seconds() / 60)}分钟"
        if each.ended_at
        else each.name
        for each in helpers
    )
    return "\n" + ctx.texts.render("helpers", who="、".join(who))
