"""What a notice is (file, urgent, category), which groups it goes to (tags), and who has said yes to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply."""
    for column in (
        sa.Column("media", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=False, server_default=""),
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("author", sa.String(), nullable=False, server_default=""),
        sa.Column("account", sa.String(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("needed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("schedules", column)
    op.create_index(op.f("ix_schedules_decide_by"), "schedules", ["decide_by"])
    op.add_column("firings", sa.Column("audience", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedules.id"], name=op.f("fk_approvals_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint(
            "schedule_id", "version", "contact", name=op.f("uq_approvals_schedule_id_version_contact")
        ),
    )
    op.create_table(
        "group_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_group_tags_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_tags")),
        sa.UniqueConstraint("group_id", "tag", name=op.f("uq_group_tags_group_id_tag")),
    )
    op.create_index(op.f("ix_group_tags_tag"), "group_tags", ["tag"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("group_tags")
    op.drop_table("approvals")
    op.drop_column("firings", "audience")
    op.drop_index(op.f("ix_schedules_decide_by"), table_name="schedules")
    for name in ("decide_by", "needed", "version", "account", "author", "urgent", "category", "media"):
        op.drop_column("schedules", name)
