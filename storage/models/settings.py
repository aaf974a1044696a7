"""What admins edit: rules and their revisions, schedules, templates; and the record of who changed what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base
from storage.enums import FiringState, GapReason, Measure, ScheduleState


class Rule(Base):
    """One line of the rule file in force; ``id`` is the number an admin says. Switched-off lines stay."""

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    line: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class RuleRevision(Base):
    """The whole rule file after a change; the newest one is in force, every one can be restored."""

    __tablename__ = "rule_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    note: Mapped[str]
    text: Mapped[str]


class Template(Base):
    """A changed text of the bot; those not here have the packaged wording."""

    __tablename__ = "templates"

    key: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class Schedule(Base):
    """A 温馨提示: a text that goes to groups by cron (Asia/Shanghai), at one time, or as ``timing`` says.

    ``timing`` is what ``handlers.reminders.keeping.write_plan`` gives: days of a kind, festivals, the first and last
    day, exceptions and skips. ``next_at`` is the next time while it is active.
    ``scope`` is what ``handlers.scopes.Scope.to_json`` gives. ``media`` names a file in the media folder that goes
    out after the text. ``category`` is what it is about, "" when nobody has said. ``author`` is the contact id of who
    wrote it ("" at the command line), ``account`` the one he wrote to. It goes out only after ``needed`` other people
    have said yes to this ``version`` of it, by ``decide_by``; every edit makes a new version.
    """

    __tablename__ = "schedules"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    media: Mapped[str | None]
    category: Mapped[str] = mapped_column(default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    cron: Mapped[str | None]
    once_at: Mapped[datetime | None]
    timing: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scope: Mapped[dict[str, Any]]
    state: Mapped[ScheduleState] = mapped_column(default=ScheduleState.ACTIVE)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(default="")
    account: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    needed: Mapped[int] = mapped_column(default=0)
    decide_by: Mapped[datetime | None] = mapped_column(index=True)


class Approval(Base):
    """What somebody has said to one version of a notice: yes, or no and why."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("schedule_id", "version", "contact"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"))
    version: Mapped[int]
    contact: Mapped[str]
    name: Mapped[str]
    agreed: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Firing(Base):
    """One firing of a schedule. (schedule, due_at) is unique: two processes or a restart cannot fire twice.

    ``audience`` are the groups its scope stood for at that moment (ids; people's ids of work groups, negative).
    """

    __tablename__ = "firings"
    __table_args__ = (UniqueConstraint("schedule_id", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"))
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime]
    state: Mapped[FiringState]
    audience: Mapped[list[int]] = mapped_column(default=list)


class FiringGap(Base):
    """A group of a firing's audience that nothing was queued for (``target`` as in ``Firing.audience``), and why."""

    __tablename__ = "firing_gaps"
    __table_args__ = (UniqueConstraint("firing_id", "target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firing_id: Mapped[int] = mapped_column(ForeignKey("firings.id"))
    target: Mapped[int]
    why: Mapped[GapReason]


class Example(Base):
    """What a person said was right for a ticket's words: a category's code, empty for “not a request”.

    ``text`` is masked. A later word about the same ticket takes the place of the earlier one.
    """

    __tablename__ = "examples"
    __table_args__ = (UniqueConstraint("ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    category: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))


class Proposal(Base):
    """A change of the rules worked out from examples; ``open`` until accepted or worked out anew."""

    __tablename__ = "proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    line: Mapped[str]
    replaces: Mapped[str | None]
    reason: Mapped[str]
    open: Mapped[bool] = mapped_column(default=True)


class ClockLimit(Base):
    """Within how many minutes a ticket has to be answered and resolved: a category ("" for all), urgent or not.

    None leaves the usual limit.
    """

    __tablename__ = "clock_limits"
    __table_args__ = (UniqueConstraint("category", "urgent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(default="")
    urgent: Mapped[bool]
    respond: Mapped[int | None]
    respond_measure: Mapped[Measure] = mapped_column(default=Measure.WORK)
    resolve: Mapped[int | None]
    resolve_measure: Mapped[Measure] = mapped_column(default=Measure.DAYS)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class CalendarDay(Base):
    """A day that an admin's calendar says is worked or free; ``day`` is ISO (2027-02-06)."""

    __tablename__ = "calendar_days"

    day: Mapped[str] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")


class Audit(Base):
    """Who changed what outside a ticket, append-only. ``detail`` never holds residents' words or numbers."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    what: Mapped[str]
    detail: Mapped[dict[str, Any]]
