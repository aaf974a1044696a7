"""Before a notice goes out: how many groups, how long it takes with everybody's pauses, when it ends, what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.allowances import NO_LIMIT, is_quiet, midnight, quiet_end, quiet_start
from handlers.reminders.audience import find_audience
from handlers.reminders.errors import UnknownReminder
from handlers.reminders.firing import sort_targets
from handlers.scopes import Scope
from handlers.settings import DeliverySettings, Settings
from handlers.wording import due_words
from storage.allowances import spent_since, waiting_broadcasts
from storage.broadcasts import waiting_accounts
from storage.enums import GapReason, Priority
from storage.schedules import broadcasts_since, get_schedule

WORTH_SAYING = timedelta(minutes=3)
SAYING = 0.3
"""Seconds that saying one message takes beside the pause; a usual gateway's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which so many messages go out one after the other."""

    begins: datetime
    ends: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountForecast:
    """What one account has to do: its messages, those that wait before them, and its budget (None: no limit)."""

    account: str
    messages: int
    ahead: int
    said: int
    budget: int | None
    stretches: tuple[Stretch, ...]
    too_late: int
    paused: bool

    @property
    def resumes(self) -> list[datetime]:
        """When it goes on after a night or a used-up budget."""
        pairs = zip(self.stretches, self.stretches[1:], strict=False)
        return [after.begins for before, after in pairs if after.begins - before.ends > timedelta(minutes=1)]

    @property
    def ends(self) -> datetime | None:
        """When its last message is out."""
        return self.stretches[-1].ends if self.stretches else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a notice comes to if it begins at a moment. ``messages``: a file after the text is a message of its own."""

    begins: datetime
    groups: int
    messages: int
    capped: int
    no_account: int
    accounts: tuple[AccountForecast, ...]

    @property
    def ends(self) -> datetime | None:
        """When the last group has it, if any gets it."""
        return max((each.ends for each in self.accounts if each.ends is not None), default=None)

    @property
    def too_late(self) -> int:
        """Messages that would be too late to be said."""
        return sum(each.too_late for each in self.accounts)


async def forecast(
    session: AsyncSession,
    scope: Scope,
    *,
    at: datetime,
    settings: Settings,
    urgent: bool = False,
    parts: int = 1,
) -> Forecast:
    """What a notice to these groups comes to; ``parts`` messages in each group. Its pauses are reckoned as their mean."""
    had = await broadcasts_since(session, midnight(at))
    free, gaps = sort_targets(await find_audience(session, scope), had, settings, urgent=urgent)
    reasons = Counter(gaps.values())
    each = Counter(target.account for target in free if target.account is not None)
    accounts = [
        await _account(session, name, count * parts, at, settings, urgent=urgent)
        for name, count in sorted(each.items())
    ]
    return Forecast(
        begins=at,
        groups=len(free),
        messages=len(free) * parts,
        capped=reasons[GapReason.CAPPED],
        no_account=reasons[GapReason.NO_ACCOUNT],
        accounts=tuple(accounts),
    )


async def _account(
    session: AsyncSession, name: str, messages: int, at: datetime, settings: Settings, *, urgent: bool
) -> AccountForecast:
    delivery = settings.delivery
    spent = await spent_since(session, name, midnight(at))
    waiting = await waiting_broadcasts(session, name)
    ahead = waiting.get(Priority.ALERT, 0) + (0 if urgent else waiting.get(Priority.BROADCAST, 0))
    until = at + timedelta(hours=settings.reminders.useful_hours)
    paused = spent.paused_at is not None
    before = [] if paused else list(sending(ahead, at, delivery, said=spent.said, urgent=urgent, until=until))
    start, said = (before[-1].ends if before else at), spent.said + sum(one.count for one in before)
    own = [] if paused else list(sending(messages, start, delivery, said=said, urgent=urgent, until=until))
    return AccountForecast(
        account=name,
        messages=messages,
        ahead=ahead,
        said=spent.said,
        budget=delivery.daily_budget or None,
        stretches=tuple(own),
        too_late=messages - sum(one.count for one in own),
        paused=paused,
    )


async def expected_end(
    session: AsyncSession, firing_id: int, *, now: datetime, settings: Settings
) -> datetime | None:
    """When what is left of a sending will be out, at the latest; None when nothing is left or an account is paused."""
    ends: list[datetime] = []
    for name, priority in (await waiting_accounts(session, firing_id)).items():
        spent, waiting = (
            await spent_since(session, name, midnight(now)),
            await waiting_broadcasts(session, name),
        )
        urgent = priority is Priority.ALERT
        count = waiting.get(Priority.ALERT, 0) + (0 if urgent else waiting.get(Priority.BROADCAST, 0))
        if spent.paused_at is not None:
            return None
        until = now + timedelta(hours=settings.reminders.useful_hours)
        stretches = sending(count, now, settings.delivery, said=spent.said, urgent=urgent, until=until)
        ends += [stretch.ends for stretch in stretches]
    return max(ends, default=None)


def sending(
    count: int, at: datetime, settings: DeliverySettings, *, said: int, urgent: bool, until: datetime
) -> Iterator[Stretch]:
    """When so many messages of one account go out: by day, within the budgets, until it is too late.

    ``said`` is what the account has said on the day of ``at``. An urgent notice waits for neither night nor budget.
    """
    pace = timedelta(seconds=(settings.pause_min + settings.pause_max) / 2 + SAYING)
    now, today = at, midnight(at)
    while count > 0 and now < until:
        if midnight(now) != today:
            today, said = midnight(now), 0
        if not urgent and is_quiet(settings, now):
            now = quiet_end(settings, now)
            continue
        left = NO_LIMIT if urgent or not settings.daily_budget else max(0, settings.daily_budget - said)
        end = (
            min(until, today + timedelta(days=1))
            if urgent
            else min(until, today + timedelta(days=1), quiet_start(settings, now))
        )
        batch = min(count, left, -((now - end) // pace))
        if batch > 0:
            yield Stretch(begins=now, ends=now + pace * batch, count=batch)
        count, said = count - batch, said + batch
        now = now + pace * batch if count == 0 else end if left > batch else today + timedelta(days=1)


def forecast_lines(shown: Forecast, now: datetime) -> list[str]:
    """As an admin reads it, the most important first."""
    left_out = f"，{shown.capped}个群今天已够数" if shown.capped else ""
    left_out += f"，{shown.no_account}个群没有助手" if shown.no_account else ""
    if shown.ends is None:
        return [f"发到{shown.groups}个群{left_out}。", *(_account_line(each, now) for each in shown.accounts)]
    lasts = _length(shown.ends - shown.begins)
    lines = [f"发到{shown.groups}个群，大约要{lasts}，{due_words(shown.ends, now)}发完{left_out}。"]
    return lines + [_account_line(each, now) for each in shown.accounts]


def brief_words(shown: Forecast, now: datetime) -> str:
    """One sentence for a chat when there is something to know before it goes out; empty when it is soon done."""
    late = f"有{shown.too_late}条来不及发" if shown.too_late else ""
    if shown.ends is None or shown.ends - shown.begins < WORTH_SAYING:
        return f"{late}。" if late else ""
    lasts = f"大约要{_length(shown.ends - shown.begins)}，{due_words(shown.ends, now)}发完"
    return "，".join(filter(None, (lasts, late))) + "。"


def _account_line(each: AccountForecast, now: datetime) -> str:
    ahead = f"，前面还有{each.ahead}条" if each.ahead else ""
    budget = f"，今天已发{each.said}条，还能发{max(0, each.budget - each.said)}条" if each.budget else ""
    breaks = "，".join(f"{due_words(moment, now)}接着发" for moment in each.resumes[:3])
    breaks = f"，夜里和到数后停，{breaks}" if breaks else ""
    late = "，现在停发提示" if each.paused else f"，有{each.too_late}条来不及发" if each.too_late else ""
    return f"账号{each.account}：{each.messages}条{ahead}{budget}{breaks}{late}。"


def _length(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    return f"{minutes}分钟" if minutes < 60 else f"{minutes // 60}小时{minutes % 60}分钟"


async def forecast_reminder(
    session: AsyncSession, number: int, *, at: datetime, settings: Settings
) -> Forecast:
    """What a notice comes to if it is sent at a moment. UnknownReminder."""
    schedule = await get_schedule(session, number)
    if schedule is None:
        raise UnknownReminder(number)
    return await forecast(
        session,
        Scope.from_json(schedule.scope),
        at=at,
        settings=settings,
        urgent=schedule.urgent,
        parts=bool(schedule.text) + (schedule.media is not None),
    )
