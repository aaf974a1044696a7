"""Users of the console: one-time passwords, kept only as salted hashes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from handlers.users import UserRefused, UserRole, add_user, first_admin, hash_password, verify_password
from storage.engine import Database
from storage.models import Audit, User

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


async def test_the_password_shown_once_is_the_one_that_works(database: Database) -> None:
    async with database.begin() as session:
        password = await add_user(session, name="小林", role="office", now=NOW, by="test")
    async with database.read() as session:
        user = (await session.scalars(select(User))).one()
        audit = (await session.scalars(select(Audit))).one()
    assert (user.name, user.role, user.one_time, user.created_at) == ("小林", "office", True, NOW)
    assert verify_password(user.password_hash, password)
    assert not verify_password(user.password_hash, password + "x")
    assert password not in user.password_hash
    assert audit.detail == {"name": "小林", "role": "office"}


async def test_the_first_admin_is_made_only_when_there_is_nobody(database: Database) -> None:
    async with database.begin() as session:
        password = await first_admin(session, now=NOW)
    assert password is not None
    async with database.begin() as session:
        assert await first_admin(session, now=NOW) is None
    async with database.read() as session:
        user = (await session.scalars(select(User))).one()
    assert (user.name, user.role) == ("admin", UserRole.ADMIN)
    assert verify_password(user.password_hash, password)


async def test_any_user_is_enough_for_there_to_be_no_first_admin(sqlite_database: Database) -> None:
    async with sqlite_database.begin() as session:
        await add_user(session, name="小林", role="viewer", now=NOW)
        assert await first_admin(session, now=NOW) is None


@pytest.mark.parametrize(
    ("name", "role", "problem"),
    [
        ("admin", "admin", "已经有用户"),
        (" admin ", "admin", "已经有用户"),
        ("", "admin", "用户名"),
        ("名" * 41, "admin", "用户名"),
        ("a\nb", "admin", "用户名"),
        ("小林", "king", "king"),
    ],
)
async def test_a_user_that_cannot_be_is_refused_and_nothing_is_kept(
    sqlite_database: Database, name: str, role: str, problem: str
) -> None:
    async with sqlite_database.begin() as session:
        await first_admin(session, now=NOW)
    with pytest.raises(UserRefused, match=problem):
        async with sqlite_database.begin() as session:
            await add_user(session, name=name, role=role, now=NOW)
    async with sqlite_database.read() as session:
        assert list(await session.scalars(select(User.name))) == ["admin"]


def test_the_same_password_is_never_the_same_hash() -> None:
    assert hash_password("1234-abcd") != hash_password("1234-abcd")


@pytest.mark.parametrize(
    "stored",
    ["", "plain", "scrypt$15$8$1$c2FsdA==$", "md5$15$8$1$c2FsdA==$a2V5", "scrypt$x$8$1$c2FsdA==$a2V5"],
)
def test_a_hash_nobody_can_read_opens_nothing(stored: str) -> None:
    assert not verify_password(stored, "anything")
