"""Whom a search speaks to, and in which words. What it says is heard at night, too, and once."""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.neighbours import neighbour_communities
from handlers.searches.words import SLOTS, Slot
from handlers.speech import SpeechKind, say_in_group, tell
from handlers.tickets.telling import group_of, owner_of
from handlers.wording import public_name, public_words, quote_words
from storage.enums import Priority, SearchKind
from storage.models import Search, Ticket
from storage.people import GroupInfo, PersonInfo

LONGEST_NOTICE = 110
_NUMBER_WORDS = re.compile(
    r"[，,。；;\s]*(?:我|他|她|家属|联系|本人)*的?(?:电话|手机|联系方式|微信号?|身份证|号码)+(?:号码?)?(?:是|为)?[：:\s]*\*+"
)


def tell_reporter(
    ctx: Context, ticket: Ticket, search: Search, key: str, *, mark: str, **fields: object
) -> None:
    """One line to the family, in their group or, when they have written to the bot itself, directly."""
    name = public_name(ticket.resident_name)
    text = ctx.texts.render(key, resident=name, number=ticket.number, **fields)
    if search.directly:
        tell(
            ctx,
            ticket.resident,
            text.removeprefix(f"@{name} "),
            account=group_of(ctx, ticket).account or "",
            key=f"search:{search.id}:{mark}",
            kind=SpeechKind.STATUS,
            priority=Priority.URGENT,
            ticket=ticket,
        )
        return
    say_in_group(
        ctx,
        group_of(ctx, ticket),
        text,
        key=f"search:{search.id}:{mark}",
        kind=SpeechKind.STATUS,
        priority=Priority.URGENT,
        mentions=[ticket.resident],
        ticket=ticket,
    )


def tell_staff(
    ctx: Context, ticket: Ticket, search: Search, person: PersonInfo, text: str, *, mark: str
) -> None:
    """One thing to somebody who answers for it, at once."""
    tell(
        ctx,
        person,
        text,
        account=group_of(ctx, ticket).account or "",
        key=f"search:{search.id}:{mark}:{person.id}",
        kind=SpeechKind.PROMPT,
        priority=Priority.URGENT,
        ticket=ticket,
    )


def public_notice(ctx: Context, ticket: Ticket, search: Search) -> str:
    """What neighbouring groups read: the family's words without a number, and whom to tell."""
    owner = owner_of(ctx, ticket)
    who = f"管家{owner.name}" if owner is not None and owner.id == ticket.first_owner_id else "社区"
    key = "search_notice" if search.kind is SearchKind.MISSING else "search_notice_found"
    return ctx.texts.render(key, words=description(search, LONGEST_NOTICE), who=who)


def description(search: Search, longest: int) -> str:
    """The family's words on one line, fit for every group."""
    lines = [line.strip(" ，,。.！!；;") for line in search.words.split("\n")]
    words = public_words("，".join(line for line in lines if line))
    return quote_words(_NUMBER_WORDS.sub("", words).replace("***", ""), longest)


def question(ctx: Context, slot: Slot) -> str:
    """The short question for a slot."""
    return ctx.texts.render(f"search_{slot}")


def missing_slots(search: Search) -> list[Slot]:
    """What is not known yet, in the order asked."""
    return [slot for slot in SLOTS[search.kind] if slot not in search.known]


def near_groups(ctx: Context, ticket: Ticket, *, wide: bool) -> list[GroupInfo]:
    """Where it is told: the group itself, its grid, its community, neighbouring communities; ``wide`` is everywhere."""
    home = group_of(ctx, ticket)
    beside = neighbour_communities(ctx, home)

    def distance(group: GroupInfo) -> int:
        if group.id == home.id:
            return 0
        if group.community_id == home.community_id:
            return 1 if group.grid == home.grid else 2
        return 3 if group.community_id in beside else 4

    heard = [each for each in ctx.directory.groups.values() if each.active and each.account]
    return sorted(
        (each for each in heard if wide or distance(each) < 4), key=lambda each: (distance(each), each.id)
    )
