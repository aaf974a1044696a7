"""Every table, in one place to import from."""

from storage.models.attachments import Attachment
from storage.models.directory import (
    Account,
    BlindWindow,
    Community,
    Group,
    Leave,
    LocalMember,
    Person,
    Recipient,
    Role,
    Route,
    User,
)
from storage.models.measures import FrozenMonth, ReportRun
from storage.models.messages import LocalMessage, Message, Outbox
from storage.models.places import PlaceName
from storage.models.searches import Search, SearchGroup, Sighting
from storage.models.settings import (
    Audit,
    CalendarDay,
    ClockLimit,
    Example,
    Firing,
    Proposal,
    Rule,
    RuleRevision,
    Schedule,
    Template,
)
from storage.models.teams import HelpCall, HelpHand, Relay, RelayAsk, RelayPass
from storage.models.tickets import (
    Category,
    Counter,
    Extension,
    Incident,
    Question,
    Supporter,
    Ticket,
    TicketEvent,
)
from storage.models.trials import Trial, TrialDifference

__all__ = [
    "Account",
    "Attachment",
    "Audit",
    "BlindWindow",
    "CalendarDay",
    "Category",
    "ClockLimit",
    "Community",
    "Counter",
    "Example",
    "Extension",
    "Firing",
    "FrozenMonth",
    "Group",
    "HelpCall",
    "HelpHand",
    "Incident",
    "Leave",
    "LocalMember",
    "LocalMessage",
    "Message",
    "Outbox",
    "Person",
    "PlaceName",
    "Proposal",
    "Question",
    "Recipient",
    "Relay",
    "RelayAsk",
    "RelayPass",
    "ReportRun",
    "Role",
    "Route",
    "Rule",
    "RuleRevision",
    "Schedule",
    "Search",
    "SearchGroup",
    "Sighting",
    "Supporter",
    "Template",
    "Ticket",
    "TicketEvent",
    "Trial",
    "TrialDifference",
    "User",
]
