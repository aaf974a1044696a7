"""Who is told what about a ticket: one function for each listener."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.context import Context
from handlers.speech import SpeechKind, say_in_group, tell
from handlers.tickets.timeline import QUESTION, Cause
from handlers.wording import (
    LONGEST_QUOTE,
    call_names,
    clock_time,
    fact_line,
    place_line,
    public_name,
    public_place,
    quote_words,
)
from storage.enums import Priority, RoleKind
from storage.models import Outbox, Supporter, Ticket
from storage.people import GroupInfo, PersonInfo

SAFETY = {
    "gas": "请关阀开窗，别碰电器，到室外打119。",
    "fire_safety": "有火请先打119，人先离开。",
    "emergency": "有人受伤请先打120。",
    "elevator": "被困请按警铃，别扒门。",
    "power": "请离远，别碰电线。",
    "security": "有危险请先打110。",
    "missing_person": "请同时打110报警。",
}
LONGEST_PROMPT = 170
"""Of the 200 characters that are read on a phone; the rest is for who hands the ticket on."""

SHORTEST_QUOTE = 20
DEFAULT_SAFETY = "有危险请先打110。"


def group_of(ctx: Context, ticket: Ticket) -> GroupInfo:
    """The group the ticket came from."""
    return ctx.directory.groups[ticket.group_id]


def owner_of(ctx: Context, ticket: Ticket) -> PersonInfo | None:
    """Who answers for the ticket now."""
    return ctx.directory.people.get(ticket.owner_id) if ticket.owner_id is not None else None


def owner_title(ctx: Context, ticket: Ticket) -> str:
    """``管家李四`` while a steward answers, the name (or the recipient's: 大工委) of anyone else."""
    owner = owner_of(ctx, ticket)
    if owner is None:
        return "社区"
    is_steward = any(role.kind is RoleKind.STEWARD for role in owner.roles)
    return f"管家{owner.name}" if is_steward else ctx.directory.called(owner)


def brief(ctx: Context, ticket: Ticket) -> str:
    """A ticket on one line of a list."""
    words = ticket.location or quote_words(ticket.text, 12)
    return f"{ticket.number} {ctx.category_name(ticket.category)} {group_of(ctx, ticket).name} {words}"


def first_owner_line(ctx: Context, ticket: Ticket) -> str:
    """首接负责: who took it first, when another answers now."""
    first = ctx.directory.people.get(ticket.first_owner_id or 0)
    owner = owner_of(ctx, ticket)
    if first is None or owner is None or first.id == owner.id:
        return ""
    return f"\n首接：{ctx.directory.called(first)}，现在：{ctx.directory.called(owner)}"


def tell_group(
    ctx: Context,
    ticket: Ticket,
    cause: Cause,
    key: str,
    *,
    direct: bool = False,
    neighbours: Sequence[Supporter] = (),
    **fields: object,
) -> Outbox:
    """Say one line about the ticket to its resident, and to these ``neighbours`` behind it, in the group.

    ``direct``: the line answers somebody who has just spoken there, so quiet hours do not hold it.
    """
    names = [public_name(name) for name in (ticket.resident_name, *(each.name for each in neighbours))]
    text = ctx.texts.render(key, resident=call_names(names), number=ticket.number, **fields)
    return say_in_group(
        ctx,
        group_of(ctx, ticket),
        text,
        key=f"{cause.key}:{ticket.number}:{key}",
        kind=SpeechKind.ACK if key.startswith("ack") else SpeechKind.STATUS,
        priority=_priority(ticket, Priority.REPLY if direct else Priority.PROMPT),
        mentions=[ticket.resident, *(each.contact_id for each in neighbours)],
        ticket=ticket,
    )


def tell_person(
    ctx: Context,
    ticket: Ticket,
    person: PersonInfo,
    cause: Cause,
    text: str,
    *,
    key: str,
    priority: Priority = Priority.PROMPT,
    not_before: datetime | None = None,
    media: str | None = None,
) -> Outbox:
    """Send somebody a direct message about the ticket, or (``media``) one of its files."""
    return tell(
        ctx,
        person,
        text,
        account=group_of(ctx, ticket).account or "",
        key=f"{cause.key}:{ticket.number}:{key}:{person.id}",
        kind=SpeechKind.PROMPT,
        priority=_priority(ticket, priority),
        ticket=ticket,
        not_before=not_before,
        media=media,
    )


def tell_owner(ctx: Context, ticket: Ticket, cause: Cause, key: str, **fields: object) -> None:
    """A short note to whoever answers for the ticket now; nobody is no error."""
    if owner := owner_of(ctx, ticket):
        text = ctx.texts.render(key, number=ticket.number, **fields)
        tell_person(ctx, ticket, owner, cause, text, key=key)


def ack_text(ctx: Context, ticket: Ticket) -> str:
    """What the resident reads when the matter has been registered."""
    return ctx.texts.render(
        "ack_urgent" if ticket.urgent else "ack",
        resident=public_name(ticket.resident_name),
        category=ctx.category_name(ticket.category),
        place=public_place(ticket),
        number=ticket.number,
        who=owner_title(ctx, ticket),
        **({"safety": SAFETY.get(ticket.category, DEFAULT_SAFETY)} if ticket.urgent else {}),
    )


def acknowledge(ctx: Context, ticket: Ticket, priority: Priority, not_before: datetime | None = None) -> None:
    """Tell the resident in the group, once, that the matter has been registered."""
    say_in_group(
        ctx,
        group_of(ctx, ticket),
        ack_text(ctx, ticket),
        key=f"{ticket.number}:ack",
        kind=SpeechKind.ACK,
        priority=_priority(ticket, priority),
        mentions=[ticket.resident],
        ticket=ticket,
        not_before=not_before,
    )


def prompt_text(ctx: Context, ticket: Ticket) -> str:
    """The short prompt that whoever answers reads on the phone; long words are cut so that all of it is read."""
    text = _prompt(ctx, ticket, LONGEST_QUOTE)
    over = len(text) - LONGEST_PROMPT
    return text if over <= 0 else _prompt(ctx, ticket, max(LONGEST_QUOTE - over, SHORTEST_QUOTE))


def _prompt(ctx: Context, ticket: Ticket, longest: int) -> str:
    shared = {
        "number": ticket.number,
        "group": group_of(ctx, ticket).name,
        "resident": ticket.resident_name,
        "time": clock_time(ticket.opened_at),
        "words": quote_words(ticket.text, longest),
        "place": f"{place_line(ticket)}{fact_line(ticket.text)}",
    }
    if ticket.unsure:
        return ctx.texts.render("unanswered" if ticket.kind == QUESTION else "ask", **shared)
    return ctx.texts.render(
        "prompt",
        mark="紧急" if ticket.urgent else "新",
        category=ctx.category_name(ticket.category),
        extra=_extra(ctx, ticket),
        menu=menu_text(ctx, ticket),
        **shared,
    )


def _extra(ctx: Context, ticket: Ticket) -> str:
    """That one of the 五老 says so, how many neighbours say the same, and which files come after the prompt."""
    counts = {
        "with_neighbours": ticket.supporters + 1 if ticket.supporters else 0,
        "with_photos": ticket.photos,
        "with_voices": ticket.voices,
    }
    elder = f" {ctx.texts.render('with_elder')}" if ticket.verified else ""
    return elder + "".join(f" {ctx.texts.render(key, count=count)}" for key, count in counts.items() if count)


def menu_text(ctx: Context, ticket: Ticket) -> str:
    """What can be answered; in a work group only by quoting the prompt or with the number."""
    owner = owner_of(ctx, ticket)
    if owner is not None and owner.topic is not None:
        return ctx.texts.render("menu_work_group", number=ticket.number)
    return ctx.texts.render("menu")


def _priority(ticket: Ticket, usual: Priority) -> Priority:
    return Priority.URGENT if ticket.urgent else usual
