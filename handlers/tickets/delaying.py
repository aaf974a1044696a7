"""暂停 and 延期: a stopped clock with its reason, and more time that is asked for before due and decided a rung above."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.context import Context
from handlers.errors import ActionRefused
from handlers.tickets.clocks import due_after, extend_clock, run_clock, schedule_step, stop_clock
from handlers.tickets.ladder import next_above, owner_rung, rung_of
from handlers.tickets.telling import group_of, owner_title, tell_group, tell_owner, tell_person
from handlers.tickets.timeline import Action, Cause, check_allowed, record
from handlers.wording import due_words, place_line, public_words, quote_words
from storage.enums import Measure, TicketEventKind, TicketState
from storage.extensions import pending_extension
from storage.models import Extension, Ticket
from storage.people import PersonInfo
from storage.tickets import forget_waiting

FOR_RESIDENT = "等居民"
"""How the reason begins when the clock waits for the resident, who is told so."""


async def pause(ctx: Context, ticket: Ticket, reason: str, cause: Cause) -> None:
    """暂停: the clock stops, and its owner is asked about it after some days. Not for what is late already."""
    check_allowed(ticket, Action.PAUSE)
    if ticket.paused_at is not None:
        raise ActionRefused(ticket.number, "已经暂停了", Action.PAUSE)
    if ticket.resolve_due is None or ticket.resolve_due <= ctx.now:
        raise ActionRefused(ticket.number, "已经到期", Action.PAUSE)
    stop_clock(ctx, ticket)
    forget_waiting(ctx.session)
    ticket.pause_reason = reason
    record(ctx, ticket, TicketEventKind.PAUSED, cause, reason)
    schedule_step(ctx, ticket)
    if reason.startswith(FOR_RESIDENT):
        asked = quote_words(public_words(reason.removeprefix(FOR_RESIDENT).strip(" ：:，,")), 20)
        words = f"：{asked}" if asked else "回话"
        tell_group(ctx, ticket, cause, "waiting_resident", who=owner_title(ctx, ticket), words=words)


async def resume(ctx: Context, ticket: Ticket, cause: Cause, words: str = "") -> None:
    """继续: what was left of the time is left from now on."""
    check_allowed(ticket, Action.RESUME)
    if ticket.paused_at is None:
        raise ActionRefused(ticket.number, "没有暂停", Action.RESUME)
    run_clock(ctx, ticket)
    forget_waiting(ctx.session)
    record(ctx, ticket, TicketEventKind.RESUMED, cause, words)
    schedule_step(ctx, ticket)


async def resident_spoke(ctx: Context, ticket: Ticket, words: str, cause: Cause) -> bool:
    """Whom the clock waited for has said something: it runs again. Tells whether it had waited for him."""
    if (
        ticket.state is not TicketState.ACCEPTED
        or ticket.paused_at is None
        or not ticket.pause_reason.startswith(FOR_RESIDENT)
    ):
        return False
    await resume(ctx, ticket, cause, words)
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    tell_owner(ctx, ticket, cause, "resumed_by_resident", words=quote_words(words), due=due)
    return True


async def ask_extension(
    ctx: Context,
    ticket: Ticket,
    person: PersonInfo,
    length: timedelta,
    measure: Measure,
    reason: str,
    cause: Cause,
) -> PersonInfo | None:
    """延期: ask the next rung above for more time; who was asked. None: nobody is above, and it is granted at once."""
    check_allowed(ticket, Action.EXTEND)
    due = ticket.resolve_due
    if due is None or due <= ctx.now:
        raise ActionRefused(ticket.number, "已经到期", Action.EXTEND)
    if ticket.paused_at is not None:
        raise ActionRefused(ticket.number, "已经暂停了", Action.EXTEND)
    if await pending_extension(ctx.session, ticket.id) is not None:
        raise ActionRefused(ticket.number, "已经申请过，还没答复", Action.EXTEND)
    extension = Extension(
        ticket_id=ticket.id,
        _ticket=ticket,
        asked_at=ctx.now,
        asked_by_id=person.id,
        minutes=int(length.total_seconds() // 60),
        measure=measure,
        reason=reason,
        old_due=due,
    )
    ctx.session.add(extension)
    record(ctx, ticket, TicketEventKind.EXTENSION_ASKED, cause, reason)
    above = next_above(ctx, ticket)
    if above is None:
        await _grant(ctx, ticket, extension, "没有上一级", cause)
        return None
    approver = ctx.directory.answering(above[1], ctx.now)
    extension.approver_id = approver.id
    tell_person(ctx, ticket, approver, cause, _question(ctx, ticket, extension), key="extension_asked")
    return approver


async def ask_next(ctx: Context, ticket: Ticket, extension: Extension, cause: Cause) -> None:
    """Whoever was asked has left: the next rung above decides; with nobody above it is granted."""
    above = next_above(ctx, ticket)
    if above is None:
        await _grant(ctx, ticket, extension, "没有上一级", cause)
        return
    approver = ctx.directory.answering(above[1], ctx.now)
    extension.approver_id = approver.id
    tell_person(ctx, ticket, approver, cause, _question(ctx, ticket, extension), key="extension_asked")


def new_due(ctx: Context, extension: Extension) -> datetime:
    """By when it would have to be done."""
    return due_after(ctx, extension.old_due, timedelta(minutes=extension.minutes), extension.measure)


def _question(ctx: Context, ticket: Ticket, extension: Extension) -> str:
    return ctx.texts.render(
        "extension_asked",
        number=ticket.number,
        who=owner_title(ctx, ticket),
        due=due_words(new_due(ctx, extension), ctx.now),
        old=due_words(extension.old_due, ctx.now),
        reason=quote_words(extension.reason, 30),
        category=ctx.category_name(ticket.category),
        group=group_of(ctx, ticket).name,
        place=place_line(ticket),
    )


def may_decide(ctx: Context, person: PersonInfo, ticket: Ticket, extension: Extension) -> bool:
    """Whoever was asked, an admin, or anybody who stands above the ticket's owner."""
    if person.id == extension.approver_id or ctx.directory.is_admin(person):
        return True
    rung = rung_of(ctx.directory, person, group_of(ctx, ticket))
    return person.id != ticket.owner_id and rung > owner_rung(ctx, ticket)


