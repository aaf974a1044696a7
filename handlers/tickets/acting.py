"""What can be done to a ticket: each function changes the state, writes the timeline and tells those concerned.

Each raises ActionRefused when the ticket's state does not allow it. The caller answers the one who acted.
"""

from __future__ import annotations

from handlers.aid import begin_aid
from handlers.context import Context
from handlers.tickets.clocks import call_level, run_clock, schedule_step, set_limit
from handlers.tickets.confirming import ASKING, NO_OBJECTION, closing_time, next_look
from handlers.tickets.ladder import STEWARD, owner_rung
from handlers.tickets.owning import give, take
from handlers.tickets.telling import (
    acknowledge,
    group_of,
    menu_text,
    owner_of,
    owner_title,
    prompt_text,
    tell_group,
    tell_owner,
    tell_person,
)
from handlers.tickets.timeline import Action, Cause, check_allowed, record
from handlers.wording import due_words, place_line, public_words, quote_words
from storage.enums import OPEN_STATES, Priority, TicketEventKind, TicketState
from storage.merging import supporters_of
from storage.models import Ticket
from storage.outbox import cancel_lines
from storage.people import PersonInfo

SATISFIED, FAIR, DISSATISFIED = 5, 3, 1
"""Ratings behind 满意, 一般 and 不满意."""

RATING_NAMES = {SATISFIED: "满意", FAIR: "一般", DISSATISFIED: "不满意"}
LOW = 2
"""With a reason, a rating up to here asks the steward to call the resident back."""


async def accept(
    ctx: Context, ticket: Ticket, person: PersonInfo, cause: Cause, *, quietly: bool = False
) -> None:
    """接单: somebody takes the matter on. ``quietly``: the group has just heard it from him."""
    check_allowed(ticket, Action.ACCEPT)
    was_unsure, ticket.unsure = ticket.unsure, False
    _respond(ctx, ticket, person)
    ticket.state, ticket.accepted_at = TicketState.ACCEPTED, ctx.now
    record(ctx, ticket, TicketEventKind.ACCEPTED, cause)
    schedule_step(ctx, ticket)
    if was_unsure:
        await begin_aid(ctx, ticket)
    if quietly:
        return
    if was_unsure:
        acknowledge(ctx, ticket, Priority.PROMPT)
    else:
        tell_group(ctx, ticket, cause, "accepted", who=owner_title(ctx, ticket))


def _respond(ctx: Context, ticket: Ticket, person: PersonInfo) -> None:
    take(ticket, person)
    ticket.responded_at = ticket.responded_at or ctx.now


async def reassign(
    ctx: Context, ticket: Ticket, to: PersonInfo, cause: Cause, reason: str = ""
) -> PersonInfo:
    """转派: somebody else answers from now on, and is reminded in his own time.

    What was promised the resident stands: both due times run on. Who took it first stays visible. Tells who answers:
    who was named, or whoever stands in for him.
    """
    owner = pass_on(ctx, ticket, to, cause, f" {reason}".rstrip()) or to
    words = f"（{reason}）" if reason else ""
    notice = ctx.texts.render("reassigned_notice", who=cause.by, reason=words)
    tell_person(ctx, ticket, owner, cause, f"{notice}\n{prompt_text(ctx, ticket)}", key="reassigned")
    return owner


def pass_on(
    ctx: Context, ticket: Ticket, to: PersonInfo | None, cause: Cause, reason: str
) -> PersonInfo | None:
    """Somebody else answers from now on, or nobody until the ladder finds one; who that is. Nobody is told."""
    check_allowed(ticket, Action.REASSIGN)
    run_clock(ctx, ticket)
    if to is None:
        owner, ticket.owner_id, ticket.covered_for_id = None, None, None
    else:
        owner = give(ctx, ticket, to)
    if ticket.state is TicketState.ACCEPTED:
        ticket.state, ticket.accepted_at = TicketState.PROMPTED, None
    call_level(ctx, ticket, max(STEWARD, owner_rung(ctx, ticket)))
    name = ctx.directory.called(owner) if owner is not None else "没有人"
    record(ctx, ticket, TicketEventKind.REASSIGNED, cause, f"{name}{reason}")
    schedule_step(ctx, ticket)
    return owner


