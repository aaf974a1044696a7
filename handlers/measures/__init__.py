"""Measures of the work on tickets: what is counted, by whom and when; frozen months; what is reported of them."""

from handlers.measures.errors import BadMonth, MonthNotOver
from handlers.measures.months import Month
from handlers.measures.report import MonthReport
from handlers.measures.reporting import freeze_month, month_report

__all__ = ["BadMonth", "Month", "MonthNotOver", "MonthReport", "freeze_month", "month_report"]
