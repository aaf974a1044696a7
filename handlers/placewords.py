"""What an admin says about the names of places in a direct message, and what the bot answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.places import PlaceRefused, add_places, find_owner, list_places, parse_names, remove_places
from storage.places import PlaceInfo

_COMMAND = re.compile(
    r"\s*(?P<verb>加地点|删地点|看地点)(?:[\s:：]+(?P<owner>[^\s:：]+))?[\s:：]*(?P<rest>.*)", re.DOTALL
)
_EXAMPLES = {
    "加地点": "加地点 玉景社区 凉亭|喷泉广场|小白楼=12幢",
    "删地点": "删地点 玉景社区 凉亭",
    "看地点": "看地点 玉景社区",
}


async def place_command(
    session: AsyncSession, directory: Directory, text: str, *, by: str, now: datetime
) -> str | None:
    """The answer to an admin's words about names of places; None when they are about something else.

    The caller has checked that ``by`` is an admin. A refusal is an answer too, and has changed nothing.
    """
    said = _COMMAND.fullmatch(text)
    if said is None:
        return None
    verb, name, rest = said["verb"], said["owner"], said["rest"].strip()
    if not name or (verb != "看地点" and not rest):
        return f"没看懂。例：{_EXAMPLES[verb]}"
    try:
        owner = find_owner(directory, name)
        if verb == "看地点":
            return show_places(directory, await list_places(session, owner)) or f"{name}还没有地点名。"
        names = parse_names(rest)
        if verb == "删地点":
            count = await remove_places(session, owner, names, by=by, now=now)
            return f"已删{name}的{count}个地点名。"
        count = await add_places(session, owner, names, by=by, now=now)
    except PlaceRefused as refused:
        return f"没有改动。{refused}"
    return f"已加{name}的{count}个地点名，下一条消息起就用。" if count else "都已经有了，没有改动。"


def show_places(directory: Directory, places: Iterable[PlaceInfo]) -> str:
    """A line for each community or group: its names."""
    communities = {group.community_id: group.community for group in directory.groups.values()}
    lines: dict[str, list[str]] = {}
    for place in places:
        group = directory.groups.get(place.group_id) if place.group_id is not None else None
        owner = group.name if group is not None else communities.get(place.community_id, "")
        lines.setdefault(owner, []).append(f"{place.name}={place.means}" if place.means else place.name)
    return "\n".join(f"{owner}：{'|'.join(names)}" for owner, names in lines.items())
