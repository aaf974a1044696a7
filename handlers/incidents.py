"""The same matter in many groups within minutes: one incident, its tickets linked, the subdistrict told once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from handlers.context import Context
from handlers.speech import SpeechKind, say_in_group, tell
from handlers.tickets.telling import group_of
from handlers.tickets.timeline import Cause, record
from handlers.wording import public_words
from storage.enums import Priority, TicketEventKind, TicketState
from storage.incidents import get_incident, lone_tickets, running_incidents, tickets_of
from storage.models import Incident, Ticket
from storage.people import PersonInfo

WIDE = frozenset(("water", "power", "gas"))
"""Categories in which one cause is felt in many groups; a lift or a lamp belongs to one house."""

WINDOW = timedelta(minutes=15)
GROUPS_IN_COMMUNITY, GROUPS_IN_SUBDISTRICT = 3, 5

_ANSWER = re.compile(r"\s*答复事件[\s:：]*(?P<number>\d{1,9})[\s:：，,]+(?P<words>\S.*)", re.DOTALL)
_GONE = frozenset((TicketState.REJECTED, TicketState.CANCELLED, TicketState.MERGED))


async def note_incident(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """See whether a fresh ticket belongs to an incident, or makes one with others. Its group hears nothing of it."""
    if ticket.unsure or ticket.category not in WIDE:
        return
    community = group_of(ctx, ticket).community_id
    since = ctx.now - timedelta(minutes=ctx.settings.tickets.same_matter_minutes)
    for incident in await running_incidents(ctx.session, ticket.category, since):
        if incident.community_id in (None, community):
            ticket.incident_id = incident.id
            return
    alike = await lone_tickets(ctx.session, ticket.category, ctx.now - WINDOW)
    near = [each for each in alike if group_of(ctx, each).community_id == community]
    if len({each.group_id for each in near}) >= GROUPS_IN_COMMUNITY:
        await _open(ctx, ticket, near, community, cause)
    elif len({each.group_id for each in alike}) >= GROUPS_IN_SUBDISTRICT:
        await _open(ctx, ticket, alike, None, cause)


async def _open(
    ctx: Context, ticket: Ticket, alike: Sequence[Ticket], community: int | None, cause: Cause
) -> None:
    incident = Incident(category=ticket.category, community_id=community, opened_at=ctx.now)
    ctx.session.add(incident)
    await ctx.session.flush()
    for each in alike:
        each.incident_id = incident.id
        record(ctx, each, TicketEventKind.NOTED, cause, f"事件{incident.id}")
    groups = dict.fromkeys(group_of(ctx, each).name for each in alike)
    text = ctx.texts.render(
        "incident",
        number=incident.id,
        category=ctx.category_name(ticket.category),
        count=len(groups),
        groups="、".join(groups),
    )
    for person in ctx.directory.subdistrict():
        tell(
            ctx,
            person,
            text,
            account=group_of(ctx, ticket).account or "",
            key=f"incident:{incident.id}:{person.id}",
            kind=SpeechKind.PROMPT,
            priority=Priority.URGENT if any(each.urgent for each in alike) else Priority.PROMPT,
        )


def may_answer(ctx: Context, person: PersonInfo) -> bool:
    """Whether somebody may speak to all groups of an incident."""
    return ctx.directory.is_admin(person) or person in ctx.directory.subdistrict()


async def incident_command(ctx: Context, text: str, cause: Cause) -> str | None:
    """「答复事件 3 正在抢修」: say it once in each group of the incident. None when it is about something else.

    The caller has checked that the speaker may.
    """
    said = _ANSWER.fullmatch(text)
    if said is None:
        return None
    incident = await get_incident(ctx.session, int(said["number"]))
    if incident is None:
        return ctx.texts.render("no_incident", number=said["number"])
    words = public_words(" ".join(said["words"].split()))
    tickets = [each for each in await tickets_of(ctx.session, incident.id) if each.state not in _GONE]
    for each in tickets:
        record(ctx, each, TicketEventKind.NOTED, cause, f"答复事件{incident.id}：{words}")
    for group in {each.group_id: group_of(ctx, each) for each in tickets}.values():
        say_in_group(
            ctx,
            group,
            ctx.texts.render("incident_answer", category=ctx.category_name(incident.category), words=words),
            key=f"incident:{incident.id}:{cause.key}:{group.id}",
            kind=SpeechKind.NOTICE,
            priority=Priority.PROMPT,
        )
    count = len({each.group_id for each in tickets})
    return ctx.texts.render("incident_answered", number=incident.id, count=count)
