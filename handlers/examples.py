"""Taught by use: what people corrected is kept, and rule changes worked out from it are accepted one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.context import Context
from handlers.rules import RuleLine, RuleRefused, add_rule, change_rule, find_rules, load_text
from handlers.texts import Texts
from handlers.tickets.timeline import Cause
from nlp import Bounds, compile_rules, mask_private
from nlp.suggesting import Example as Wanted
from nlp.suggesting import Suggestion, suggest
from storage.examples import (
    get_proposal,
    has_news,
    list_confirmed,
    list_examples,
    list_judged,
    open_proposals,
    replace_proposals,
)
from storage.examples import keep_example as keep_row
from storage.models import Example, Proposal, Ticket

MOST_PROPOSED = 5
HISTORY = 20_000
"""How many stored messages a proposal is tried on."""

_LIST = re.compile(r"\s*看?建议\s*")
_ACCEPT = re.compile(r"\s*采纳(?:建议)?[\s:：第]*(?P<number>\d{1,9})\s*条?\s*")


async def keep_example(ctx: Context, ticket: Ticket, category: str | None, cause: Cause) -> None:
    """Keep that somebody said what is right for a ticket's words (None: no request)."""
    text = mask_private(" ".join(ticket.text.split()))
    if text:
        row = Example(at=ctx.now, by=cause.by, text=text, category=category or "", ticket_id=ticket.id)
        await keep_row(ctx.session, row)


@dataclass(frozen=True, slots=True)
class Material:
    """What proposals are worked out from."""

    rules: str
    examples: Sequence[Wanted]
    history: Sequence[Wanted]


async def gather(session: AsyncSession) -> Material:
    """The rules in force, the corrections, and what the latest messages have come to."""
    examples = [Wanted(each.text, each.category) for each in await list_examples(session)]
    history = [Wanted(each.text, each.category) for each in await list_judged(session, HISTORY)]
    return Material(await load_text(session), examples, history)


def work_out(
    material: Material, *, bounds: Bounds | None = None, at_most: int = MOST_PROPOSED
) -> tuple[Suggestion, ...]:
    """The best changes of the rules. Takes seconds to minutes: never in a transaction, nor on the event loop."""
    book = compile_rules(material.rules, bounds)
    return suggest(book, material.examples, material.history, at_most=at_most)


async def propose(session: AsyncSession, found: Sequence[Suggestion], *, now: datetime) -> None:
    """Keep what was worked out, for admins to accept."""
    rows = [
        Proposal(at=now, line=one.line, replaces=one.replaces, reason=one.reason, open=True) for one in found
    ]
    await replace_proposals(session, rows)


async def news(session: AsyncSession) -> bool:
    """Whether it is worth working out proposals anew."""
    return await has_news(session)


async def proposed(session: AsyncSession) -> list[tuple[int, str, str]]:
    """(number, reason, rule line) of every open proposal."""
    return [(row.id, row.reason, row.line) for row in await open_proposals(session)]


async def accept_proposal(session: AsyncSession, *, number: int, by: str, now: datetime) -> RuleLine:
    """Make a proposal a rule. Raises RuleRefused; then nothing has changed."""
    row = await get_proposal(session, number)
    if row is None:
        raise RuleRefused(f"没有建议{number}。")
    if row.replaces is None:
        rule = await add_rule(session, line=row.line, by=by, now=now)
    else:
        old = next((each for each in await find_rules(session, "") if each.line == row.replaces), None)
        if old is None:
            raise RuleRefused(f"建议{number}要改的那条规则已经变了。")
        rule = await change_rule(session, number=old.number, line=row.line, by=by, now=now)
    row.open = False
    return rule


async def labelled_texts(session: AsyncSession) -> tuple[list[str], list[str]]:
    """Words and categories to learn a table from: tickets people have taken on, and what they corrected."""
    rows = [*await list_confirmed(session), *await list_examples(session)]
    known = {" ".join(row.text.split()): row.category for row in rows}
    kept = [(text, category) for text, category in known.items() if text and category]
    return [text for text, _ in kept], [category for _, category in kept]


async def proposal_command(
    session: AsyncSession, text: str, *, by: str, now: datetime, texts: Texts
) -> str | None:
    """The answer to 「建议」 and 「采纳 1」 of an admin; None when it is about something else."""
    if _LIST.fullmatch(text):
        lines = [f"{number}. {reason}\n{line}" for number, reason, line in await proposed(session)]
        return (
            texts.render("proposals", options="\n".join(lines), example=lines[0].split(".")[0])
            if lines
            else (texts.render("no_proposals"))
        )
    said = _ACCEPT.fullmatch(text)
    if said is None:
        return None
    try:
        rule = await accept_proposal(session, number=int(said["number"]), by=by, now=now)
    except RuleRefused as refused:
        return f"没有改动。{refused}"
    return texts.render("proposal_accepted", number=rule.number, line=rule.line)
