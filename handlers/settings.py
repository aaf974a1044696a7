"""The numbers that decide how tickets are followed (DESIGN §6); ``bot.config`` reads them from the config file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from typing import Literal

from nlp import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """How the bot speaks. Seconds unless said otherwise; quiet hours are Asia/Shanghai wall-clock times.

    ``daily_budget``: messages a day of one account after which notices wait for the next day (0: no limit).
    ``refusals``: so many sends refused in a row pause the account's notices.
    """

    pause_min: float = 1.5
    pause_max: float = 3.5
    group_floor: float = 10.0
    quiet_from: time = time(22, 0)
    quiet_until: time = time(7, 0)
    attempts: int = 5
    broadcasts_per_group_day: int = 3
    daily_budget: int = 1000
    refusals: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettings:
    """When the next person is called, counted from the prompt: working minutes, or plain minutes when urgent.

    ``overdue``: how long after an overdue ticket was chased it is chased again (1440: the next working day); so long
    has the subdistrict, too, until ``department`` hands the ticket to whom the routing table names for it.
    """

    remind: int = 30
    grid_worker: int = 120
    grid_leader: int = 480
    community: int = 960
    subdistrict: int = 1440
    overdue: int = 1440
    urgent_remind: int = 3
    urgent_grid_worker: int = 10
    urgent_grid_leader: int = 20
    urgent_community: int = 25
    urgent_subdistrict: int = 30
    urgent_overdue: int = 30
    department: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSettings:
    """Working hours of a working day, Asia/Shanghai: spans like ``"08:30-17:30"``."""

    spans: tuple[str, ...] = ("08:30-17:30",)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSettings:
    """A ticket's times: hours to resolve (24: a working day; urgent ones in plain hours).

    ``hurry_percent``: the share of the time left at which its owner is hurried (0: never). ``pause_days``: after how
    many working days a paused ticket is asked about. A resident is asked once more how it went after
    ``ask_again_hours`` (0: never); his silence closes it.
    """

    resolve_hours: int = 24
    urgent_resolve_hours: int = 2
    building_resolve_hours: int = 72
    ask_again_hours: int = 24
    close_after_hours: int = 48
    hurry_percent: int = 25
    pause_days: int = 3
    same_matter_minutes: int = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSettings:
    """How messages are taken in. ``burst_seconds``: how long the bot waits for the rest of what somebody is saying;
    ``takeover_minutes``: how long the account that speaks in a group may be away before another one there does."""

    burst_seconds: float = 4.0
    stale_minutes: int = 720
    takeover_minutes: int = 5
    repeat_seconds: float = 5.0
    keep_chat_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstandingSettings:
    """How sure the rules must be for a ticket, or to ask the steward; and how many working minutes a question may go unanswered (0: for ever)."""

    ticket_bound: float = Bounds().ticket
    ask_bound: float = Bounds().ask
    unanswered_minutes: int = 30

    @property
    def bounds(self) -> Bounds:
        """The bounds as the rules are compiled with."""
        return Bounds(ticket=self.ticket_bound, ask=self.ask_bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSettings:
    """温馨提示: how late a firing may still begin, and how long after its time a group may still be told.

    ``street`` is the subdistrict's name, as the field {街道} says it.

    With ``approval`` a notice to more than ``approval_over`` groups needs another person's yes, an urgent one always
    that of ``urgent_approvals`` people. A notice that is to go out at once waits ``approval_minutes`` for it.
    """

    grace_minutes: int = 120
    useful_hours: int = 24
    street: str = "本街道"
    approval: bool = False
    approval_over: int = 0
    approval_minutes: int = 120
    urgent_approvals: int = 2


LeftOut = Literal["rejected", "cancelled", "merged", "unsure", "inquiry"]
"""Why a ticket does not count (剔除)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSettings:
    """What the measures count. ``exclude_categories`` are codes; ``blind_minutes``: from when deafness is marked."""

    exclude: tuple[LeftOut, ...] = ("rejected", "cancelled", "merged", "unsure")
    exclude_categories: tuple[str, ...] = ()
    response: Literal["in_time", "ever"] = "in_time"
    satisfied_from: int = 4
    silence: Literal["excluded", "satisfied"] = "excluded"
    blind_minutes: int = 5
    freeze_at: time = time(2, 0)


Ring = Literal["community", "neighbours", "all", "leaders"]
"""Who is called for help: the community's own team, those of its neighbours, every team, then the grid and community."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """What is told by itself on working days, by the Suzhou wall clock. ``work_groups``: names of groups of the staff."""

    brief: bool = True
    brief_at: time = time(8, 30)
    weekly: bool = True
    weekly_at: time = time(16, 30)
    work_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpSettings:
    """铁脚板: the rings called one after the other when nobody comes, and the minutes between them.

    ``categories`` call the team by themselves. Each of ``neighbours`` names communities that lie side by side
    ("甲社区、乙社区"); the search for a missing person goes there, too.
    """

    rings: tuple[Ring, ...] = ("community", "neighbours", "all", "leaders")
    ring_minutes: int = 10
    urgent_ring_minutes: int = 3
    categories: tuple[str, ...] = ("helping_hand",)
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """走失寻人: minutes the family has for each answer, and each person to say yes before the next one is asked."""

    answer_minutes: int = 2
    approve_minutes: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything handlers need to know of the configuration."""

    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    steps: StepSettings = field(default_factory=StepSettings)
    work: WorkSettings = field(default_factory=WorkSettings)
    tickets: TicketSettings = field(default_factory=TicketSettings)
    intake: IntakeSettings = field(default_factory=IntakeSettings)
    reminders: ReminderSettings = field(default_factory=ReminderSettings)
    help: HelpSettings = field(default_factory=HelpSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    understanding: UnderstandingSettings = field(default_factory=UnderstandingSettings)
    measures: MeasureSettings = field(default_factory=MeasureSettings)
    reports: ReportSettings = field(default_factory=ReportSettings)
