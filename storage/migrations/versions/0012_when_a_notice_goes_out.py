"""When a notice goes out: working days, festivals, the first and last day, exceptions, skips."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Apply."""
    op.add_column("schedules", sa.Column("timing", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take back."""
    op.drop_column("schedules", "timing")
