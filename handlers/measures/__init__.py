"""Measures of the work on tickets: what is counted, by whom and when; frozen months; what is reported of them."""

from handlers.measures.details import month_tickets
from handlers.measures.errors import BadMonth, MonthNotOver
from handlers.measures.periods import Month
from handlers.measures.report import Report
from handlers.measures.reporting import compose, freeze_month, keep_report, last_month_to_freeze, month_report

__all__ = [
    "BadMonth",
    "Month",
    "MonthNotOver",
    "Report",
    "compose",
    "freeze_month",
    "keep_report",
    "last_month_to_freeze",
    "month_report",
    "month_tickets",
]
