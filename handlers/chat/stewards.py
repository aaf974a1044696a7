"""A steward's direct messages: short answers to prompts (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from handlers.chat import delays
from handlers.chat.commands import (
    StaffCommand,
    is_help_request,
    is_list_request,
    parse_choice,
    parse_many,
    parse_staff,
)
from handlers.chat.finding import fitting_tickets, may_act, quoted_ticket
from handlers.chat.handing import TO_PERSON, hand_over, reassign
from handlers.chat.lists import LONGEST_LIST, ask, numbered
from handlers.chat.parting import merge_words, split_words
from handlers.chat.proofs import collect_proofs
from handlers.chat.recategorising import TO_CATEGORY, recategorise, take_category
from handlers.chat.showing import show_text
from handlers.chat.volunteers import volunteer_answer
from handlers.context import Context
from handlers.errors import ActionRefused
from handlers.events import IncomingMessage
from handlers.examples import keep_example
from handlers.searches.commands import search_command
from handlers.teams.replies import call_for_help, is_called, stop_calling
from handlers.teams.words import CallWish, read_call
from handlers.tickets import acting
from handlers.tickets.telling import brief
from handlers.tickets.timeline import ALLOWED, STATE_NAMES, Action, Cause, state_words
from handlers.wording import due_words
from storage.enums import OPEN_STATES
from storage.models import Ticket
from storage.people import PersonInfo
from storage.tickets import (
    drop_question,
    get_ticket,
    get_ticket_by_id,
    list_of_owner,
    open_question,
)

LONGEST_WORDS = 1000
"""Characters of what a steward writes to the bot."""

_DONE_MANY = {Action.RESOLVE: "resolved_many", Action.ACCEPT: "accepted_many"}
QUESTION_LIFE = timedelta(minutes=15)
EXAMPLES = {"lighting": "换了新灯泡", "water": "换了水管", "parking": "车已挪走", "sanitation": "已清理"}


async def answer(ctx: Context, person: PersonInfo, message: IncomingMessage, cause: Cause) -> str | None:
    """Do what a steward (or a stand-in, or a team member) says; the words to answer with, None for nothing to say."""
    if len(message.text) > LONGEST_WORDS:
        return ctx.texts.render("too_long", most=LONGEST_WORDS)
    if (chosen := await _answer_question(ctx, person, message, cause)) is not None:
        return chosen
    if is_help_request(message.text):
        return ctx.texts.render("help_steward")
    if is_list_request(message.text):
        return await _my_tickets(ctx, person)
    if (said := await volunteer_answer(ctx, person, message, cause)) is not None:
        return said
    if (said := await search_command(ctx, person, message, cause)) is not None:
        return said
    if (said := await act_on_many(ctx, person, message, cause)) is not None:
        return said
    command = read_command(message.text)
    quoted = await quoted_ticket(ctx, message)
    if command is None and quoted is None:
        return ctx.texts.render("not_understood")
    if command is None:
        command = StaffCommand(Action.NOTE, None, message.text)
    return await _carry_out(ctx, person, command, quoted, cause)


def read_command(text: str) -> StaffCommand | None:
    """What somebody of the staff wants done to a ticket; None for other talk."""
    return delays.parse_delay(text) or parse_staff(text)


async def act_on_many(ctx: Context, person: PersonInfo, message: IncomingMessage, cause: Cause) -> str | None:
    """办结 or 接单 for several tickets at once: one line for those done, one for each that was not; None for other talk."""
    done: list[str] = []
    said: list[str] = []
    commands = parse_many(message.text)
    for command in commands:
        problem = await _try(ctx, person, command, cause)
        if problem is None:
            done.append(str(command.number))
        else:
            said.append(problem)
    if done:
        said.insert(0, ctx.texts.render(_DONE_MANY[commands[0].action], numbers="、".join(done)))
    return "\n".join(said) or None


async def _try(ctx: Context, person: PersonInfo, command: StaffCommand, cause: Cause) -> str | None:
    """Do it to the ticket of the command's number; what stood against it."""
    ticket = await get_ticket(ctx.session, command.number or 0)
    if ticket is None:
        return ctx.texts.render("unknown_number", number=command.number)
    if not may_act(ctx, person, ticket):
        return ctx.texts.render("not_yours", number=ticket.number)
    if ticket.state not in ALLOWED[command.action]:
        state = STATE_NAMES[ticket.state]
        return ctx.texts.render("refused", number=ticket.number, state=state, action=command.action)
    await act(ctx, person, ticket, command, cause)
    return None


async def _carry_out(
    ctx: Context, person: PersonInfo, command: StaffCommand, quoted: Ticket | None, cause: Cause
) -> str | None:
    ticket = quoted
    if command.number is not None:
        ticket = await get_ticket(ctx.session, command.number)
        if ticket is None:
            return ctx.texts.render("unknown_number", number=command.number)
    if ticket is None:
        return await _the_only_one(ctx, person, command, cause)
    if not may_act(ctx, person, ticket):
        return ctx.texts.render("not_yours", number=ticket.number)
    return await act(ctx, person, ticket, command, cause)


