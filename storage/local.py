"""Queries of the local chat, the embedded stand-in for WeChat: who sits where, and what was said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.enums import OutboxState, ScheduleState
from storage.models import Attachment, Counter, LocalMember, LocalMessage, Message, Outbox, Schedule
from storage.people import directory_version

_Quoted = aliased(LocalMessage)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalResident:
    """A resident of the local chat in one of his or her groups."""

    group_id: int
    contact: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWords:
    """What somebody is about to say; ``group_id`` or else ``contact``, whose direct talk with the bot it is."""

    group_id: int | None
    contact: str | None
    talker: str
    name: str
    text: str
    at: datetime
    mentions: tuple[str, ...] = ()
    quote: int | None = None
    key: str | None = None
    media: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSaid(LocalWords):
    """What somebody has said, with the name and the words it quotes (None: it quotes nothing)."""

    id: int
    quoted_name: str | None = None
    quoted_text: str | None = None


async def local_world_version(session: AsyncSession) -> tuple[int, int, int]:
    """Changes whenever a group, a role or a resident of the local chat does."""
    members, newest = (
        await session.execute(select(func.count(LocalMember.id), func.max(LocalMember.id)))
    ).one()
    return await directory_version(session), members, newest or 0


async def list_local_residents(session: AsyncSession) -> list[LocalResident]:
    """Every resident in every group, in the order they came."""
    rows = await session.scalars(select(LocalMember).order_by(LocalMember.id))
    return [LocalResident(group_id=row.group_id, contact=row.contact_id, name=row.name) for row in rows]


async def add_local_message(session: AsyncSession, words: LocalWords) -> LocalSaid:
    """Note what somebody says."""
    row = LocalMessage(
        group_id=words.group_id,
        contact_id=words.contact,
        talker=words.talker,
        name=words.name,
        text=words.text,
        mentions=list(words.mentions),
        quote=words.quote,
        key=words.key,
        at=words.at,
        media=words.media,
    )
    session.add(row)
    await session.flush()
    quoted = await session.get(LocalMessage, words.quote) if words.quote is not None else None
    return _said(row, quoted)


async def recall_local_message(session: AsyncSession, message_id: int, text: str) -> LocalSaid | None:
    """Put other words in the place of a message that is taken back; None when there is none."""
    row = await session.get(LocalMessage, message_id, with_for_update=True)
    if row is None:
        return None
    row.text, row.media = text, None
    await session.flush()
    return _said(row, None)


async def find_local_message(session: AsyncSession, message_id: int) -> LocalSaid | None:
    """The message of this id."""
    return await _first(session, LocalMessage.id == message_id)


async def find_local_key(session: AsyncSession, key: str) -> LocalSaid | None:
    """What the bot said under this outbox key."""
    return await _first(session, LocalMessage.key == key)


async def local_ids(session: AsyncSession, keys: Collection[str]) -> dict[str, str]:
    """Message ids of what the bot said under these outbox keys."""
    rows = await session.execute(select(LocalMessage.key, LocalMessage.id).where(LocalMessage.key.in_(keys)))
    return {key: str(number) for key, number in rows if key is not None}


async def local_conversation(
    session: AsyncSession,
    *,
    group_id: int | None = None,
    contact: str | None = None,
    after: int = 0,
    newest: int | None = None,
) -> list[LocalSaid]:
    """One conversation, oldest first: all after a message id, or only the newest so many of these."""
    query = _query().where(_conversation(group_id, contact), LocalMessage.id > after)
    if newest is None:
        return await _all(session, query.order_by(LocalMessage.id))
    return (await _all(session, query.order_by(LocalMessage.id.desc()).limit(newest)))[::-1]


async def latest_local_messages(
    session: AsyncSession, group_ids: Collection[int], contact: str
) -> list[LocalSaid]:
    """The newest message of each of these groups and of this contact's direct conversation."""
    groups = (
        select(func.max(LocalMessage.id))
        .where(LocalMessage.group_id.in_(group_ids))
        .group_by(LocalMessage.group_id)
    )
    direct = select(func.max(LocalMessage.id)).where(_conversation(None, contact))
    newest = or_(LocalMessage.id.in_(groups), LocalMessage.id.in_(direct))
    return await _all(session, _query().where(newest).order_by(LocalMessage.id))


