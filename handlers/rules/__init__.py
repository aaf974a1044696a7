"""Rules that admins teach: in force on the next message, every change checked, kept and reversible."""

from handlers.rules.books import BookKeeper, compile_aside, current_revision, load_messages, load_text
from handlers.rules.commands import rule_command, try_text
from handlers.rules.editing import (
    Revision,
    add_category,
    add_rule,
    change_rule,
    find_rules,
    import_rules,
    remove_rule,
    restore_revision,
    revisions,
    seed_rules,
    switch_rule,
)
from handlers.rules.errors import (
    DuplicateRule,
    RuleRefused,
    UnknownCategory,
    UnknownRevision,
    UnknownRule,
    UnreadableFile,
    UnreadableRule,
)
from handlers.rules.explaining import explain
from handlers.rules.lines import RuleLine

__all__ = [
    "BookKeeper",
    "DuplicateRule",
    "Revision",
    "RuleLine",
    "RuleRefused",
    "UnknownCategory",
    "UnknownRevision",
    "UnknownRule",
    "UnreadableFile",
    "UnreadableRule",
    "add_category",
    "add_rule",
    "change_rule",
    "compile_aside",
    "current_revision",
    "explain",
    "find_rules",
    "import_rules",
    "load_messages",
    "load_text",
    "remove_rule",
    "restore_revision",
    "revisions",
    "rule_command",
    "seed_rules",
    "switch_rule",
    "try_text",
]
