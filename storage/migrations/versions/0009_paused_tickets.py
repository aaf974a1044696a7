"""Which tickets wait for their resident is asked with every batch of messages: an index of the paused ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply."""
    paused = sa.text("paused_at IS NOT NULL")
    op.create_index(
        "ix_tickets_paused", "tickets", ["resident"], sqlite_where=paused, postgresql_where=paused
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_tickets_paused", "tickets")