async def _the_only_one(ctx: Context, person: PersonInfo, command: StaffCommand, cause: Cause) -> str:
    if command.action in (Action.GRANT, Action.REFUSE):
        waiting = await delays.waiting_decisions(ctx, person, command)
        if isinstance(waiting, Ticket):
            return await act(ctx, person, waiting, command, cause)
        return waiting or ctx.texts.render("nothing_to_decide")
    fitting = await fitting_tickets(ctx, person, command.action)
    if len(fitting) == 1:
        return await act(ctx, person, fitting[0], command, cause)
    if not fitting:
        anything = await list_of_owner(ctx.session, person.id, OPEN_STATES)
        key = "nothing_fits" if anything else "nothing_open"
        return ctx.texts.render(key, action=command.action)
    shown = fitting[:LONGEST_LIST]
    await ask(ctx, person, command.action, command.words, [ticket.id for ticket in shown])
    return ctx.texts.render("which", options=numbered(brief(ctx, ticket) for ticket in shown))


async def _answer_question(
    ctx: Context, person: PersonInfo, message: IncomingMessage, cause: Cause
) -> str | None:
    question = await open_question(ctx.session, person.contact, ctx.now - QUESTION_LIFE)
    if question is None:
        return None
    choice = parse_choice(message.text) if message.quote is None and not message.quoted_text else None
    await drop_question(ctx.session, person.contact)
    if choice is None or not 1 <= choice <= len(question.options):
        return None
    option = question.options[choice - 1]
    if question.action.startswith(TO_PERSON):
        return await hand_over(
            ctx, person, int(question.action.removeprefix(TO_PERSON)), option, question.words, cause
        )
    if question.action.startswith(TO_CATEGORY):
        return await take_category(ctx, question.action, question.words, option, cause)
    ticket = await get_ticket_by_id(ctx.session, option)
    if ticket is None:
        return None
    return await act(ctx, person, ticket, StaffCommand(Action(question.action), None, question.words), cause)


async def act(ctx: Context, person: PersonInfo, ticket: Ticket, command: StaffCommand, cause: Cause) -> str:
    """Carry one command out on one ticket; the words to answer with, also when its state refuses it."""
    try:
        return await _ACTIONS[command.action](ctx, person, ticket, command.words, cause)
    except ActionRefused as error:
        return ctx.texts.render("refused", number=error.number, state=error.state, action=error.action)


async def _accept(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    await acting.accept(ctx, ticket, person, cause)
    example = EXAMPLES.get(ticket.category, "已处理好")
    if ticket.resolve_due is None or ticket.resolve_due <= ctx.now:
        return ctx.texts.render("accepted_late", number=ticket.number, example=example)
    due = due_words(ticket.resolve_due, ctx.now)
    return ctx.texts.render("accepted_steward", number=ticket.number, due=due, example=example)


async def _resolve(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    await acting.resolve(ctx, ticket, person, cause, words)
    files = await collect_proofs(ctx, ticket, person, cause)
    proof = ctx.texts.render("with_proof", count=files) if files else ""
    return ctx.texts.render("resolved_steward", number=ticket.number) + proof


async def _reject(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    await acting.reject(ctx, ticket, cause)
    await keep_example(ctx, ticket, None, cause)
    return ctx.texts.render("rejected_steward", number=ticket.number)


async def _call_help(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    wish = read_call(words) or CallWish()
    if wish.stop:
        return await stop_calling(ctx, ticket, cause)
    said = await call_for_help(ctx, ticket, person, wish, cause)
    if (
        ticket.owner_id == person.id
        and ticket.state in ALLOWED[Action.ACCEPT]
        and await is_called(ctx, ticket)
    ):
        await acting.accept(ctx, ticket, person, cause)  # who has called for hands has answered
        said += ctx.texts.render("accepted_by_call")
    return said


async def _note(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    await acting.note(ctx, ticket, words, cause)
    return ctx.texts.render("noted_steward", number=ticket.number)


async def _show(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    return await show_text(ctx, ticket)


_Act = Callable[[Context, PersonInfo, Ticket, str, Cause], Awaitable[str]]
_ACTIONS: dict[Action, _Act] = {
    Action.ACCEPT: _accept,
    Action.RESOLVE: _resolve,
    Action.REJECT: _reject,
    Action.REASSIGN: reassign,
    Action.HELP: _call_help,
    Action.RECATEGORISE: recategorise,
    Action.SPLIT: split_words,
    Action.MERGE: merge_words,
    Action.NOTE: _note,
    Action.PAUSE: delays.pause,
    Action.RESUME: delays.resume,
    Action.EXTEND: delays.extend,
    Action.HURRY: delays.hurry,
    Action.GRANT: delays.grant,
    Action.REFUSE: delays.refuse,
    Action.SHOW: _show,
}


async def _my_tickets(ctx: Context, person: PersonInfo) -> str:
    tickets = await list_of_owner(ctx.session, person.id, OPEN_STATES)
    if not tickets:
        return ctx.texts.render("nothing_open")
    lines = "\n".join(f"{brief(ctx, ticket)} {state_words(ticket)}" for ticket in tickets[:20])
    return ctx.texts.render("my_tickets", count=len(tickets), options=lines)