async def resolve(ctx: Context, ticket: Ticket, person: PersonInfo, cause: Cause, words: str = "") -> None:
    """办结: it is done, in the steward's words; the resident is asked."""
    check_allowed(ticket, Action.RESOLVE)
    run_clock(ctx, ticket)
    ticket.unsure = False
    _respond(ctx, ticket, person)
    ticket.accepted_at = ticket.accepted_at or ctx.now
    ticket.state, ticket.resolved_at, ticket.resolution = TicketState.RESOLVED, ctx.now, words
    record(ctx, ticket, TicketEventKind.RESOLVED, cause, words)
    schedule_step(ctx, ticket)
    said = quote_words(public_words(words), 30)
    neighbours = await supporters_of(ctx.session, ticket.id) if ticket.supporters else ()
    if said:
        tell_group(ctx, ticket, cause, "resolved", neighbours=neighbours, words=said)
    else:
        tell_group(ctx, ticket, cause, "resolved_bare", neighbours=neighbours)


async def settle(ctx: Context, ticket: Ticket, words: str, cause: Cause) -> None:
    """The resident says himself that it is over: resolved and closed at once, nobody is asked."""
    check_allowed(ticket, Action.RESOLVE)
    run_clock(ctx, ticket)
    ticket.unsure, ticket.resolution = False, words
    ticket.responded_at, ticket.accepted_at = ticket.responded_at or ctx.now, ticket.accepted_at or ctx.now
    ticket.resolved_at = ctx.now
    record(ctx, ticket, TicketEventKind.RESOLVED, cause, words)
    close(ctx, ticket, cause)


