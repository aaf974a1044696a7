"""Where every message comes in: refuse repeats, see who speaks, call the use case. One call is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.chat import residents, staff
from handlers.chat.proofs import hear_proof
from handlers.chat.recalls import take_back
from handlers.chat.residents import Outcome
from handlers.chat.residentwords import is_bare_complaint
from handlers.chat.shadow import compare
from handlers.context import Context
from handlers.delivery import settle_echo
from handlers.events import IncomingMessage, MessageKind
from handlers.roster.binding import hear_code
from handlers.searches.overhearing import overhear
from handlers.tickets.timeline import Cause
from nlp import mask_private
from storage.duty import bind_work_group
from storage.messages import known_ids, recent_talk
from storage.models import Message
from storage.people import GroupInfo, PersonInfo, bump_directory
from storage.rooms import silent_speakers
from storage.tickets import expect_groups

MEDIA_PATIENCE = timedelta(minutes=2)
"""Photos and voice follow their words later than the next line does."""

STANDBY_PATIENCE = timedelta(minutes=2)
"""After so long without a sign of life the account that speaks is not there, whatever it said last."""

_DECIDED_BY_RULES = frozenset((Outcome.SILENT, Outcome.ASKED, Outcome.OPENED, Outcome.JOINED))
"""What rules alone decide; a command, or the rest of what somebody is saying, is understood without them."""


def _goes_along(earlier: Message) -> bool:
    """What the next words belong to also when they come later: a photo, a 没修好 that does not say what is wrong."""
    if earlier.kind != MessageKind.TEXT:
        return earlier.ticket_id is None
    return earlier.ticket_id is not None and is_bare_complaint(earlier.text)


class Talk:
    """What the people of one batch have said lately, so that a burst is recognised without a query a message."""

    def __init__(self) -> None:
        self._said: dict[tuple[int, str], list[Message]] = {}

    async def load(self, ctx: Context, messages: Sequence[tuple[GroupInfo, IncomingMessage]]) -> None:
        """Read the recent past of everyone who speaks in this batch."""
        talks = {(group.id, message.talker) for group, message in messages}
        if not talks:
            return
        since = min(message.at for _, message in messages) - MEDIA_PATIENCE
        for row in await recent_talk(ctx.session, talks, since):
            self.add(row)

    def add(self, row: Message) -> None:
        """Remember one more message."""
        if row.group_id is not None:
            self._said.setdefault((row.group_id, row.talker), []).append(row)

    def burst(self, ctx: Context, row: Message) -> list[Message]:
        """What the talker said just before, each line within the burst time of the next; oldest first.

        Photos and voice go with words that are up to ``MEDIA_PATIENCE`` away, on either side.
        """
        said = self._said.get((row.group_id or 0, row.talker), [])
        if row.kind != MessageKind.TEXT:
            return [earlier for earlier in said if row.at - earlier.at <= MEDIA_PATIENCE]
        wait, found, latest = timedelta(seconds=ctx.settings.intake.burst_seconds), list[Message](), row.at
        for earlier in reversed(said):
            if row.at - earlier.at > MEDIA_PATIENCE and latest - earlier.at > wait:
                break
            if latest - earlier.at <= wait:
                found.insert(0, earlier)
                latest = earlier.at
            elif _goes_along(earlier):
                found.insert(0, earlier)
        return found

    def is_repeat(self, ctx: Context, row: Message) -> bool:
        """Whether the same words came a moment ago under another id (backends deliver twice after a relogin)."""
        window = timedelta(seconds=ctx.settings.intake.repeat_seconds)
        return row.kind == MessageKind.TEXT and any(
            earlier.text == row.text and earlier.at == row.at and row.at - earlier.at <= window
            for earlier in self._said.get((row.group_id or 0, row.talker), [])
        )


async def receive(ctx: Context, messages: Sequence[IncomingMessage]) -> list[Outcome]:
    """Handle a batch of messages in order; one outcome each. Repeats (also after a restart) change nothing."""
    known = await known_ids(ctx.session, [(message.account, message.id) for message in messages])
    hearing = await _hearing(ctx, messages)
    located = [
        (group, message)
        for message in messages
        if message.room is not None and (group := hearing.get((message.account, message.room)))
    ]
    expect_groups(ctx.session, {group.id for group, _ in located})
    talk = Talk()
    await talk.load(ctx, located)
    outcomes = []
    for message in messages:
        group = hearing.get((message.account, message.room)) if message.room is not None else None
        outcomes.append(await _receive_one(ctx, message, group, talk, known))
        known.add((message.account, message.id))
    return outcomes


async def _hearing(ctx: Context, messages: Sequence[IncomingMessage]) -> dict[tuple[str, str], GroupInfo]:
    """In which group each account hears each room: where it speaks, and where another should that is not connected."""
    spots = {(message.account, message.room) for message in messages if message.room is not None}
    heard = {spot: group for spot in spots if (group := ctx.directory.group_in(*spot)) is not None}
    if others := spots - heard.keys():
        rooms = {room for _, room in others}
        silent = await silent_speakers(ctx.session, rooms, ctx.now - STANDBY_PATIENCE)
        heard |= {spot: ctx.directory.groups[silent[spot]] for spot in others & silent.keys()}
    return heard


async def _receive_one(
    ctx: Context, message: IncomingMessage, group: GroupInfo | None, talk: Talk, known: set[tuple[str, str]]
) -> Outcome:
    if message.is_self:
        await settle_echo(ctx, message, group)
        return Outcome.IGNORED
    if message.talker in ctx.directory.bots:
        return Outcome.IGNORED
    if (message.account, message.id) in known:
        return Outcome.REPEATED
    if group is not None and group.since is not None and message.at < group.since:
        return Outcome.IGNORED  # said before the group was taken on
    work = None
    if message.room is not None and group is None:
        work = await _work_group(ctx, message.account, message.room, message.topic)
        if work is None:
            return Outcome.IGNORED
    row = _row(message, group)
    if talk.is_repeat(ctx, row):
        return Outcome.REPEATED
    if work is not None and ctx.now - message.at <= timedelta(minutes=ctx.settings.intake.stale_minutes):
        outcome = await staff.hear_in_work_group(ctx, work, message, row)
    else:
        outcome = await _route(ctx, message, row, group, talk)
    keep = row.ticket_id is not None or ctx.settings.intake.keep_chat_days > 0
    if row.ticket_id is None:
        row.text = mask_private(row.text) if keep else ""
    ctx.session.add(row)
    talk.add(row)
    return outcome


async def _route(
    ctx: Context, message: IncomingMessage, row: Message, group: GroupInfo | None, talk: Talk
) -> Outcome:
    cause = Cause(by=message.name, key=f"{message.account}:{message.id}")
    if ctx.now - message.at > timedelta(minutes=ctx.settings.intake.stale_minutes):
        return Outcome.IGNORED
    if message.kind is MessageKind.RECALL:
        return await take_back(ctx, message, cause)
    if message.kind is MessageKind.TEXT and await hear_code(ctx, message, row, cause):
        return Outcome.COMMAND
    person = ctx.directory.person(message.talker)
    resident = person is None or (group is not None and not ctx.directory.is_staff(person, group, ctx.now))
    if await overhear(ctx, group, None if resident else person, message, row, cause):
        return Outcome.COMMAND
    if person is None or resident:
        if group is None:
            return await residents.hear_directly(ctx, message, row, cause)
        if person is not None and await staff.hear_helper_in_group(ctx, group, person, message, cause):
            return Outcome.COMMAND
        return await _hear_resident(ctx, group, message, row, talk.burst(ctx, row), cause)
    if message.kind is not MessageKind.TEXT:
        return await hear_proof(ctx, person, group, message, row, cause)
    if group is None and not ctx.directory.works(person):
        return await staff.hear_volunteer(ctx, person, message, row, cause)
    if group is None:
        return await staff.hear_directly(ctx, person, message, cause)
    return await staff.hear_in_group(ctx, group, person, message, row, cause)


async def _hear_resident(
    ctx: Context,
    group: GroupInfo,
    message: IncomingMessage,
    row: Message,
    burst: list[Message],
    cause: Cause,
) -> Outcome:
    difference = compare(ctx, group, message, burst)
    outcome = await residents.hear(ctx, group, message, row, burst, cause)
    if difference is not None and outcome in _DECIDED_BY_RULES:
        ctx.session.add(difference.row(row))
    return outcome


def _row(message: IncomingMessage, group: GroupInfo | None) -> Message:
    return Message(
        account=message.account,
        message_id=message.id,
        group_id=group.id if group is not None else None,
        talker=message.talker,
        name=message.name,
        kind=message.kind,
        text=message.text,
        media=message.media,
        quote=message.quote,
        at=message.at,
        verdict="",
    )


async def _work_group(ctx: Context, account: str, room: str, topic: str | None) -> PersonInfo | None:
    """The work group of a room; one that is heard for the first time is bound to it."""
    known = ctx.directory.work_group(account, room)
    if known is None and topic and (known := ctx.directory.unseen_work_group(topic)) is not None:
        await bind_work_group(ctx.session, topic=topic, account=account, room=room)
        await bump_directory(ctx.session)
    return known


async def keep_failed(ctx: Context, message: IncomingMessage) -> None:
    """Keep a message that our code could not handle, marked as such, unless it is known already."""
    if not await known_ids(ctx.session, [(message.account, message.id)]):
        group = ctx.directory.group_in(message.account, message.room) if message.room is not None else None
        row = _row(message, group)
        row.verdict = "failed"
        ctx.session.add(row)