async def decide(
    ctx: Context, ticket: Ticket, person: PersonInfo, cause: Cause, *, granted: bool, words: str = ""
) -> None:
    """同意 or 不同意, once."""
    action = Action.GRANT if granted else Action.REFUSE
    check_allowed(ticket, action)
    extension = await pending_extension(ctx.session, ticket.id)
    if extension is None:
        raise ActionRefused(ticket.number, "没有要答复的延期", action)
    if not may_decide(ctx, person, ticket, extension):
        raise ActionRefused(ticket.number, "的延期要上一级答复", action)
    if granted:
        await _grant(ctx, ticket, extension, person.name, cause)
        return
    extension.granted, extension.decided_at, extension.decided_by = False, ctx.now, person.name
    record(ctx, ticket, TicketEventKind.EXTENSION_REFUSED, cause, words)
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    reason = f"（{words}）" if words else ""
    tell_owner(ctx, ticket, cause, "extension_refused", who=person.name, reason=reason, due=due)


async def _grant(ctx: Context, ticket: Ticket, extension: Extension, by: str, cause: Cause) -> None:
    extension.granted, extension.decided_at, extension.decided_by = True, ctx.now, by
    length = timedelta(minutes=extension.minutes)
    await extend_clock(ctx, ticket, length, extension.measure)
    extension.new_due = ticket.resolve_due
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    record(ctx, ticket, TicketEventKind.EXTENSION_GRANTED, cause, f"{by}：{due}前")
    schedule_step(ctx, ticket)
    tell_group(ctx, ticket, cause, "extended_due", due=due)
    if extension.approver_id is not None:
        tell_owner(ctx, ticket, cause, "extension_granted", who=by, due=due)
