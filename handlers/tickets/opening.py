"""From a resident's words to a ticket: open a new one, extend his own, or stand behind a neighbour's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.aid import begin_aid
from handlers.context import Context
from handlers.elders.vouching import is_elder
from handlers.events import MessageKind
from handlers.speech import SpeechKind, say_in_group
from handlers.tickets.clocks import schedule_step, start_clocks
from handlers.tickets.delaying import resident_spoke, resume
from handlers.tickets.files import add_file
from handlers.tickets.ladder import STEWARD
from handlers.tickets.owning import first_receiver, give
from handlers.tickets.telling import (
    ack_text,
    acknowledge,
    group_of,
    owner_of,
    owner_title,
    prompt_text,
    tell_group,
    tell_owner,
    tell_person,
)
from handlers.tickets.timeline import SYSTEM, Cause, record
from handlers.wording import place_line, public_name, quote_words, staff_name
from nlp import Meaning, Place, Request, RequestKind, Verdict, same_place
from storage.enums import Priority, TicketEventKind, TicketState
from storage.models import Message, Ticket
from storage.outbox import pending_of_ticket, said_since
from storage.people import GroupInfo
from storage.tickets import add_supporter, add_ticket, list_open_in_group, next_number

OTHER = "other"
FILES_TOGETHER = timedelta(minutes=2)
"""Photos that follow each other within this time are one piece of news."""

AREA_WIDE = frozenset(("power", "water", "gas", "elevator", "noise", "lighting", "sanitation"))
"""Categories in which one matter is usually felt at many doors."""

_GAPS = re.compile(r"(?<=[幢栋楼元])[，,、\s]+(?=\d)")
"""What stands between the parts of a place that was said in several messages."""

LOUD_COUNTS = frozenset((1, 2, 3, 5, 10, 20, 50, 100))
"""Numbers of supporters that are worth telling the steward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a resident said in one go and what it means."""

    group: GroupInfo
    contact: str
    name: str
    text: str
    meaning: Meaning
    cause: Cause

    @property
    def request(self) -> Request:
        """The strongest matter."""
        return self.meaning.requests[0]


async def find_same_matter(ctx: Context, report: Report) -> Ticket | None:
    """An open ticket of the group that is about the same thing, reported not long ago."""
    since = ctx.now - timedelta(minutes=ctx.settings.tickets.same_matter_minutes)
    category = _category(ctx, report.request.category)
    building = report.meaning.place.building or ""
    same = [
        ticket
        for ticket in await list_open_in_group(ctx.session, report.group.id, since)
        if ticket.category == category and _same_place(ctx, ticket, report)
    ]
    return next((ticket for ticket in same if ticket.building == building), same[0] if same else None)


def _same_place(ctx: Context, ticket: Ticket, report: Report) -> bool:
    place = report.meaning.place
    if ticket.resident == report.contact:
        return True
    area_wide = ticket.category in AREA_WIDE
    if not ticket.location or not place:
        return (not ticket.location and not place) or area_wide or "也" in report.text
    before = replace(
        ctx.place_of(ticket.location, report.group),
        building=ticket.building or None,
        unit=ticket.unit or None,
        room=ticket.room or None,
    )
    if bool(before.building) is not bool(place.building):
        elsewhere = before.spot if place.building else place.spot
        return not elsewhere and (area_wide or "也" in report.text)
    return same_place(before, place, any_room=area_wide)


async def open_ticket(ctx: Context, report: Report) -> Ticket:
    """Register a new matter: ticket, timeline, acknowledgement, prompt.

    Both messages are held for the burst time, so that what the resident adds at once is still in them; urgent ones
    go out now. An unsure matter is only asked about, and the group hears nothing yet.
    """
    ticket = await _new_ticket(ctx, report)
    record(ctx, ticket, TicketEventKind.OPENED, report.cause)
    if ticket.verified:
        record(ctx, ticket, TicketEventKind.VERIFIED, report.cause)
    held = _hold(ctx, ticket)
    if not ticket.unsure:
        acknowledge(ctx, ticket, Priority.REPLY, held)
    if owner := owner_of(ctx, ticket):
        tell_person(ctx, ticket, owner, report.cause, prompt_text(ctx, ticket), key="prompt", not_before=held)
        ticket.state = TicketState.PROMPTED
        cause = Cause(by=SYSTEM, key=report.cause.key)
        record(ctx, ticket, TicketEventKind.PROMPTED, cause, ctx.directory.called(owner))
        if not ticket.unsure:
            _tell_steward(ctx, ticket, cause, held)
    schedule_step(ctx, ticket)
    if not ticket.unsure:
        await begin_aid(ctx, ticket, fresh=True)
    return ticket


def _tell_steward(ctx: Context, ticket: Ticket, cause: Cause, held: datetime) -> None:
    """The routing table gave the ticket to another than the steward: he hears of it, and has nothing to do."""
    steward = ctx.directory.steward(group_of(ctx, ticket))
    if steward is None or steward.id in (ticket.owner_id, ticket.covered_for_id):
        return
    steward = ctx.directory.answering(steward, ctx.now)
    if steward.id == ticket.owner_id:
        return
    text = ctx.texts.render(
        "routed_steward",
        number=ticket.number,
        who=owner_title(ctx, ticket),
        category=ctx.category_name(ticket.category),
        group=group_of(ctx, ticket).name,
        words=quote_words(ticket.text),
    )
    tell_person(ctx, ticket, steward, cause, text, key="routed", not_before=held)


async def _new_ticket(ctx: Context, report: Report) -> Ticket:
    request, unsure = report.request, report.meaning.verdict is Verdict.ASK
    category = _category(ctx, request.category)
    question = unsure and request.kind is RequestKind.INQUIRY
    receiver = first_receiver(ctx, report.group, category, unsure=question)
    number = await next_number(ctx.session)
    ticket = Ticket(
        id=number,
        number=number,
        state=TicketState.NEW,
        category=category,
        kind=request.kind,
        urgent=report.meaning.urgent,
        group_id=report.group.id,
        resident=report.contact,
        resident_name=report.name,
        text=report.text,
        supporters=0,
        photos=0,
        voices=0,
        level=STEWARD,
        highest_level=STEWARD,
        reopened=0,
        unsure=unsure,
        verified=_verifies(ctx, report),
        opened_at=ctx.now,
        **_place_columns(report.meaning.place),
    )
    if receiver is not None:
        ticket.first_owner_id = give(ctx, ticket, receiver).id
    await start_clocks(ctx, ticket)
    add_ticket(ctx.session, ticket)
    return ticket


def _category(ctx: Context, code: str) -> str:
    return code if code in ctx.categories else OTHER


def _place_columns(place: Place) -> dict[str, str]:
    return {
        "location": _GAPS.sub("", place.text or ""),
        "building": place.building or "",
        "unit": place.unit or "",
        "room": place.room or "",
    }


def set_place(ticket: Ticket, place: Place) -> None:
    """The ticket is about this place."""
    for name, value in _place_columns(place).items():
        setattr(ticket, name, value)


def _hold(ctx: Context, ticket: Ticket) -> datetime:
    """Until when messages about a fresh ticket wait for the rest of what is being said; three waits at most."""
    wait = timedelta(seconds=ctx.settings.intake.burst_seconds)
    return ctx.now if ticket.urgent else min(ctx.now + wait, ticket.opened_at + 3 * wait)


async def extend_ticket(ctx: Context, ticket: Ticket, report: Report, *, acknowledge: bool) -> None:
    """Add what the resident says next to his own ticket.

    Messages still held back are rewritten; if the steward has already been prompted, a short addition follows, unless
    it is word for word what he has read.
    ``acknowledge`` says so in the group (not wanted inside a burst).
    """
    was_urgent = ticket.urgent
    is_news = bool(report.text) and f"\n{report.text}\n" not in f"\n{ticket.text}\n"
    if is_news:
        ticket.text = f"{ticket.text}\n{report.text}"
    _take_over(ctx, ticket, report.meaning, in_a_burst=not acknowledge)
    record(ctx, ticket, TicketEventKind.EXTENDED, report.cause)
    answered = await resident_spoke(ctx, ticket, report.text, report.cause)
    prompt_held = await rewrite_held(ctx, ticket)
    if ticket.urgent and not was_urgent:
        if ticket.paused_at is not None:
            await resume(ctx, ticket, report.cause)
        await start_clocks(ctx, ticket)
        schedule_step(ctx, ticket)
        if not prompt_held and (owner := owner_of(ctx, ticket)):
            tell_person(ctx, ticket, owner, report.cause, prompt_text(ctx, ticket), key="prompt")
    elif not prompt_held and is_news and not answered:
        words = quote_words(report.text)
        tell_owner(ctx, ticket, report.cause, "extended", words=words, place=place_line(ticket))
    if acknowledge and report.text:
        tell_group(ctx, ticket, report.cause, "extended_resident", direct=True)


async def bring_file(ctx: Context, ticket: Ticket, row: Message, cause: Cause) -> None:
    """A resident's photo, voice or file comes to a ticket; a burst of them is told once."""
    since = ctx.now - FILES_TOGETHER
    key = "extended_voice" if row.kind == MessageKind.VOICE else "extended_photo"
    add_file(ctx, ticket, row, cause)
    if not await rewrite_held(ctx, ticket) and not await said_since(ctx.session, ticket.id, key, since):
        tell_owner(ctx, ticket, cause, key, who=staff_name(row.name))


