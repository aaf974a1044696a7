"""温馨提示: the right notice in the right groups at the right time, once."""

from handlers.reminders.commands import reminder_command
from handlers.reminders.editing import (
    Reminder,
    add_reminder,
    count_groups,
    list_reminders,
    pause_reminder,
    preview_notice,
    resume_reminder,
    skip_reminder,
)
from handlers.reminders.errors import BadSchedule, ReminderRefused, UnknownReminder
from handlers.reminders.firing import Fired, fire_due, run_reminder
from handlers.reminders.plans import Plan, next_time, next_times

__all__ = [
    "BadSchedule",
    "Fired",
    "Plan",
    "Reminder",
    "ReminderRefused",
    "UnknownReminder",
    "add_reminder",
    "count_groups",
    "fire_due",
    "list_reminders",
    "next_time",
    "next_times",
    "pause_reminder",
    "preview_notice",
    "reminder_command",
    "resume_reminder",
    "run_reminder",
    "skip_reminder",
]