async def unheard_local_messages(session: AsyncSession, *, account: str, bot: str) -> list[LocalSaid]:
    """What people said and nobody has handled yet (no row in ``messages``), oldest first."""
    unheard = await _unheard(session, account, bot)
    return await _all(session, _query().where(unheard).order_by(LocalMessage.id))


async def note_heard_local_messages(session: AsyncSession, *, account: str, bot: str) -> int:
    """Remember up to which id everything has been handled: rows of ``messages`` are purged, and then do not tell.

    Returns that id.
    """
    first = await session.scalar(
        select(func.min(LocalMessage.id)).where(await _unheard(session, account, bot))
    )
    newest = await session.scalar(select(func.max(LocalMessage.id))) or 0
    through = newest if first is None else first - 1
    counter = await session.get(Counter, _heard_name(account))
    if counter is None:
        session.add(Counter(name=_heard_name(account), value=through))
    else:
        counter.value = max(counter.value, through)
    return through


async def forget_local_files(
    session: AsyncSession, *, beginning: str, before: datetime, limit: int
) -> list[str]:
    """Names of uploads (they begin so) last sent before a moment that no ticket and no notice has.

    The words stay, and what is told here is not told again.
    """
    names = (
        select(LocalMessage.media)
        .where(LocalMessage.media.startswith(beginning, autoescape=True))
        .group_by(LocalMessage.media)
        .having(func.max(LocalMessage.at) < before)
    )
    held = select(Attachment.id).where(
        Attachment.path.is_not(None),
        or_(Attachment.source == LocalMessage.media, Attachment.path == LocalMessage.media),
    )
    over = (ScheduleState.DONE, ScheduleState.REFUSED)
    noticed = select(Schedule.id).where(Schedule.media == LocalMessage.media, Schedule.state.not_in(over))
    free = names.where(~held.exists(), ~noticed.exists()).order_by(LocalMessage.media).limit(limit)
    gone = [name for name in await session.scalars(free) if name is not None]
    await session.execute(update(LocalMessage).where(LocalMessage.media.in_(gone)).values(media=None))
    return gone


async def unsettled_local_messages(session: AsyncSession, *, account: str) -> list[LocalSaid]:
    """What the bot has said although its outbox row does not know it yet, oldest first."""
    unsettled = Outbox.state.in_((OutboxState.SENDING, OutboxState.UNCERTAIN))
    query = _query().join(Outbox, Outbox.key == LocalMessage.key)
    return await _all(session, query.where(unsettled, Outbox.account == account).order_by(LocalMessage.id))


async def _unheard(session: AsyncSession, account: str, bot: str) -> ColumnElement[bool]:
    counter = await session.get(Counter, _heard_name(account))
    handled = (
        select(Message.id)
        .where(Message.account == account, Message.message_id == cast(LocalMessage.id, String))
        .exists()
    )
    return (LocalMessage.id > (counter.value if counter else 0)) & (LocalMessage.talker != bot) & ~handled


def _heard_name(account: str) -> str:
    return f"local chat heard: {account}"


def _query() -> Select[LocalMessage, LocalMessage]:
    return select(LocalMessage, _Quoted).outerjoin(_Quoted, _Quoted.id == LocalMessage.quote)


def _conversation(group_id: int | None, contact: str | None) -> ColumnElement[bool]:
    if group_id is not None:
        return LocalMessage.group_id == group_id
    return (LocalMessage.contact_id == contact) & LocalMessage.group_id.is_(None)


async def _first(session: AsyncSession, condition: ColumnElement[bool]) -> LocalSaid | None:
    found = await _all(session, _query().where(condition))
    return found[0] if found else None


async def _all(session: AsyncSession, query: Select[LocalMessage, LocalMessage]) -> list[LocalSaid]:
    return [_said(row, quoted) for row, quoted in await session.execute(query)]


def _said(row: LocalMessage, quoted: LocalMessage | None) -> LocalSaid:
    return LocalSaid(
        id=row.id,
        group_id=row.group_id,
        contact=row.contact_id,
        talker=row.talker,
        name=row.name,
        text=row.text,
        at=row.at,
        mentions=tuple(row.mentions),
        quote=row.quote,
        key=row.key,
        media=row.media,
        quoted_name=quoted.name if quoted else None,
        quoted_text=quoted.text if quoted else None,
    )
