"""What a resident says in a group: a word about his own ticket, a request, the rest of one, or chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial

from handlers.chat.bursts import loose_words, said, understand_burst
from handlers.chat.finding import quoted_ticket, still_followed
from handlers.chat.residentwords import ResidentWord
from handlers.chat.wishes import fulfil, fulfil_word
from handlers.context import Context
from handlers.elders.vouching import vouched
from handlers.events import IncomingMessage, MessageKind
from handlers.incidents import note_incident
from handlers.questions import note_question
from handlers.speech import SpeechKind, tell
from handlers.tickets.delaying import FOR_RESIDENT, resident_spoke
from handlers.tickets.files import FILE_KINDS
from handlers.tickets.opening import Report, bring_file, extend_ticket, joined_text, open_or_join
from handlers.tickets.timeline import Cause
from handlers.wording import public_name, staff_name
from nlp import Intent, Meaning, Verdict
from storage.enums import OPEN_STATES, Priority
from storage.models import Message, Ticket
from storage.people import GroupInfo
from storage.residents import is_supporter
from storage.tickets import get_ticket_by_id, waiting_for


class Outcome(StrEnum):
    """What became of a message."""

    REPEATED = "repeated"
    IGNORED = "ignored"
    SILENT = "silent"
    ASKED = "asked"
    OPENED = "opened"
    EXTENDED = "extended"
    JOINED = "joined"
    COMMAND = "command"
    ANSWERED = "answered"


LONGEST_WISH = 60
"""Characters of a message that asks for progress or takes back in words of its own."""

_INTENT_WORDS = {Intent.PROGRESS: ResidentWord.PROGRESS, Intent.CANCEL: ResidentWord.CANCEL}


async def hear(
    ctx: Context,
    group: GroupInfo,
    message: IncomingMessage,
    row: Message,
    burst: Sequence[Message],
    cause: Cause,
) -> Outcome:
    """Take in one message of a resident; ``burst`` is what he said just before, oldest first."""
    if message.kind is not MessageKind.TEXT:
        return await _hear_file(ctx, message, row, burst, cause)
    if await fulfil(ctx, group, message, row, cause):
        await _take_along(ctx, row, burst, cause)
        return Outcome.COMMAND
    meaning = ctx.understand(said(message), group)
    row.verdict = meaning.verdict
    ticket = await _begun(ctx, burst)
    if ticket is not None and ticket.state in OPEN_STATES and ticket.resident == message.talker:
        return await _continue(ctx, group, ticket, message, row, meaning, cause)
    word = _INTENT_WORDS.get(meaning.intent) if meaning.verdict is Verdict.SILENT else None
    if (
        word is not None
        and len(message.text) <= LONGEST_WISH
        and await fulfil_word(ctx, group, message, row, word, cause)
    ):
        return Outcome.COMMAND
    if meaning.verdict is Verdict.SILENT and await _waited_for(ctx, group, message, row, cause):
        return Outcome.EXTENDED
    return await _request(ctx, group, message, row, burst, meaning, cause)


async def _waited_for(
    ctx: Context, group: GroupInfo, message: IncomingMessage, row: Message, cause: Cause
) -> bool:
    """等居民: what the resident says next in the group is his answer."""
    ticket = await waiting_for(ctx.session, message.talker, group.id, FOR_RESIDENT)
    cause = replace(cause, by=public_name(message.name))
    if ticket is None or not await resident_spoke(ctx, ticket, said(message), cause):
        return False
    row.ticket_id = ticket.id
    return True


async def _hear_file(
    ctx: Context, message: IncomingMessage, row: Message, burst: Sequence[Message], cause: Cause
) -> Outcome:
    """A photo or a voice message belongs to the ticket its talker quotes or has just spoken of; alone it is chat."""
    if message.kind not in FILE_KINDS:
        return Outcome.SILENT
    ticket = await quoted_ticket(ctx, message) or await _begun(ctx, burst)
    if ticket is None or ticket.state not in OPEN_STATES:
        return Outcome.SILENT
    if ticket.resident != message.talker and not await is_supporter(ctx.session, ticket.id, message.talker):
        return Outcome.SILENT
    await bring_file(ctx, ticket, row, replace(cause, by=public_name(message.name)))
    return Outcome.EXTENDED


async def _begun(ctx: Context, burst: Sequence[Message]) -> Ticket | None:
    """The ticket that what somebody said a moment ago belongs to."""
    number = next((each.ticket_id for each in reversed(burst) if each.ticket_id is not None), None)
    ticket = await get_ticket_by_id(ctx.session, number) if number is not None else None
    return await still_followed(ctx, ticket) if ticket is not None else None


async def _take_along(ctx: Context, row: Message, burst: Sequence[Message], cause: Cause) -> None:
    """Photos that were sent just before a word about a ticket of his own belong to that one."""
    loose = [each for each in burst if each.ticket_id is None and each.kind in FILE_KINDS]
    ticket = (
        await get_ticket_by_id(ctx.session, row.ticket_id) if loose and row.ticket_id is not None else None
    )
    if ticket is not None and ticket.state in OPEN_STATES:
        for each in loose:
            await bring_file(ctx, ticket, each, replace(cause, by=public_name(each.name)))


async def _continue(
    ctx: Context,
    group: GroupInfo,
    ticket: Ticket,
    message: IncomingMessage,
    row: Message,
    meaning: Meaning,
    cause: Cause,
) -> Outcome:
    """The rest of what somebody is saying belongs to the ticket that its beginning opened."""
    if not meaning.urgent:
        meaning = ctx.understand(joined_text([*ticket.text.split("\n"), message.text]), group)
    report = _report(group, message, said(message), meaning, cause)
    await extend_ticket(ctx, ticket, report, acknowledge=False)
    row.ticket_id = ticket.id
    return Outcome.EXTENDED


async def _request(
    ctx: Context,
    group: GroupInfo,
    message: IncomingMessage,
    row: Message,
    burst: Sequence[Message],
    meaning: Meaning,
    cause: Cause,
) -> Outcome:
    before = [each for each in burst if each.ticket_id is None]
    understood = understand_burst(partial(ctx.understand, group=group), message, loose_words(before), meaning)
    meaning = vouched(ctx, group, message.talker, understood.meaning)
    row.verdict = meaning.verdict
    if meaning.verdict is Verdict.SILENT or not meaning.requests:
        return Outcome.ASKED if note_question(ctx, row, meaning) else Outcome.SILENT
    ticket, new = await open_or_join(ctx, _report(group, message, understood.text, meaning, cause))
    for each in (*before, row):
        each.answer_due = None
        if each.kind in FILE_KINDS:
            await bring_file(ctx, ticket, each, replace(cause, by=public_name(each.name)))
        each.ticket_id = ticket.id
    if new:
        await note_incident(ctx, ticket, cause)
    return Outcome.OPENED if new else Outcome.JOINED


def _report(group: GroupInfo, message: IncomingMessage, text: str, meaning: Meaning, cause: Cause) -> Report:
    return Report(
        group=group,
        contact=message.talker,
        name=staff_name(message.name),
        text=text.strip(),
        meaning=meaning,
        cause=replace(cause, by=public_name(message.name)),
    )


async def hear_directly(ctx: Context, message: IncomingMessage, row: Message, cause: Cause) -> Outcome:
    """A resident writes to the bot itself: his tickets are dealt with; anything else belongs in his group."""
    if message.kind is MessageKind.TEXT and not await fulfil(ctx, None, message, row, cause):
        tell(
            ctx,
            message.talker,
            ctx.texts.render("direct_resident"),
            account=message.account,
            key=f"{cause.key}:direct",
            kind=SpeechKind.REPLY,
            priority=Priority.REPLY,
        )
    return Outcome.COMMAND
