"""The files of tickets: which message's photo, voice, video or file belongs to which, kept, and handed on.

A handler only notes that a file is wanted; it is fetched after the commit (``bot.fetcher``), and sent to whoever
answers for the ticket once it is there.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.events import MessageKind
from handlers.tickets.telling import owner_of, tell_owner, tell_person
from handlers.tickets.timeline import SYSTEM, Cause, record
from handlers.wording import clock_time, staff_name
from storage.attachments import (
    attachments_of,
    files_to_hand_on,
    get_attachment,
    outlived_files,
    paths_in_use,
)
from storage.enums import AttachmentState, Phase, TicketEventKind
from storage.models import Attachment, Message, Ticket
from storage.outbox import known_keys
from storage.people import PersonInfo

FILE_KINDS = frozenset((MessageKind.IMAGE, MessageKind.VOICE, MessageKind.VIDEO, MessageKind.FILE))
KIND_NAMES = {
    MessageKind.IMAGE: "图片",
    MessageKind.VOICE: "语音",
    MessageKind.VIDEO: "视频",
    MessageKind.FILE: "文件",
}
PHASE_NAMES = {Phase.BEFORE: "办理前", Phase.AFTER: "办结"}
RETRIES = tuple(timedelta(seconds=wait) for wait in (5, 20, 60, 300, 1800))
"""How long after each failed try a file is asked for again; then it is given up."""

LONGEST_NAME = 80
BATCH = 50


def add_file(ctx: Context, ticket: Ticket, row: Message, cause: Cause, phase: Phase = Phase.BEFORE) -> None:
    """What a message brought belongs to the ticket; it is fetched soon."""
    row.ticket_id = ticket.id
    kind = MessageKind(row.kind)
    ctx.session.add(
        Attachment(
            ticket_id=ticket.id,
            account=row.account,
            message_id=row.message_id,
            kind=kind,
            phase=phase,
            by=staff_name(row.name),
            contact_id=row.talker,
            at=row.at,
            source=row.media or "",
            name=row.text[:LONGEST_NAME] if kind is MessageKind.FILE else "",
            state=AttachmentState.WANTED if row.media else AttachmentState.FAILED,
            fetch_at=ctx.now if row.media else None,
        )
    )
    if phase is Phase.BEFORE and kind is MessageKind.VOICE:
        ticket.voices += 1
    elif phase is Phase.BEFORE:
        ticket.photos += 1
    record(ctx, ticket, TicketEventKind.ATTACHED, cause, f"{PHASE_NAMES[phase]}{KIND_NAMES[kind]}")


async def keep_file(ctx: Context, attachment_id: int, path: str, size: int) -> None:
    """A file has been fetched and lies in the media folder under this name."""
    attachment = await get_attachment(ctx.session, attachment_id)
    if attachment is None or attachment.state is not AttachmentState.WANTED:
        return
    attachment.state, attachment.path, attachment.size = AttachmentState.KEPT, path, size
    attachment.fetch_at, attachment.error = None, ""


async def miss_file(ctx: Context, attachment_id: int, reason: str, *, again: bool) -> None:
    """A file could not be had; with ``again`` it is tried some more. Whoever answers is told once when it is given up."""
    attachment = await get_attachment(ctx.session, attachment_id)
    if attachment is None or attachment.state is not AttachmentState.WANTED:
        return
    tries, attachment.error = attachment.attempts, reason
    attachment.attempts += 1
    if again and tries < len(RETRIES):
        attachment.fetch_at = ctx.now + RETRIES[tries]
        return
    attachment.state, attachment.fetch_at = AttachmentState.FAILED, None
    ticket = await ctx.session.get_one(Ticket, attachment.ticket_id)
    cause = Cause(by=SYSTEM, key=f"file:{attachment.id}", source="timer")
    kind = KIND_NAMES[MessageKind(attachment.kind)]
    tell_owner(ctx, ticket, cause, "file_missed", who=attachment.by, kind=kind)


async def hand_on_files(ctx: Context) -> int:
    """Send the kept files of open tickets to whoever answers for them now and has not got them; tells how many."""
    found = await files_to_hand_on(ctx.session, BATCH)
    for attachment, ticket in found:
        owner = owner_of(ctx, ticket)
        attachment.given_to_id = ticket.owner_id
        if owner is not None and owner.contact != attachment.contact_id:
            await _send(ctx, ticket, attachment, owner)
    return len(found)


async def hand_files_to(ctx: Context, ticket: Ticket, person: PersonInfo) -> None:
    """Send a ticket's files to somebody who helps with it."""
    for attachment in await attachments_of(ctx.session, ticket.id):
        if attachment.state is AttachmentState.KEPT and attachment.phase is Phase.BEFORE:
            await _send(ctx, ticket, attachment, person)


async def _send(ctx: Context, ticket: Ticket, attachment: Attachment, person: PersonInfo) -> None:
    cause = Cause(by=SYSTEM, key=f"file:{attachment.id}", source="timer")
    if await known_keys(ctx.session, [f"{cause.key}:{ticket.number}:file:{person.id}"]):
        return  # he has had it before the ticket went elsewhere and came back
    hold = ticket.opened_at + 3 * timedelta(seconds=ctx.settings.intake.burst_seconds)
    text = ctx.texts.render(
        "file",
        number=ticket.number,
        kind=KIND_NAMES[MessageKind(attachment.kind)],
        who=attachment.by,
        time=clock_time(attachment.at),
    )
    tell_person(
        ctx,
        ticket,
        person,
        cause,
        text,
        key="file",
        not_before=ctx.now if ticket.urgent else max(ctx.now, hold),
        media=attachment.path,
    )


async def forget_files(ctx: Context, keep: timedelta) -> list[str]:
    """Files of tickets that ended longer ago than this are removed; tells the names nobody needs any more."""
    gone = []
    for attachment in await outlived_files(ctx.session, ctx.now - keep, BATCH):
        attachment.state = AttachmentState.GONE
        if attachment.path is not None:
            gone.append(attachment.path)
        attachment.path = None
    await ctx.session.flush()
    used = await paths_in_use(ctx.session, gone)
    return [path for path in dict.fromkeys(gone) if path not in used]
