"""The life of the roster: taking it in force again and again, writing it out, and who stands behind its names."""

from handlers.roster.categories import seed_categories
from handlers.roster.changes import LargeLoss, RosterChange, Tally
from handlers.roster.importing import import_roster

__all__ = ["LargeLoss", "RosterChange", "Tally", "import_roster", "seed_categories"]
