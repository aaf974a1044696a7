"""Values as a spreadsheet may hold them: nothing a resident wrote can become a formula."""

from __future__ import annotations

import re
from datetime import datetime

from handlers.wording import SHANGHAI

LONGEST = 32_000
"""Characters of one cell; spreadsheets take 32,767."""

_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠|%]")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

Value = str | int | float | bool | datetime | None


def plain_text(text: str) -> str:
    """Words for a cell: control characters gone, and an apostrophe before what a spreadsheet would calculate."""
    clean = _UNREADABLE.sub(" ", text)[:LONGEST]
    return f"'{clean}" if _FORMULA.match(clean) else clean


def local_time(moment: datetime) -> datetime:
    """Suzhou's wall clock without a zone, to the minute: spreadsheets know no zones."""
    return moment.astimezone(SHANGHAI).replace(tzinfo=None, second=0, microsecond=0)
