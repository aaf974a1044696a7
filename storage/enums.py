"""The states and kinds that rows can have (DESIGN §1–§3). Stored as their text."""

from __future__ import annotations

from enum import StrEnum


class RoleKind(StrEnum):
    """What somebody is for a group, a community or the whole subdistrict; everyone else is a resident."""

    STEWARD = "steward"
    GRID_WORKER = "grid_worker"
    GRID_LEADER = "grid_leader"
    COMMUNITY = "community"
    SUBDISTRICT = "subdistrict"
    DEPARTMENT = "department"
    RESPONSE_TEAM = "response_team"
    ELDER = "elder"
    PIONEER = "pioneer"
    ADMIN = "admin"


class Measure(StrEnum):
    """What counts as time: working hours, working days of 24 hours each, or every minute."""

    WORK = "work"
    DAYS = "days"
    ALWAYS = "always"


class TicketState(StrEnum):
    """new → prompted → accepted → resolved → closed, with the side exits rejected, cancelled, merged."""

    NEW = "new"
    PROMPTED = "prompted"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    MERGED = "merged"


OPEN_STATES = (TicketState.NEW, TicketState.PROMPTED, TicketState.ACCEPTED)
"""States in which somebody still has to do something."""


class TicketEventKind(StrEnum):
    """What happened to a ticket; one timeline row each."""

    OPENED = "opened"
    EXTENDED = "extended"
    SUPPORTED = "supported"
    PROMPTED = "prompted"
    ACCEPTED = "accepted"
    REASSIGNED = "reassigned"
    HELP_CALLED = "help_called"
    HELP_OFFERED = "help_offered"
    HELP_WITHDRAWN = "help_withdrawn"
    HELP_ARRIVED = "help_arrived"
    HELP_DONE = "help_done"
    HELP_ENDED = "help_ended"
    VERIFIED = "verified"
    SEARCH_BEGUN = "search_begun"
    SEARCH_ASKED = "search_asked"
    SEARCH_DRAFTED = "search_drafted"
    SEARCH_SPREAD = "search_spread"
    SIGHTED = "sighted"
    SEARCH_ENDED = "search_ended"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    COVERED = "covered"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_REFUSED = "extension_refused"
    RECATEGORISED = "recategorised"
    NOTED = "noted"
    RESOLVED = "resolved"
    RATED = "rated"
    REOPENED = "reopened"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    MERGED = "merged"
    SPLIT = "split"
    ATTACHED = "attached"
    RECALLED = "recalled"


class CallState(StrEnum):
    """A call for hands (叫铁脚板): still short of some, enough have said they come, or over."""

    OPEN = "open"
    FULL = "full"
    OVER = "over"


class HandState(StrEnum):
    """What somebody who was called for help has said; RELEASED: it was not needed any more."""

    ASKED = "asked"
    COMING = "coming"
    ARRIVED = "arrived"
    DONE = "done"
    DECLINED = "declined"
    RELEASED = "released"


class SearchKind(StrEnum):
    """Somebody is missing, or somebody lost was found and his family is looked for."""

    MISSING = "missing"
    FOUND = "found"


class SearchState(StrEnum):
    """走失寻人: the reporter is asked, a person has to say yes, neighbouring groups know, all is clear."""

    ASKING = "asking"
    READY = "ready"
    SPREAD = "spread"
    OVER = "over"


class Phase(StrEnum):
    """Whether a picture shows how it was (the residents') or how it is now (of whoever has done it)."""

    BEFORE = "before"
    AFTER = "after"


class AttachmentState(StrEnum):
    """Where an attachment's file stands: still with the backend, in the media folder, never to be had, or removed."""

    WANTED = "wanted"
    KEPT = "kept"
    FAILED = "failed"
    GONE = "gone"


class OutboxState(StrEnum):
    """Where a row of the outbox stands (DESIGN §2, Delivery)."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RECALLED = "recalled"


class Priority(StrEnum):
    """Who goes first; ``rank`` is stored so that the database can sort. ALERT: an urgent notice to groups."""

    URGENT = "urgent"
    REPLY = "reply"
    PROMPT = "prompt"
    ALERT = "alert"
    BROADCAST = "broadcast"

    @property
    def rank(self) -> int:
        """0 for what goes first."""
        return list(Priority).index(self)


class ScheduleState(StrEnum):
    """Whether a schedule still fires. WAITING: for other people's yes; REFUSED: somebody has said no."""

    ACTIVE = "active"
    PAUSED = "paused"
    WAITING = "waiting"
    REFUSED = "refused"
    DONE = "done"


class FiringState(StrEnum):
    """What became of one firing of a schedule."""

    SENT = "sent"
    MISSED = "missed"


class GapReason(StrEnum):
    """Why a group of a notice's scope was not told: nobody sits in it, or it has had enough notices that day."""

    NO_ACCOUNT = "no_account"
    CAPPED = "capped"


class TrialState(StrEnum):
    """Where a shadow run of rules stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    PUBLISHED = "published"


class DifferenceKind(StrEnum):
    """What other rules make of a message: a matter, silence, or another category, sureness or urgency."""

    GAINED = "gained"
    LOST = "lost"
    CHANGED = "changed"


class AccountState(StrEnum):
    """What is known of an account's connection."""

    UNKNOWN = "unknown"
    CONNECTED = "connected"
    LOST = "lost"
    SCAN = "scan"
