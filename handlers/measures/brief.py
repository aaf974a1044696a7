"""The morning's brief (早报): to everybody who has something in hand, and to the work groups. Once a working day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.context import Context
from handlers.measures.audience import say_to, work_groups
from handlers.measures.moments import (
    GRACE,
    day_of,
    is_time,
    moment_on,
    working_day_before,
    working_day_from,
)
from handlers.settings import ReportSettings
from handlers.speech import SpeechKind, tell
from handlers.wording import SHANGHAI, public_place, public_words, quote_words
from handlers.worktime import WorkCalendar
from storage.enums import Priority, TicketState
from storage.measures import claim_run, count_since, has_run, open_tickets
from storage.models import Ticket
from storage.people import PersonInfo

BRIEF = "brief"
LONGEST = 200


class Standing(StrEnum):
    """How a ticket stands in the morning, the most pressing first; the value is how people call it."""

    OVERDUE = "已超期"
    DUE_TODAY = "今天到期"
    WAITING = "待接单"
    UNDER_WAY = "办理中"
    PAUSED = "暂停中"
    UNCONFIRMED = "等居民确认"


_NAMED = (Standing.OVERDUE, Standing.DUE_TODAY, Standing.WAITING)
"""Tickets that are worth naming one by one."""


@dataclass(frozen=True, slots=True)
class _Pile:
    """Tickets by how they stand."""

    tickets: Sequence[tuple[Standing, Ticket]]

    @classmethod
    def of(cls, tickets: Iterable[Ticket], now: datetime) -> _Pile:
        order = list(Standing)
        placed = [(standing_of(ticket, now), ticket) for ticket in tickets]
        return cls(sorted(placed, key=lambda each: (order.index(each[0]), each[1].number)))

    def counts(self) -> str:
        """``已超期1件、待接单2件``."""
        found = {kind: sum(standing is kind for standing, _ in self.tickets) for kind in Standing}
        return "、".join(f"{kind}{count}件" for kind, count in found.items() if count)


def standing_of(ticket: Ticket, now: datetime) -> Standing:
    """How a ticket stands at a moment."""
    if ticket.state is TicketState.RESOLVED:
        return Standing.UNCONFIRMED
    if ticket.paused_at is not None:
        return Standing.PAUSED
    due = ticket.resolve_due
    if due is not None and due <= now:
        return Standing.OVERDUE
    if due is not None and day_of(due) == day_of(now):
        return Standing.DUE_TODAY
    return Standing.UNDER_WAY if ticket.state is TicketState.ACCEPTED else Standing.WAITING


async def is_brief_due(ctx: Context) -> bool:
    """Whether it is time for the brief and nobody has sent it yet."""
    settings, today = ctx.settings.reports, day_of(ctx.now)
    if not (settings.brief and is_time(ctx.now, settings.brief_at)):
        return False
    if not ctx.timetable.calendar.is_working_day(today):
        return False
    return not await has_run(ctx.session, BRIEF, str(today))


async def next_brief(
    session: AsyncSession, now: datetime, settings: ReportSettings, calendar: WorkCalendar
) -> datetime | None:
    """When the brief is due: now when today's is, else on the next working day; None when it is switched off."""
    if not settings.brief:
        return None
    today = day_of(now)
    if calendar.is_working_day(today):
        due = moment_on(today, settings.brief_at)
        if now < due:
            return due
        if now < due + GRACE and not await has_run(session, BRIEF, str(today)):
            return now
    return moment_on(working_day_from(today + timedelta(days=1), calendar), settings.brief_at)


async def send_briefs(ctx: Context) -> int:
    """Tell everybody who has something in hand, and the work groups, if it is time; how many messages that made."""
    if not await is_brief_due(ctx) or not await claim_run(ctx.session, BRIEF, str(day_of(ctx.now)), ctx.now):
        return 0
    tickets = await open_tickets(ctx.session)
    return _tell_owners(ctx, tickets) + await _tell_groups(ctx, tickets)


