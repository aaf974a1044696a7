"""Files in the local chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.add_column("local_messages", sa.Column("media", sa.String(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("local_messages", "media")
