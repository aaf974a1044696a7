"""Notices that 五老 are asked to pass on, and their 已转."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from handlers.context import Context
from handlers.elders.vouching import is_elder_of
from handlers.reminders.notices import fill_notice
from handlers.scopes import Scope
from handlers.speech import SpeechKind, tell
from handlers.wording import quote_words
from storage.audiences import Target
from storage.enums import Priority
from storage.models import Relay, RelayAsk, RelayPass
from storage.people import GroupInfo, PersonInfo
from storage.relays import asks_to, groups_passed_to, relay_of_firing

MEMORY = timedelta(days=14)
"""How long after a notice somebody may still say that he has passed it on."""

_PASSED = re.compile(
    r"(?:我)?(?:已经?|都|全部?)?(?:转(?:发|告|达)?|发|通知)(?:了|好了?|过了?|完了?|到了?)(?P<rest>.*)|已转(?:发|告|达)?(?P<more>.*)",
    re.DOTALL,
)
_NUMBER = re.compile(r"(?<!\d)\d{1,6}(?!\d)(?!号?群|号)")
_ASKED = re.compile(r"请转告\s*(\d{1,9})")
_LONGEST_ANSWER = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A notice that was handed out: its number, and how many of the 五老 were asked."""

    number: int
    count: int


async def ask_elders(
    ctx: Context,
    text: str,
    *,
    scope: Scope,
    by: str,
    schedule_id: int | None = None,
    firing_id: int | None = None,
) -> Asked | None:
    """Ask the 五老 of these groups to pass a notice on; None when there are none, or the firing has asked before.

    ``text`` may have the fields of a reminder. What was asked and answered is in ``storage.relays.list_relays``.
    """
    elders = _elders(ctx, scope)
    if not elders or (firing_id is not None and await relay_of_firing(ctx.session, firing_id) is not None):
        return None
    relay = Relay(text=text, schedule_id=schedule_id, firing_id=firing_id, asked_by=by, asked_at=ctx.now)
    ctx.session.add(relay)
    await ctx.session.flush()
    for person, group in elders:
        ctx.session.add(RelayAsk(relay_id=relay.id, person_id=person.id, asked_at=ctx.now))
        words = fill_notice(text, _target(group), {}, ctx.now)
        tell(
            ctx,
            person,
            ctx.texts.render("relay_ask", number=relay.id, text=words),
            account=group.account or "",
            key=f"relay:{relay.id}:{person.id}",
            kind=SpeechKind.NOTICE,
            priority=Priority.PROMPT,
        )
    return Asked(number=relay.id, count=len(elders))


def _elders(ctx: Context, scope: Scope) -> list[tuple[PersonInfo, GroupInfo]]:
    """Each once, with a group of his that an account sits in."""
    groups = [
        each for each in ctx.directory.groups.values() if each.active and each.account and scope.covers(each)
    ]
    found = []
    for person in ctx.directory.people.values():
        own = (each for each in groups if any(is_elder_of(role, each) for role in person.roles))
        if (group := next(own, None)) is not None:
            found.append((person, group))
    return found


def _target(group: GroupInfo) -> Target:
    return Target(
        id=group.id,
        name=group.name,
        community_id=group.community_id,
        community=group.community,
        account=group.account,
        grid=group.grid,
    )


async def relay_answer(ctx: Context, person: PersonInfo, text: str, quoted: str) -> str | None:
    """「已转」 of one of the 五老; the words to answer with, None when he was asked nothing or says something else.

    ``quoted`` are the words he quotes, if any.
    """
    said = _PASSED.fullmatch(text.strip().rstrip("。.!！"))
    if said is None or len(text) > _LONGEST_ANSWER:
        return None
    asks = await asks_to(ctx.session, person.id, ctx.now - MEMORY)
    if not asks:
        return None
    rest = said["rest"] or said["more"] or ""
    number = _number(rest, quoted)
    fitting = [pair for pair in asks if number in (None, pair[1].id)]
    waiting = [pair for pair in fitting if pair[0].passed_at is None]
    if len(waiting) > 1:
        options = "\n".join(f"{relay.id} {quote_words(relay.text, 20)}" for _, relay in waiting[:5])
        return ctx.texts.render("relay_which", options=options, example=waiting[0][1].id)
    if not fitting:
        return ctx.texts.render("relay_unknown", number=number)
    ask, relay = (waiting or fitting)[0]
    await _note(ctx, person, ask, rest)
    return ctx.texts.render("relay_thanks", number=relay.id)


def _number(rest: str, quoted: str) -> int | None:
    if match := _ASKED.search(quoted):
        return int(match[1])
    found = _NUMBER.search(rest)
    return int(found[0]) if found is not None else None


async def _note(ctx: Context, person: PersonInfo, ask: RelayAsk, rest: str) -> None:
    """Once for each group; a later answer without a group says nothing new."""
    known = await groups_passed_to(ctx.session, ask.id)
    group_id = _group_named(ctx, person, rest)
    if group_id not in known and (group_id is not None or not known):
        ctx.session.add(RelayPass(ask_id=ask.id, group_id=group_id, at=ctx.now))
    ask.passed_at = ask.passed_at or ctx.now


def _group_named(ctx: Context, person: PersonInfo, rest: str) -> int | None:
    """The only group of his whose name (or the end of it, like 3号群) he says; the only one he has, unless he says another."""
    own = [
        each
        for each in ctx.directory.groups.values()
        if each.active and any(is_elder_of(role, each) for role in person.roles)
    ]
    words = re.sub(r"[\s，,：:。到在了]", "", rest)
    named = [
        each
        for each in own
        if words and (each.name in words or (len(words) > 1 and each.name.endswith(words)))
    ]
    if len(named) == 1:
        return named[0].id
    scoped = {role.group_id for role in person.roles if role.group_id is not None}
    return next(iter(scoped)) if len(scoped) == 1 else None
