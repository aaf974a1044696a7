"""The tables of a monthly report: one definition for the workbook and for the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.reports.cells import Value
from handlers.measures.definitions import LEFT_OUT_NAMES, RATIO_NAMES
from handlers.measures.figures import Figures, Scope
from handlers.measures.judging import RatioKind
from handlers.measures.report import FigureLine, OpenLine, Report, TicketLine
from handlers.wording import SHANGHAI


class Kind(StrEnum):
    """How a column is shown."""

    TEXT = "text"
    NUMBER = "number"
    HOURS = "hours"
    PERCENT = "percent"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, how its values are shown, and its width in letters."""

    name: str
    kind: Kind = Kind.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. ``note`` is a sentence under the title, empty for none."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    note: str = ""


_NUMBER = Column("工单号", Kind.NUMBER, 9)
_COMMUNITY, _GROUP, _CATEGORY = Column("社区", width=14), Column("微网群", width=18), Column("类别", width=14)
_PLACE, _WORDS = Column("地点", width=16), Column("居民反映", width=48)

TICKET_COLUMNS = (
    _NUMBER, _COMMUNITY, _GROUP, _CATEGORY, Column("紧急", width=6), _PLACE, _WORDS, Column("居民", width=8),
    Column("状态", width=10), Column("首接管家", width=12), Column("现在谁办", width=12),
    Column("登记时间", Kind.TIME, 17), Column("回应时间", Kind.TIME, 17), Column("办结期限", Kind.TIME, 17),
    Column("办结时间", Kind.TIME, 17), Column("按期", width=8), Column("返工次数", Kind.NUMBER, 9),
    Column("延期次数", Kind.NUMBER, 9), Column("评价", Kind.NUMBER, 7), Column("办理结果", width=32),
    Column("剔除", width=12),
)  # fmt: skip
_OPEN_COLUMNS = (
    _NUMBER, _COMMUNITY, _GROUP, _CATEGORY, _PLACE, _WORDS, Column("谁在办", width=12),
    Column("登记时间", Kind.TIME, 17), Column("期限", Kind.TIME, 17), Column("已过几天", Kind.NUMBER, 9),
    Column("原因", width=36), Column("下一步", width=28),
)  # fmt: skip
_SCOPES = (
    (Scope.COMMUNITY, "按社区"),
    (Scope.GROUP, "按微网群"),
    (Scope.STEWARD, "按管家"),
    (Scope.CATEGORY, "按类别"),
)
_IN_TIME = {True: "是", False: "否", None: ""}


def month_tables(report: Report) -> list[Table]:
    """Every table, in the order of the sheets."""
    lists = report.lists
    return [
        _overview(report),
        ticket_table("民意落实明细", lists.details),
        *_hot(report),
        _open("未完成及原因", lists.unfinished),
        _open("下月跟进", lists.follow_up),
        *(_figures(name, report.lines(scope), scope) for scope, name in _SCOPES),
        _figures("按月", report.lists.trend, Scope.ALL),
        _blind(report),
        _definitions(report),
    ]


def overview_lines(report: Report) -> list[str]:
    """The overview for a terminal: one line a measure."""
    lines = [f"{report.title}。{state_words(report)}"]
    for name, share, count, _ in _overview(report).rows:
        value = f"{share:.1%}\t" if isinstance(share, float) else ""
        lines.append(f"{name}\t{value}{count}")
    return lines


def _overview(report: Report) -> Table:
    total = report.total.figures
    rows: list[tuple[Value, ...]] = [
        ("登记工单", None, f"{total.opened}件", "本月登记的全部工单"),
        ("反映人次", None, f"{total.voices}人次", "说同一件事的邻居也算"),
    ]
    rows += [
        (f"剔除：{LEFT_OUT_NAMES[each.reason]}", None, f"{each.count}件", "不进各项指标")
        for each in total.left_out
    ]
    words = {each.name: each for each in report.lists.definitions}
    for kind, name in RATIO_NAMES.items():
        ratio = total.ratio(kind)
        rows.append(
            (name, ratio.value, f"{ratio.top}/{ratio.bottom}", f"{words[name].top}，除以{words[name].bottom}")
        )
    rows += [
        ("响应用时 中位数", None, _span(total.response.median), f"共{total.response.count}件"),
        ("响应用时 九成不超过", None, _span(total.response.ninetieth), ""),
        ("办结用时 中位数", None, _span(total.resolution.median), f"共{total.resolution.count}件"),
        ("办结用时 九成不超过", None, _span(total.resolution.ninetieth), ""),
    ]
    columns = (
        Column("指标", width=22),
        Column("结果", Kind.PERCENT, 10),
        Column("数目", width=16),
        Column("怎么算", width=70),
    )
    return Table("概况", columns, rows, state_words(report))


def state_words(report: Report) -> str:
    """How far the numbers can be trusted not to change."""
    at = report.as_of.astimezone(SHANGHAI)
    if report.frozen:
        return f"数字已在{at:%Y-%m-%d %H:%M}定格，以后不再变。"
    so_far = f"数字截至{at:%Y-%m-%d %H:%M}"
    return f"{so_far}。" if report.is_week else f"{so_far}，还没有定格，以后可能会变。"


def _span(minutes: float | None) -> str:
    """``35分钟``, ``3.2小时``, ``2.5天``."""
    if minutes is None:
        return "—"
    if minutes < 90:
        return f"{minutes:.0f}分钟"
    return f"{minutes / 60:.1f}小时" if minutes < 48 * 60 else f"{minutes / 1440:.1f}天"


