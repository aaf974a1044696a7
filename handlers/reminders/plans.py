"""When a notice goes out (Suzhou wall-clock time)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from cronsim import CronSim, CronSimError

from handlers.reminders.errors import BadSchedule
from handlers.wording import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """By cron (five fields) or at one aware moment; exactly one of them."""

    cron: str | None = None
    once_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.cron is None) == (self.once_at is None):
            raise BadSchedule("请只写一个时间：要么一次（如 2026-12-01 08:00），要么重复（如 0 8 * * 1）。")
        if self.once_at is not None and self.once_at.tzinfo is None:
            raise ValueError("once_at must be aware")
        if self.cron is not None:
            check_cron(self.cron)


def check_cron(cron: str) -> None:
    """Raise BadSchedule for anything but five readable fields that come true some day."""
    if len(cron.split()) != 5:
        raise BadSchedule(f"重复时间应有五段“分 时 日 月 周”，如 0 8 * * 1，这里是：{cron}")
    try:
        first = next(CronSim(cron, datetime(2026, 1, 1)), None)  # noqa: DTZ001 - wall-clock time
    except CronSimError as error:
        raise BadSchedule(f"重复时间看不懂：{cron}（{error}）") from error
    if first is None:
        raise BadSchedule(f"这个时间永远不会到：{cron}")


def moments(plan: Plan, after: datetime) -> Iterator[datetime]:
    """Every time of a plan strictly after a moment, in UTC. The wall clock of Suzhou never jumps."""
    if plan.once_at is not None:
        if plan.once_at > after:
            yield plan.once_at.astimezone(UTC)
        return
    local = after.astimezone(SHANGHAI).replace(tzinfo=None)
    for moment in CronSim(plan.cron or "", local):
        yield moment.replace(tzinfo=SHANGHAI).astimezone(UTC)


def next_times(plan: Plan, count: int, after: datetime) -> list[datetime]:
    """The next few times of a plan."""
    return list(islice(moments(plan, after), count))


def next_time(plan: Plan, after: datetime) -> datetime | None:
    """The next time of a plan, None when there is none any more."""
    return next(moments(plan, after), None)
