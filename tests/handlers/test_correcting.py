"""Wrong words are out: who got them gets the right ones, who did not only those; two minutes are for taking back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handlers.delivery import settle_uncertain
from handlers.recalling import finish_recall, next_recall
from handlers.reminders.after import Aftermath, GroupReplies, aftermath_lines, read_aftermath
from handlers.reminders.correcting import Corrected, correct_notice, withdraw_notice
from handlers.reminders.errors import ReminderRefused
from handlers.reminders.ledger import Part, Progress, Standing, read_ledger, read_progress
from storage.engine import Database
from storage.enums import OutboxState, Priority, TicketState
from storage.models import Category, Message, Outbox, Schedule, Ticket
from tests.handlers.test_broadcasts import GROUPS, NOW, SETTINGS, again, end, send, standings, take, town

__all__ = ["town"]

WRONG, RIGHT = "{群名}明天停水", "{群名}后天停水"


async def correct(town: Database, number: int, text: str = RIGHT) -> Corrected:
    async with town.begin() as session:
        return await correct_notice(session, number=number, text=text, by="admin", now=NOW, settings=SETTINGS)


async def test_exactly_those_who_got_the_wrong_words_get_a_correction(town: Database) -> None:
    number = await send(town, WRONG)
    said = await take(town, 3)
    await end(town, said[:1])
    await end(town, said[1:2], OutboxState.UNCERTAIN)
    assert await correct(town, number) == Corrected(corrected=3, changed=GROUPS - 2)
    assert await correct(town, number) == Corrected(corrected=0, changed=0)
    await end(town, said[2:], OutboxState.FAILED)
    rest = await take(town, 50, now=NOW + timedelta(minutes=1))
    assert [each.text for each in rest] == [
        *(f"{group}号群后天停水" for group in range(4, GROUPS + 1)),
        *(f"【更正】{group}号群后天停水" for group in range(1, 4)),
    ]
    await end(town, rest)
    async with town.read() as session:
        ledger = await read_ledger(session, number)
        assert (await session.get_one(Schedule, number)).text == RIGHT
    corrections = {line.group: line.standing for line in ledger.lines if line.part is Part.CORRECTION}
    assert corrections == dict.fromkeys(("1号群", "2号群", "3号群"), Standing.SENT)
    assert await again(town, number, OutboxState.UNCERTAIN) == 0


async def test_wrong_words_nobody_knows_about_are_never_said_again(town: Database) -> None:
    number = await send(town, WRONG)
    async with town.begin() as session:  # so that what is uncertain is said again, as to a work group
        await session.execute(update(Outbox).values(priority=Priority.URGENT, rank=Priority.URGENT.rank))
    said = await take(town, 2)
    await end(town, said[:1], OutboxState.UNCERTAIN)
    await settle(town)
    await end(town, said[1:], OutboxState.UNCERTAIN)
    assert (await correct(town, number)).corrected == 2
    await settle(town)
    rest = await take(town, 50, now=NOW + timedelta(minutes=2))
    assert sorted(each.group_id or 0 for each in rest) == list(range(1, GROUPS + 1))
    assert all("后天" in each.text for each in rest)


async def settle(town: Database) -> None:
    """The echoes have not come in time."""
    async with town.begin() as session:
        await settle_uncertain(session, "a", NOW + timedelta(minutes=1))


async def test_a_second_correction_puts_the_first_right(town: Database) -> None:
    number = await send(town, WRONG)
    said = await take(town, 2)
    await end(town, said)
    await correct(town, number)
    assert await correct(town, number, "{群名}不停水了") == Corrected(corrected=0, changed=GROUPS + 1)
    rest = await take(town, 50)
    await end(town, rest)
    assert {each.text for each in rest} == {
        f"{'【更正】' * (group < 3)}{group}号群不停水了" for group in range(1, GROUPS + 1)
    }
    assert await correct(town, number) == Corrected(corrected=GROUPS, changed=1)


async def test_words_that_others_must_approve_change_in_this_sending_only(town: Database) -> None:
    number = await send(town, WRONG)
    async with town.begin() as session:
        await session.execute(update(Schedule).values(needed=1))
    await end(town, await take(town, 1))
    assert (await correct(town, number)).corrected == 1
    async with town.read() as session:
        assert (await session.get_one(Schedule, number)).text == WRONG


async def test_what_went_out_within_two_minutes_is_taken_back(town: Database) -> None:
    number = await send(town)
    await end(town, await take(town, 1), now=NOW - timedelta(minutes=3))
    await end(town, await take(town, 2))
    async with town.begin() as session:
        done = await withdraw_notice(session, number=number, by="admin", now=NOW)
    assert (done.asked, done.cancelled, done.too_late) == (2, GROUPS - 2, 1)
    for worked in (True, False):
        async with town.begin() as session:
            recall = await next_recall(session, "a", NOW)
            assert recall is not None
            await finish_recall(
                session, recall, done=worked, reason="" if worked else "the gateway cannot recall"
            )
    async with town.begin() as session:
        assert await next_recall(session, "a", NOW) is None
        ledger = await read_ledger(session, number)
    assert [(line.standing, line.why) for line in ledger.lines[:3]] == [
        (Standing.SENT, ""),
        (Standing.RECALLED, ""),
        (Standing.SENT, "这个账号不能撤回"),
    ]
    async with town.begin() as session:
        with pytest.raises(ReminderRefused, match="撤不回"):
            await withdraw_notice(session, number=number, by="admin", now=NOW + timedelta(minutes=3))


async def test_a_wish_to_take_back_is_given_up_when_the_two_minutes_are_over(town: Database) -> None:
    number = await send(town)
    await end(town, await take(town, 1))
    async with town.begin() as session:
        await withdraw_notice(session, number=number, by="admin", now=NOW)
    async with town.begin() as session:
        assert await next_recall(session, "a", NOW + timedelta(minutes=3)) is None
        ledger = await read_ledger(session, number)
    assert (ledger.lines[0].standing, ledger.lines[0].why) == (Standing.SENT, "过了两分钟，撤不回")
    assert (await standings(town, number))[Standing.CANCELLED] == GROUPS


async def test_after_a_notice_people_and_tickets_are_counted_without_their_words(town: Database) -> None:
    number = await send(town)
    await end(town, await take(town, 2))
    async with town.begin() as session:
        await session.execute(update(Schedule).values(category="water"))
        session.add(Category(code="water", name="供水排水", position=1))
        for place, (group, minutes) in enumerate([(1, 5), (1, 6), (1, -5), (1, 300), (2, 1), (3, 5)]):
            session.add(
                Message(
                    account="a", message_id=f"x{place}", group_id=group, talker=f"t{place % 2}", name="",
                    kind="text", text="秘密", at=NOW + timedelta(minutes=minutes),
                )
            )  # fmt: skip
        for place, (group, hours, state) in enumerate(
            [
                (1, -1, TicketState.NEW),
                (2, -47, TicketState.CLOSED),
                (2, -49, TicketState.CLOSED),
                (1, 3, TicketState.NEW),
                (1, 3, TicketState.REJECTED),
                (3, 3, TicketState.NEW),
            ]
        ):
            opened = NOW + timedelta(hours=hours)
            session.add(
                Ticket(
                    number=1001 + place, group_id=group, resident="t", resident_name="张三", text="秘密",
                    category="water", urgent=False, state=state, opened_at=opened, clock_from=opened,
                )
            )  # fmt: skip
    async with town.read() as session:
        shown = await read_aftermath(session, number, hours=4, now=NOW + timedelta(hours=5))
        assert (await read_progress(session, number)).groups[Standing.SENT] == 2
    assert aftermath_lines(shown)[1:] == [
        "发后4小时里，2个群有人说话，共3人。",
        "  1号群\t2人\t2条",
        "  2号群\t1人\t1条",
        "供水排水的工单：发前48小时2件，发后48小时1件（还没满48小时）。",
    ]


async def test_rows_of_a_correction_know_what_they_correct(town: Database) -> None:
    number = await send(town, WRONG)
    await end(town, await take(town, 1))
    await correct(town, number)
    async with town.read() as session:
        first = (await session.scalars(select(Outbox).where(Outbox.state == OutboxState.SENT))).one()
        row = (await session.scalars(select(Outbox).where(Outbox.corrects_id.is_not(None)))).one()
    assert (row.corrects_id, row.key, row.group_id) == (first.id, f"correction:{first.id}", first.group_id)


def test_only_the_liveliest_groups_are_named_one_by_one() -> None:
    groups = {Standing.SENT: 30}
    progress = Progress(reminder=1, firing=1, due_at=NOW, groups=groups, files={}, corrections={})
    replies = tuple(GroupReplies(group=f"{n}号群", people=9, messages=9) for n in range(23))
    lines = aftermath_lines(Aftermath(progress=progress, hours=4, replies=replies, tickets=None, relays=()))
    assert len(lines) == 1 + 1 + 20 + 1 + 1
    assert lines[-2] == "  还有3个群。"
