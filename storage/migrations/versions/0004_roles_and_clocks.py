"""Who answers and by when: recipients, routes, leave; clocks by category, a calendar of one's own, pauses, extensions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

PEOPLE = ("topic", "account", "room_id")
TABLES = ("extensions", "leaves", "routes", "recipients", "clock_limits", "calendar_days")


def _ticket_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("highest_level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("respond_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolve_measure", sa.String(24), nullable=False, server_default="always"),
        sa.Column("clock_extra", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("clock_left", sa.Integer(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(), nullable=False, server_default=""),
        sa.Column("hurry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
    )


def upgrade() -> None:
    """Apply. Columns are added in place: copying a table on SQLite would break the rows that point to it."""
    for name in PEOPLE:
        op.add_column("people", sa.Column(name, sa.String(), nullable=True))
    for column in _ticket_columns():
        op.add_column("tickets", column)
    op.execute(
        "ALTER TABLE tickets ADD COLUMN covered_for_id INTEGER"
        " CONSTRAINT fk_tickets_covered_for_id REFERENCES people (id)"
    )
    op.execute("UPDATE tickets SET level = 5 WHERE level = 4")  # the community's rung came in between
    op.execute("UPDATE tickets SET highest_level = level")
    _create_who_answers()
    _create_clocks()
    _create_extensions()


def _create_who_answers() -> None:
    op.create_table(
        "recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recipients_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
        sa.UniqueConstraint("name", name=op.f("uq_recipients_name")),
    )
    op.create_table(
        "routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("rung", sa.String(24), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_routes_community_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_routes_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_routes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_leaves_deputy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_leaves_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    op.create_index(op.f("ix_leaves_next_at"), "leaves", ["next_at"])
    op.create_index(op.f("ix_leaves_person_id"), "leaves", ["person_id"])


def _create_clocks() -> None:
    op.create_table(
        "clock_limits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("respond", sa.Integer(), nullable=True),
        sa.Column("respond_measure", sa.String(24), nullable=False),
        sa.Column("resolve", sa.Integer(), nullable=True),
        sa.Column("resolve_measure", sa.String(24), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_limits")),
        sa.UniqueConstraint("category", "urgent", name=op.f("uq_clock_limits_category_urgent")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )


def _create_extensions() -> None:
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("old_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["approver_id"], ["people.id"], name=op.f("fk_extensions_approver_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_extensions_asked_by_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_extensions_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_approver_id"), "extensions", ["approver_id"])
    op.create_index(op.f("ix_extensions_ticket_id"), "extensions", ["ticket_id"])


def downgrade() -> None:
    """Take back."""
    for table in TABLES:
        op.drop_table(table)
    op.execute("UPDATE tickets SET level = 4 WHERE level = 5")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_constraint("fk_tickets_covered_for_id", type_="foreignkey")
        batch_op.drop_column("covered_for_id")
        for column in _ticket_columns():
            batch_op.drop_column(column.name)
    for name in PEOPLE:
        op.drop_column("people", name)
