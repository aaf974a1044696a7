"""What the people of a community call their places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base


class PlaceName(Base):
    """A spot or garden of a community (or, with ``group_id``, of one group), or another name of one.

    ``means`` is empty for a name of its own, else the name or address it stands for.
    """

    __tablename__ = "place_names"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    name: Mapped[str]
    means: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    at: Mapped[datetime]
