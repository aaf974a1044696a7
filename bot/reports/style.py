"""How the charts look: fonts that know Chinese, colours, axes, titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "sans-serif",
)
"""Fonts that know Chinese, the first that is there is taken."""

WIDTH = 720
NUMBERS_WIDTH = 150
"""How much of a chart's width the numbers at its right edge need."""

Width = int | str
GREEN, PALE, AMBER, BLUE = "#1f7a4d", "#cfd8d3", "#c77700", "#34568b"
INK, SOFT = "#16181a", "#5b6166"


def title_of(text: str, small: str, *, size: int = 20, gap: int = 10) -> alt.TitleParams:
    """A title with a smaller line under it, above the left edge of what it belongs to."""
    import altair as alt

    return alt.TitleParams(
        text=text, subtitle=small or alt.Undefined, anchor="start", frame="group", fontSize=size, subtitleFontSize=15,
        color=INK, subtitleColor=SOFT, offset=gap, subtitlePadding=6,
    )  # fmt: skip


def name_axis() -> alt.Axis:
    """Names beside bars."""
    import altair as alt

    return alt.Axis(
        labelFontSize=15, labelColor=INK, domain=False, ticks=False, labelPadding=8, labelLimit=220
    )


def number_axis(**more: Any) -> alt.Axis:
    """Numbers with a pale grid; whole ones unless a format is given."""
    import altair as alt

    step = alt.Undefined if "format" in more else 1
    return alt.Axis(
        labelFontSize=13, labelColor=SOFT, domain=False, ticks=False, gridColor="#e6eae8", tickMinStep=step, **more
    )  # fmt: skip


def room_at_the_right(most: float, width: Width) -> alt.Scale:
    """A scale from 0 whose longest bar leaves room for numbers; on a page the width is only known there."""
    import altair as alt

    if isinstance(width, int):
        return alt.Scale(domain=[0, most * width / (width - NUMBERS_WIDTH)], nice=False)
    room = alt.ExprRef(expr=f"{most} * width / max(width - {NUMBERS_WIDTH}, 40)")
    return alt.Scale(domainMin=0, domainMax=room, nice=False)


def finished(chart: Any, *, fitted: bool = False) -> dict[str, Any]:
    """The checked Vega-Lite document, with a font that knows Chinese; ``fitted`` into the width of a page's element."""
    import altair as alt

    if fitted:
        chart = chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    spec: dict[str, Any] = (
        chart.configure(font=", ".join(FONTS), background="white", padding=8 if fitted else 24)
        .configure_view(stroke=None)
        .to_dict()
    )
    return spec
