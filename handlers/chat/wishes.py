"""What a resident wants of tickets of his own: progress, hurry, take back, rate, not fixed (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.chat.commands import parse_choice
from handlers.chat.finding import quoted_ticket, still_followed
from handlers.chat.residentwords import ResidentCommand, ResidentWord, parse_each, parse_resident
from handlers.context import Context
from handlers.events import IncomingMessage
from handlers.speech import SpeechKind, say_in_group, tell
from handlers.tickets import acting
from handlers.tickets.confirming import ASKING
from handlers.tickets.reopening import reopen
from handlers.tickets.timeline import ALLOWED, STATE_NAMES, Action, Cause
from handlers.wording import public_name
from nlp import Verdict
from storage.enums import OPEN_STATES, Priority, TicketState
from storage.models import Message, Question, Ticket
from storage.outbox import told_since
from storage.people import GroupInfo
from storage.residents import is_supporter, list_supported, numbers_said, urged_since
from storage.tickets import (
    ask_question,
    drop_question,
    get_ticket,
    get_ticket_by_id,
    list_of_resident,
    open_question,
)

RATING_TIME = timedelta(minutes=10)
"""How long after a result was told a bare digit can be its rating."""

QUESTION_LIFE = timedelta(minutes=5)
REOPEN_TIME = timedelta(days=7)
"""How long after the end a bare 没修好 still means that ticket; with its number it always does."""

URGE_PAUSE = timedelta(minutes=30)
"""The steward is not told again within this time that somebody asks to hurry."""

LONGEST_LIST = 3
_OPEN = frozenset(OPEN_STATES)
_STATES = {
    ResidentWord.PROGRESS: _OPEN | {TicketState.RESOLVED},
    ResidentWord.URGE: _OPEN,
    ResidentWord.CANCEL: ALLOWED[Action.CANCEL],
    ResidentWord.SATISFIED: ALLOWED[Action.RATE],
    ResidentWord.FAIR: ALLOWED[Action.RATE],
    ResidentWord.DISSATISFIED: ALLOWED[Action.RATE],
    ResidentWord.SCORE: ALLOWED[Action.RATE],
    ResidentWord.NOT_FIXED: _OPEN | ALLOWED[Action.REOPEN],
}
_RATINGS = {
    ResidentWord.SATISFIED: acting.SATISFIED,
    ResidentWord.FAIR: acting.FAIR,
    ResidentWord.DISSATISFIED: acting.DISSATISFIED,
}
_OF_SUPPORTERS = frozenset((ResidentWord.PROGRESS, ResidentWord.URGE, ResidentWord.NOT_FIXED))
"""What somebody who stands behind a neighbour's ticket may want of it, too."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A resident who has just said something, in a group or (``group`` None) to the bot directly."""

    ctx: Context
    group: GroupInfo | None
    message: IncomingMessage
    cause: Cause

    @property
    def seat(self) -> str:
        """Under what the bot's questions to him are kept: nobody mixes up two groups."""
        return f"{self.message.talker}@{self.group.id}" if self.group else self.message.talker

    def answer(self, key: str, *, ticket: Ticket | None = None, **fields: object) -> None:
        """Say one line to him, where he has spoken."""
        name = public_name(self.message.name)
        text = self.ctx.texts.render(key, resident=name, **fields)
        mark = f"{ticket.number}:{key}" if ticket is not None else key
        if self.group is not None:
            say_in_group(
                self.ctx,
                self.group,
                text,
                key=f"{self.cause.key}:{mark}",
                kind=SpeechKind.REPLY if ticket is None else SpeechKind.STATUS,
                priority=Priority.REPLY,
                mentions=[self.message.talker],
                ticket=ticket,
            )
        else:
            tell(
                self.ctx,
                self.message.talker,
                text.removeprefix(f"@{name} "),
                account=self.message.account,
                key=f"{self.cause.key}:{mark}",
                kind=SpeechKind.REPLY,
                priority=Priority.REPLY,
                ticket=ticket,
            )


