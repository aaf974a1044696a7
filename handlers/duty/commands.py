"""What an admin says in a direct message about who answers and by when."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from handlers.context import Context
from handlers.duty.errors import DutyRefused
from handlers.duty.limits import Change, find_category, read_change, set_limits, show_limits

_COMMAND = re.compile(r"\s*(?P<verb>看时限|改时限)[\s:：]*(?P<rest>.*)", re.DOTALL)
_LIMIT = re.compile(
    r"(?P<urgent>紧急\s*)?(?P<category>\S+?)\s*(?P<which>接单|办结)\s*[:：]?\s*(?P<limit>\S.*)", re.DOTALL
)


async def duty_command(ctx: Context, text: str, *, by: str) -> str | None:
    """The answer to an admin's words about limits; None when they are about something else.

    The caller has checked that ``by`` is an admin. A refusal is an answer too, and has changed nothing.
    """
    said = _COMMAND.fullmatch(text)
    if said is None:
        return None
    try:
        return await _VERBS[said["verb"]](ctx, " ".join(said["rest"].split()), by)
    except DutyRefused as refused:
        return f"没有改动。{refused}"


async def _show_limits(ctx: Context, rest: str, by: str) -> str:
    return "\n".join(str(row) for row in await show_limits(ctx.session, ctx.settings))


async def _set_limit(ctx: Context, rest: str, by: str) -> str:
    said = _LIMIT.fullmatch(rest)
    if said is None:
        raise DutyRefused(
            "例：改时限 公共照明 办结 2工作日；改时限 紧急燃气 接单 5分钟；改时限 全部 办结 默认"
        )
    limit = read_change(said["limit"])
    category = find_category(ctx.categories, said["category"])
    answering = said["which"] == "接单"
    change = Change(
        category=category,
        urgent=said["urgent"] is not None,
        respond=limit if answering else None,
        resolve=None if answering else limit,
    )
    await set_limits(ctx.session, change, by=by, now=ctx.now)
    return f"已改，新工单就用；已经说好的时间不变。\n{await _show_limits(ctx, '', by)}"


_Verb = Callable[[Context, str, str], Awaitable[str]]
_VERBS: dict[str, _Verb] = {"看时限": _show_limits, "改时限": _set_limit}
