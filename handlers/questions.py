"""A resident's question that nobody answers becomes one quiet line to the steward."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from handlers.context import Context
from handlers.tickets.opening import OTHER, Report, open_ticket
from handlers.tickets.telling import prompt_text
from handlers.tickets.timeline import QUESTION, SYSTEM, Cause
from handlers.wording import staff_name
from handlers.worktime import Limit
from nlp import Meaning, Request, RequestKind, Verdict
from storage.enums import Measure, TicketState
from storage.models import Message
from storage.outbox import pending_of_ticket
from storage.questions import due_questions, talk_after

BATCH = 100
CHANCE = timedelta(minutes=10)
"""Within which a neighbour's next words count as an answer, whatever they are."""

PATIENCE = timedelta(days=1)
"""How long the steward may leave the line unanswered before it is forgotten."""

_ASKS = re.compile(
    r"(?:[?？]|吗|呢|么)[\s。.~～!！]*$|请问|谁知道|什么时候|几点|在哪|哪里|怎么[办弄交走]|多少"
)
_CALLS = re.compile(r"请问|管家|物业|社区|居委|网格|负责人")
_CHAT = frozenset(("闲聊", "离题", "通知", "答复"))
_SHORTEST, _LONGEST = 5, 200
_TELLING = 0.5
_LIKELY = 0.2
"""What the words must come to, of the 0.75 or so with which a steward is asked at once, to be anything of his."""


def is_question(text: str, meaning: Meaning) -> bool:
    """Whether silent words ask for something that the steward might know, and are not small talk."""
    if not _SHORTEST <= len(text.strip()) <= _LONGEST or not _ASKS.search(text):
        return False
    if not _CHAT.isdisjoint(meaning.signals):
        return False
    telling = meaning.strength >= _LIKELY and any(score >= _TELLING for _, score in meaning.scores)
    return telling or bool(_CALLS.search(text))


def note_question(ctx: Context, row: Message, meaning: Meaning) -> bool:
    """Wait for an answer if this is a question; tells whether it is."""
    minutes = ctx.settings.understanding.unanswered_minutes
    if not minutes or not ctx.settings.intake.keep_chat_days or not is_question(row.text, meaning):
        return False
    row.answer_due = ctx.timetable.calendar.after(row.at, Limit(minutes, Measure.WORK))
    return True


async def ask_unanswered(ctx: Context) -> int:
    """Ask the stewards about questions that nobody has answered in time; tells how many were looked at."""
    rows = await due_questions(ctx.session, ctx.now, BATCH)
    for row in rows:
        row.answer_due = None
        if not await _answered(ctx, row):
            await _ask(ctx, row)
    return len(rows)


async def _answered(ctx: Context, row: Message) -> bool:
    return any(_answers(ctx, row, later) for later in await talk_after(ctx.session, row))


def _answers(ctx: Context, row: Message, later: Message) -> bool:
    """Whether later words settle it: the asker's own ticket or next question, the staff, a quote, a neighbour."""
    if later.talker == row.talker:
        return later.ticket_id is not None or later.answer_due is not None
    person = ctx.directory.person(later.talker)
    group = ctx.directory.groups.get(row.group_id or 0)
    if person is not None and group is not None and ctx.directory.is_staff(person, group, ctx.now):
        return True
    if later.quote == row.message_id or f"@{row.name}" in later.text:
        return True
    return later.ticket_id is None and later.answer_due is None and later.at - row.at <= CHANCE


async def _ask(ctx: Context, row: Message) -> None:
    group = ctx.directory.groups.get(row.group_id or 0)
    if group is None or not group.active or ctx.directory.steward(group) is None:
        return
    meaning = ctx.understand(row.text, group)
    category = next((code for code, score in meaning.scores if score > 0), OTHER)
    request = Request(
        kind=RequestKind.INQUIRY, category=category, score=0.0, urgent=False, clause=row.text, matched=()
    )
    report = Report(
        group=group,
        contact=row.talker,
        name=staff_name(row.name),
        text=row.text.strip(),
        meaning=replace(meaning, verdict=Verdict.ASK, requests=(request,), urgent=False),
        cause=Cause(by=SYSTEM, key=f"question:{row.id}", source="timer"),
    )
    ticket = await open_ticket(ctx, report)
    ticket.kind, ticket.state = QUESTION, TicketState.PROMPTED
    ticket.opened_at, ticket.next_step_at = row.at, ctx.now + PATIENCE
    row.ticket_id = ticket.id
    await ctx.session.flush()
    for prompt in await pending_of_ticket(ctx.session, ticket.id, ctx.now):
        prompt.text = prompt_text(ctx, ticket)
