"""Broadcasts that are watched to their end: who was left out, what is corrected or taken back, accounts that pause."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "firing_gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firing_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["firing_id"], ["firings.id"], name=op.f("fk_firing_gaps_firing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firing_gaps")),
        sa.UniqueConstraint("firing_id", "target", name=op.f("uq_firing_gaps_firing_id_target")),
    )
    op.add_column("outbox", sa.Column("corrects_id", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("recall_asked_at", sa.DateTime(timezone=True), nullable=True))
    asked = sa.text("recall_asked_at IS NOT NULL")
    op.create_index("ix_outbox_recall", "outbox", ["account"], sqlite_where=asked, postgresql_where=asked)
    op.create_index("ix_outbox_sent", "outbox", ["account", "sent_at"])
    op.execute("UPDATE outbox SET rank = 4 WHERE priority = 'broadcast'")
    op.add_column("accounts", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("accounts", sa.Column("pause_reason", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take back."""
    for name in ("pause_reason", "paused_at"):
        op.drop_column("accounts", name)
    op.execute("UPDATE outbox SET rank = 3 WHERE priority IN ('alert', 'broadcast')")
    op.execute("UPDATE outbox SET priority = 'broadcast' WHERE priority = 'alert'")
    op.drop_index("ix_outbox_sent", table_name="outbox")
    op.drop_index("ix_outbox_recall", table_name="outbox")
    op.drop_column("outbox", "recall_asked_at")
    op.drop_column("outbox", "corrects_id")
    op.drop_table("firing_gaps")
