"""The charts of a report. One definition each; it becomes a picture (PNG) and a live chart of the page."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.reports.style import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    PALE,
    SOFT,
    WIDTH,
    Width,
    finished,
    name_axis,
    number_axis,
    room_at_the_right,
    title_of,
)
from bot.reports.tables import state_words
from handlers.measures.definitions import RATIO_NAMES
from handlers.measures.figures import Ratio, Scope
from handlers.measures.judging import RatioKind
from handlers.measures.report import DayLine, FigureLine, HotMatter, Report

SHOWN = (RatioKind.RESPONDED, RatioKind.SOLVED, RatioKind.IN_TIME, RatioKind.SATISFIED)
"""The measures of a picture, in this order."""

_MOST_BARS = 12
_LETTERS = 48
"""Chinese letters on a line of the footnote."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with the sentence that says what it shows."""

    name: str
    title: str
    spec: dict[str, Any]


def report_charts(report: Report, width: Width = "container") -> list[Chart]:
    """The charts of a report, each as wide as given; without data there is no chart."""
    return _named(report, width)


def report_picture(report: Report) -> dict[str, Any]:
    """All of it in one picture, as tall as it needs to be."""
    import altair as alt

    parts = [_headline(report), *(part for _, _, part in _charts(report, WIDTH))]
    parts.append(_footnote(report))
    return finished(alt.vconcat(*parts, spacing=36).resolve_legend(color="independent"))


def _named(report: Report, width: Width) -> list[Chart]:
    return [Chart(name, title, finished(part, fitted=True)) for name, title, part in _charts(report, width)]


def _charts(report: Report, width: Width) -> list[tuple[str, str, Any]]:
    found: list[tuple[str, str, Any]] = []
    before = "上周" if report.is_week else "上月"
    if report.lists.hot:
        found.append(("hot", "反映最多的事", hot_chart(report.lists.hot, width, before)))
    if any(day.opened or day.resolved for day in report.lists.days):
        found.append(("days", "每天登记和办结", day_chart(report.lists.days, width)))
    communities = [line for line in report.lines(Scope.COMMUNITY) if line.figures.in_time.bottom]
    if communities:
        found.append(("communities", "各社区按期办结率", share_chart(communities, RatioKind.IN_TIME, width)))
    if len(report.lists.trend) > 1:
        found.append(("trend", "近一年三率", trend_chart(report.lists.trend, width)))
    return found


def hot_chart(hot: Sequence[HotMatter], width: Width, before: str) -> Any:
    """How many people raised each category; a mark where it was the month or week ``before``."""
    import altair as alt

    rows = [
        {
            "类别": each.category,
            "工单": each.tickets,
            "人次": each.voices,
            f"{before}人次": each.before,
            "主要在": each.where,
            "写": f"{each.voices}人次 {each.tickets}件",
        }
        for each in hot
    ]
    most = max(max(each.voices, each.before) for each in hot)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("类别:N", sort=None, title=None, axis=name_axis()),
        tooltip=["类别:N", "工单:Q", "人次:Q", f"{before}人次:Q", "主要在:N"],
    )
    scale = room_at_the_right(most, width)
    bars = _bars(base).encode(x=alt.X("人次:Q", title=None, scale=scale, axis=None))
    mark = base.mark_tick(color=AMBER, thickness=3, bandSize=24).encode(
        x=alt.X(f"{before}人次:Q", scale=scale)
    )
    title = title_of("反映最多的事", "绿条是人次，橙线是" + before)
    return alt.layer(bars, mark, _at_the_right(base)).properties(
        width=width, height=alt.Step(32), title=title
    )


def day_chart(days: Sequence[DayLine], width: Width) -> Any:
    """Tickets opened (bars) and resolved (line) by day."""
    import altair as alt

    rows = [{"日": day.day, "登记": day.opened, "办结": day.resolved} for day in days]
    every = alt.Axis(labelAngle=0, labelFontSize=13, labelOverlap="greedy")
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("日:O", sort=None, title=None, axis=every), tooltip=["日:O", "登记:Q", "办结:Q"]
    )
    bars = base.mark_bar(color=PALE).encode(y=alt.Y("登记:Q", title=None, axis=number_axis()))
    line = base.mark_line(
        color=GREEN, strokeWidth=3, point={"filled": True, "size": 36, "color": GREEN}
    ).encode(y=alt.Y("办结:Q", title=None, axis=number_axis()))
    title = title_of("每天登记和办结", "灰条是登记，绿线是办结")
    return alt.layer(bars, line).properties(width=width, height=170, title=title)