def _tell_owners(ctx: Context, tickets: Sequence[Ticket]) -> int:
    hands: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if ticket.owner_id in ctx.directory.people:
            hands[ticket.owner_id].append(ticket)
    told = 0
    for owner_id, own in sorted(hands.items()):
        account = next((found for each in own if (found := _account(ctx, each))), None)
        if account is None:
            continue
        person = ctx.directory.people[owner_id]
        row = tell(
            ctx,
            person,
            _owner_text(ctx, person, own),
            account=account,
            key=f"brief:{day_of(ctx.now)}:{person.id}",
            kind=SpeechKind.PROMPT,
            priority=Priority.PROMPT,
        )
        row.expires_at = ctx.now + GRACE
        told += 1
    return told


def _account(ctx: Context, ticket: Ticket) -> str | None:
    return ctx.directory.groups[ticket.group_id].account


def _owner_text(ctx: Context, person: PersonInfo, tickets: Sequence[Ticket]) -> str:
    pile = _Pile.of(tickets, ctx.now)
    key, name = (
        ("brief", person.name) if person.topic is None else ("brief_room", ctx.directory.called(person))
    )
    text = ctx.texts.render(key, name=name, count=len(tickets), standing=pile.counts(), lines="{lines}")
    return _filled(
        text, [_line(ctx, standing, ticket) for standing, ticket in pile.tickets if standing in _NAMED]
    )


def _line(ctx: Context, standing: Standing, ticket: Ticket) -> str:
    """``工单1024 公共照明 3幢2单元 已超期``: a bare number in front could be taken for a room's, and be hidden."""
    place = quote_words(public_place(ticket) or ctx.directory.groups[ticket.group_id].name, 16)
    return f"工单{ticket.number} {ctx.category_name(ticket.category)} {place} {standing}\n"


async def _tell_groups(ctx: Context, tickets: Sequence[Ticket]) -> int:
    groups = work_groups(ctx)
    if not groups:
        return 0
    before = working_day_before(day_of(ctx.now), ctx.timetable.calendar)
    since = moment_on(before, ctx.settings.reports.brief_at)
    opened, resolved = await count_since(ctx.session, since, ctx.now)
    if not (tickets or opened or resolved):
        return 0
    text = _group_text(ctx, tickets, opened, resolved)
    for group in groups:
        say_to(ctx, group, text, what=f"brief:{day_of(ctx.now)}", expires=ctx.now + GRACE)
    return len(groups)


def _group_text(ctx: Context, tickets: Sequence[Ticket], opened: int, resolved: int) -> str:
    pile, local = _Pile.of(tickets, ctx.now), ctx.now.astimezone(SHANGHAI)
    text = ctx.texts.render(
        "brief_group",
        day=f"{local.month}月{local.day}日",
        count=len(tickets),
        standing=pile.counts() or "都办完了",
        opened=opened,
        resolved=resolved,
        lines="{lines}",
    )
    overdue = [ticket for standing, ticket in pile.tickets if standing is Standing.OVERDUE]
    return _filled(text, [_group_line(ctx, ticket) for ticket in overdue])


def _group_line(ctx: Context, ticket: Ticket) -> str:
    """``工单1024 公共照明 玉景湾3号群 李四``: nothing that a resident said."""
    owner = ctx.directory.people.get(ticket.owner_id) if ticket.owner_id is not None else None
    group = public_words(ctx.directory.groups[ticket.group_id].name)
    name = f" {owner.name}" if owner is not None else ""
    return f"工单{ticket.number} {ctx.category_name(ticket.category)} {group}{name}\n"


def _filled(text: str, lines: Sequence[str]) -> str:
    """The text with as many lines as a message may be long; what is left out is counted."""
    room = LONGEST - len(text) + len("{lines}")
    shown: list[str] = []
    for index, line in enumerate(lines):
        rest = len(lines) - index - 1
        more = f"还有{rest}件。\n" if rest else ""
        if len("".join(shown)) + len(line) + len(more) > room:
            more = f"还有{len(lines) - index}件。\n" if shown else ""
            return text.replace("{lines}", "".join(shown) + more).strip()
        shown.append(line)
    return text.replace("{lines}", "".join(shown)).strip()
