"""Frozen months, what is sent once a day, and the first due time of a ticket that came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "frozen_months",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("lists", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_frozen_months")),
    )
    op.create_table(
        "report_runs",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", name=op.f("pk_report_runs")),
    )
    op.add_column("tickets", sa.Column("first_due", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("tickets", "first_due")
    op.drop_table("report_runs")
    op.drop_table("frozen_months")
