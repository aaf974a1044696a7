"""Units of work: all or nothing, one writer after the other, times that are never naive."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from storage.engine import Database
from storage.enums import OutboxState, Priority, RoleKind, TicketState
from storage.models import Audit, Community, Counter, Firing, Group, Message, Outbox, Person, Role, Schedule

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))


def audit(at: datetime) -> Audit:
    return Audit(at=at, who="admin", what="test", detail={"n": 1})


def message(**changes: Any) -> Message:
    values = {
        "account": "a",
        "message_id": "m1",
        "talker": "t",
        "name": "张三",
        "kind": "text",
        "text": "灯坏了",
    }
    return Message(**(values | {"at": NOON} | changes))


def outbox(**changes: Any) -> Outbox:
    values: dict[str, Any] = {"key": "k1", "account": "a", "contact_id": "c", "kind": "prompt", "text": "好"}
    times = {"created_at": NOON, "not_before": NOON}
    return Outbox(**(values | times | {"priority": Priority.PROMPT, "rank": 2, "mentions": []} | changes))


async def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.begin() as session:
            session.add(audit(NOON.replace(tzinfo=None)))


async def test_a_time_comes_back_aware_in_utc_with_its_microseconds(database: Database) -> None:
    async with database.begin() as session:
        session.add(audit(NOON))
    async with database.read() as session:
        at = await session.scalar(select(Audit.at))
    assert at == NOON
    assert at is not None
    assert at.tzinfo is UTC


async def test_times_compare_in_the_database(database: Database) -> None:
    async with database.begin() as session:
        session.add_all([audit(NOON), audit(NOON + timedelta(hours=1))])
    async with database.read() as session:
        later = select(func.count()).select_from(Audit).where(Audit.at > NOON.astimezone(UTC))
        assert await session.scalar(later) == 1


async def test_states_are_stored_as_their_text(database: Database) -> None:
    async with database.begin() as session:
        session.add(outbox(state=OutboxState.UNCERTAIN))
    async with database.read() as session:
        assert await session.scalar(text("SELECT state FROM outbox")) == "uncertain"
        assert await session.scalar(select(Outbox.state)) is OutboxState.UNCERTAIN


@pytest.mark.parametrize("kind", [RoleKind, TicketState, OutboxState])
def test_every_state_fits_its_column(kind: type[RoleKind | TicketState | OutboxState]) -> None:
    assert all(len(state.value) <= 24 for state in kind)


async def test_a_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.begin() as session:
            session.add(audit(NOON))
            await session.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await fail_half_way()
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Audit)) == 0


async def test_rows_stay_readable_after_the_commit(database: Database) -> None:
    async with database.begin() as session:
        row = audit(NOON)
        session.add(row)
    assert row.who == "admin"
    assert row.id > 0


async def test_two_writers_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    async with database.begin() as session:
        session.add(Counter(name="ticket", value=0))

    async def count_up() -> None:
        async with database.begin() as session:
            query = select(Counter.value).where(Counter.name == "ticket").with_for_update()
            value = await session.scalar(query)
            await asyncio.sleep(0)
            await session.execute(update(Counter).values(value=(value or 0) + 1))

    await asyncio.gather(*(count_up() for _ in range(20)))
    async with database.read() as session:
        assert await session.scalar(select(Counter.value)) == 20


async def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    async with database.begin() as writer:
        writer.add(audit(NOON))
        await writer.flush()
        async with asyncio.timeout(5), database.read() as reader:
            assert await reader.scalar(select(func.count()).select_from(Audit)) == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: [message(), message(name="李四")],
        lambda: [outbox(), outbox(text="again")],
        lambda: [Community(name="玉景社区"), Community(name="玉景社区")],
        lambda: [Person(name="李四", contact_id="c"), Person(name="李四二", contact_id="c")],
    ],
    ids=["message", "outbox", "community", "person"],
)
async def test_unique_keys_hold(database: Database, make: Any) -> None:
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            session.add_all(make())


async def test_a_schedule_cannot_fire_twice_for_one_time(database: Database) -> None:
    async with database.begin() as session:
        schedule = Schedule(text="关燃气", scope={"all": True}, created_by="admin", created_at=NOON)
        session.add(schedule)
        await session.flush()
        session.add(Firing(schedule_id=schedule.id, due_at=NOON, fired_at=NOON, state="sent"))
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            session.add(Firing(schedule_id=schedule.id, due_at=NOON, fired_at=NOON, state="sent"))


async def test_a_room_belongs_to_one_group_of_an_account(database: Database) -> None:
    async with database.begin() as session:
        community = Community(name="玉景社区")
        session.add(community)
        await session.flush()
        session.add(Group(community_id=community.id, name="一号群", account="a", room_id="r"))
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            session.add(Group(community_id=community.id, name="二号群", account="a", room_id="r"))


async def test_a_role_needs_its_person(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            session.add(Role(person_id=404, kind=RoleKind.ELDER))
