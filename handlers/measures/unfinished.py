"""What is not done and why, and what to do about it next month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from handlers.measures.judging import is_solved
from handlers.measures.material import Material
from handlers.measures.report import OpenLine
from handlers.measures.wording import shown_place, shown_words
from handlers.wording import SHANGHAI, quote_words
from storage.enums import OPEN_STATES, TicketState
from storage.measures import TicketFact

DISSATISFIED_BELOW = 3
OFTEN = 2
"""How many times 没修好 make a solved matter worth a visit."""

_LONGEST_NOTE = 40


def unfinished(material: Material) -> tuple[OpenLine, ...]:
    """Tickets that were not solved at the end of the month: the longest open first."""
    facts = [
        fact for fact in material.facts if material.counted(fact) and not is_solved(fact, material.until)
    ]
    return tuple(_line(material, fact, *_why(material, fact)) for fact in facts)


def follow_up(material: Material) -> tuple[OpenLine, ...]:
    """What the next month has to look after: the unfinished that are still so, the dissatisfied, what came back often."""
    return tuple(
        _line(material, fact, why, todo)
        for fact in material.facts
        if material.counted(fact)
        for why, todo in _reasons(material, fact)
    )


def _reasons(material: Material, fact: TicketFact) -> Iterator[tuple[str, str]]:
    if fact.state in OPEN_STATES:
        yield _why(material, fact)
    elif fact.rating is not None and fact.rating < DISSATISFIED_BELOW:
        yield f"居民评了{fact.rating}分", "回访居民，问清哪里不满意"
    elif len(fact.reopened) >= OFTEN:
        yield f"返工{len(fact.reopened)}次才办好", "过些天再去看看，是不是真的好了"


def _why(material: Material, fact: TicketFact) -> tuple[str, str]:
    """Why an unfinished ticket is where it is, and what to do."""
    why, todo = _state(material, fact)
    note = material.notes.get(fact.id)
    return (f"{why}；备注：{quote_words(shown_words(note), _LONGEST_NOTE)}" if note else why), todo


def _state(material: Material, fact: TicketFact) -> tuple[str, str]:
    if fact.state not in OPEN_STATES:
        return "月底没办完，后来办结了", "不用再办"
    if pause := material.words[fact.id].pause_reason:
        return f"暂停：{shown_words(pause)}", "盯住这件事，有了结果接着办"
    late = f"，已超期{_days(material, fact)}天" if fact.due_now and fact.due_now <= material.until else ""
    if fact.reopened:
        return f"居民说没修好，正在返工{late}", "上门看一看，问清还差什么"
    if fact.state is not TicketState.ACCEPTED:
        return f"还没人接单{late}", "社区定一个人来办"
    if late:
        return f"已接单，没办完{late}", "社区督办，定下哪天办好"
    return "已接单，还没到期限", "按期限办好"


def _days(material: Material, fact: TicketFact) -> int:
    """Days begun since the due time."""
    over = material.until - (fact.due_now or material.until)
    return max(1, -(-over // timedelta(days=1)))


def _line(material: Material, fact: TicketFact, why: str, todo: str) -> OpenLine:
    words, names = material.words[fact.id], material.names
    opened, until = fact.opened_at.astimezone(SHANGHAI), material.until.astimezone(SHANGHAI)
    return OpenLine(
        number=words.number,
        community=names.communities[fact.community_id],
        group=names.groups[fact.group_id],
        category=names.categories.get(fact.category, fact.category),
        place=shown_place(words),
        words=shown_words(words.text),
        owner=names.people.get(fact.owner_id or 0, "没有负责人"),
        opened_at=fact.opened_at,
        due=fact.due_now,
        days=(until.date() - opened.date()).days,
        why=why,
        todo=todo,
    )
