"""What becomes of a notice in each group: budgets, pauses, cancelling half-way, repeating what failed, the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from handlers.delivery import Finished, Utterance, claim, finish, next_wake, recover
from handlers.directory import DirectoryKeeper
from handlers.reminders import Plan, add_reminder, run_reminder
from handlers.reminders.errors import ReminderRefused, UnknownReminder
from handlers.reminders.forecast import SAYING, expected_end
from handlers.reminders.ledger import Part, Standing, read_ledger, read_progress
from handlers.reminders.stopping import Cancelled, cancel_broadcast, resend
from handlers.scopes import Scope
from handlers.settings import DeliverySettings, Settings
from handlers.wording import SHANGHAI
from storage.engine import Database
from storage.enums import OutboxState, Priority
from storage.models import Account, Approval, Community, Group, Outbox, Schedule

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
SETTINGS = Settings(delivery=DeliverySettings(group_floor=0))
GROUPS = 6


@pytest.fixture
async def town(database: Database) -> Database:
    """Six groups with the account a, one with b, one in which nobody sits."""
    async with database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        for number in range(1, GROUPS + 3):
            account = "a" if number <= GROUPS else "b" if number == GROUPS + 1 else None
            session.add(
                Group(
                    id=number,
                    community_id=1,
                    name=f"{number}号群",
                    account=account,
                    room_id=f"r{number}" if account else None,
                )
            )
    return database


async def send(
    town: Database,
    text: str = "请关好门窗",
    *,
    now: datetime = NOW,
    urgent: bool = False,
    settings: Settings = SETTINGS,
) -> int:
    """Plan a notice for everybody and send it now; its number."""
    async with town.begin() as session:
        later = now + timedelta(days=300)
        reminder = await add_reminder(
            session, text=text, scope=Scope(everyone=True), by="admin", now=now, plan=Plan(once_at=later)
        )
        schedule = await session.get_one(Schedule, reminder.number)
        schedule.urgent = urgent
        for who in ("mary", "john") if urgent else ():  # two people's yes
            session.add(
                Approval(schedule_id=schedule.id, version=1, contact=who, name=who, agreed=True, at=now)
            )
        await session.flush()
        await run_reminder(session, number=reminder.number, by="admin", now=now, settings=settings)
    return reminder.number


async def take(
    town: Database, limit: int, *, now: datetime = NOW, account: str = "a", settings: Settings = SETTINGS
) -> list[Utterance]:
    """Claim so many."""
    async with town.begin() as session:
        directory = await DirectoryKeeper().directory(session)
        return await claim(
            session, directory, account=account, now=now, settings=settings.delivery, limit=limit
        )


async def end(
    town: Database,
    said: Sequence[Utterance],
    state: OutboxState = OutboxState.SENT,
    *,
    now: datetime = NOW,
    reason: str = "",
) -> None:
    """These have been said, or not."""
    results = [Finished(id=each.id, state=state, message_id=f"m{each.id}", reason=reason) for each in said]
    async with town.begin() as session:
        await finish(session, results, now=now, settings=SETTINGS.delivery)


async def standings(town: Database, number: int) -> dict[Standing, int]:
    async with town.read() as session:
        return (await read_progress(session, number)).groups


async def cancel(town: Database, number: int, *, now: datetime = NOW) -> Cancelled:
    async with town.begin() as session:
        return await cancel_broadcast(session, number=number, by="admin", now=now)


async def again(town: Database, number: int, state: OutboxState, *groups: str) -> int:
    async with town.begin() as session:
        return await resend(
            session, number=number, state=state, by="admin", now=NOW, settings=SETTINGS, groups=groups
        )


async def test_notices_stop_at_the_budget_of_the_day_and_go_on_the_next_day(town: Database) -> None:
    tight = Settings(delivery=DeliverySettings(daily_budget=4))
    await send(town)
    first = await take(town, 3, settings=tight)
    await end(town, first)
    assert len(await take(town, 3, settings=tight)) == 1
    assert await take(town, 3, settings=tight) == []
    async with town.read() as session:
        wake = await next_wake(session, account="a", now=NOW, settings=tight.delivery)
    assert wake == datetime(2026, 11, 25, 7, 0, tzinfo=SHANGHAI)
    assert len(await take(town, 5, now=wake, settings=tight)) == 2


async def test_tickets_and_urgent_notices_are_said_whatever_the_budget_is(town: Database) -> None:
    tight = Settings(delivery=DeliverySettings(daily_budget=1))
    await send(town)
    await end(town, await take(town, 1, settings=tight))
    await send(town, "台风来了，请马上转移", urgent=True, settings=tight)
    async with town.begin() as session:
        session.add(
            Outbox(
                key="prompt", account="a", contact_id="lisi", kind="prompt", priority=Priority.PROMPT,
                rank=Priority.PROMPT.rank, text="新工单", mentions=[], created_at=NOW, not_before=NOW,
            )
        )  # fmt: skip
    said = await take(town, 50, settings=tight)
    assert [each.priority for each in said] == [Priority.PROMPT] + [Priority.ALERT] * GROUPS


async def test_an_urgent_notice_goes_first_at_night_too_and_is_never_one_too_many(town: Database) -> None:
    night = NOW.replace(hour=23)
    capped = Settings(delivery=DeliverySettings(broadcasts_per_group_day=1))
    usual = await send(town, now=night, settings=capped)
    urgent = await send(town, "请马上转移", now=night, urgent=True, settings=capped)
    said = await take(town, 50, now=night, settings=capped)
    assert {each.text for each in said} == {"请马上转移"}
    assert await standings(town, urgent) == {
        Standing.SENDING: GROUPS,
        Standing.WAITING: 1,
        Standing.NO_ACCOUNT: 1,
    }
    assert (await standings(town, usual))[Standing.WAITING] == GROUPS + 1


async def test_an_account_that_is_paused_says_no_notices_but_everything_else(town: Database) -> None:
    await send(town)
    async with town.begin() as session:
        session.add(Account(name="a", connector="", paused_at=NOW, pause_reason="x"))
    assert await take(town, 9) == []
    async with town.read() as session:
        assert await next_wake(session, account="a", now=NOW, settings=SETTINGS.delivery) is None
    assert len(await take(town, 9, account="b")) == 1
    async with town.begin() as session:
        await session.execute(update(Account).values(paused_at=None))
    assert len(await take(town, 9)) == GROUPS


async def test_the_ledger_says_of_each_group_what_became_of_it(town: Database) -> None:
    settings = Settings(delivery=DeliverySettings(broadcasts_per_group_day=1, attempts=1))
    await send(town, settings=settings)
    await end(town, await take(town, 1))
    async with town.begin() as session:
        await session.execute(update(Outbox).where(Outbox.group_id != 1).values(state=OutboxState.CANCELLED))
    number = await send(town, "第二条", settings=settings)
    (first, second, third) = await take(town, 3)
    await end(town, [first])
    await end(town, [second], OutboxState.UNCERTAIN)
    for _ in range(5):
        await end(town, [third], OutboxState.FAILED, reason="gateway answered UNKNOWN")
        async with town.begin() as session:
            await session.execute(
                update(Outbox).where(Outbox.id == third.id).values(attempts=Outbox.attempts + 1)
            )
    async with town.read() as session:
        ledger = await read_ledger(session, number)
        progress = await read_progress(session, number)
    lines = {line.group: line for line in ledger.lines}
    assert len(lines) == len(ledger.lines) == GROUPS + 2
    found = {name: line.standing for name, line in lines.items()}
    assert found == {
        "1号群": Standing.CAPPED,
        "2号群": Standing.SENT,
        "3号群": Standing.UNKNOWN,
        "4号群": Standing.FAILED,
        "5号群": Standing.WAITING,
        "6号群": Standing.WAITING,
        "7号群": Standing.WAITING,
        "8号群": Standing.NO_ACCOUNT,
    }
    assert (lines["2号群"].at, lines["4号群"].why) == (NOW, "微信没收（UNKNOWN）")
    assert progress.groups == dict(Counter(found.values()))
    assert (progress.total, progress.settled, progress.over) == (8, 5, False)
    assert progress.to_json()["groups"]["capped"] == 1


async def test_cancelling_half_way_leaves_what_was_said_and_counts_exactly(town: Database) -> None:
    number = await send(town)
    said = await take(town, 2)
    await end(town, said[:1])
    cancelled = await cancel(town, number)
    assert cancelled.messages == GROUPS + 1 - 2
    await end(town, said[1:], OutboxState.FAILED)
    assert await take(town, 9, now=NOW + timedelta(minutes=1)) == []
    assert await standings(town, number) == {
        Standing.SENT: 1,
        Standing.EXPIRED: 1,
        Standing.CANCELLED: GROUPS - 1,
        Standing.NO_ACCOUNT: 1,
    }
    with pytest.raises(ReminderRefused, match="不用取消"):
        await cancel(town, number)
    with pytest.raises(UnknownReminder):
        await cancel(town, 99)


async def test_only_what_failed_or_is_unknown_is_said_again_and_once(town: Database) -> None:
    number = await send(town)
    said = await take(town, 4)
    await end(town, said[:1])
    await end(town, said[1:3], OutboxState.UNCERTAIN)
    async with town.begin() as session:
        await session.execute(
            update(Outbox).where(Outbox.id == said[3].id).values(state=OutboxState.FAILED, attempts=5)
        )
    assert await again(town, number, OutboxState.FAILED) == 1
    assert await again(town, number, OutboxState.FAILED) == 0
    assert await again(town, number, OutboxState.UNCERTAIN, "3号群") == 1
    assert await again(town, number, OutboxState.UNCERTAIN) == 1
    with pytest.raises(ReminderRefused, match="没有这个群：没这群"):
        await again(town, number, OutboxState.UNCERTAIN, "没这群")
    rest = await take(town, 20)
    assert sorted(each.group_id or 0 for each in rest) == [2, 3, 4, 5, 6]


async def test_a_service_that_dies_asks_nobody_twice(town: Database) -> None:
    number = await send(town)
    said: list[int | None] = []
    for _ in range(3):
        dying = await take(town, 2)
        said += [each.group_id for each in dying]
        await end(town, dying[:1])
        async with town.begin() as session:
            await recover(session, "a")
    assert sorted(each or 0 for each in said) == [1, 2, 3, 4, 5, 6]
    assert await take(town, 9) == []
    assert (await standings(town, number))[Standing.UNKNOWN] == 3


async def test_the_next_sending_of_a_notice_takes_the_place_of_what_was_left_of_the_last(
    town: Database,
) -> None:
    number = await send(town)
    await end(town, await take(town, 1))
    later = NOW + timedelta(hours=1)
    async with town.begin() as session:
        await run_reminder(session, number=number, by="admin", now=later, settings=SETTINGS)
        rows = list(await session.scalars(select(Outbox).where(Outbox.group_id == 2).order_by(Outbox.id)))
    assert [row.state for row in rows] == [OutboxState.CANCELLED, OutboxState.PENDING]
    async with town.read() as session:
        first = await read_progress(session, number, 1)
    assert first.groups == {Standing.SENT: 1, Standing.CANCELLED: GROUPS, Standing.NO_ACCOUNT: 1}
    assert first.over


async def test_a_notice_that_is_only_a_file_counts_its_groups(town: Database) -> None:
    number = await send(town)
    async with town.begin() as session:
        await session.execute(update(Outbox).values(media="a.png"))
        progress = await read_progress(session, number)
        ledger = await read_ledger(session, number)
    assert (progress.total, progress.files) == (GROUPS + 2, {})
    assert {line.part for line in ledger.lines} == {Part.FILE, Part.WORDS}


async def test_thousands_that_come_too_late_are_set_aside_at_once(town: Database) -> None:
    number = await send(town)
    assert await take(town, 1, now=NOW + timedelta(hours=25)) == []
    assert (await standings(town, number))[Standing.EXPIRED] == GROUPS


async def test_while_it_goes_out_it_is_known_when_it_will_be_over(town: Database) -> None:
    settings = Settings(delivery=DeliverySettings(pause_min=10 - SAYING, pause_max=10 - SAYING))
    number = await send(town)
    await end(town, await take(town, 2))
    async with town.begin() as session:
        progress = await read_progress(session, number)
        ends = await expected_end(session, progress.firing, now=NOW, settings=settings)
        assert ends == NOW + timedelta(seconds=10 * (GROUPS - 2))
        assert progress.to_json(ends)["ends_at"] == "2026-11-24T09:00:40+08:00"
        session.add(Account(name="a", connector="", paused_at=NOW, pause_reason="x"))
        await session.flush()
        assert await expected_end(session, progress.firing, now=NOW, settings=settings) is None
