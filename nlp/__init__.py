"""What a message means: pure functions, no I/O beyond this package's own data, no clock, no other room."""

from nlp.categories import CATEGORIES, Category, category_code, category_name
from nlp.meaning import Bounds, Intent, Match, Meaning, Place, Request, RequestKind, Verdict
from nlp.places import hide_rooms
from nlp.privacy import HIDDEN, hide_private, mask_private
from nlp.rulebook import RuleBook, compile_rules
from nlp.rulefile import default_rules
from nlp.rules import Rule, RuleError, format_rule, parse_rule

__all__ = [
    "CATEGORIES",
    "HIDDEN",
    "Bounds",
    "Category",
    "Intent",
    "Match",
    "Meaning",
    "Place",
    "Request",
    "RequestKind",
    "Rule",
    "RuleBook",
    "RuleError",
    "Verdict",
    "category_code",
    "category_name",
    "compile_rules",
    "default_rules",
    "format_rule",
    "hide_private",
    "hide_rooms",
    "mask_private",
    "parse_rule",
]
