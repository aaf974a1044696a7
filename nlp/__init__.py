"""What a message means: pure functions, no I/O beyond this package's own data, no clock, no other room."""

from nlp.categories import CATEGORIES, Category, category_code, category_name
from nlp.localities import Locality
from nlp.meaning import Bounds, Intent, Match, Meaning, Place, Request, RequestKind, Verdict, When
from nlp.phones import is_mobile, wrong_phones
from nlp.places import address_prefix, hide_rooms, same_place, same_spot
from nlp.plates import find_plates
from nlp.privacy import HIDDEN, hide_private, mask_private
from nlp.rulebook import RuleBook, compile_rules
from nlp.rulefile import default_rules
from nlp.rules import Rule, RuleError, format_rule, parse_rule
from nlp.times import find_times

__all__ = [
    "CATEGORIES",
    "HIDDEN",
    "Bounds",
    "Category",
    "Intent",
    "Locality",
    "Match",
    "Meaning",
    "Place",
    "Request",
    "RequestKind",
    "Rule",
    "RuleBook",
    "RuleError",
    "Verdict",
    "When",
    "address_prefix",
    "category_code",
    "category_name",
    "compile_rules",
    "default_rules",
    "find_plates",
    "find_times",
    "format_rule",
    "hide_private",
    "hide_rooms",
    "is_mobile",
    "mask_private",
    "parse_rule",
    "same_place",
    "same_spot",
    "wrong_phones",
]
