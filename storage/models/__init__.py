"""Every table, in one place to import from."""

from storage.models.directory import Account, BlindWindow, Community, Group, LocalMember, Person, Role, User
from storage.models.messages import LocalMessage, Message, Outbox
from storage.models.settings import Audit, Example, Firing, Proposal, Rule, RuleRevision, Schedule, Template
from storage.models.tickets import Category, Counter, Incident, Question, Supporter, Ticket, TicketEvent

__all__ = [
    "Account",
    "Audit",
    "BlindWindow",
    "Category",
    "Community",
    "Counter",
    "Example",
    "Firing",
    "Group",
    "Incident",
    "LocalMember",
    "LocalMessage",
    "Message",
    "Outbox",
    "Person",
    "Proposal",
    "Question",
    "Role",
    "Rule",
    "RuleRevision",
    "Schedule",
    "Supporter",
    "Template",
    "Ticket",
    "TicketEvent",
    "User",
]