def _take_over(ctx: Context, ticket: Ticket, meaning: Meaning, *, in_a_burst: bool) -> None:
    """What new words tell of the place, the matter and its urgency; in a burst ``meaning`` is that of all of it."""
    place = meaning.place
    finer = in_a_burst and place.building == ticket.building and bool(place.unit or place.room)
    if place and (not ticket.location or (place.building and not ticket.building) or finer):
        set_place(ticket, place)
    if meaning.requests and meaning.verdict is Verdict.TICKET:
        ticket.unsure = False
        if ticket.category == OTHER or (meaning.urgent and not ticket.urgent):
            ticket.category = _category(ctx, meaning.requests[0].category)
    ticket.urgent = ticket.urgent or meaning.urgent


async def rewrite_held(ctx: Context, ticket: Ticket) -> bool:
    """Bring messages that have not gone out yet up to date; tells whether the prompt was among them."""
    held, prompt_held = _hold(ctx, ticket), False
    for row in await pending_of_ticket(ctx.session, ticket.id, ctx.now):
        if row.key == f"{ticket.number}:ack":
            row.text = ack_text(ctx, ticket)
        elif row.key.split(":")[-2] == "prompt":
            row.text, prompt_held = prompt_text(ctx, ticket), True
        else:
            continue
        row.not_before = max(held, ctx.now)
        if ticket.urgent:
            row.priority, row.rank = Priority.URGENT, Priority.URGENT.rank
    return prompt_held


