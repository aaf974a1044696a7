"""Alembic's entry: runs on the connection that ``storage.schema`` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import storage.models  # noqa: F401  (fills the metadata)
from storage.columns import Base, UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our time type as the database's own, so that a revision never imports the models."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
