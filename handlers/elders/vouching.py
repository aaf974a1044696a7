"""Who is one of the 五老 of a group, and what his word does to a report."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from nlp import Meaning, Verdict
from storage.enums import RoleKind
from storage.people import GroupInfo, RoleInfo


def is_elder(ctx: Context, contact: str, group: GroupInfo) -> bool:
    """Whether somebody is one of the 五老 of this group, its community or the subdistrict."""
    person = ctx.directory.person(contact)
    return person is not None and any(is_elder_of(role, group) for role in person.roles)


def is_elder_of(role: RoleInfo, group: GroupInfo) -> bool:
    """Whether a role makes somebody one of the 五老 for this group."""
    return (
        role.kind is RoleKind.ELDER
        and role.group_id in (None, group.id)
        and role.community_id in (None, group.community_id)
    )


def vouched(ctx: Context, group: GroupInfo, contact: str, meaning: Meaning) -> Meaning:
    """What a message means when this person says it: the steward need not be asked about a report of the 五老."""
    if meaning.verdict is Verdict.ASK and meaning.requests and is_elder(ctx, contact, group):
        return replace(meaning, verdict=Verdict.TICKET)
    return meaning
