"""Who may sign in to the console: names, roles, and one-time passwords kept as salted scrypt hashes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.errors import HandlerError
from storage.models import Audit, User

FIRST_ADMIN = "admin"
_LOG_N, _R, _P = 15, 8, 1
_MEMORY = 64 * 1024 * 1024
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


class UserRole(StrEnum):
    """What a user may do: everything, the daily work, or look."""

    ADMIN = "admin"
    OFFICE = "office"
    VIEWER = "viewer"


class UserRefused(HandlerError):
    """A user that cannot be added."""


async def add_user(session: AsyncSession, *, name: str, role: str, now: datetime, by: str = "system") -> str:
    """Add a user; gives the one-time password, which is shown once and kept nowhere. Raises UserRefused."""
    if role not in set(UserRole):
        raise UserRefused(f"没有“{role}”这种权限，可以写：{'、'.join(UserRole)}。")
    name = name.strip()
    if not name or len(name) > 40 or not name.isprintable():
        raise UserRefused("用户名要有1到40个字。")
    if await session.scalar(select(User.id).where(User.name == name)) is not None:
        raise UserRefused(f"已经有用户“{name}”。")
    password = _one_time_password()
    hashed = await asyncio.to_thread(hash_password, password)
    session.add(User(name=name, password_hash=hashed, role=str(role), one_time=True, created_at=now))
    session.add(Audit(at=now, who=by, what="user.add", detail={"name": name, "role": str(role)}))
    await session.flush()
    return password


async def first_admin(session: AsyncSession, *, now: datetime) -> str | None:
    """When there is no user at all: add ``admin`` and give the one-time password; None otherwise."""
    if await session.scalar(select(func.count()).select_from(User)):
        return None
    return await add_user(session, name=FIRST_ADMIN, role=UserRole.ADMIN, now=now)


def hash_password(password: str) -> str:
    """A salted hash that carries its own parameters: ``scrypt$15$8$1$SALT$KEY``. Takes a moment, on purpose."""
    salt = secrets.token_bytes(16)
    key = _derive(password, salt, _LOG_N, _R, _P)
    return "$".join(("scrypt", str(_LOG_N), str(_R), str(_P), _text(salt), _text(key)))


def verify_password(stored: str, password: str) -> bool:
    """Whether this is the password; takes as long for a wrong one."""
    try:
        kind, log_n, r, p, salt, key = stored.split("$")
        expected = base64.b64decode(key)
        derived = _derive(password, base64.b64decode(salt), int(log_n), int(r), int(p))
    except ValueError:
        return False
    return kind == "scrypt" and hmac.compare_digest(derived, expected)


def _derive(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=1 << log_n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _one_time_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
