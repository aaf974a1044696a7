"""What those who help with their hands and 五老 answer to what they were asked: 我来, 来不了, 到了, 办好了, 已转."""

from __future__ import annotations

from handlers.chat.commands import parse_hand
from handlers.chat.finding import quoted_ticket, quoted_words
from handlers.context import Context
from handlers.elders.passing import relay_answer
from handlers.events import IncomingMessage
from handlers.teams.answering import answer_call
from handlers.tickets.timeline import Cause
from storage.people import PersonInfo
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