async def fulfil(
    ctx: Context, group: GroupInfo | None, message: IncomingMessage, row: Message, cause: Cause
) -> bool:
    """Do what a message wants of its talker's tickets; tells whether it wanted anything of them."""
    asker = Asker(ctx, group, message, replace(cause, by=public_name(message.name)))
    if await _take_choice(asker, row):
        return True
    done = [await _fulfil_one(asker, row, command) for command in parse_each(message.text)]
    return any(done)


async def fulfil_word(
    ctx: Context, group: GroupInfo, message: IncomingMessage, row: Message, word: ResidentWord, cause: Cause
) -> bool:
    """The same for a wish that was said in words of his own."""
    asker = Asker(ctx, group, message, replace(cause, by=public_name(message.name)))
    return await _fulfil_one(asker, row, ResidentCommand(word, None, ""))


async def _fulfil_one(asker: Asker, row: Message, command: ResidentCommand) -> bool:
    if command.word is ResidentWord.HELP:
        if asker.group is not None and not asker.message.text.lstrip().startswith("@"):
            return False
        asker.answer("help_resident")
        return True
    fitting = await _fitting(asker, command)
    if not fitting:
        if command.word is ResidentWord.PROGRESS and _is_short(asker.message.text):
            asker.answer("no_ticket")
            return True
        return False
    if command.word is ResidentWord.PROGRESS:
        _show(asker, fitting)
    elif len(fitting) > 1:
        await _ask_which(asker, command, fitting)
    else:
        await _carry_out(asker, command, fitting[0])
    row.ticket_id = fitting[0].id
    return True


def _is_short(text: str) -> bool:
    return len(text.strip()) <= len("@助手 查一下办理进度")


async def _fitting(asker: Asker, command: ResidentCommand) -> list[Ticket]:
    """The tickets he can mean: the one he names or quotes, else those that his word fits."""
    ctx = asker.ctx
    if command.number:
        named = await get_ticket(ctx.session, command.number)
    else:
        named = await quoted_ticket(ctx, asker.message)
    if named is not None:
        named = await still_followed(ctx, named)
        fits = named.state in _STATES[command.word] or command.word is ResidentWord.PROGRESS
        return [named] if fits and not named.unsure and await _concerns(asker, command, named) else []
    if command.number:
        return []
    return await _likeliest(asker, command)


async def _concerns(asker: Asker, command: ResidentCommand, ticket: Ticket) -> bool:
    if ticket.resident == asker.message.talker:
        return True
    if command.word not in _OF_SUPPORTERS:
        return False
    return await is_supporter(asker.ctx.session, ticket.id, asker.message.talker)


async def _likeliest(asker: Asker, command: ResidentCommand) -> list[Ticket]:
    """What a word without a number can mean; only the likeliest ones."""
    ctx, word = asker.ctx, command.word
    group_id = asker.group.id if asker.group else None
    own = list(await list_of_resident(ctx.session, asker.message.talker, group_id, _STATES[word]))
    if word in _OF_SUPPORTERS:
        own += await list_supported(ctx.session, asker.message.talker, group_id, _STATES[word])
    own = [each for each in own if not each.unsure]
    if word in _RATINGS or word is ResidentWord.SCORE:
        return await _just_told(asker, own, command)
    return _still_wrong(asker, own, command) if word is ResidentWord.NOT_FIXED else own


async def _just_told(asker: Asker, own: Sequence[Ticket], command: ResidentCommand) -> list[Ticket]:
    """The ticket whose result he has just read, else all that wait; a bare digit means nothing else."""
    if not own or (len(own) == 1 and not command.bare):
        return list(own)
    since = asker.ctx.now - RATING_TIME
    told = await told_since(asker.ctx.session, [each.id for each in own], ASKING, since)
    just = [each for each in own if each.id in told]
    if command.bare and (not just or await _in_a_poll(asker, max(told.values()))):
        return []
    return just if len(just) == 1 or command.bare else list(own)


async def _in_a_poll(asker: Asker, since: datetime) -> bool:
    """Whether neighbours have been saying numbers, too: then his is no rating."""
    if asker.group is None:
        return False
    return await numbers_said(asker.ctx.session, asker.group.id, since, asker.message.talker)


