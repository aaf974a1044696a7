"""The beginning of a search: what is known, one short question after the other, a draft for a person's yes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.searches.speaking import (
    missing_slots,
    near_groups,
    public_notice,
    question,
    tell_reporter,
    tell_staff,
)
from handlers.searches.words import SLOTS, Slot, describes, is_idle, is_nothing, kind_of, told_in
from handlers.tickets.telling import group_of, owner_of
from handlers.tickets.timeline import SYSTEM, Cause, record
from storage.enums import RoleKind, SearchState, TicketEventKind
from storage.models import Search, Ticket
from storage.people import PersonInfo
from storage.searches import forget_watches

MISSING_PERSON = "missing_person"


def begin_search(ctx: Context, ticket: Ticket, *, again: bool = False) -> Search:
    """The drill begins; ``again`` when its questions have been asked. The ticket has none that is on."""
    kind = kind_of(ticket.text)
    search = Search(
        ticket_id=ticket.id,
        kind=kind,
        state=SearchState.ASKING,
        words=ticket.text,
        known=sorted(SLOTS[kind] if again else told_in(ticket.text, kind)),
        asked="",
        directly=False,
        level=0,
        approved_by="",
        begun_at=ctx.now,
        next_at=_soon(ctx),
        outcome="",
    )
    ctx.session.add(search)
    forget_watches(ctx.session)
    record(ctx, ticket, TicketEventKind.SEARCH_BEGUN, _cause(ticket))
    return search


def send_to_police(ctx: Context, ticket: Ticket, search: Search) -> None:
    """Whoever has not read it in the acknowledgement of an urgent matter is told to call 110 first."""
    tell_reporter(ctx, ticket, search, "search_police", mark="police")


def _cause(ticket: Ticket) -> Cause:
    return Cause(by=SYSTEM, key=f"search:{ticket.number}", source="timer")


def _soon(ctx: Context) -> datetime:
    """After the rest of what is being said."""
    return ctx.now + timedelta(seconds=ctx.settings.intake.burst_seconds)


def take_answer(ctx: Context, ticket: Ticket, search: Search, text: str, cause: Cause) -> bool:
    """Words of the reporter while he is asked (or a little later); tells whether they belong to the description."""
    about: set[Slot] = describes(text, search.kind)
    asked = {Slot(search.asked)} if search.asked else set()
    if is_nothing(text) and asked:
        _learn(ctx, search, asked, news=search.state is SearchState.ASKING)
        return True
    if is_idle(text) or not (about or asked or not search.level):
        return False
    search.words += f"\n{text}"
    ticket.text += f"\n{text}"
    _learn(ctx, search, about | (asked - {Slot.PHOTO}), news=True)
    record(ctx, ticket, TicketEventKind.EXTENDED, cause)
    return True


def take_photo(ctx: Context, search: Search) -> None:
    """The reporter has sent a photo."""
    _learn(ctx, search, {Slot.PHOTO}, news=True)


def _learn(ctx: Context, search: Search, slots: Iterable[Slot], *, news: bool) -> None:
    """``news`` changes the draft, or lets the next question be asked."""
    search.known = sorted({*search.known, *slots})
    if search.state is SearchState.ASKING and search.asked and search.asked not in search.known:
        return  # what is being asked is still waited for
    search.asked = ""
    if news:
        search.state, search.next_at = SearchState.ASKING, _soon(ctx)


def go_on(ctx: Context, ticket: Ticket, search: Search) -> None:
    """The clock's part: the next question; when there is none, or no answer came, the draft; then the next to say yes."""
    missing = missing_slots(search)
    if search.state is SearchState.READY:
        _show_draft(ctx, ticket, search)
    elif missing and not search.asked:
        _ask(ctx, ticket, search, missing[0])
    else:
        if search.asked:  # nobody is asked the same twice
            search.known = sorted({*search.known, search.asked})
        search.state, search.level = SearchState.READY, 0
        _show_draft(ctx, ticket, search)


def _ask(ctx: Context, ticket: Ticket, search: Search, slot: Slot) -> None:
    search.asked = slot
    search.next_at = ctx.now + timedelta(minutes=ctx.settings.search.answer_minutes)
    asked = question(ctx, slot)
    tell_reporter(ctx, ticket, search, "search_ask", mark=f"ask:{slot}", question=asked)
    record(ctx, ticket, TicketEventKind.SEARCH_ASKED, _cause(ticket), asked)


def _show_draft(ctx: Context, ticket: Ticket, search: Search) -> None:
    """Show it to whoever answers; nobody says yes, so to the next one up. The last one is waited for."""
    while search.level < len(_LEVELS):
        people = _deciders(ctx, ticket, search.level)
        search.level += 1
        if people:
            for person in people:
                show_draft_to(ctx, ticket, search, person)
            names = "、".join(person.name for person in people)
            record(ctx, ticket, TicketEventKind.SEARCH_DRAFTED, _cause(ticket), names)
            break
    waits = search.level < len(_LEVELS)
    search.next_at = ctx.now + timedelta(minutes=ctx.settings.search.approve_minutes) if waits else None


def show_draft_to(ctx: Context, ticket: Ticket, search: Search, person: PersonInfo) -> None:
    """The text as it would be told, with what to answer."""
    text = ctx.texts.render(
        "search_draft",
        number=ticket.number,
        count=len(near_groups(ctx, ticket, wide=False)),
        notice=public_notice(ctx, ticket, search),
        photo=ctx.texts.render("search_with_photo") if ticket.photos else "",
    )
    if person.topic is not None:
        text = f"{text}\n{ctx.texts.render('search_in_work_group', number=ticket.number)}"
    tell_staff(ctx, ticket, search, person, text, mark=f"draft:{ctx.now.timestamp():.0f}")


_LEVELS: tuple[tuple[RoleKind, ...], ...] = (
    (),
    (RoleKind.GRID_WORKER, RoleKind.GRID_LEADER),
    (RoleKind.COMMUNITY,),
)
"""Who may say yes after whoever answers for the ticket; the subdistrict (or its admins) with the last of them."""


def _deciders(ctx: Context, ticket: Ticket, level: int) -> list[PersonInfo]:
    owner = owner_of(ctx, ticket)
    if level == 0:
        return [owner] if owner is not None else []
    group = group_of(ctx, ticket)
    holders = [each for kind in _LEVELS[level] for each in ctx.directory.holders(kind, group)]
    if level == len(_LEVELS) - 1:
        holders += ctx.directory.subdistrict()
    people = (ctx.directory.answering(each, ctx.now) for each in holders)
    found = {each.id: each for each in people if each != owner}
    return list(found.values())
