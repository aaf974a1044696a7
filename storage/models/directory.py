"""Who is who and where: communities, groups (微网群), people and their roles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base
from storage.enums import RoleKind


class Community(Base):
    """A 社区; belongs to the one subdistrict the service runs for."""

    __tablename__ = "communities"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Group(Base):
    """A 微网群: one WeChat room. ``room_id`` and ``account`` (the one that speaks there) are bound when the bot first
    sees the room.

    ``roster_name`` is what the roster calls it when that is not ``name``; ``topic`` what WeChat last called the room,
    None as long as that is ``name``. What was said before ``since`` is not taken up.
    """

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("account", "room_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    grid: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(unique=True)
    account: Mapped[str | None]
    room_id: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    roster_name: Mapped[str | None]
    topic: Mapped[str | None]
    since: Mapped[datetime | None]


class Room(Base):
    """A room that an account sits in: of a group (``group_id``; another account may speak there), or of none known.

    ``told_at`` is when the admins heard of a room that is nobody's.
    """

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("account", "room_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    room_id: Mapped[str]
    topic: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    seen_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class GroupTag(Base):
    """A word that an admin has put on a group (老旧小区, 有电梯), so that notices can go to groups of a kind."""

    __tablename__ = "group_tags"
    __table_args__ = (UniqueConstraint("group_id", "tag"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    tag: Mapped[str] = mapped_column(index=True)


class Person(Base):
    """Somebody with a role. Known by the WeChat contact id, never by the nickname.

    ``roster_id`` is what the roster calls this person when that is not the contact id. Somebody of whom no contact is
    known yet has a made-up one (``storage.people.UNBOUND``) and is nobody to the bot until a code binds him.
    A work group that receives tickets is a person, too: ``topic`` is the group's name in WeChat, ``account`` and
    ``room_id`` are bound when the bot first sees it, and its contact id is made up.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    contact_id: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    topic: Mapped[str | None]
    account: Mapped[str | None]
    room_id: Mapped[str | None]
    roster_id: Mapped[str | None] = mapped_column(index=True)


class BindingCode(Base):
    """A one-time code: whoever sends it to the bot directly before ``expires_at`` is this person. Only its hash is kept.

    ``used_at`` is when it was used or made void.
    """

    __tablename__ = "binding_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(index=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BindingTry(Base):
    """A contact has sent a code that is none, so that nobody can guess for long."""

    __tablename__ = "binding_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class Recipient(Base):
    """A department or the like (大工委) that an admin has defined: a name, and the person or work group behind it."""

    __tablename__ = "recipients"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Route(Base):
    """Who gets a new ticket first: by category ("" for any) and by group, community or (both None) everywhere.

    Exactly one of ``person_id`` and ``rung`` (a role of the ladder) is set.
    """

    __tablename__ = "routes"

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    rung: Mapped[RoleKind | None]


class Leave(Base):
    """请假: somebody is away from ``since`` until ``until``, and another answers meanwhile.

    ``next_at`` is when something has to be done about it: its beginning, then its end, then None.
    """

    __tablename__ = "leaves"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Role(Base):
    """One role of a person: for a group, for a community, or (both None) for the subdistrict."""

    __tablename__ = "roles"
    __table_args__ = (Index("ix_roles_scope", "kind", "group_id", "community_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[RoleKind] = mapped_column(index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))


class Account(Base):
    """A WeChat account the bot speaks as; held by one process at a time under a lease with a fencing number.

    While ``paused_at`` is set it says no notices to groups; somebody lifts that by hand.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    connector: Mapped[str]
    contact_id: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="unknown")
    heard_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(default="")


class BlindWindow(Base):
    """Time during which an account heard nothing; the stewards of its groups are told to look through it."""

    __tablename__ = "blind_windows"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(index=True)
    since: Mapped[datetime]
    until: Mapped[datetime]


class User(Base):
    """Somebody who may sign in to the console."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    one_time: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class LocalMember(Base):
    """A resident of the local chat (the demo's people without a role), and the group he or she sits in."""

    __tablename__ = "local_members"
    __table_args__ = (UniqueConstraint("group_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)
    contact_id: Mapped[str]
    name: Mapped[str]
