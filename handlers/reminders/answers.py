"""What people answer when they are asked for their yes: 同意 12, 不同意 12 时间不对."""

from __future__ import annotations

import re

from handlers.chat.commands import plain
from handlers.chat.finding import quoted_words
from handlers.context import Context
from handlers.events import IncomingMessage
from handlers.reminders.approvals import Decision, approvers, decide, yes_missing
from handlers.reminders.asking import announce, when_words
from handlers.reminders.audience import find_audience
from handlers.reminders.errors import ReminderRefused
from handlers.scopes import Scope
from storage.approvals import list_approvals, list_waiting
from storage.extensions import pending_for
from storage.models import Schedule
from storage.people import PersonInfo
from storage.schedules import get_schedule

_NUMBER = r"(?:提示)?[\s:：]*(?P<number>\d{1,9})?(?:号|号提示)?"
_YES = re.compile(rf"(?:(?P<before>\d{{1,9}})\s*)?(?:同意发?|批准发?|可以发|准发){_NUMBER}")
_NO = re.compile(
    rf"(?:(?P<before>\d{{1,9}})\s*)?(?:不同意发?|不批准|不准发|不要发|别发|不能发){_NUMBER}(?P<reason>.*)",
    re.DOTALL,
)
_ASKED = re.compile(r"请您看】提示(\d{1,9})")
_LONGEST_REASON = 100


async def approval_command(ctx: Context, person: PersonInfo, message: IncomingMessage) -> str | None:
    """The answer to somebody's yes or no to a notice; None when it is about something else."""
    line = plain(message.text)
    said = _YES.fullmatch(line) or _NO.fullmatch(line)
    if said is None:
        return None
    agreed = said.re is _YES
    found = await _meant(ctx, person, message, said["number"] or said["before"])
    if not isinstance(found, Schedule):
        return found
    reason = "" if agreed else said["reason"].strip(" ，,。：:、\n")[:_LONGEST_REASON]
    try:
        decision = await decide(
            ctx.session, found, ctx.directory, person, agreed=agreed, now=ctx.now, reason=reason
        )
    except ReminderRefused as refused:
        return str(refused)
    return await _said(ctx, found, decision)


async def _said(ctx: Context, row: Schedule, decision: Decision) -> str:
    if decision is Decision.COUNTED:
        return ctx.texts.render("approval_counted", number=row.id, count=await yes_missing(ctx.session, row))
    await announce(ctx, row)
    if decision is Decision.REFUSED:
        return ctx.texts.render("approval_refused", number=row.id, who=row.created_by)
    return ctx.texts.render("approval_taken", number=row.id, time=when_words(row, ctx.now))


async def _meant(
    ctx: Context, person: PersonInfo, message: IncomingMessage, number: str | None
) -> Schedule | str | None:
    """The notice that is meant; a question when it is not clear which; None when it is about something else."""
    if number is None and (asked := _ASKED.search(await quoted_words(ctx, message))):
        number = asked[1]
    if number is not None:
        return await get_schedule(ctx.session, int(number))
    waiting = await _waiting_for(ctx, person)
    if not waiting:
        return None
    if len(waiting) > 1 or await pending_for(ctx.session, person.id):
        return ctx.texts.render("approval_which", example=waiting[0])
    return await get_schedule(ctx.session, waiting[0])


async def _waiting_for(ctx: Context, person: PersonInfo) -> list[int]:
    """The notices that wait for this person's word."""
    numbers = []
    for row in await list_waiting(ctx.session):
        targets = await find_audience(ctx.session, Scope.from_json(row.scope))
        answered = any(each.contact == person.contact for each in await list_approvals(ctx.session, row))
        if not answered and person in approvers(ctx.directory, row, targets):
            numbers.append(row.id)
    return numbers
