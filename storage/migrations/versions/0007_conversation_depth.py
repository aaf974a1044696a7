"""Files of tickets, and who came to a ticket by a merge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply."""
    op.add_column("tickets", sa.Column("photos", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("voices", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("supporters", sa.Column("via_id", sa.Integer(), nullable=True))
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phase", sa.String(24), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fetch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_to_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["given_to_id"], ["people.id"], name=op.f("fk_attachments_given_to_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_attachments_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("account", "message_id", name=op.f("uq_attachments_account_message_id")),
    )
    op.create_index(op.f("ix_attachments_ticket_id"), "attachments", ["ticket_id"])
    op.create_index(op.f("ix_attachments_path"), "attachments", ["path"])
    op.create_index("ix_attachments_fetch", "attachments", ["account", "fetch_at"])
    op.create_index("ix_attachments_state", "attachments", ["state", "given_to_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("attachments")
    op.drop_column("supporters", "via_id")
    op.drop_column("tickets", "voices")
    op.drop_column("tickets", "photos")
