"""The week's picture (一周小结) for the work groups, on the last working day of the week."""

from __future__ import annotations

from handlers.context import Context
from handlers.measures.audience import say_to, work_groups
from handlers.measures.definitions import RATIO_NAMES
from handlers.measures.judging import RatioKind
from handlers.measures.material import Material, read_material
from handlers.measures.moments import GRACE, day_of, is_last_working_day_of_week, is_time
from handlers.measures.periods import Week
from handlers.measures.report import Report
from storage.measures import claim_run, has_run

WEEKLY = "weekly"
_TOLD = (RatioKind.RESPONDED, RatioKind.SOLVED, RatioKind.IN_TIME, RatioKind.SATISFIED)


async def weekly_material(ctx: Context) -> Material | None:
    """What the week's report is made from; None when it is not the time, nobody is to get it, or it went out."""
    settings, today = ctx.settings.reports, day_of(ctx.now)
    if not (settings.weekly and is_time(ctx.now, settings.weekly_at) and work_groups(ctx)):
        return None
    if not is_last_working_day_of_week(today, ctx.timetable.calendar):
        return None
    if await has_run(ctx.session, WEEKLY, str(today)):
        return None
    return await read_material(ctx.session, Week.of(ctx.now), now=ctx.now, rules=ctx.settings.measures)


async def send_weekly(ctx: Context, report: Report, media: str | None) -> int:
    """Send the picture (a name in the media folder), or the numbers in words when there is none; to how many groups."""
    today = str(day_of(ctx.now))
    if not await claim_run(ctx.session, WEEKLY, today, ctx.now):
        return 0
    groups = work_groups(ctx)
    for group in groups:
        text, expires = weekly_text(ctx, report), ctx.now + GRACE
        say_to(ctx, group, text, what=f"weekly:{today}", expires=expires, media=media)
    return len(groups)


def weekly_text(ctx: Context, report: Report) -> str:
    """The week's numbers in words."""
    figures = report.total.figures
    shares = [
        f"{RATIO_NAMES[kind]}{ratio.value:.1%}（{ratio.top}/{ratio.bottom}）"
        for kind in _TOLD
        if (ratio := figures.ratio(kind)).value is not None
    ]
    return ctx.texts.render(
        "weekly_group",
        title=report.title,
        opened=figures.opened,
        left=len(report.lists.unfinished),
        shares="，".join(["", *shares]),
    )
