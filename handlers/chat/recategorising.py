"""改类: a category by its name, by a part of it, or, when nobody knows the word, by a short list of near ones."""

from __future__ import annotations

from difflib import get_close_matches

from handlers.chat.lists import LONGEST_LIST, ask, numbered
from handlers.context import Context
from handlers.errors import ActionRefused
from handlers.examples import keep_example
from handlers.tickets import acting
from handlers.tickets.timeline import Action, Cause, check_allowed
from storage.models import Ticket
from storage.people import PersonInfo
from storage.tickets import get_ticket

TO_CATEGORY = "改类:"
"""The stored action of a question whose options are categories, not tickets: the ticket's number follows."""

NEAR = 4
"""How many near categories are offered."""

_ALIKE = 0.4
_NEARLY = 0.5
"""What a category must score beside the strongest one to be offered for a word."""


async def recategorise(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """Change the category, or ask which is meant; an unknown word changes nothing."""
    check_allowed(ticket, Action.RECATEGORISE)
    name = words.strip("【】[]“”\"' ").removesuffix("类")
    found = [code for code, known in ctx.categories.items() if name and name in (known, code)]
    found = found or [code for code, known in ctx.categories.items() if name and name in known]
    if len(found) == 1:
        return await _change(ctx, ticket, found[0], cause)
    near = found or near_categories(ctx, ticket, name)
    if not near:
        return ctx.texts.render("unknown_category", word=name, options="、".join(ctx.categories.values()))
    near = near[:LONGEST_LIST]
    await ask(ctx, person, f"{TO_CATEGORY}{ticket.number}", " ".join(near), list(range(len(near))))
    options = numbered(ctx.category_name(code) for code in near)
    key = "which_category" if name else "category_how"
    return ctx.texts.render(key, number=ticket.number, word=name, options=options)


def near_categories(ctx: Context, ticket: Ticket, word: str) -> list[str]:
    """Categories an unknown word may mean: by what the rules make of it, then by its letters; else of the ticket's words."""
    meaning = ctx.book.understand(word or ticket.text)
    least = _NEARLY * max((score for _, score in meaning.scores), default=0.0) if word else 0.0
    scored = [code for code, score in meaning.scores if score > 0 and score >= least]
    codes = {name: code for code, name in ctx.categories.items()}
    alike = [codes[name] for name in get_close_matches(word, list(codes), NEAR, _ALIKE)]
    letters = [
        code
        for code, name in ctx.categories.items()
        if any(letter in name for letter in word if letter > "一")
    ]
    found = dict.fromkeys((*scored, *alike, *letters))
    return [code for code in found if code in ctx.categories and code != ticket.category][:NEAR]


async def take_category(ctx: Context, action: str, words: str, option: int, cause: Cause) -> str | None:
    """The answer to the list: that line's category."""
    ticket = await get_ticket(ctx.session, int(action.removeprefix(TO_CATEGORY)))
    codes = words.split()
    if ticket is None or option >= len(codes) or codes[option] not in ctx.categories:
        return None
    try:
        return await _change(ctx, ticket, codes[option], cause)
    except ActionRefused as error:
        return ctx.texts.render("refused", number=error.number, state=error.state, action=error.action)


async def _change(ctx: Context, ticket: Ticket, code: str, cause: Cause) -> str:
    await acting.recategorise(ctx, ticket, code, cause)
    await keep_example(ctx, ticket, code, cause)
    return ctx.texts.render("recategorised_steward", number=ticket.number, category=ctx.category_name(code))
