"""What is said about a search in the groups it went to, and by the family to the bot itself."""

from __future__ import annotations

from dataclasses import replace

from handlers.chat.finding import may_act, quoted_ticket
from handlers.chat.residentwords import ResidentWord, parse_resident
from handlers.context import Context
from handlers.events import IncomingMessage, MessageKind
from handlers.searches.drill import MISSING_PERSON, take_answer, take_photo
from handlers.searches.sightings import complete_sighting, note_sighting
from handlers.searches.speaking import tell_reporter
from handlers.searches.spreading import FOUND, MISTAKE, end_search
from handlers.searches.words import is_found, is_mistake, is_sighting
from handlers.tickets import acting
from handlers.tickets.opening import bring_file
from handlers.tickets.telling import tell_owner
from handlers.tickets.timeline import Cause
from handlers.wording import public_name
from nlp import Verdict
from storage.enums import OPEN_STATES, SearchState
from storage.models import Message, Search, Ticket
from storage.people import GroupInfo, PersonInfo
from storage.searches import Watch, get_search, watches
from storage.tickets import get_ticket_by_id

_ASKED = (SearchState.ASKING, SearchState.READY)
_WISHES = frozenset((ResidentWord.HELP, ResidentWord.PROGRESS, ResidentWord.URGE, ResidentWord.CANCEL))


async def overhear(
    ctx: Context,
    group: GroupInfo | None,
    person: PersonInfo | None,
    message: IncomingMessage,
    row: Message,
    cause: Cause,
) -> bool:
    """Take what belongs to a search that is on; False leaves the message to everyone else.

    ``group`` None is a direct message; ``person`` is one of the staff of the group.
    """
    if message.kind not in (MessageKind.TEXT, MessageKind.IMAGE):
        return False
    on = [
        each
        for each in await watches(ctx.session)
        if (group is None and each.resident == message.talker)
        or (group is not None and group.id in each.groups)
    ]
    if not on:
        return False
    cause = replace(cause, by=person.name if person is not None else public_name(message.name))
    own = [each for each in on if each.resident == message.talker]
    watch = own[-1] if own else await _meant(ctx, on, message)
    ticket = await get_ticket_by_id(ctx.session, watch.ticket_id)
    search = await get_search(ctx.session, watch.search_id)
    if (
        ticket is None
        or search is None
        or search.state is SearchState.OVER
        or ticket.state not in OPEN_STATES
    ):
        return False
    if own:
        search.directly = search.directly or group is None
        taken = await _hear_family(ctx, ticket, search, message, row, cause)
    elif group is not None and message.kind is MessageKind.TEXT:
        taken = await _hear_neighbour(ctx, ticket, search, group, person, message, cause)
    else:
        taken = False
    if taken:
        row.ticket_id = ticket.id
    return taken


async def _meant(ctx: Context, on: list[Watch], message: IncomingMessage) -> Watch:
    """The search whose notice is quoted, else the latest."""
    quoted = await quoted_ticket(ctx, message) if len(on) > 1 else None
    return next((each for each in on if quoted is not None and each.ticket_id == quoted.id), on[-1])


async def _hear_family(
    ctx: Context, ticket: Ticket, search: Search, message: IncomingMessage, row: Message, cause: Cause
) -> bool:
    if message.kind is MessageKind.IMAGE:
        if search.state not in _ASKED:
            return False
        take_photo(ctx, search)
        await bring_file(ctx, ticket, row, cause)
        return True
    if is_found(message.text):
        await _found(ctx, ticket, search, message.text, cause)
        return True
    if is_mistake(message.text):
        await acting.cancel(ctx, ticket, cause)
        await end_search(ctx, ticket, search, MISTAKE, cause)
        return True
    wish = parse_resident(message.text)
    if wish is not None and wish.word in _WISHES:
        return False
    return search.state in _ASKED and take_answer(ctx, ticket, search, message.text, cause)


async def _found(ctx: Context, ticket: Ticket, search: Search, words: str, cause: Cause) -> None:
    """The family itself says so: the ticket is closed, and nobody is asked whether they are content."""
    await acting.settle(ctx, ticket, words, cause)
    told_at_home = await end_search(ctx, ticket, search, FOUND, cause)
    tell_owner(ctx, ticket, cause, "search_over_steward", words=words)
    if search.directly or not told_at_home:
        tell_reporter(ctx, ticket, search, "search_over_family", mark="over")


async def _hear_neighbour(
    ctx: Context,
    ticket: Ticket,
    search: Search,
    group: GroupInfo,
    person: PersonInfo | None,
    message: IncomingMessage,
    cause: Cause,
) -> bool:
    if person is not None and is_found(message.text) and may_act(ctx, person, ticket):
        await acting.resolve(ctx, ticket, person, cause, "人已找到")
        await end_search(ctx, ticket, search, FOUND, cause)
        return True
    if await complete_sighting(ctx, ticket, search, group, message, cause):
        return True
    if not (is_sighting(message.text) or is_found(message.text)) or _other_matter(ctx, group, message.text):
        return False
    await note_sighting(ctx, ticket, search, group, message, cause)
    return True


def _other_matter(ctx: Context, group: GroupInfo, text: str) -> bool:
    """Whether these words are surely a request about something else."""
    meaning = ctx.understand(text, group)
    return meaning.verdict is Verdict.TICKET and meaning.requests[0].category != MISSING_PERSON