def share_chart(lines: Sequence[FigureLine], kind: RatioKind, width: Width) -> Any:
    """One share for each line, the lowest first."""
    import altair as alt

    ordered = sorted(lines, key=lambda line: (line.figures.ratio(kind).value or 0.0, line.name))[:_MOST_BARS]
    rows = [
        {
            "名称": line.name + ("※" if line.blind else ""),
            "率": line.figures.ratio(kind).value,
            "写": _share(line.figures.ratio(kind)),
        }
        for line in ordered
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("名称:N", sort=None, title=None, axis=name_axis()),
        tooltip=["名称:N", "写:N"],
    )
    scale = room_at_the_right(1, width)
    axis = number_axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    bars = _bars(base).encode(x=alt.X("率:Q", title=None, scale=scale, axis=axis))
    name, blind = RATIO_NAMES[kind], any(line.blind for line in ordered)
    title = title_of(f"各社区{name}", "低的在前" + ("；※ 有一段时间助手没听到消息" if blind else ""))
    return alt.layer(bars, _at_the_right(base)).properties(width=width, height=alt.Step(32), title=title)


def _bars(base: Any) -> Any:
    return base.mark_bar(color=GREEN, height={"band": 0.62}, cornerRadiusEnd=3)


def _at_the_right(base: Any) -> Any:
    """The numbers in words, one under the other at the right edge, where no bar reaches."""
    import altair as alt

    return base.mark_text(align="right", fontSize=15, color=INK).encode(x=alt.value("width"), text="写:N")


def trend_chart(lines: Sequence[FigureLine], width: Width) -> Any:
    """The three shares over the months."""
    import altair as alt

    kinds = (RatioKind.RESPONDED, RatioKind.SOLVED, RatioKind.SATISFIED)
    rows = [
        {
            "月份": f"{int(line.period[5:])}月",
            "次序": line.period,
            "指标": RATIO_NAMES[kind],
            "率": line.figures.ratio(kind).value,
        }
        for line in lines
        for kind in kinds
        if line.figures.ratio(kind).bottom
    ]
    colours = alt.Scale(domain=[RATIO_NAMES[kind] for kind in kinds], range=[GREEN, BLUE, AMBER])
    x = alt.X(
        "月份:O",
        sort=alt.EncodingSortField("次序", op="min"),
        title=None,
        axis=alt.Axis(labelAngle=0, labelFontSize=13, labelOverlap="greedy"),
    )
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=3, point={"filled": True, "size": 46})
        .encode(
            x=x,
            y=alt.Y(
                "率:Q",
                title=None,
                scale=alt.Scale(zero=False, nice=True, clamp=True),
                axis=number_axis(format=".0%"),
            ),
            color=alt.Color(
                "指标:N", scale=colours, legend=alt.Legend(orient="top", title=None, labelFontSize=14)
            ),
            tooltip=["月份:N", "指标:N", alt.Tooltip("率:Q", format=".1%")],
        )
        .properties(width=width, height=190, title=title_of("近一年三率", ""))
    )


def _headline(report: Report) -> Any:
    """The title and the numbers everybody asks for, as text of a chart."""
    import altair as alt

    total = report.total.figures
    tiles = [("登记", f"{total.opened}", "件")]
    for kind in SHOWN:
        ratio = total.ratio(kind)
        share = "—" if ratio.value is None else f"{ratio.value:.1%}"
        tiles.append((RATIO_NAMES[kind], share, f"{ratio.top}/{ratio.bottom}"))
    tiles.append(("没办完", f"{len(report.lists.unfinished)}", "件"))
    rows = [
        {"i": index, "名": name, "数": number, "细": small}
        for index, (name, number, small) in enumerate(tiles)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("i:O", axis=None, scale=alt.Scale(padding=0.06))
    )
    box = base.mark_rect(color="#eef3f0", cornerRadius=10).encode(y=alt.value(0), y2=alt.value(112))
    name = base.mark_text(fontSize=16, color=SOFT).encode(y=alt.value(24), text="名:N")
    number = base.mark_text(fontSize=25, fontWeight="bold", color=GREEN).encode(y=alt.value(58), text="数:N")
    small = base.mark_text(fontSize=15, color=SOFT).encode(y=alt.value(92), text="细:N")
    title = title_of(report.title, state_words(report), size=28, gap=18)
    return alt.layer(box, name, number, small).properties(width=WIDTH, height=112, title=title)


def _share(ratio: Ratio) -> str:
    return "—" if ratio.value is None else f"{ratio.value:.1%}（{ratio.top}/{ratio.bottom}）"


def _footnote(report: Report) -> Any:
    """How the numbers at the top are counted."""
    import altair as alt

    names = [RATIO_NAMES[kind] for kind in SHOWN]
    words = {each.name: each for each in report.lists.definitions}
    known = [words[name] for name in names if name in words]
    sentences = [f"{each.name}：{each.top}，除以{each.bottom}。" for each in known]
    sentences += [f"{known[-1].left_out}。"] if known else []
    lines = [part for sentence in sentences for part in textwrap.wrap(sentence, _LETTERS)]
    base = alt.Chart(alt.InlineData(values=[{"写": lines}]))
    text = base.mark_text(align="left", baseline="top", fontSize=14, lineHeight=23, color=SOFT)
    return text.encode(x=alt.value(0), y=alt.value(0), text="写:N").properties(
        width=WIDTH, height=23 * len(lines), title=title_of("怎么算的", "")
    )
