"""Somebody sends a code: bound when it is right and came directly, dead when it was shown to a group."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.events import IncomingMessage
from handlers.roster.codes import hash_code, post_of, read_code
from handlers.speech import SpeechKind, tell
from handlers.tickets.timeline import Cause
from storage.bindings import (
    Holder,
    add_try,
    bind_contact,
    contact_holder,
    count_tries,
    list_holders,
    live_code,
    void_codes,
)
from storage.duty import count_open_of
from storage.enums import Priority
from storage.models import Audit, BindingCode, Message, Person
from storage.people import bump_directory, is_unbound

MOST_TRIES, MOST_TRIES_OF_ALL = 5, 100
"""How many wrong codes one contact, and all together, may send in ``TRY_TIME``."""

TRY_TIME = timedelta(hours=1)


async def hear_code(ctx: Context, message: IncomingMessage, row: Message, cause: Cause) -> bool:
    """Whether a message was about a code; if not, it goes its usual way. What was a code is not kept."""
    said = read_code(message.text)
    if said is None:
        return False
    tries = await count_tries(ctx.session, ctx.now - TRY_TIME)
    direct = message.room is None
    if tries.get(message.talker, 0) >= MOST_TRIES or sum(tries.values()) >= MOST_TRIES_OF_ALL:
        if direct and said.named:
            row.text = ""
            _answer(ctx, message, cause, "code_later")
        return direct and said.named
    code = await live_code(ctx.session, hash_code(said.digits), ctx.now)
    if code is None:
        await add_try(ctx.session, message.talker, ctx.now, ctx.now - TRY_TIME)
        if direct and said.named:
            row.text = ""
            _answer(ctx, message, cause, "code_wrong")
        return direct and said.named
    row.text = ""
    person = await ctx.session.get_one(Person, code.person_id)
    if direct:
        await _bind(ctx, message, person, code, cause)
    else:
        code.used_at = ctx.now
        _answer(ctx, message, cause, "code_in_group")
        _tell_admins(ctx, message, cause, "code_in_group_admin", name=person.name)
    return True


async def _bind(
    ctx: Context, message: IncomingMessage, person: Person, code: BindingCode, cause: Cause
) -> None:
    holder = next(
        (each for each in await list_holders(ctx.session, person.name) if each.id == person.id), None
    )
    other = await contact_holder(ctx.session, message.talker)
    if holder is None:  # he has left meanwhile
        code.used_at = ctx.now
        _answer(ctx, message, cause, "code_wrong")
        return
    if other is not None and other.id != person.id and other.active:
        _answer(ctx, message, cause, "code_other", name=other.name)
        return
    moved = not is_unbound(person.contact_id) and person.contact_id != message.talker
    await bind_contact(ctx.session, person, message.talker)
    code.used_at = ctx.now
    await ctx.session.flush()
    await void_codes(ctx.session, [person.id], ctx.now)
    await bump_directory(ctx.session)
    ctx.session.add(Audit(at=ctx.now, who=person.name, what="roster.bind", detail={"person": person.id}))
    await _tell_all(ctx, message, holder, cause, moved=moved)


async def _tell_all(
    ctx: Context, message: IncomingMessage, holder: Holder, cause: Cause, *, moved: bool
) -> None:
    post = post_of(holder.roles, {group.id: group.name for group in ctx.directory.groups.values()})
    count = await count_open_of(ctx.session, holder.id)
    hands = f"您手上有{count}件，回“我的工单”看。" if count else ""
    _answer(ctx, message, cause, "code_bound", name=holder.name, post=post, tickets=hands)
    what = "换了微信，新的已经绑定" if moved else "已经绑定微信"
    _tell_admins(ctx, message, cause, "code_bound_admin", name=holder.name, post=post, what=what)


def _answer(ctx: Context, message: IncomingMessage, cause: Cause, text: str, **fields: object) -> None:
    tell(
        ctx,
        message.talker,
        ctx.texts.render(text, **fields),
        account=message.account,
        key=f"{cause.key}:{text}",
        kind=SpeechKind.REPLY,
        priority=Priority.REPLY,
    )


def _tell_admins(ctx: Context, message: IncomingMessage, cause: Cause, text: str, **fields: object) -> None:
    for admin in ctx.directory.admins():
        if admin.contact != message.talker:
            tell(
                ctx,
                admin,
                ctx.texts.render(text, **fields),
                account=message.account,
                key=f"{cause.key}:{text}:{admin.id}",
                kind=SpeechKind.NOTICE,
                priority=Priority.PROMPT,
            )
