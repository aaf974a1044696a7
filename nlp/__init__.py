"""What a message means: pure functions, no I/O beyond this package's own data, no clock, no other room."""

from nlp.categories import CATEGORIES, Category, category_code, category_name
from nlp.meaning import Bounds, Intent, Match, Meaning, Place, Request, RequestKind, Verdict
from nlp.privacy import mask_private
from nlp.rulebook import RuleBook, compile_rules
from nlp.rulefile import default_rules
from nlp.rules import Rule, RuleError, format_rule, parse_rule

__all__ = [
    "CATEGORIES",
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
    "mask_private",
    "parse_rule",
]
