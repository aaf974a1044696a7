"""What many people raised (热点): categories, places where it comes back, incidents across groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from handlers.measures.figures import Figures, Key, Scope
from handlers.measures.material import Material
from handlers.measures.report import DayLine, HotIncident, HotMatter, HotSpot
from handlers.measures.wording import shown_place
from handlers.wording import SHANGHAI
from storage.measures import TicketFact

MOST = 10
OFTEN = 3
"""From how many tickets a place is a hot spot."""


def hot_matters(material: Material, counted: Mapping[Key, Figures]) -> tuple[HotMatter, ...]:
    """The categories that most people raised, with the month before."""
    found = [
        (key, figures)
        for (period, scope, key), figures in counted.items()
        if scope is Scope.CATEGORY and period == material.period and figures.opened
    ]
    found.sort(key=lambda each: (-each[1].voices, each[0]))
    places = _communities(material)
    before = material.period.shifted(-1)
    return tuple(
        HotMatter(
            category=material.names.categories.get(code, code),
            tickets=figures.opened,
            voices=figures.voices,
            before=counted.get((before, Scope.CATEGORY, code), Figures()).voices,
            where=_most(material, places[code]),
        )
        for code, figures in found[:MOST]
    )


def hot_spots(material: Material) -> tuple[HotSpot, ...]:
    """Places that had the same matter three times or more, the worst first."""
    places: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for fact in _opened(material):
        place = shown_place(material.words[fact.id])
        if place and material.counted(fact):
            places[fact.group_id, place, fact.category].append(material.words[fact.id].number)
    worst = sorted(places.items(), key=lambda each: (-len(each[1]), each[1]))
    return tuple(
        HotSpot(
            group=material.names.groups[group],
            place=place,
            category=material.names.categories.get(code, code),
            tickets=len(numbers),
            numbers=tuple(numbers[:MOST]),
        )
        for (group, place, code), numbers in worst[: 2 * MOST]
        if len(numbers) >= OFTEN
    )


def hot_incidents(material: Material) -> tuple[HotIncident, ...]:
    """What many groups reported at once, the widest first."""
    widest = sorted(material.incidents, key=lambda each: (-each.groups, each.id))
    return tuple(
        HotIncident(
            number=each.id,
            category=material.names.categories.get(each.category, each.category),
            opened_at=each.opened_at,
            groups=each.groups,
            tickets=each.tickets,
        )
        for each in widest[:MOST]
    )


def day_lines(material: Material) -> tuple[DayLine, ...]:
    """Every day of the period up to now."""
    period = material.period
    opened = Counter(_day(fact.opened_at) for fact in _opened(material))
    resolved = Counter(
        _day(at) for fact in material.facts for at in fact.resolved if period.start <= at < period.end
    )
    first, last = period.start.date(), _day(material.until - timedelta(microseconds=1))
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return tuple(
        DayLine(day=period.day_name(day), opened=opened[day], resolved=resolved[day]) for day in days
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _opened(material: Material) -> list[TicketFact]:
    period = material.period
    return [fact for fact in material.facts if period.start <= fact.opened_at < period.end]


def _communities(material: Material) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for fact in _opened(material):
        found[fact.category][fact.community_id] += 1
    return found


def _most(material: Material, communities: Counter[int]) -> str:
    top = sorted(communities.items(), key=lambda each: (-each[1], each[0]))[:2]
    return "、".join(f"{material.names.communities[community]}{count}件" for community, count in top)