async def reject(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """不是诉求: the resident hears of it only if the bot had promised something."""
    check_allowed(ticket, Action.REJECT)
    run_clock(ctx, ticket)
    ticket.state, ticket.closed_at, ticket.next_step_at = TicketState.REJECTED, ctx.now, None
    record(ctx, ticket, TicketEventKind.REJECTED, cause)
    if not ticket.unsure:
        tell_group(ctx, ticket, cause, "rejected")


async def cancel(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """撤销 by the resident."""
    check_allowed(ticket, Action.CANCEL)
    run_clock(ctx, ticket)
    ticket.state, ticket.closed_at, ticket.next_step_at = TicketState.CANCELLED, ctx.now, None
    record(ctx, ticket, TicketEventKind.CANCELLED, cause)
    tell_group(ctx, ticket, cause, "cancelled", direct=True)
    tell_owner(ctx, ticket, cause, "cancelled_steward")


async def rate(ctx: Context, ticket: Ticket, rating: int, words: str, cause: Cause) -> None:
    """1 to 5, or 满意 / 一般 / 不满意: the resident's word closes the ticket; ``words`` are what he adds."""
    check_allowed(ticket, Action.RATE)
    ticket.rating = rating
    label = RATING_NAMES.get(rating, f"{rating}分")
    record(ctx, ticket, TicketEventKind.RATED, cause, f"{label} {words}".strip())
    if not ticket.supporters:  # who has answered is not asked any more; neighbours still hear that it is done
        await cancel_lines(ctx.session, ticket.id, ASKING)
    close(ctx, ticket, cause)
    if rating <= LOW and words:
        said = {"resident": ticket.resident_name, "words": quote_words(words)}
        tell_owner(ctx, ticket, cause, "call_back_steward", rating=label, **said)
        tell_group(ctx, ticket, cause, "call_back", direct=True, who=owner_title(ctx, ticket))
    elif rating == SATISFIED and not words:
        tell_owner(ctx, ticket, cause, "satisfied_steward")
    else:
        said = {"words": f"{label}，{quote_words(words)}" if words else label}
        tell_owner(ctx, ticket, cause, "rated_steward", **said)


def close(ctx: Context, ticket: Ticket, cause: Cause, detail: str = "") -> None:
    """结案."""
    ticket.state, ticket.closed_at, ticket.next_step_at = TicketState.CLOSED, ctx.now, None
    record(ctx, ticket, TicketEventKind.CLOSED, cause, detail)


def confirm(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """The resident has said nothing to the result: ask once more, then close without objection."""
    resolved, due = ticket.resolved_at or ctx.now, ticket.next_step_at or ctx.now
    if due >= closing_time(ctx.settings.tickets, resolved):
        close(ctx, ticket, cause, NO_OBJECTION)
        return
    tell_group(ctx, ticket, cause, "rating_reminder")
    record(ctx, ticket, TicketEventKind.REMINDED, cause, "请居民评价")
    ticket.next_step_at = next_look(ctx.settings.tickets, resolved, ctx.now)


async def note(ctx: Context, ticket: Ticket, words: str, cause: Cause) -> None:
    """备注: for the staff's eyes."""
    record(ctx, ticket, TicketEventKind.NOTED, cause, words)


async def recategorise(ctx: Context, ticket: Ticket, code: str, cause: Cause) -> None:
    """改类: the matter is of another category; its time to resolve follows."""
    check_allowed(ticket, Action.RECATEGORISE)
    old, ticket.category = ticket.category, code
    await set_limit(ctx, ticket)
    record(ctx, ticket, TicketEventKind.RECATEGORISED, cause, f"{old} → {code}")
    if ticket.state not in OPEN_STATES:
        return  # what is resolved goes on waiting for the resident
    schedule_step(ctx, ticket)
    if code != old and not ticket.unsure:
        await begin_aid(ctx, ticket)


async def urge(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """催一下: the resident asks to hurry."""
    record(ctx, ticket, TicketEventKind.REMINDED, cause)
    tell_owner(ctx, ticket, cause, "urge_steward")


def escalate(ctx: Context, ticket: Ticket, to: PersonInfo, cause: Cause) -> None:
    """督办: nobody took it in time, so the next in line answers from now on; who had it is told."""
    check_allowed(ticket, Action.ESCALATE)
    before = owner_of(ctx, ticket)
    to = give(ctx, ticket, to)
    record(ctx, ticket, TicketEventKind.ESCALATED, cause, to.name)
    title = f"{before.name}" if before is not None else "管家"
    text = ctx.texts.render("escalated", number=ticket.number, who=title, prompt=prompt_text(ctx, ticket))
    tell_person(ctx, ticket, to, cause, text, key="escalated")
    if before is not None:
        away = ctx.texts.render("escalated_away", number=ticket.number, who=to.name)
        tell_person(ctx, ticket, before, cause, away, key="escalated_away")


def remind(ctx: Context, ticket: Ticket, cause: Cause) -> None:
    """提醒 whoever should have answered."""
    record(ctx, ticket, TicketEventKind.REMINDED, cause)
    tell_owner(
        ctx,
        ticket,
        cause,
        "remind",
        category=ctx.category_name(ticket.category),
        group=group_of(ctx, ticket).name,
        place=place_line(ticket),
        menu=menu_text(ctx, ticket),
    )


def status_words(ctx: Context, ticket: Ticket) -> str:
    """How the ticket stands, in a resident's words."""
    who = owner_title(ctx, ticket)
    if ticket.paused_at is not None:
        return f"{who}已接单，现在{quote_words(public_words(ticket.pause_reason), 20)}"
    if ticket.state is TicketState.ACCEPTED and ticket.resolve_due is not None:
        if ticket.resolve_due > ctx.now:
            return f"{who}已接单，预计{due_words(ticket.resolve_due, ctx.now)}前办好"
        return f"{who}正在办理"
    if ticket.state in (TicketState.NEW, TicketState.PROMPTED):
        return f"已通知{who}，等接单"
    words = {TicketState.RESOLVED: "已办结，满意回“满意”", TicketState.CLOSED: "已结案"}
    return words.get(ticket.state, "已撤下")
