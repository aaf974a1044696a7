"""What the staff say: answers in the group, and direct messages of stewards, teams and admins."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from handlers.chat import stewards
from handlers.chat.absence import leave_command
from handlers.chat.commands import is_help_request, number_in
from handlers.chat.finding import may_act, quoted_ticket
from handlers.chat.residents import Outcome
from handlers.chat.residents import hear_directly as hear_resident_directly
from handlers.chat.volunteers import hand_in_room, passed_in_group, volunteer_answer
from handlers.context import Context
from handlers.duty.commands import duty_command
from handlers.elders.commands import relay_command
from handlers.events import IncomingMessage
from handlers.examples import proposal_command
from handlers.incidents import incident_command, may_answer
from handlers.placewords import place_command
from handlers.reminders import approval_command, reminder_command
from handlers.rules import rule_command, trial_command
from handlers.searches.commands import names_search, search_command
from handlers.speech import SpeechKind, tell
from handlers.textwords import text_command
from handlers.tickets import acting
from handlers.tickets.telling import tell_person
from handlers.tickets.timeline import ALLOWED, Action, Cause
from handlers.wording import due_words
from storage.enums import Priority, TicketState
from storage.models import Message, Ticket
from storage.people import GroupInfo, PersonInfo
from storage.tickets import get_ticket, list_open_in_group

ANSWER_TIME = timedelta(hours=12)
_ANSWER = re.compile(
    r"收到|好的|马上|这就|我来|我去|已安排|安排|联系|师傅|稍等|知道了|明白|处理|去看|看看|报修|跟进|记下|登记"
)


async def hear_in_group(
    ctx: Context, group: GroupInfo, person: PersonInfo, message: IncomingMessage, row: Message, cause: Cause
) -> Outcome:
    """Words of the staff in a group are never requests; an answer to a waiting resident stops the response clock."""
    cause = replace(cause, by=person.name)
    if (said := await stewards.act_on_many(ctx, person, message, cause)) is not None:
        await _reply(ctx, person, message, said, cause)
        return Outcome.COMMAND
    quoted = await quoted_ticket(ctx, message)
    command = stewards.read_command(message.text)
    if command is not None and (quoted is not None or command.number is not None):
        ticket = quoted if command.number is None else await get_ticket(ctx.session, command.number)
        if ticket is not None and may_act(ctx, person, ticket) and command.action is not Action.SHOW:
            answer = await stewards.act(ctx, person, ticket, command, cause)
            await _reply(ctx, person, message, answer, cause)
            row.ticket_id = ticket.id
            return Outcome.COMMAND
    ticket = quoted if quoted is not None else await _waiting(ctx, group, message)
    if ticket is None or ticket.unsure or ticket.state not in ALLOWED[Action.ACCEPT]:
        return Outcome.IGNORED
    await acting.accept(ctx, ticket, person, replace(cause, source="group"), quietly=True)
    row.ticket_id = ticket.id
    late = ticket.resolve_due is None or ticket.resolve_due <= ctx.now
    due = "今天尽快" if late else due_words(ticket.resolve_due or ctx.now, ctx.now)
    text = ctx.texts.render("answered_steward", number=ticket.number, due=due)
    tell_person(ctx, ticket, person, cause, text, key="answered")
    return Outcome.ANSWERED


async def hear_in_work_group(
    ctx: Context, work: PersonInfo, message: IncomingMessage, row: Message
) -> Outcome:
    """In a work group that receives tickets only commands count that quote one or name it; all else is talk."""
    if await _helps_or_searches(ctx, work, message):
        return Outcome.COMMAND
    command = stewards.read_command(message.text)
    ticket = await quoted_ticket(ctx, message)
    if command is not None and command.number is not None:
        ticket = await get_ticket(ctx.session, command.number)
    speaker = ctx.directory.person(message.talker) or work
    person = speaker if ticket is not None and ticket.owner_id != work.id else work
    if command is None or ticket is None or not may_act(ctx, person, ticket):
        return Outcome.IGNORED
    cause = Cause(
        by=speaker.name if speaker is not work else message.name, key=f"{message.account}:{message.id}"
    )
    answer = await stewards.act(ctx, person, ticket, command, cause)
    await _reply(ctx, work, message, answer, cause)
    row.ticket_id = ticket.id
    return Outcome.COMMAND


async def _helps_or_searches(ctx: Context, work: PersonInfo, message: IncomingMessage) -> bool:
    """发, 扩大, 线索 for a search the work group answers for, 我来 of somebody who was called: by quote or number, too."""
    speaker = ctx.directory.person(message.talker)
    cause = Cause(by=speaker.name if speaker else message.name, key=f"{message.account}:{message.id}")
    answer = None
    if await names_search(ctx, work, message):
        answer = await search_command(ctx, work, message, cause)
    else:
        answer = await stewards.act_on_many(ctx, work, message, cause)
    if answer is None and speaker is not None:
        answer = await hand_in_room(ctx, speaker, message, cause)
    if answer:
        await _reply(ctx, work, message, answer, cause)
    return bool(answer)


async def hear_helper_in_group(
    ctx: Context, group: GroupInfo, person: PersonInfo, message: IncomingMessage, cause: Cause
) -> bool:
    """我来 or 已转 said in the group instead of to the bot; tells whether it was. The answer goes to him directly."""
    cause = replace(cause, by=person.name)
    answer = await hand_in_room(ctx, person, message, cause, group)
    if answer is None:
        answer = await passed_in_group(ctx, person, group, message.text)
    if answer:
        await _reply(ctx, person, message, answer, cause)
    return bool(answer)


async def _waiting(ctx: Context, group: GroupInfo, message: IncomingMessage) -> Ticket | None:
    """The ticket a plain answer in the group belongs to: that of the resident it names, or the only one waiting."""
    opened = await list_open_in_group(ctx.session, group.id, ctx.now - ANSWER_TIME)
    waiting = [each for each in opened if each.state in (TicketState.NEW, TicketState.PROMPTED)]
    named = [
        each
        for each in waiting
        if each.resident in message.mentions or f"@{each.resident_name}" in message.text
    ]
    if named:
        return named[0]
    return waiting[0] if len(waiting) == 1 and _ANSWER.search(message.text) else None


async def hear_directly(ctx: Context, person: PersonInfo, message: IncomingMessage, cause: Cause) -> Outcome:
    """A direct message of somebody with a role: rules and reminders for admins, tickets for everyone who answers."""
    cause = replace(cause, by=person.name)
    answer: str | None = None
    if ctx.directory.is_admin(person):
        answer = await rule_command(ctx.session, message.text, by=person.name, now=ctx.now, book=ctx.book)
        if answer is None:
            answer = await trial_command(
                ctx.session, ctx.directory, message.text, by=person.name, now=ctx.now
            )
        if answer is None:
            answer = await place_command(
                ctx.session, ctx.directory, message.text, by=person.name, now=ctx.now
            )
        if answer is None:
            answer = await text_command(ctx.session, message.text, by=person.name, now=ctx.now)
        if answer is None:
            answer = await proposal_command(
                ctx.session, message.text, by=person.name, now=ctx.now, texts=ctx.texts
            )
        if answer is None:
            answer = await relay_command(ctx, message.text, by=person.name)
        if answer is None:
            answer = await duty_command(ctx, message.text, by=person.name)
        if answer is None and is_help_request(message.text):
            answer = f"{ctx.texts.render('help_steward')}\n{ctx.texts.render('help_admin')}"
    if answer is None and may_answer(ctx, person):
        answer = await incident_command(ctx, message.text, cause)
    if answer is None:
        answer = await reminder_command(ctx, person, message)
    if answer is None:
        answer = await approval_command(ctx, person, message)
    if answer is None:
        answer = await leave_command(ctx, person, message.text, cause)
    if answer is None:
        answer = await stewards.answer(ctx, person, message, cause)
    if answer:
        await _reply(ctx, person, message, answer, cause)
    return Outcome.COMMAND


async def hear_volunteer(
    ctx: Context, person: PersonInfo, message: IncomingMessage, row: Message, cause: Cause
) -> Outcome:
    """A direct message of somebody who only helps: an answer to what he was asked, else he is a resident like any other."""
    cause = replace(cause, by=person.name)
    answer = await volunteer_answer(ctx, person, message, cause)
    if answer is None:
        return await hear_resident_directly(ctx, message, row, cause)
    await _reply(ctx, person, message, answer, cause)
    return Outcome.COMMAND


async def _reply(ctx: Context, person: PersonInfo, message: IncomingMessage, text: str, cause: Cause) -> None:
    """Answer a direct message; an answer that begins with a ticket's number belongs to it (and can be quoted)."""
    number = number_in(text)
    tell(
        ctx,
        person,
        text,
        account=message.account,
        key=f"{cause.key}:answer",
        kind=SpeechKind.REPLY,
        priority=Priority.REPLY,
        ticket=await get_ticket(ctx.session, number) if number is not None else None,
    )
