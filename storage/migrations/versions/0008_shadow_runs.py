"""Shadow runs of rules: the candidate, and the messages of which it makes something else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["rule_revisions.id"], name=op.f("fk_trials_base_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_trials_running",
        "trials",
        ["state"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )
    op.create_table(
        "trial_differences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_trial_differences_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["trials.id"], name=op.f("fk_trial_differences_trial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_differences")),
    )
    op.create_index("ix_trial_differences_kind", "trial_differences", ["trial_id", "kind"])
    op.create_index(op.f("ix_trial_differences_message_id"), "trial_differences", ["message_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("trial_differences")
    op.drop_table("trials")
