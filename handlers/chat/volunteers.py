"""What those who help with their hands and 五老 answer to what they were asked: 我来, 来不了, 到了, 办好了, 已转."""

from __future__ import annotations

import re

from handlers.chat.commands import parse_hand
from handlers.chat.finding import quoted_ticket, quoted_words
from handlers.context import Context
from handlers.elders.passing import relay_answer
from handlers.events import IncomingMessage
from handlers.teams.answering import answer_call, called_for_in
from handlers.tickets.timeline import Cause
from storage.people import GroupInfo, PersonInfo
from storage.tickets import get_ticket


async def volunteer_answer(
    ctx: Context, person: PersonInfo, message: IncomingMessage, cause: Cause
) -> str | None:
    """The words to answer with; None when it answers nothing that he was asked."""
    if (said := parse_hand(message.text)) is not None:
        word, number = said
        named = await quoted_ticket(ctx, message) if number is None else await get_ticket(ctx.session, number)
        if (answer := await answer_call(ctx, person, word, named, cause)) is not None:
            return answer
    return await relay_answer(ctx, person, message.text, await quoted_words(ctx, message))


async def hand_in_room(
    ctx: Context, person: PersonInfo, message: IncomingMessage, cause: Cause, group: GroupInfo | None = None
) -> str | None:
    """The same for 我来 and the like in a room: with a number or a quote, or when it can only be the call in ``group``."""
    said = parse_hand(message.text)
    if said is None:
        return None
    word, number = said
    named = await quoted_ticket(ctx, message) if number is None else await get_ticket(ctx.session, number)
    if named is None and group is not None and number is None:
        named = await called_for_in(ctx, person, word, group)
    return await answer_call(ctx, person, word, named, cause) if named is not None else None


_PASSED = re.compile(r"(?:我)?已经?转(?:发|告|达)?(?:了|好了)?[。！!]*")


async def passed_in_group(ctx: Context, person: PersonInfo, group: GroupInfo, text: str) -> str | None:
    """已转 of one of the 五老 in the group he has passed it on to; None when he was asked nothing."""
    if _PASSED.fullmatch(text.strip()) is None:
        return None
    return await relay_answer(ctx, person, f"已转{group.name}", "")
