"""One-time codes: an admin hands one out, and whoever sends it to the bot directly is that person from then on."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.errors import HandlerError
from handlers.rosterfile import KIND_NAMES
from storage.bindings import Holder, list_holders, live_hashes, void_codes
from storage.models import Audit, BindingCode
from storage.people import RoleInfo

DAYS = 3
"""How long a code can be used."""

LONGEST = 40
"""More characters than anybody writes around a code."""

_CODE = re.compile(
    r"\s*(?P<word>绑定码?|验证码|我的码是?)?[\s:：，,]*(?P<digits>\d{4}[\s-]*\d{4})\s*[。.！!]?\s*"
)
_SALT = b"weiwang roster code"  # one for all, so that a code is found by its hash


class CodeRefused(HandlerError):
    """No code was made. The message is plain Chinese."""


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """What may be a code; ``named`` when the words around it say so."""

    digits: str
    named: bool


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A new code, shown once: ``1234 5678``."""

    name: str
    post: str
    code: str


def read_code(text: str) -> SpokenCode | None:
    """``绑定 1234 5678`` or just the eight digits; None for anything else."""
    if len(text) > LONGEST:
        return None
    said = _CODE.fullmatch(unicodedata.normalize("NFKC", text))
    if said is None:
        return None
    return SpokenCode(re.sub(r"\D", "", said["digits"]), said["word"] is not None)


def hash_code(digits: str) -> str:
    """What is kept of a code. It takes a moment, so that a stolen database gives none away in time."""
    return hashlib.scrypt(digits.encode(), salt=_SALT, n=1 << 12, r=8, p=1, dklen=24).hex()


async def make_codes(
    session: AsyncSession,
    name: str | None,
    *,
    place: str | None = None,
    groups: Mapping[int, str],
    now: datetime,
    by: str,
) -> list[IssuedCode]:
    """A code for somebody (``place``: his group or community, when there are several of the name), or, without a name,
    for everybody whose WeChat is not known. Earlier codes of the same people are dead. Raises CodeRefused.
    """
    holders = await list_holders(session, name)
    if name is None:
        holders = [each for each in holders if not each.bound]
    else:
        holders = [_only_one(name, place, holders, groups)]
    await void_codes(session, [each.id for each in holders], now)
    codes: list[IssuedCode] = []
    for holder in holders:
        digits, hashed = await _new_code(session, now)
        until = now + timedelta(days=DAYS)
        session.add(
            BindingCode(person_id=holder.id, code_hash=hashed, made_by=by, made_at=now, expires_at=until)
        )
        await session.flush()
        codes.append(IssuedCode(holder.name, post_of(holder.roles, groups), f"{digits[:4]} {digits[4:]}"))
    if codes:
        session.add(
            Audit(at=now, who=by, what="roster.code", detail={"people": [each.id for each in holders]})
        )
    return codes


async def _new_code(session: AsyncSession, now: datetime) -> tuple[str, str]:
    """Digits and their hash, unlike any other that can still be used."""
    while True:
        digits = f"{secrets.randbelow(10**8):08d}"
        hashed = await asyncio.to_thread(hash_code, digits)
        if not await live_hashes(session, [hashed], now):
            return digits, hashed


def _only_one(name: str, place: str | None, holders: Iterable[Holder], groups: Mapping[int, str]) -> Holder:
    found = [each for each in holders if place is None or place in each.places]
    if not found:
        raise CodeRefused(f"名册里没有“{name}”{f'（{place}）' if place else ''}。")
    if len(found) > 1:
        posts = "；".join(post_of(each.roles, groups) for each in found)
        raise CodeRefused(f"有{len(found)}个“{name}”（{posts}），请加 --place 群名或社区。")
    return found[0]


def post_of(roles: Sequence[RoleInfo], groups: Mapping[int, str]) -> str:
    """What somebody is, in few words: ``玉景湾3号群等2个群管家``, ``铁脚板``."""
    first = roles[0]
    same = [role.group_id for role in roles if role.kind is first.kind and role.group_id is not None]
    where = groups.get(same[0], "") if same else ""
    more = f"等{len(same)}个群" if len(same) > 1 else ""
    return f"{where}{more}{KIND_NAMES[first.kind]}"