def _still_wrong(asker: Asker, own: Sequence[Ticket], command: ResidentCommand) -> list[Ticket]:
    """What is not fixed: what was just called done, else what is being done, else what was closed lately."""
    if command.rest:
        meaning = asker.ctx.book.understand(asker.message.text)
        if meaning.verdict is Verdict.TICKET:
            matters = {request.category for request in meaning.requests}
            own = [each for each in own if each.category in matters]
    resolved = [each for each in own if each.state is TicketState.RESOLVED]
    working = [each for each in own if each.state in _OPEN]
    since = asker.ctx.now - REOPEN_TIME
    closed = [each for each in own if each.closed_at is not None and each.closed_at >= since]
    return resolved or working or closed[:1]


async def _carry_out(asker: Asker, command: ResidentCommand, ticket: Ticket) -> None:
    ctx, cause = asker.ctx, asker.cause
    match command.word:
        case ResidentWord.URGE:
            await _urge(asker, ticket)
        case ResidentWord.NOT_FIXED if ticket.state in _OPEN:
            await _urge(asker, ticket)
        case ResidentWord.NOT_FIXED:
            await reopen(ctx, ticket, command.said, cause, bare=not command.rest)
        case ResidentWord.CANCEL:
            await acting.cancel(ctx, ticket, cause)
        case _:
            rating = command.score or _RATINGS[command.word]
            await acting.rate(ctx, ticket, rating, command.rest, cause)
    if asker.group is None and command.word is not ResidentWord.URGE:
        asker.answer("noted_direct", ticket=ticket, number=ticket.number)


async def _urge(asker: Asker, ticket: Ticket) -> None:
    if not await urged_since(asker.ctx.session, ticket.id, asker.ctx.now - URGE_PAUSE):
        await acting.urge(asker.ctx, ticket, asker.cause)
    status = acting.status_words(asker.ctx, ticket)
    asker.answer("urged", ticket=ticket, number=ticket.number, status=status)


def _show(asker: Asker, tickets: Sequence[Ticket]) -> None:
    ctx = asker.ctx
    if len(tickets) == 1:
        (ticket,) = tickets
        category, status = ctx.category_name(ticket.category), acting.status_words(ctx, ticket)
        asker.answer("progress", ticket=ticket, number=ticket.number, category=category, status=status)
        return
    lines = [f"{_brief(ctx, each)} {STATE_NAMES[each.state]}" for each in tickets[:LONGEST_LIST]]
    asker.answer("progress_list", count=len(tickets), options="\n".join(lines))


async def _ask_which(asker: Asker, command: ResidentCommand, fitting: Sequence[Ticket]) -> None:
    shown = fitting[:LONGEST_LIST]
    await ask_question(
        asker.ctx.session,
        Question(
            contact_id=asker.seat,
            asked_at=asker.ctx.now,
            action=command.word,
            words=command.said,
            options=[each.id for each in shown],
        ),
    )
    asker.answer("which_resident", options=_numbered(_brief(asker.ctx, each) for each in shown))


async def _take_choice(asker: Asker, row: Message) -> bool:
    """A bare number after the bot's list: that line of it."""
    choice = parse_choice(asker.message.text)
    if choice is None:
        return False
    ctx = asker.ctx
    question = await open_question(ctx.session, asker.seat, ctx.now - QUESTION_LIFE)
    if question is None or not 1 <= choice <= len(question.options):
        return False
    await drop_question(ctx.session, asker.seat)
    command = parse_resident(question.words) or ResidentCommand(ResidentWord(question.action), None, "")
    ticket = await get_ticket_by_id(ctx.session, question.options[choice - 1])
    if ticket is None or ticket.state not in _STATES[command.word]:
        return False
    await _carry_out(asker, command, ticket)
    row.ticket_id = ticket.id
    return True


def _brief(ctx: Context, ticket: Ticket) -> str:
    return f"{ticket.number}{ctx.category_name(ticket.category)}"


def _numbered(options: Iterable[str]) -> str:
    return "\n".join(f"{index}. {option}" for index, option in enumerate(options, 1))
