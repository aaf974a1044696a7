"""温馨提示: the right notice in the right groups at the right time, once."""

from handlers.reminders.changing import (
    Change,
    change_reminder,
    pause_reminder,
    resume_reminder,
    skip_reminder,
)
from handlers.reminders.commands import reminder_command
from handlers.reminders.editing import (
    Reminder,
    add_reminder,
    count_groups,
    find_reminder,
    list_reminders,
    preview_notice,
)
from handlers.reminders.errors import BadSchedule, ReminderRefused, UnknownReminder
from handlers.reminders.firing import Fired, fire_due, run_reminder
from handlers.reminders.keeping import replan_reminders
from handlers.reminders.plans import Days, Occasion, Plan, next_occasions, next_time, next_times

__all__ = [
    "BadSchedule",
    "Change",
    "Days",
    "Fired",
    "Occasion",
    "Plan",
    "Reminder",
    "ReminderRefused",
    "UnknownReminder",
    "add_reminder",
    "change_reminder",
    "count_groups",
    "find_reminder",
    "fire_due",
    "list_reminders",
    "next_occasions",
    "next_time",
    "next_times",
    "pause_reminder",
    "preview_notice",
    "reminder_command",
    "replan_reminders",
    "resume_reminder",
    "run_reminder",
    "skip_reminder",
]
