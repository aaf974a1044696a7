"""After a person's yes: neighbouring groups are told once, and once that it is over."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.events import MessageKind
from handlers.searches.speaking import description, near_groups, public_notice, tell_reporter
from handlers.speech import SpeechKind, say_in_group
from handlers.tickets.timeline import Cause, record
from storage.attachments import attachments_of
from storage.enums import AttachmentState, Priority, SearchState, TicketEventKind, TicketState
from storage.models import Search, SearchGroup, Ticket
from storage.people import GroupInfo, PersonInfo
from storage.searches import forget_watches, told_groups
from storage.teams import cancel_unsaid

FOUND, MISTAKE, ENDED = "found", "mistake", "ended"
"""How a search ends; names of what the groups are told."""

_NAME_LENGTH = 16
PHOTO_PAUSE = timedelta(seconds=20)
"""How often it is looked whether the family's photo has been fetched."""


async def spread(
    ctx: Context, ticket: Ticket, search: Search, person: PersonInfo, cause: Cause, *, wide: bool = False
) -> int:
    """Tell every group near by (``wide``: everywhere) that has not been told; tells how many those are."""
    told = {each.group_id for each in await told_groups(ctx.session, search.id)}
    new = [group for group in near_groups(ctx, ticket, wide=wide) if group.id not in told]
    text = public_notice(ctx, ticket, search)
    for group in new:
        ctx.session.add(SearchGroup(search_id=search.id, group_id=group.id, told_at=ctx.now))
        _say(ctx, ticket, search, group, text, mark="notice")
        if search.photo is not None:
            _say(ctx, ticket, search, group, _photo_text(ctx), mark="photo", media=search.photo)
    first = search.state is not SearchState.SPREAD
    if first:
        search.state, search.next_at, search.spread_at = SearchState.SPREAD, None, ctx.now
        search.approved_by = person.contact
        await ctx.session.flush()
        await send_photo(ctx, ticket, search)
    forget_watches(ctx.session)
    record(ctx, ticket, TicketEventKind.SEARCH_SPREAD, cause, f"{len(new)}个群")
    if first:
        tell_reporter(ctx, ticket, search, "search_spread", mark="spread", count=len(new))
    return len(new)


async def send_photo(ctx: Context, ticket: Ticket, search: Search) -> bool:
    """The family's latest photo goes to every group that was told, once; one that is still fetched is waited for."""
    photos = [
        each
        for each in await attachments_of(ctx.session, ticket.id)
        if each.kind == MessageKind.IMAGE and each.contact_id == ticket.resident
    ]
    kept = [each.path for each in photos if each.state is AttachmentState.KEPT and each.path]
    search.next_at = None
    if search.photo is not None or not photos:
        return False
    if not kept:
        waits = any(each.state is AttachmentState.WANTED for each in photos)
        search.next_at = ctx.now + PHOTO_PAUSE if waits else None
        return False
    search.photo = kept[-1]
    for each in await told_groups(ctx.session, search.id):
        group = ctx.directory.groups[each.group_id]
        _say(ctx, ticket, search, group, _photo_text(ctx), mark="photo", media=search.photo)
    return True


def _photo_text(ctx: Context) -> str:
    return ctx.texts.render("search_photo_sent")


def _say(
    ctx: Context,
    ticket: Ticket,
    search: Search,
    group: GroupInfo,
    text: str,
    *,
    mark: str,
    media: str | None = None,
) -> None:
    """Heard at night, too, but never said again when nobody knows whether it was (which urgent rows are)."""
    say_in_group(
        ctx,
        group,
        text,
        key=_key(search, mark, group.id),
        kind=SpeechKind.NOTICE,
        priority=Priority.REPLY,
        ticket=ticket,
        media=media,
    )


def _key(search: Search, mark: str, group_id: int) -> str:
    return f"search:{search.id}:{mark}:{group_id}"


def outcome_of(ticket: Ticket) -> str:
    """How a ticket that needs nobody any more has ended for the one who was looked for."""
    if ticket.state in (TicketState.REJECTED, TicketState.CANCELLED):
        return MISTAKE
    happy = ("找到", "平安", "回家", "接回", "送回", "到家")
    return FOUND if any(word in ticket.resolution for word in happy) else ENDED


async def end_search(ctx: Context, ticket: Ticket, search: Search, outcome: str, cause: Cause) -> bool:
    """All clear, once in every group that was told; tells whether the ticket's own group hears it.

    A group that has not heard the notice yet hears neither.
    """
    groups = [each for each in await told_groups(ctx.session, search.id) if each.cleared_at is None]
    notices = {_key(search, "notice", each.group_id): each.group_id for each in groups}
    photos = [_key(search, "photo", group_id) for group_id in notices.values()]
    unsaid = await cancel_unsaid(ctx.session, [*notices, *photos, f"search:{search.id}:spread"])
    hear = {group_id for key, group_id in notices.items() if key not in unsaid}
    text = ctx.texts.render(f"search_{outcome}", words=description(search, _NAME_LENGTH))
    for each in groups:
        each.cleared_at = ctx.now
        if each.group_id in hear:
            _say(ctx, ticket, search, ctx.directory.groups[each.group_id], text, mark="clear")
    search.state, search.next_at, search.ended_at, search.outcome = SearchState.OVER, None, ctx.now, outcome
    forget_watches(ctx.session)
    record(ctx, ticket, TicketEventKind.SEARCH_ENDED, cause, text)
    return ticket.group_id in hear
