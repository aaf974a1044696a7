"""The report of a month: as it was frozen, or as things stand now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.measures.codec import pack, unpack
from handlers.measures.definitions import definitions
from handlers.measures.details import ticket_lines
from handlers.measures.errors import MonthNotOver
from handlers.measures.figures import Figures, Key, Scope, measure
from handlers.measures.hot import day_lines, hot_incidents, hot_matters, hot_spots
from handlers.measures.material import Material, read_material
from handlers.measures.periods import Month, Period, Week
from handlers.measures.report import BlindLine, FigureLine, FiguresPart, ListsPart, Report
from handlers.measures.unfinished import follow_up, unfinished
from handlers.settings import MeasureSettings
from storage.measures import (
    BlindRow,
    FrozenRow,
    Names,
    add_frozen,
    first_opened,
    get_frozen,
    is_frozen,
)


async def month_report(
    session: AsyncSession, month: Month, *, now: datetime, rules: MeasureSettings
) -> Report:
    """The report of a month; a frozen one is always the same."""
    stored = await get_frozen(session, str(month))
    if stored is None:
        return compose(await read_material(session, month, now=now, rules=rules))
    return Report(
        period=str(month),
        title=_title(month),
        as_of=stored.frozen_at,
        frozen=True,
        figures=unpack(FiguresPart, stored.figures),
        lists=unpack(ListsPart, stored.lists),
    )


async def freeze_month(
    session: AsyncSession, month: Month, *, now: datetime, by: str, rules: MeasureSettings
) -> bool:
    """Keep a month's report as it is now, for ever. False when it was frozen before; MonthNotOver before its end."""
    if now < month.end:
        raise MonthNotOver(month.title)
    if await get_frozen(session, str(month)) is not None:
        return False
    return await keep_report(
        session, compose(await read_material(session, month, now=now, rules=rules)), by=by
    )


async def last_month_to_freeze(
    session: AsyncSession, *, now: datetime, rules: MeasureSettings
) -> Material | None:
    """What the month that is over is made from; None when it has been frozen or had no ticket before its end."""
    month = Month.of(now).shifted(-1)
    begun = await first_opened(session)
    if begun is None or begun >= month.end or await is_frozen(session, str(month)):
        return None
    return await read_material(session, month, now=now, rules=rules)


async def keep_report(session: AsyncSession, report: Report, *, by: str) -> bool:
    """Freeze a composed report; False when another was kept before."""
    row = FrozenRow(report.period, report.as_of, by, pack(report.figures), pack(report.lists))
    return await add_frozen(session, row)


def compose(material: Material) -> Report:
    """The report as things stand. Takes a second or two for thousands of tickets, and no database."""
    period = material.period
    counted = measure(material.around, material.rules, (period.shifted(-1), period), material.now)
    figures = {key: each for key, each in counted.items() if key[0] == period}
    above = {fact.group_id: fact.community_id for fact in material.facts}
    lines = figure_lines(figures, material.names, blind=_blind_minutes(material, above), above=above)
    return Report(
        period=str(period),
        title=_title(period),
        as_of=material.now,
        frozen=False,
        figures=FiguresPart(lines=tuple(lines)),
        lists=ListsPart(
            definitions=definitions(material.rules, material.names.categories, week=isinstance(period, Week)),
            days=day_lines(material),
            details=ticket_lines(material),
            hot=hot_matters(material, counted),
            spots=hot_spots(material),
            incidents=hot_incidents(material),
            unfinished=unfinished(material),
            follow_up=follow_up(material),
            blind=tuple(_blind_line(each, material.names) for each in material.blind),
            trend=_trend(material),
        ),
    )


def _title(period: Period) -> str:
    return f"{period.title}民意落实报告" if isinstance(period, Month) else f"一周小结 {period.title}"


def _trend(material: Material) -> tuple[FigureLine, ...]:
    """The totals of twelve months up to this one: frozen where they are, the others counted now."""
    past = material.past
    lines = [
        line
        for row in past.frozen
        for line in unpack(FiguresPart, row.figures).lines
        if line.scope is Scope.ALL
    ]
    missing = measure(past.facts, material.rules, past.missing, material.now)
    lines += figure_lines(missing, material.names, scopes=(Scope.ALL,))
    return tuple(sorted(lines, key=lambda line: line.period))


def figure_lines(
    figures: Mapping[Key, Figures],
    names: Names,
    *,
    scopes: tuple[Scope, ...] = tuple(Scope),
    blind: Mapping[tuple[Scope, str], int] | None = None,
    above: Mapping[int, int] | None = None,
) -> list[FigureLine]:
    """Figures with the names people know; ``above`` maps a group to its community."""
    called = {
        Scope.COMMUNITY: {str(key): name for key, name in names.communities.items()},
        Scope.GROUP: {str(key): name for key, name in names.groups.items()},
        Scope.STEWARD: {str(key): name for key, name in names.people.items()},
        Scope.CATEGORY: dict(names.categories),
        Scope.ALL: {"": "全街道"},
    }
    return [
        FigureLine(
            period=str(period),
            scope=scope,
            key=key,
            name=called[scope].get(key, key),
            above=_above(scope, key, names, above or {}),
            figures=each,
            blind=(blind or {}).get((scope, key), 0),
        )
        for (period, scope, key), each in figures.items()
        if scope in scopes
    ]


def _above(scope: Scope, key: str, names: Names, above: Mapping[int, int]) -> str:
    community = above.get(int(key)) if scope is Scope.GROUP else None
    return names.communities[community] if community is not None else ""


def _blind_minutes(material: Material, above: Mapping[int, int]) -> dict[tuple[Scope, str], int]:
    """How long the bot heard nothing in a group, in the worst group of a community, in the worst of all."""
    seconds: dict[str, float] = defaultdict(float)
    for each in material.blind:
        seconds[each.account] += (each.until - each.since).total_seconds()
    minutes: dict[tuple[Scope, str], int] = {}
    for group, account in material.names.accounts.items():
        deaf = round(seconds.get(account or "", 0.0) / 60)
        if deaf < max(1, material.rules.blind_minutes):
            continue
        for key in _deaf_scopes(group, above):
            minutes[key] = max(deaf, minutes.get(key, 0))
    return minutes


def _deaf_scopes(group: int, above: Mapping[int, int]) -> list[tuple[Scope, str]]:
    scopes = [(Scope.GROUP, str(group)), (Scope.ALL, "")]
    return [*scopes, (Scope.COMMUNITY, str(above[group]))] if group in above else scopes


def _blind_line(row: BlindRow, names: Names) -> BlindLine:
    groups = sum(account == row.account for account in names.accounts.values())
    return BlindLine(account=row.account, since=row.since, until=row.until, groups=groups)
