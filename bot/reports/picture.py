"""From a chart to a picture, without a browser and without the network."""

from __future__ import annotations

from typing import Any

from bot.errors import BotError
from bot.reports.style import FONTS

SCALE = 1.5
"""Pixels of a picture for one of the chart: about as wide as a phone's screen."""


class NoChineseFont(BotError):
    """A picture would show empty boxes."""

    def __init__(self) -> None:
        super().__init__(
            "画不了图：这台机器没有中文字体，请装一个，比如 apt-get install fonts-wqy-microhei。"
        )


def draw(spec: dict[str, Any]) -> bytes:
    """A PNG. Takes a second or so: not for the event loop. Raises NoChineseFont."""
    import vl_convert

    if not has_chinese_font():
        raise NoChineseFont
    png: bytes = vl_convert.vegalite_to_png(spec, scale=SCALE)
    return png


def has_chinese_font() -> bool:
    """Whether two Chinese letters look different: without a font both are the same empty box."""
    return _letter("国") != _letter("中")


def _letter(letter: str) -> bytes:
    import vl_convert

    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f'<text x="4" y="30" font-size="28" font-family="{", ".join(FONTS)}">{letter}</text></svg>'
    )
    png: bytes = vl_convert.svg_to_png(svg)
    return png
