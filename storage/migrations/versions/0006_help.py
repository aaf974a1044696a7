"""Calls for hands, searches for missing people, notices that 五老 pass on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = (
    "relay_passes",
    "relay_asks",
    "relays",
    "sightings",
    "search_groups",
    "searches",
    "help_hands",
    "help_calls",
)


def upgrade() -> None:
    """Apply. The column is added in place: copying a table on SQLite would break the rows that point to it."""
    op.add_column("tickets", sa.Column("verified", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_calls()
    _create_searches()
    _create_relays()


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _create_calls() -> None:
    op.create_table(
        "help_calls",
        _id(),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(24), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("ring", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=True),
        sa.Column("called_by", sa.String(), nullable=False),
        _moment("called_at", nullable=False),
        _moment("next_at"),
        _moment("ended_at"),
        sa.ForeignKeyConstraint(["caller_id"], ["people.id"], name=op.f("fk_help_calls_caller_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_help_calls_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_calls")),
    )
    op.create_index(op.f("ix_help_calls_ticket_id"), "help_calls", ["ticket_id"])
    op.create_index(op.f("ix_help_calls_state"), "help_calls", ["state"])
    op.create_table(
        "help_hands",
        _id(),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        _moment("asked_at", nullable=False),
        _moment("came_at"),
        _moment("arrived_at"),
        _moment("ended_at"),
        sa.ForeignKeyConstraint(["call_id"], ["help_calls.id"], name=op.f("fk_help_hands_call_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_help_hands_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_hands")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_help_hands_call_id_person_id")),
    )
    op.create_index(op.f("ix_help_hands_person_id"), "help_hands", ["person_id"])


def _create_searches() -> None:
    op.create_table(
        "searches",
        _id(),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("photo", sa.String(), nullable=True),
        sa.Column("directly", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        _moment("begun_at", nullable=False),
        _moment("next_at"),
        _moment("spread_at"),
        _moment("ended_at"),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_searches_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index(op.f("ix_searches_ticket_id"), "searches", ["ticket_id"])
    op.create_index(op.f("ix_searches_state"), "searches", ["state"])
    op.create_table(
        "search_groups",
        _id(),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        _moment("told_at", nullable=False),
        _moment("cleared_at"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_search_groups_group_id")),
        sa.ForeignKeyConstraint(["search_id"], ["searches.id"], name=op.f("fk_search_groups_search_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_groups")),
        sa.UniqueConstraint("search_id", "group_id", name=op.f("uq_search_groups_search_id_group_id")),
    )
    op.create_index(op.f("ix_search_groups_group_id"), "search_groups", ["group_id"])
    op.create_table(
        "sightings",
        _id(),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        _moment("at", nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_sightings_group_id")),
        sa.ForeignKeyConstraint(["search_id"], ["searches.id"], name=op.f("fk_sightings_search_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
    )
    op.create_index(op.f("ix_sightings_search_id"), "sightings", ["search_id"])


def _create_relays() -> None:
    op.create_table(
        "relays",
        _id(),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("firing_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        _moment("asked_at", nullable=False),
        sa.ForeignKeyConstraint(["firing_id"], ["firings.id"], name=op.f("fk_relays_firing_id")),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedules.id"], name=op.f("fk_relays_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relays")),
        sa.UniqueConstraint("firing_id", name=op.f("uq_relays_firing_id")),
    )
    op.create_index(op.f("ix_relays_schedule_id"), "relays", ["schedule_id"])
    op.create_table(
        "relay_asks",
        _id(),
        sa.Column("relay_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _moment("asked_at", nullable=False),
        _moment("passed_at"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_relay_asks_person_id")),
        sa.ForeignKeyConstraint(["relay_id"], ["relays.id"], name=op.f("fk_relay_asks_relay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_asks")),
        sa.UniqueConstraint("relay_id", "person_id", name=op.f("uq_relay_asks_relay_id_person_id")),
    )
    op.create_index(op.f("ix_relay_asks_person_id"), "relay_asks", ["person_id"])
    op.create_table(
        "relay_passes",
        _id(),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        _moment("at", nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["relay_asks.id"], name=op.f("fk_relay_passes_ask_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_relay_passes_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_passes")),
    )
    op.create_index(op.f("ix_relay_passes_ask_id"), "relay_passes", ["ask_id"])


def downgrade() -> None:
    """Take back."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("tickets", "verified")
