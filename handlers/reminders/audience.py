"""The groups a notice goes to at a moment: its scope, resolved."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.scopes import Scope
from storage.audiences import (
    Target,
    groups_of_incident,
    groups_with_open,
    list_targets,
    list_work_groups,
    tagged_groups,
)


async def find_audience(session: AsyncSession, scope: Scope) -> list[Target]:
    """The active groups of a scope by id, then its work groups."""
    fitting = await _fitting(session, scope)
    unwanted = await tagged_groups(session, scope.not_tags) if scope.not_tags else set()
    targets = [
        target
        for target in await list_targets(session)
        if scope.holds(target.id, target.community_id)
        and (fitting is None or target.id in fitting)
        and target.id not in unwanted
    ]
    if scope.work:
        targets += [target for target in await list_work_groups(session) if -target.id in scope.work]
    return targets


async def _fitting(session: AsyncSession, scope: Scope) -> set[int] | None:
    """The groups that fit every condition, None when there is none."""
    fitting: list[set[int]] = []
    if scope.tags:
        fitting.append(await tagged_groups(session, scope.tags))
    if scope.category:
        fitting.append(await groups_with_open(session, scope.category))
    if scope.incident:
        fitting.append(await groups_of_incident(session, scope.incident) or set())
    return set.intersection(*fitting) if fitting else None


async def settle_scope(session: AsyncSession, scope: Scope) -> Scope:
    """The scope as the groups it stands for now, for those who only know places."""
    targets = await find_audience(session, scope)
    return Scope(groups=tuple(target.id for target in targets if target.contact is None))
