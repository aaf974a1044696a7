"""What people corrected, what was proposed from it, incidents across groups, and questions nobody has answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply. Columns are added in place: copying a table on SQLite would break the rows that point to it."""
    op.create_table(
        "examples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_examples_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examples")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_examples_ticket_id")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category"], ["categories.code"], name=op.f("fk_incidents_category")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_incidents_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_latest", "incidents", ["category", "opened_at"])
    op.execute(
        "ALTER TABLE tickets ADD COLUMN incident_id INTEGER"
        " CONSTRAINT fk_tickets_incident_id REFERENCES incidents (id)"
    )
    op.create_index(op.f("ix_tickets_incident_id"), "tickets", ["incident_id"])
    op.add_column("messages", sa.Column("answer_due", sa.DateTime(timezone=True), nullable=True))
    waiting = sa.text("answer_due IS NOT NULL")
    op.create_index(
        "ix_messages_answer_due",
        "messages",
        ["answer_due"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_messages_answer_due", "messages")
    op.drop_column("messages", "answer_due")
    op.drop_index(op.f("ix_tickets_incident_id"), "tickets")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_constraint("fk_tickets_incident_id", type_="foreignkey")
        batch_op.drop_column("incident_id")
    op.drop_table("incidents")
    op.drop_table("proposals")
    op.drop_table("examples")
