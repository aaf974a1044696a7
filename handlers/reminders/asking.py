"""Asking for a second person's yes, and telling the author what came of it, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.reminders.approvals import approvers, yes_missing
from handlers.reminders.audience import find_audience
from handlers.reminders.keeping import advance, day_calendar, read_plan
from handlers.reminders.notices import FILE_WORDS, fill_notice
from handlers.scopes import Scope
from handlers.speech import SpeechKind, tell
from handlers.wording import due_words
from storage.approvals import list_approvals, lock_undecided
from storage.audiences import Target
from storage.enums import Priority, ScheduleState
from storage.models import Schedule
from storage.outbox import known_keys
from storage.people import PersonInfo
from storage.schedules import list_stewards

MOST_ASKED = 5


async def run_approvals(ctx: Context) -> int:
    """Ask for what waits for a yes, give up what nobody said yes to in time, tell authors; tells how many moved."""
    moved = 0
    for row in await lock_undecided(ctx.session):
        if row.state is not ScheduleState.WAITING:
            await announce(ctx, row)
        elif row.decide_by is None:
            await _ask(ctx, row)
        elif row.decide_by <= ctx.now:
            await _give_up(ctx, row)
        else:
            continue
        moved += 1
    return moved


async def announce(ctx: Context, row: Schedule) -> None:
    """Tell the author what was decided about his notice."""
    row.decide_by = None
    said = await list_approvals(ctx.session, row)
    if not said:
        return
    if said[-1].agreed:
        names = "、".join(each.name for each in said)
        await _tell_author(ctx, row, "approval_given", who=names, time=when_words(row, ctx.now))
    else:
        reason = f"：{said[-1].reason}" if said[-1].reason else ""
        await _tell_author(ctx, row, "approval_denied", who=said[-1].name, reason=reason)


async def _ask(ctx: Context, row: Schedule) -> None:
    """Put the notice before up to five people who may say yes."""
    soon = ctx.now + timedelta(minutes=ctx.settings.reminders.approval_minutes)
    row.decide_by = row.next_at if row.next_at is not None and row.next_at > ctx.now else soon
    targets = await find_audience(ctx.session, Scope.from_json(row.scope))
    words = await show_notice(ctx, row, targets)
    text = ctx.texts.render(
        "approval_ask_urgent" if row.urgent else "approval_ask",
        number=row.id,
        who=row.created_by,
        time=when_words(row, ctx.now),
        count=len(targets),
        text=words,
    )
    account = row.account or next((each.account for each in targets if each.account), "")
    for person in approvers(ctx.directory, row, targets)[:MOST_ASKED]:
        _put_to(ctx, row, person, account, text)


def _put_to(ctx: Context, row: Schedule, person: PersonInfo, account: str, text: str) -> None:
    """The words, then the file, if there is one: nobody says yes to what he has not seen."""
    for words, media in ((text, None), (FILE_WORDS, row.media)):
        if words is text or media is not None:
            tell(
                ctx,
                person,
                words,
                account=account,
                key=f"approval:{row.id}:{row.version}:{person.id}{':file' if media else ''}",
                kind=SpeechKind.PROMPT,
                priority=Priority.URGENT if row.urgent else Priority.PROMPT,
                media=media,
            )


async def show_notice(
    ctx: Context, row: Schedule, targets: Sequence[Target], due: datetime | None = None
) -> str:
    """The notice as its first group would read it (at its next time, unless another is given)."""
    file = "（另有一个文件）" if row.media is not None else ""
    if not targets:
        return row.text + file
    stewards = await list_stewards(ctx.session)
    street = ctx.settings.reminders.street
    return fill_notice(row.text, targets[0], stewards, due or row.next_at or ctx.now, street) + file


async def _give_up(ctx: Context, row: Schedule) -> None:
    """Its time has come and nobody has said yes: it does not go out this time."""
    missing = await yes_missing(ctx.session, row)
    await _tell_author(ctx, row, "approval_late", count=missing)
    if read_plan(row).is_once:
        row.state, row.next_at, row.decide_by = ScheduleState.REFUSED, None, None
        return
    advance(row, ctx.now, await day_calendar(ctx.session, read_plan(row)))
    row.decide_by = row.next_at


async def _tell_author(ctx: Context, row: Schedule, text: str, **fields: object) -> None:
    key = f"approval:{row.id}:{row.version}:{text}"
    if row.author and row.account and not await known_keys(ctx.session, [key]):
        tell(
            ctx,
            row.author,
            ctx.texts.render(text, number=row.id, **fields),
            account=row.account,
            key=key,
            kind=SpeechKind.PROMPT,
            priority=Priority.PROMPT,
        )


def when_words(row: Schedule, now: datetime) -> str:
    """When a notice goes out next: 马上, or 明天08:00."""
    return due_words(row.next_at, now) if row.next_at is not None and row.next_at > now else "马上"
