"""What an admin says in a direct message about who answers and by when."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from handlers.context import Context
from handlers.duty.errors import DutyRefused
from handlers.duty.limits import Change, find_category, read_change, set_limits, show_limits
from handlers.duty.recipients import add_recipient, drop_recipient, show_recipients
from handlers.duty.routes import RoutingTable, add_route, drop_route
from storage.duty import list_routes

_COMMAND = re.compile(
    r"\s*(?P<verb>看时限|改时限|看分派|加分派|删分派|看部门|加部门|删部门)[\s:：]*(?P<rest>.*)", re.DOTALL
)
_ROUTE = re.compile(r"(?P<place>.*?\S)\s*(?:转?给|→)\s*(?P<to>\S+)", re.DOTALL)
_RECIPIENT = re.compile(r"(?P<name>\S+)\s+(?P<kind>群|工作群|微信|人)[\s:：]*(?P<who>\S+)")
_LONGEST_NUMBER = 9
_LIMIT = re.compile(
    r"(?P<urgent>紧急\s*)?(?P<category>\S+?)\s*(?P<which>接单|办结)\s*[:：]?\s*(?P<limit>\S.*)", re.DOTALL
)


async def duty_command(ctx: Context, text: str, *, by: str) -> str | None:
    """The answer to an admin's words about limits, routes and recipients; None when they are about something else.

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


async def _show_routes(ctx: Context, rest: str, by: str) -> str:
    table = RoutingTable(ctx.directory, ctx.categories)
    lines = [table.line(route) for route in await list_routes(ctx.session)]
    return "\n".join(lines) or "没有分派，都给本群管家。例：加分派 供水排水 玉景社区 给 水务所"


async def _add_route(ctx: Context, rest: str, by: str) -> str:
    said = _ROUTE.fullmatch(rest)
    if said is None:
        raise DutyRefused("例：加分派 供水排水 玉景社区 给 水务所；加分派 全部 玉景湾3号群 给 网格员")
    table = RoutingTable(ctx.directory, ctx.categories)
    wish = table.place(said["place"].split(), said["to"])
    route = await add_route(ctx.session, table, wish, by=by, now=ctx.now)
    return f"已加，新工单就用：{table.line(route)}"


async def _drop_route(ctx: Context, rest: str, by: str) -> str:
    if not rest.isdecimal() or len(rest) > _LONGEST_NUMBER:
        raise DutyRefused("例：删分派 3")
    await drop_route(ctx.session, int(rest), by=by, now=ctx.now)
    return f"已删分派{int(rest)}，新工单就用。"


async def _show_recipients(ctx: Context, rest: str, by: str) -> str:
    return "\n".join(show_recipients(ctx.directory)) or "还没有部门。例：加部门 大工委 群 大工委工作群"


async def _add_recipient(ctx: Context, rest: str, by: str) -> str:
    said = _RECIPIENT.fullmatch(rest)
    if said is None:
        raise DutyRefused("例：加部门 大工委 群 大工委工作群；加部门 水务所 微信 shuiwu")
    field = "topic" if said["kind"].endswith("群") else "contact"
    await add_recipient(ctx.session, ctx.directory, said["name"], by=by, now=ctx.now, **{field: said["who"]})
    return f"已加部门“{said['name']}”，可以转派给它了。"


async def _drop_recipient(ctx: Context, rest: str, by: str) -> str:
    await drop_recipient(ctx.session, ctx.directory, rest, by=by, now=ctx.now)
    return f"已删部门“{rest}”。"


_Verb = Callable[[Context, str, str], Awaitable[str]]
_VERBS: dict[str, _Verb] = {
    "看时限": _show_limits,
    "改时限": _set_limit,
    "看分派": _show_routes,
    "加分派": _add_route,
    "删分派": _drop_route,
    "看部门": _show_recipients,
    "加部门": _add_recipient,
    "删部门": _drop_recipient,
}
