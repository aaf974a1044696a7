"""A report as one page that needs nothing else: no address, no other file; it opens without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from bot.reports.cells import Value, local_time
from bot.reports.charts import SHOWN, Chart
from bot.reports.tables import Table, state_words
from handlers.measures.definitions import RATIO_NAMES
from handlers.measures.report import Report


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the numbers at the top."""

    name: str
    number: str
    small: str


def write_page(report: Report, charts: Sequence[Chart], tables: Sequence[Table]) -> bytes:
    """The page as UTF-8. Takes a second the first time (the chart library is put together)."""
    from jinja2 import Environment

    folder = files("bot.reports") / "page"
    html, css, js = (
        (folder / f"page.{ending}").read_text(encoding="utf-8") for ending in ("html", "css", "js")
    )
    template = Environment(autoescape=True).from_string(html)
    page = template.render(
        title=report.title,
        state=state_words(report),
        tiles=_tiles(report),
        charts=charts,
        css=css,
        js=js,
        library=_library(),
        data=_json(
            {"charts": [_chart(each) for each in charts], "tables": [_table(each) for each in tables]}
        ),
    )
    return page.encode()


def _tiles(report: Report) -> list[Tile]:
    total = report.total.figures
    shares = [
        Tile(
            RATIO_NAMES[kind],
            "—" if (value := total.ratio(kind).value) is None else f"{value:.1%}",
            f"{total.ratio(kind).top}/{total.ratio(kind).bottom}",
        )
        for kind in SHOWN
    ]
    left = Tile("没办完", str(len(report.lists.unfinished)), "件")
    return [Tile("登记", str(total.opened), f"{total.voices}人次"), *shares, left]


def _chart(chart: Chart) -> dict[str, Any]:
    return {"name": chart.name, "spec": chart.spec}


def _table(table: Table) -> dict[str, Any]:
    columns = [{"name": each.name, "kind": each.kind, "width": each.width} for each in table.columns]
    rows = [[_value(value) for value in row] for row in table.rows]
    return {"name": table.name, "columns": columns, "rows": rows, "note": table.note}


def _value(value: Value) -> Value:
    return f"{local_time(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


def _json(data: object) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter, code in (("<", "003c"), (">", "003e"), ("&", "0026"), ("\u2028", "2028"), ("\u2029", "2029")):
        text = text.replace(letter, f"\\u{code}")
    return text


@lru_cache(maxsize=1)
def _library() -> str:
    """Vega with everything it needs, from the package that also draws the pictures."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")
