"""Photos of whoever does the work: sent with 办结, a little before it or right after it, they show how it is now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.chat.finding import may_act, quoted_ticket
from handlers.chat.residents import Outcome
from handlers.context import Context
from handlers.events import IncomingMessage, MessageKind
from handlers.speech import SpeechKind, tell
from handlers.teams.answering import MEMORY
from handlers.tickets.files import FILE_KINDS, add_file
from handlers.tickets.timeline import Cause
from storage.attachments import brought_since, loose_files, resolved_since
from storage.enums import HandState, Phase, Priority
from storage.models import Message, Ticket
from storage.people import GroupInfo, PersonInfo
from storage.teams import offers_to
from storage.tickets import get_ticket_by_id

PROOF_TIME = timedelta(minutes=10)
"""How far from 办结 a photo may be sent to belong to it."""

TOGETHER = timedelta(minutes=2)
"""Photos that follow each other within this time are answered once."""

_CAME = frozenset((HandState.COMING, HandState.ARRIVED, HandState.DONE))
PROOFS = FILE_KINDS - {MessageKind.VOICE}


async def hear_proof(
    ctx: Context,
    person: PersonInfo,
    group: GroupInfo | None,
    message: IncomingMessage,
    row: Message,
    cause: Cause,
) -> Outcome:
    """Take a file of somebody with a role to the ticket he quotes or has just resolved; else wait for his 办结."""
    if message.kind not in PROOFS:
        return Outcome.IGNORED
    ticket = await quoted_ticket(ctx, message)
    if ticket is None or not may_act(ctx, person, ticket):
        ticket = await _just_resolved(ctx, person, group) or await _helped_with(ctx, person)
    if ticket is None:
        if group is None and ctx.directory.works(person) and not await _sent_before(ctx, person):
            _answer(ctx, person, message, cause, "photo_loose")
        return Outcome.IGNORED
    first = not await brought_since(ctx.session, ticket.id, Phase.AFTER, ctx.now - TOGETHER)
    add_file(ctx, ticket, row, replace(cause, by=person.name), Phase.AFTER)
    if group is None and first:
        _answer(ctx, person, message, cause, "photo_kept", ticket)
    return Outcome.COMMAND


async def collect_proofs(ctx: Context, ticket: Ticket, person: PersonInfo, cause: Cause) -> int:
    """What he sent before he said 办结 belongs to it; tells how many files."""
    found = await loose_files(ctx.session, person.contact, ticket.group_id, PROOFS, ctx.now - PROOF_TIME)
    for row in found:
        add_file(ctx, ticket, row, cause, Phase.AFTER)
    return len(found)


async def _just_resolved(ctx: Context, person: PersonInfo, group: GroupInfo | None) -> Ticket | None:
    done = await resolved_since(ctx.session, person.id, ctx.now - PROOF_TIME)
    return next((each for each in done if group is None or each.group_id == group.id), None)


async def _helped_with(ctx: Context, person: PersonInfo) -> Ticket | None:
    """The one ticket that somebody who was called for help has come to."""
    offers = await offers_to(ctx.session, person.id, ctx.now - MEMORY)
    came = {each.ticket_id for each in offers if each.state in _CAME}
    return await get_ticket_by_id(ctx.session, came.pop()) if len(came) == 1 else None


async def _sent_before(ctx: Context, person: PersonInfo) -> bool:
    return bool(await loose_files(ctx.session, person.contact, 0, PROOFS, ctx.now - TOGETHER))


def _answer(
    ctx: Context,
    person: PersonInfo,
    message: IncomingMessage,
    cause: Cause,
    key: str,
    ticket: Ticket | None = None,
) -> None:
    fields = {"number": ticket.number} if ticket is not None else {}
    tell(
        ctx,
        person,
        ctx.texts.render(key, **fields),
        account=message.account,
        key=f"{cause.key}:{key}",
        kind=SpeechKind.REPLY,
        priority=Priority.REPLY,
        ticket=ticket,
    )
