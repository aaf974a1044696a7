"""Frozen months, and what was done once on a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base


class FrozenMonth(Base):
    """The measures and lists of a month as they were when it was frozen; written once, never changed.

    ``month`` is ``2026-11``. ``figures`` holds what trends need of it, ``lists`` the rest of the report.
    """

    __tablename__ = "frozen_months"

    month: Mapped[str] = mapped_column(primary_key=True)
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str]
    figures: Mapped[dict[str, Any]]
    lists: Mapped[dict[str, Any]]


class ReportRun(Base):
    """Something that is sent once on a day has been: ``day`` is the day in Suzhou, ``2026-11-23``."""

    __tablename__ = "report_runs"

    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
