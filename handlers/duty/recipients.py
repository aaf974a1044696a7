"""Recipients that an admin defines (水务所, 大工委): a name, and the person or the work group behind it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.duty.errors import DutyRefused
from storage.duty import count_open_of, find_contact, list_routes, remove_recipient
from storage.models import Audit, Person, Recipient
from storage.people import PersonInfo, bump_directory

MADE_UP = "room:"
"""How the made-up contact id of a work group begins."""


async def add_recipient(
    session: AsyncSession,
    directory: Directory,
    name: str,
    *,
    contact: str = "",
    topic: str = "",
    by: str,
    now: datetime,
) -> None:
    """Define a recipient: exactly one of a WeChat contact id and a work group's name."""
    name, contact, topic = name.strip(), contact.strip(), topic.strip()
    if not name or bool(contact) == bool(topic):
        raise DutyRefused("请写部门的名字，再写一个微信联系人，或者一个工作群的群名（只写一个）。")
    if name in directory.recipients:
        raise DutyRefused(f"已经有“{name}”了，要改请先删。")
    if topic and any(group.name == topic for group in directory.groups.values()):
        raise DutyRefused(f"“{topic}”是微网群，不能当工作群。")
    person = await _person(session, name, contact or MADE_UP + topic, topic or None)
    session.add(Recipient(name=name, person_id=person.id))
    await bump_directory(session)
    detail = {"name": name, "topic": topic}
    session.add(Audit(at=now, who=by, what="recipient.add", detail=detail))


async def _person(session: AsyncSession, name: str, contact: str, topic: str | None) -> Person:
    person = await find_contact(session, contact)
    if person is None:
        person = Person(name=name, contact_id=contact, topic=topic)
        session.add(person)
    person.active = True
    await session.flush()
    return person


async def drop_recipient(
    session: AsyncSession, directory: Directory, name: str, *, by: str, now: datetime
) -> None:
    """Take a recipient away that no route names and that has nothing open."""
    person = directory.recipients.get(name.strip())
    if person is None:
        raise DutyRefused(f"没有“{name}”。有：{'、'.join(directory.recipients) or '（还没有）'}")
    used = [str(route.id) for route in await list_routes(session) if route.person_id == person.id]
    if used:
        raise DutyRefused(f"分派{'、'.join(used)}还用着“{name}”，请先删那些分派。")
    if count := await count_open_of(session, person.id):
        raise DutyRefused(f"“{name}”还有{count}件没办完，请先转派。")
    await remove_recipient(session, name.strip())
    await bump_directory(session)
    session.add(Audit(at=now, who=by, what="recipient.remove", detail={"name": name}))


def show_recipients(directory: Directory) -> list[str]:
    """A line each: the name, and whom it stands for."""
    return [f"{name}：{_behind(person)}" for name, person in directory.recipients.items()]


def _behind(person: PersonInfo) -> str:
    if person.topic is None:
        return person.name
    return f"工作群“{person.topic}”{'' if person.room else '（助手还没进这个群）'}"
