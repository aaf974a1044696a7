"""Leave by chat: “7.1-7.5 请假 李四代”, “请假到周五”, “明天请假 王五代”, “取消请假”."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.context import Context
from handlers.directory import STAFF
from handlers.duty.days import Stretch, read_stretch, stretch_words
from handlers.duty.errors import DutyRefused
from handlers.duty.leave import cancel_leave, take_leave
from handlers.tickets.ladder import SUBDISTRICT, holders_of, rung_of
from handlers.tickets.timeline import Cause
from storage.people import PersonInfo

_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_CANCEL = re.compile(r"(?:我)?(?:取消请假|不请假了?|取消休假|销假|(?:我)?(?:提前)?回来上班了?)[。！!]?")
_LEAVE = re.compile(
    rf"(?:我|本人)?(?:要|想|需要)?(?P<span>[^请休]*?)(?:要)?(?:请|休)(?:(?P<days>{_NUMBER})天)?假"
    rf"(?:(?P<more>{_NUMBER})天|[到至](?P<last>[^，,。由请让代]{{2,8}}?)|(?P<after>\d[\d.月日号/~～到至-]*))?"
    r"(?:[，,。；;]*(?:由|请|让|找)?(?:管家|网格员|网格长)?(?P<name>[^，,。\d]{1,8}?)"
    r"(?:来|帮我|给我)?(?:代班|代替|代管|代我|替我|顶班|代|替))?(?:一下)?[。！!]?"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """When somebody is away, and who stands in ("" when he did not say)."""

    stretch: Stretch
    deputy: str


async def leave_command(ctx: Context, person: PersonInfo, text: str, cause: Cause) -> str | None:
    """The answer to somebody's words about his leave; None when they are about something else."""
    line = re.sub(r"[\s\u2005]", "", text)
    if not any(role.kind in STAFF for role in person.roles):
        return None
    if _CANCEL.fullmatch(line):
        count = await cancel_leave(ctx, person, cause)
        if count is None:
            return ctx.texts.render("leave_none")
        return ctx.texts.render("leave_cancelled", returned=f"{count}件交还给您。" if count else "")
    try:
        wish = _read(ctx, line)
        return None if wish is None else await _take(ctx, person, wish, cause)
    except DutyRefused as refused:
        return ctx.texts.render("leave_refused", why=refused)


def _read(ctx: Context, line: str) -> Wish | None:
    said = _LEAVE.fullmatch(line)
    if said is None:
        return None
    span = said["span"] or said["after"] or ""
    stretch = read_stretch(span, said["days"] or said["more"] or "", said["last"] or "", ctx.now)
    return None if stretch is None else Wish(stretch, said["name"] or "")


async def _take(ctx: Context, person: PersonInfo, wish: Wish, cause: Cause) -> str:
    deputy = _named(ctx, person, wish.deputy) if wish.deputy else _next_in_line(ctx, person)
    count = await take_leave(ctx, person, deputy, wish.stretch, cause)
    return ctx.texts.render(
        "leave_taken",
        span=stretch_words(wish.stretch.since, wish.stretch.until),
        deputy=deputy.name,
        moved=f"手上{count}件已转过去，" if count else "",
    )


def _named(ctx: Context, person: PersonInfo, name: str) -> PersonInfo:
    found = [each for each in ctx.directory.staff_named(name) if each.id != person.id]
    if name == person.name and not found:
        raise DutyRefused("自己不能代自己。")
    mine = _communities(ctx, person)
    near = [each for each in found if mine & _communities(ctx, each)]
    chosen = near if len(near) == 1 else found
    if len(chosen) != 1:
        raise DutyRefused(f"有{len(chosen)}个“{name}”，请找管理员。" if chosen else f"没有找到“{name}”。")
    return chosen[0]


def _communities(ctx: Context, person: PersonInfo) -> set[int]:
    groups = (ctx.directory.groups[role.group_id] for role in person.roles if role.group_id is not None)
    named = {role.community_id for role in person.roles if role.community_id is not None}
    return named | {group.community_id for group in groups}


def _next_in_line(ctx: Context, person: PersonInfo) -> PersonInfo:
    """Whoever stands on the next rung above somebody, in the first of his groups that has one."""
    for group in ctx.directory.groups.values():
        if not ctx.directory.is_staff(person, group):
            continue
        for level in range(rung_of(ctx.directory, person, group) + 1, SUBDISTRICT + 1):
            for each in holders_of(ctx.directory, group, level):
                if each.id != person.id:
                    return each
    raise DutyRefused("请写上谁来代，比如：明天请假 王五代。")
