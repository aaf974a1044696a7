"""What whoever answers says about a search, in a direct message: 发, 扩大, 找到了, 误报, 线索, 寻人."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers.chat.finding import may_act, quoted_ticket
from handlers.context import Context
from handlers.events import IncomingMessage
from handlers.searches.drill import MISSING_PERSON, begin_search, send_to_police
from handlers.searches.spreading import FOUND, MISTAKE, end_search, send_photo, spread
from handlers.searches.words import SearchWord, read_search_word
from handlers.tickets import acting
from handlers.tickets.timeline import ALLOWED, Action, Cause
from handlers.wording import clock_time, quote_words
from storage.enums import OPEN_STATES, RoleKind, SearchState
from storage.models import Search, Ticket
from storage.people import PersonInfo
from storage.searches import search_of, sightings_of, told_groups, watches
from storage.tickets import get_ticket, get_ticket_by_id

_WIDE = frozenset((RoleKind.GRID_LEADER, RoleKind.COMMUNITY, RoleKind.SUBDISTRICT, RoleKind.ADMIN))
"""Who may have the whole subdistrict told."""

_SHOWN = 5


async def search_command(
    ctx: Context, person: PersonInfo, message: IncomingMessage, cause: Cause
) -> str | None:
    """Do what somebody says about a search he may decide on; the words to answer with, None for other talk."""
    said = read_search_word(message.text)
    if said is None:
        return None
    word, number = said
    named = await quoted_ticket(ctx, message) if number is None else await get_ticket(ctx.session, number)
    if named is not None:
        fitting = [named] if may_act(ctx, person, named) else []
    else:
        fitting = await _his(ctx, person)
    if len(fitting) > 1:
        options = "、".join(str(ticket.number) for ticket in fitting)
        return ctx.texts.render(
            "search_which", options=options, example=f"{message.text.strip()} {fitting[0].number}"
        )
    if not fitting or fitting[0].state not in OPEN_STATES:
        return None
    return await _carry_out(ctx, person, fitting[0], word, cause)


async def names_search(ctx: Context, work: PersonInfo, message: IncomingMessage) -> bool:
    """Whether a word in a work group is about a search that the group answers for, by its number or a quote."""
    said = read_search_word(message.text)
    if said is None:
        return False
    named = await quoted_ticket(ctx, message) if said[1] is None else await get_ticket(ctx.session, said[1])
    return named is not None and named.owner_id == work.id


async def _his(ctx: Context, person: PersonInfo) -> list[Ticket]:
    """The tickets whose search is on and that he may decide on."""
    found = [
        await get_ticket_by_id(ctx.session, number)
        for number in dict.fromkeys(each.ticket_id for each in await watches(ctx.session))
    ]
    return [ticket for ticket in found if ticket is not None and may_act(ctx, person, ticket)]


async def _carry_out(
    ctx: Context, person: PersonInfo, ticket: Ticket, word: SearchWord, cause: Cause
) -> str | None:
    search = await search_of(ctx.session, ticket.id)
    if word is SearchWord.BEGIN:
        return _begin(ctx, ticket) if search is None and ticket.category == MISSING_PERSON else None
    if search is None:
        return None
    return await _COMMANDS[word](ctx, person, ticket, search, cause)


def _begin(ctx: Context, ticket: Ticket) -> str:
    send_to_police(ctx, ticket, begin_search(ctx, ticket))
    return ctx.texts.render("search_begun", number=ticket.number)


async def _yes(ctx: Context, person: PersonInfo, ticket: Ticket, search: Search, cause: Cause) -> str:
    if search.state is SearchState.SPREAD:
        if await send_photo(ctx, ticket, search):
            return ctx.texts.render("search_photo_steward", number=ticket.number)
        count = len(await told_groups(ctx.session, search.id))
        return ctx.texts.render("search_known", number=ticket.number, count=count)
    if ticket.state in ALLOWED[Action.ACCEPT]:
        await acting.accept(ctx, ticket, person, cause, quietly=True)  # the group hears the notice
    count = await spread(ctx, ticket, search, person, cause)
    return ctx.texts.render("search_sent", number=ticket.number, count=count)


async def _wider(ctx: Context, person: PersonInfo, ticket: Ticket, search: Search, cause: Cause) -> str:
    is_work_group = person.topic is not None  # an admin has made it answer for this
    if not is_work_group and not any(role.kind in _WIDE for role in person.roles):
        return ctx.texts.render("search_not_wide", number=ticket.number)
    count = await spread(ctx, ticket, search, person, cause, wide=True)
    return ctx.texts.render("search_sent", number=ticket.number, count=count)


async def _found(ctx: Context, person: PersonInfo, ticket: Ticket, search: Search, cause: Cause) -> str:
    await acting.resolve(ctx, ticket, person, cause, "人已找到")
    await end_search(ctx, ticket, search, FOUND, cause)
    return ctx.texts.render("search_found_steward", number=ticket.number)


async def _mistake(ctx: Context, person: PersonInfo, ticket: Ticket, search: Search, cause: Cause) -> str:
    await acting.reject(ctx, ticket, cause)
    await end_search(ctx, ticket, search, MISTAKE, cause)
    return ctx.texts.render("rejected_steward", number=ticket.number)


async def _sightings(ctx: Context, person: PersonInfo, ticket: Ticket, search: Search, cause: Cause) -> str:
    seen = await sightings_of(ctx.session, search.id)
    lines = [
        f"{clock_time(each.at)} {ctx.directory.groups[each.group_id].name} {each.name}：{quote_words(each.words, 30)}"
        for each in seen[-_SHOWN:]
    ]
    options = "\n".join(lines)
    return ctx.texts.render("sightings", number=ticket.number, count=len(seen), options=options).strip()


_Command = Callable[[Context, PersonInfo, Ticket, Search, Cause], Awaitable[str]]
_COMMANDS: dict[SearchWord, _Command] = {
    SearchWord.YES: _yes,
    SearchWord.WIDER: _wider,
    SearchWord.FOUND: _found,
    SearchWord.MISTAKE: _mistake,
    SearchWord.SIGHTINGS: _sightings,
}
