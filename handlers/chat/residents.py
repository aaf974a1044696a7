"""What a resident says in a group: a word about his own ticket, a request, the rest of one, or chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from handlers.chat.commands import ResidentCommand, ResidentWord, parse_resident
from handlers.chat.finding import quoted_ticket
from handlers.context import Context
from handlers.events import IncomingMessage, MessageKind
from handlers.incidents import note_incident
from handlers.questions import note_question
from handlers.speech import SpeechKind, say_in_group, tell
from handlers.tickets import acting
from handlers.tickets.opening import Report, extend_ticket, joined_text, open_or_join
from handlers.tickets.telling import tell_group
from handlers.tickets.timeline import ALLOWED, Action, Cause
from handlers.wording import public_name, staff_name
from nlp import Intent, Meaning, Verdict
from storage.enums import OPEN_STATES, Priority, TicketState
from storage.models import Message, Ticket
from storage.people import GroupInfo
from storage.tickets import get_ticket, get_ticket_by_id, list_of_resident


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


_STATES = {
    ResidentWord.PROGRESS: frozenset((*OPEN_STATES, TicketState.RESOLVED)),
    ResidentWord.URGE: frozenset(OPEN_STATES),
    ResidentWord.CANCEL: ALLOWED[Action.CANCEL],
    ResidentWord.SATISFIED: ALLOWED[Action.RATE],
    ResidentWord.FAIR: ALLOWED[Action.RATE],
    ResidentWord.DISSATISFIED: ALLOWED[Action.RATE],
    ResidentWord.NOT_FIXED: ALLOWED[Action.REOPEN],
}
_RATINGS = {
    ResidentWord.SATISFIED: acting.SATISFIED,
    ResidentWord.FAIR: acting.FAIR,
    ResidentWord.DISSATISFIED: acting.DISSATISFIED,
}
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
    if (command := parse_resident(_said(message))) is not None:
        outcome = await _command(ctx, group, message, row, command, cause)
        if outcome is not None:
            return outcome
    meaning = ctx.book.understand(_said(message))
    row.verdict = meaning.verdict
    if begun := next((each.ticket_id for each in reversed(burst) if each.ticket_id is not None), None):
        ticket = await get_ticket_by_id(ctx.session, begun)
        if ticket is not None and ticket.state in OPEN_STATES and ticket.resident == message.talker:
            return await _continue(ctx, group, ticket, message, row, meaning, cause)
    if meaning.verdict is Verdict.SILENT and meaning.intent in _INTENT_WORDS:
        word = ResidentCommand(_INTENT_WORDS[meaning.intent], None, "")
        if (outcome := await _command(ctx, group, message, row, word, cause)) is not None:
            return outcome
    return await _request(ctx, group, message, row, burst, meaning, cause)


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
    if message.kind is MessageKind.TEXT and not meaning.urgent:
        meaning = ctx.book.understand(joined_text([*ticket.text.split("\n"), message.text]))
    report = _report(group, message, _said(message), meaning, cause)
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
    text = message.text
    if before and (meaning.verdict is Verdict.SILENT or not meaning.place):
        words = [each.text for each in before if each.kind == MessageKind.TEXT]
        together = joined_text([*words, _said(message)])
        whole = ctx.book.understand(together)
        if whole.requests and (meaning.verdict is Verdict.SILENT or whole.place):
            meaning, text = whole, "\n".join([*words, message.text])
            row.verdict = whole.verdict
    if meaning.verdict is Verdict.SILENT or not meaning.requests:
        return Outcome.ASKED if note_question(ctx, row, meaning) else Outcome.SILENT
    ticket, new = await open_or_join(ctx, _report(group, message, text, meaning, cause))
    for each in (*before, row):
        each.ticket_id = ticket.id
        each.answer_due = None
    if new:
        await note_incident(ctx, ticket, cause)
    return Outcome.OPENED if new else Outcome.JOINED


def _said(message: IncomingMessage) -> str:
    """The words of a message; photos and the like have none, whatever placeholder stands for them."""
    return message.text if message.kind is MessageKind.TEXT else ""


def _report(group: GroupInfo, message: IncomingMessage, text: str, meaning: Meaning, cause: Cause) -> Report:
    return Report(
        group=group,
        contact=message.talker,
        name=staff_name(message.name),
        text=text.strip(),
        meaning=meaning,
        cause=replace(cause, by=public_name(message.name)),
    )


async def _command(
    ctx: Context,
    group: GroupInfo,
    message: IncomingMessage,
    row: Message,
    command: ResidentCommand,
    cause: Cause,
) -> Outcome | None:
    """Do what the resident asks of his ticket; None when there is nothing it could mean."""
    if command.word is ResidentWord.HELP:
        if not _addressed(message):
            return None
        _say(ctx, group, message, cause, "help_resident")
        return Outcome.COMMAND
    fitting = await _fitting(ctx, group, message, command)
    if not fitting:
        if command.word is ResidentWord.PROGRESS and _exact(message.text):
            _say(ctx, group, message, cause, "no_ticket", resident=public_name(message.name))
            return Outcome.COMMAND
        return None
    if len(fitting) > 1 and command.word is not ResidentWord.PROGRESS:
        _ask_which(ctx, group, message, command, fitting, cause)
        return Outcome.COMMAND
    cause = replace(cause, by=public_name(message.name))
    for ticket in fitting[:3]:
        await _carry_out(ctx, ticket, command, message, cause)
    row.ticket_id = fitting[0].id
    return Outcome.COMMAND


async def _fitting(
    ctx: Context, group: GroupInfo, message: IncomingMessage, command: ResidentCommand
) -> list[Ticket]:
    states = _STATES[command.word]
    ticket = (
        await get_ticket(ctx.session, command.number) if command.number else await quoted_ticket(ctx, message)
    )
    if ticket is not None:
        mine = ticket.resident == message.talker and (
            ticket.state in states or command.word is ResidentWord.PROGRESS
        )
        return [ticket] if mine and not ticket.unsure else []
    own = await list_of_resident(ctx.session, message.talker, group.id, states)
    own = [each for each in own if not each.unsure]
    resolved = [each for each in own if each.state is TicketState.RESOLVED]
    if command.word is ResidentWord.NOT_FIXED:
        return resolved or own[:1]
    return own


async def _carry_out(
    ctx: Context, ticket: Ticket, command: ResidentCommand, message: IncomingMessage, cause: Cause
) -> None:
    match command.word:
        case ResidentWord.PROGRESS:
            category, status = ctx.category_name(ticket.category), acting.status_words(ctx, ticket)
            tell_group(ctx, ticket, cause, "progress", direct=True, category=category, status=status)
        case ResidentWord.URGE:
            await acting.urge(ctx, ticket, cause)
            status = acting.status_words(ctx, ticket)
            tell_group(ctx, ticket, cause, "urged", direct=True, status=status)
        case ResidentWord.CANCEL:
            await acting.cancel(ctx, ticket, cause)
        case ResidentWord.NOT_FIXED:
            await acting.reopen(ctx, ticket, message.text, cause)
        case _:
            await acting.rate(ctx, ticket, _RATINGS[command.word], message.text.strip(), cause)


def _ask_which(
    ctx: Context,
    group: GroupInfo,
    message: IncomingMessage,
    command: ResidentCommand,
    fitting: Sequence[Ticket],
    cause: Cause,
) -> None:
    options = "、".join(f"{each.number}{ctx.category_name(each.category)}" for each in fitting[:5])
    example = f"{message.text.strip()[:6]} {fitting[0].number}"
    name = public_name(message.name)
    _say(ctx, group, message, cause, "which_resident", resident=name, options=options, example=example)


def _say(
    ctx: Context, group: GroupInfo, message: IncomingMessage, cause: Cause, key: str, **fields: object
) -> None:
    say_in_group(
        ctx,
        group,
        ctx.texts.render(key, **fields),
        key=f"{cause.key}:{key}",
        kind=SpeechKind.REPLY,
        priority=Priority.REPLY,
        mentions=[message.talker],
    )


def _addressed(message: IncomingMessage) -> bool:
    return message.text.lstrip().startswith("@")


def _exact(text: str) -> bool:
    return len(text.strip()) <= len("@助手 查一下办理进度")


async def hear_directly(ctx: Context, message: IncomingMessage, cause: Cause) -> Outcome:
    """A resident writes to the bot itself: his tickets can be asked about; anything else belongs in his group."""
    command = parse_resident(message.text)
    own: Sequence[Ticket] = ()
    if command is not None and command.word is ResidentWord.PROGRESS:
        own = await list_of_resident(ctx.session, message.talker, None, _STATES[ResidentWord.PROGRESS])
    lines = [
        ctx.texts.render(
            "progress",
            resident=public_name(message.name),
            number=each.number,
            category=ctx.category_name(each.category),
            status=acting.status_words(ctx, each),
        )
        for each in own[:5]
    ]
    text = "\n".join(lines) or ctx.texts.render("direct_resident")
    tell(
        ctx,
        message.talker,
        text,
        account=message.account,
        key=f"{cause.key}:direct",
        kind=SpeechKind.REPLY,
        priority=Priority.REPLY,
    )
    return Outcome.COMMAND