def ticket_table(name: str, lines: Iterable[TicketLine]) -> Table:
    """Tickets, one line each."""
    rows: list[tuple[Value, ...]] = [
        (
            each.number, each.community, each.group, each.category, "紧急" if each.urgent else "", each.place,
            each.words, each.resident, each.state, each.steward, each.owner, each.opened_at, each.responded_at,
            each.due, each.resolved_at, _IN_TIME[each.in_time], each.reworks, each.extensions, each.rating,
            each.result, each.without,
        )
        for each in lines
    ]  # fmt: skip
    return Table(name, TICKET_COLUMNS, rows)


def _open(name: str, lines: Iterable[OpenLine]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            each.number, each.community, each.group, each.category, each.place, each.words, each.owner,
            each.opened_at, each.due, each.days, each.why, each.todo,
        )
        for each in lines
    ]  # fmt: skip
    return Table(name, _OPEN_COLUMNS, rows)


def _hot(report: Report) -> list[Table]:
    lists = report.lists
    matters: list[tuple[Value, ...]] = [
        (each.category, each.tickets, each.voices, each.before, each.voices - each.before, each.where)
        for each in lists.hot
    ]
    spots: list[tuple[Value, ...]] = [
        (each.group, each.place, each.category, each.tickets, "、".join(map(str, each.numbers)))
        for each in lists.spots
    ]
    incidents: list[tuple[Value, ...]] = [
        (each.number, each.category, each.opened_at, each.groups, each.tickets) for each in lists.incidents
    ]
    count = Kind.NUMBER
    return [
        Table(
            "热点",
            (_CATEGORY, Column("工单", count, 8), Column("人次", count, 8), Column("上月人次", count, 10),
             Column("增减", count, 8), Column("最多的社区", width=36)),
            matters,
        ),
        Table(
            "反复发生的地方",
            (_GROUP, _PLACE, _CATEGORY, Column("工单", count, 8), Column("工单号", width=60)),
            spots,
            "同一处、同一类，一个月里三件以上。",
        ),
        Table(
            "多群事件",
            (Column("事件号", count, 9), _CATEGORY, Column("开始时间", Kind.TIME, 17), Column("群", count, 8),
             Column("工单", count, 8)),
            incidents,
        ),
    ]  # fmt: skip


def _figures(name: str, lines: Sequence[FigureLine], scope: Scope) -> Table:
    first = {
        Scope.ALL: "月份",
        Scope.COMMUNITY: "社区",
        Scope.GROUP: "微网群",
        Scope.STEWARD: "管家",
        Scope.CATEGORY: "类别",
    }
    columns = [Column(first[scope], width=18), Column("登记", Kind.NUMBER, 8), Column("剔除", Kind.NUMBER, 8)]
    if scope is Scope.GROUP:
        columns.insert(0, _COMMUNITY)
    for title in RATIO_NAMES.values():
        columns += [Column(title, Kind.PERCENT, 11), Column(f"{title}：分子/分母", width=16)]
    columns += [
        Column("响应中位（分钟）", Kind.NUMBER, 12), Column("响应九成（分钟）", Kind.NUMBER, 12),
        Column("办结中位（小时）", Kind.HOURS, 12), Column("办结九成（小时）", Kind.HOURS, 12),
    ]  # fmt: skip
    if marks := scope in (Scope.COMMUNITY, Scope.GROUP, Scope.ALL):
        columns.append(Column("没听到（分钟）", Kind.NUMBER, 12))
    rows = [_figure_row(line, scope, marks=marks) for line in lines]
    note = (
        "“没听到”是助手断线、没听到群里说话的时间，这些群的数字可能偏少。"
        if any(line.blind for line in lines)
        else ""
    )
    return Table(name, tuple(columns), rows, note)


def _figure_row(line: FigureLine, scope: Scope, *, marks: bool) -> tuple[Value, ...]:
    figures = line.figures
    row: list[Value] = [line.above] if scope is Scope.GROUP else []
    row += [
        line.period if scope is Scope.ALL else line.name,
        figures.opened,
        sum(each.count for each in figures.left_out),
    ]
    for kind in RatioKind:
        row += [figures.ratio(kind).value, _fraction(figures, kind)]
    row += [figures.response.median, figures.response.ninetieth]
    row += [_hours(figures.resolution.median), _hours(figures.resolution.ninetieth)]
    return (*row, line.blind or None) if marks else tuple(row)


def _fraction(figures: Figures, kind: RatioKind) -> str:
    ratio = figures.ratio(kind)
    return f"{ratio.top}/{ratio.bottom}" if ratio.bottom or ratio.top else ""


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 1)


def _blind(report: Report) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            each.account,
            each.since,
            each.until,
            round((each.until - each.since).total_seconds() / 60),
            each.groups,
        )
        for each in report.lists.blind
    ]
    columns = (
        Column("账号", width=16), Column("从", Kind.TIME, 17), Column("到", Kind.TIME, 17),
        Column("分钟", Kind.NUMBER, 9), Column("几个群", Kind.NUMBER, 9),
    )  # fmt: skip
    return Table(
        "没听到的时间", columns, rows, "这些时间里群里说的话助手没听到，数字里没有。" if rows else ""
    )


def _definitions(report: Report) -> Table:
    columns = (
        Column("指标", width=14),
        Column("分子", width=50),
        Column("分母", width=44),
        Column("不算的", width=50),
    )
    return Table(
        "指标说明",
        columns,
        [(each.name, each.top, each.bottom, each.left_out) for each in report.lists.definitions],
    )