async def support_ticket(ctx: Context, ticket: Ticket, report: Report) -> None:
    """A neighbour says the same: count him once, tell him so, and the steward at telling numbers."""
    if not await add_supporter(ctx.session, ticket, report.contact, report.name, ctx.now):
        return
    count = ticket.supporters + 1
    record(ctx, ticket, TicketEventKind.SUPPORTED, report.cause, str(count))
    say_in_group(
        ctx,
        group_of(ctx, ticket),
        ctx.texts.render("supported", resident=public_name(report.name), number=ticket.number, count=count),
        key=f"{report.cause.key}:{ticket.number}:supported",
        kind=SpeechKind.ACK,
        priority=Priority.REPLY,
        mentions=[report.contact],
        ticket=ticket,
        not_before=ctx.now + timedelta(seconds=ctx.settings.intake.burst_seconds),
    )
    if not ticket.verified and _verifies(ctx, report):
        await _verify(ctx, ticket, report)
    elif ticket.supporters in LOUD_COUNTS:
        tell_owner(ctx, ticket, report.cause, "joined", count=count)


def _verifies(ctx: Context, report: Report) -> bool:
    """Whether it is one of the 五老 who says so, as a report and not as a question."""
    return report.meaning.verdict is Verdict.TICKET and is_elder(ctx, report.contact, report.group)


async def _verify(ctx: Context, ticket: Ticket, report: Report) -> None:
    """One of the 五老 says the same: what was only asked about is a request now, and the steward knows whose word it is."""
    was_unsure, ticket.unsure, ticket.verified = ticket.unsure, False, True
    record(ctx, ticket, TicketEventKind.VERIFIED, report.cause)
    if was_unsure:
        acknowledge(ctx, ticket, Priority.REPLY)
        await begin_aid(ctx, ticket)
    if await rewrite_held(ctx, ticket):
        return
    if was_unsure and (owner := owner_of(ctx, ticket)):
        tell_person(ctx, ticket, owner, report.cause, prompt_text(ctx, ticket), key="verified")
    else:
        tell_owner(ctx, ticket, report.cause, "verified_steward", who=report.cause.by)


async def open_or_join(ctx: Context, report: Report) -> tuple[Ticket, bool]:
    """Take a report to the ticket it belongs to; tells which, and whether it is a new one."""
    ticket = await find_same_matter(ctx, report)
    if ticket is None or (report.meaning.urgent and not ticket.urgent and ticket.resident != report.contact):
        return await open_ticket(ctx, report), True
    if ticket.resident == report.contact:
        await extend_ticket(ctx, ticket, report, acknowledge=True)
    else:
        await support_ticket(ctx, ticket, report)
    return ticket, False


def joined_text(parts: Sequence[str]) -> str:
    """Lines said one after the other as one text: short fragments run on, whole sentences are set off."""
    text = ""
    for part in (part.strip() for part in parts):
        if not part:
            continue
        gap = "" if not text or text[-1] in "，。！？,!?；;…~" or len(text) < 6 or len(part) < 4 else "，"
        text += gap + part
    return text
