"""Tickets go along when a part of a group gets one of its own."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.duty.leave import list_for, tell_about
from handlers.roster.groups import GroupRefused
from handlers.tickets.acting import pass_on
from handlers.tickets.owning import first_receiver
from handlers.tickets.telling import group_of
from handlers.tickets.timeline import STATE_NAMES, Cause, record
from storage.enums import OPEN_STATES, TicketEventKind
from storage.models import Ticket
from storage.people import GroupInfo
from storage.rooms import carry_words
from storage.tickets import get_ticket


async def move_tickets(ctx: Context, numbers: Sequence[int], to: str, *, by: str) -> list[str]:
    """Open tickets belong to another group from now on: what is said of them is said there. Whoever has one keeps it,
    unless he does not work for that group: then it goes to who does, told once. Lines for the admin; all or none.
    """
    group = next((each for each in ctx.directory.groups.values() if each.active and each.name == to), None)
    if group is None:
        raise GroupRefused(f"名册里没有“{to}”这个群。")
    if group.account is None:
        raise GroupRefused(f"“{to}”里还没有助手，请先把助手拉进群。")
    handed: dict[int, list[Ticket]] = {}
    for number in dict.fromkeys(numbers):
        ticket = await _open_ticket(ctx, number)
        if ticket.group_id != group.id and (receiver := await _move(ctx, ticket, group, by)) is not None:
            handed.setdefault(receiver, []).append(ticket)
    for receiver, tickets in handed.items():
        text = list_for(ctx, "moved_tickets", tickets, group=group.name)
        key = f"move:{group.id}:{receiver}:{ctx.now.timestamp():.3f}"
        tell_about(ctx, ctx.directory.people[receiver], text, key, tickets)
    return [
        f"{len(tickets)}件转给了{ctx.directory.called(ctx.directory.people[receiver])}。"
        for receiver, tickets in handed.items()
    ]


async def _open_ticket(ctx: Context, number: int) -> Ticket:
    ticket = await get_ticket(ctx.session, number)
    if ticket is None:
        raise GroupRefused(f"没有工单{number}。")
    if ticket.state not in OPEN_STATES:
        raise GroupRefused(f"工单{number}{STATE_NAMES[ticket.state]}，不能移。")
    return ticket


async def _move(ctx: Context, ticket: Ticket, group: GroupInfo, by: str) -> int | None:
    """The id of whoever has it now, when that is somebody else than before."""
    cause = Cause(by=by, key=f"move:{ticket.number}:{group.id}", source="roster")
    old = group_of(ctx, ticket)
    ticket.group_id = group.id
    record(ctx, ticket, TicketEventKind.NOTED, cause, f"从{old.name}移到{group.name}")
    await carry_words(ctx.session, ticket.id, group.id, group.account or "")
    owner = ctx.directory.people.get(ticket.owner_id or 0)
    if owner is not None and ctx.directory.is_staff(owner, group, ctx.now):
        return None
    receiver = first_receiver(ctx, group, ticket.category, unsure=ticket.unsure)
    if receiver is None or receiver.id == ticket.owner_id:
        return None
    now = pass_on(ctx, ticket, receiver, cause, "（换了群）")
    return now.id if now is not None else None
