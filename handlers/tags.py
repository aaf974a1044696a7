"""Tags: words an admin puts on groups (老旧小区, 有电梯), so that notices can go to groups of a kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.errors import HandlerError
from handlers.places import find_owner
from storage.audiences import list_tags, put_tag, remove_tag
from storage.models import Audit

LONGEST_TAG = 20


class TagRefused(HandlerError):
    """A tag that cannot be used; nothing has changed. The message is plain Chinese."""


async def tag_groups(
    session: AsyncSession, directory: Directory, tag: str, owners: Iterable[str], *, by: str, now: datetime
) -> int:
    """Put a tag on groups, and on all groups of communities, by their names; how many had it not."""
    tag = tag.strip()
    if not tag or len(tag) > LONGEST_TAG or any(sign.isspace() for sign in tag):
        raise TagRefused(f"标签要有1到{LONGEST_TAG}个字，中间不能有空格：{tag}")
    count = await put_tag(session, tag, _groups(directory, owners))
    session.add(Audit(at=now, who=by, what="tag.add", detail={"tag": tag, "groups": count}))
    return count


async def remove_tags(
    session: AsyncSession, directory: Directory, tag: str, owners: Iterable[str], *, by: str, now: datetime
) -> int:
    """Take a tag from these groups, or (none named) from all; TagRefused when no group had it."""
    count = await remove_tag(session, tag, _groups(directory, owners) or None)
    if not count:
        raise TagRefused(f"没有群贴过这个标签：{tag}")
    session.add(Audit(at=now, who=by, what="tag.remove", detail={"tag": tag, "groups": count}))
    return count


async def show_tags(session: AsyncSession) -> list[str]:
    """A line for each tag: how many groups have it, and which."""
    tags = await list_tags(session)
    lines = [
        f"{tag}\t{len(groups)}个群\t{'、'.join(name for _, name in groups)}" for tag, groups in tags.items()
    ]
    return lines or ["还没有标签。"]


def _groups(directory: Directory, owners: Iterable[str]) -> set[int]:
    found = [find_owner(directory, name) for name in owners]
    return {
        group.id
        for group in directory.groups.values()
        if group.active
        and any(
            group.id == each.group_id if each.group_id else group.community_id == each.community_id
            for each in found
        )
    }
