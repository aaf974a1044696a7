"""温馨提示: the right notice in the right groups at the right time, once."""

from handlers.reminders.answers import approval_command
from handlers.reminders.approvals import Decision, decide, submit
from handlers.reminders.asking import run_approvals
from handlers.reminders.changing import (
    Change,
    change_reminder,
    pause_reminder,
    resume_reminder,
    skip_reminder,
)
from handlers.reminders.commands import reminder_command
from handlers.reminders.editing import (
    Author,
    Reminder,
    add_reminder,
    count_groups,
    find_reminder,
    list_reminders,
)
from handlers.reminders.errors import BadSchedule, NotApproved, ReminderRefused, UnknownReminder
from handlers.reminders.firing import Fired, fire_due, run_reminder
from handlers.reminders.keeping import replan_reminders
from handlers.reminders.plans import Days, Occasion, Plan, next_occasions, next_time, next_times
from handlers.reminders.releasing import release, send_now, submit_new

__all__ = [
    "Author",
    "BadSchedule",
    "Change",
    "Days",
    "Decision",
    "Fired",
    "NotApproved",
    "Occasion",
    "Plan",
    "Reminder",
    "ReminderRefused",
    "UnknownReminder",
    "add_reminder",
    "approval_command",
    "change_reminder",
    "count_groups",
    "decide",
    "find_reminder",
    "fire_due",
    "list_reminders",
    "next_occasions",
    "next_time",
    "next_times",
    "pause_reminder",
    "release",
    "reminder_command",
    "replan_reminders",
    "resume_reminder",
    "run_approvals",
    "run_reminder",
    "send_now",
    "skip_reminder",
    "submit",
    "submit_new",
]
