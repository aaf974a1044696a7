"""Rules that admins teach: in force on the next message, every change checked, kept and reversible."""

from handlers.rules.books import BookKeeper, compile_aside, current_revision, load_messages, load_text
from handlers.rules.commands import rule_command
from handlers.rules.editing import (
    Revision,
    add_category,
    add_rule,
    change_rule,
    check_file,
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
    RulesMoved,
    UnknownCategory,
    UnknownRevision,
    UnknownRule,
    UnreadableFile,
    UnreadableRule,
)
from handlers.rules.explaining import explain
from handlers.rules.lines import RuleLine
from handlers.rules.trial_commands import trial_command
from handlers.rules.trials import (
    TrialKeeper,
    TrialStatus,
    publish_trial,
    start_trial,
    stop_trial,
    trial_differences,
    trial_status,
)

__all__ = [
    "BookKeeper",
    "DuplicateRule",
    "Revision",
    "RuleLine",
    "RuleRefused",
    "RulesMoved",
    "TrialKeeper",
    "TrialStatus",
    "UnknownCategory",
    "UnknownRevision",
    "UnknownRule",
    "UnreadableFile",
    "UnreadableRule",
    "add_category",
    "add_rule",
    "change_rule",
    "check_file",
    "compile_aside",
    "current_revision",
    "explain",
    "find_rules",
    "import_rules",
    "load_messages",
    "load_text",
    "publish_trial",
    "remove_rule",
    "restore_revision",
    "revisions",
    "rule_command",
    "seed_rules",
    "start_trial",
    "stop_trial",
    "switch_rule",
    "trial_command",
    "trial_differences",
    "trial_status",
]
