"""Who is who over time: rooms of no group, other names in the roster, codes that bind a WeChat contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply."""
    op.add_column("groups", sa.Column("roster_name", sa.String(), nullable=True))
    op.add_column("groups", sa.Column("topic", sa.String(), nullable=True))
    op.add_column("groups", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("people", sa.Column("roster_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_people_roster_id"), "people", ["roster_id"])
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_rooms_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("account", "room_id", name=op.f("uq_rooms_account_room_id")),
    )
    op.create_index(op.f("ix_rooms_group_id"), "rooms", ["group_id"])
    op.create_table(
        "binding_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_binding_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_codes")),
    )
    op.create_index(op.f("ix_binding_codes_person_id"), "binding_codes", ["person_id"])
    op.create_index(op.f("ix_binding_codes_code_hash"), "binding_codes", ["code_hash"])
    op.create_table(
        "binding_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_tries")),
    )
    op.create_index(op.f("ix_binding_tries_contact_id"), "binding_tries", ["contact_id"])


def downgrade() -> None:
    """Take back."""
    for table in ("binding_tries", "binding_codes", "rooms"):
        op.drop_table(table)
    op.drop_index(op.f("ix_people_roster_id"), "people")
    op.drop_column("people", "roster_id")
    for column in ("since", "topic", "roster_name"):
        op.drop_column("groups", column)
