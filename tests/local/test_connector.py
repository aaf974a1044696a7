"""The local connector: nothing lost, nothing twice, one order."""

from __future__ import annotations

import asyncio

from sqlalchemy import delete

from bot.connector import OutgoingMessage, SendState
from bot.local.connector import LocalConnector
from bot.local.sayings import Saying
from handlers.events import LoggedIn, RoomLeft, RoomRenamed
from storage.engine import Database
from storage.enums import OutboxState, Priority
from storage.models import Group, Message, Outbox
from storage.people import bump_directory
from tests.local.town import NOW, add_group, mark_handled, running


async def say(connector: LocalConnector, text: str, talker: str = "zhang3", room: str | None = "g1") -> str:
    """Say something as somebody; gives the message's id."""
    saying = Saying(talker=talker, text=text, room=room, quote=None, mentions=())
    return str((await connector.say_as(saying, await connector.world())).id)


def group_words(key: str, text: str = "已登记") -> OutgoingMessage:
    """Something the bot says in the first group."""
    return OutgoingMessage(key=key, text=text, room="g1", mentions=("zhang3",))


async def test_the_start_tells_the_login_and_every_room(connector: LocalConnector) -> None:
    async with running(connector) as inbox:
        rooms = await inbox.wait_event(RoomRenamed, 2)
        assert isinstance(inbox.events[0], LoggedIn)
        assert inbox.events[0].contact == "bot"
        assert [(room.room, room.topic) for room in rooms if isinstance(room, RoomRenamed)] == [
            ("g1", "玉景湾1号群"),
            ("g2", "玉景湾2号群"),
        ]


async def test_messages_said_before_the_start_are_told_once_it_runs(
    connector: LocalConnector, database: Database
) -> None:
    handled = await say(connector, "早")
    waiting = [await say(connector, "楼道灯坏了"), await say(connector, "1", "li4", None)]
    await mark_handled(database, "local", handled)
    async with running(connector) as inbox:
        heard = await inbox.wait_messages(2)
    assert [message.id for message in heard] == waiting
    assert [(message.room, message.topic) for message in heard] == [("g1", "玉景湾1号群"), (None, None)]


async def test_a_message_whose_record_was_purged_is_not_told_again(
    connector: LocalConnector, database: Database
) -> None:
    await mark_handled(database, "local", await say(connector, "早"))
    waiting = await say(connector, "楼道灯坏了")
    await mark_handled(database, "local", await say(connector, "晚安"))
    await connector.note_heard()
    await connector.note_heard()
    async with database.begin() as session:
        await session.execute(delete(Message).where(Message.message_id == "1"))
    async with running(connector) as inbox:
        await inbox.wait_messages(1)
        last = await say(connector, "还有吗")
        heard = await inbox.wait_messages(2)
    assert [message.id for message in heard] == [waiting, last]


async def test_a_message_handled_for_another_account_is_still_told(
    connector: LocalConnector, database: Database
) -> None:
    message = await say(connector, "楼道灯坏了")
    await mark_handled(database, "other", message)
    async with running(connector) as inbox:
        assert [one.id for one in await inbox.wait_messages(1)] == [message]


async def test_live_messages_come_in_the_order_of_their_ids(connector: LocalConnector) -> None:
    async with running(connector) as inbox:
        await inbox.wait_event(RoomRenamed, 2)
        await asyncio.gather(
            *(say(connector, f"第{number}条") for number in range(20)),
            *(connector.send(group_words(f"k{number}")) for number in range(10)),
            *(say(connector, f"{number}", "li4", None) for number in range(10)),
        )
        heard = await inbox.wait_messages(40)
    ids = [int(message.id) for message in heard]
    assert ids == sorted(set(ids))
    assert sum(message.is_self for message in heard) == 10


async def test_a_repeated_key_is_said_once(connector: LocalConnector) -> None:
    results = await asyncio.gather(*(connector.send(group_words("same")) for _ in range(5)))
    assert {result.state for result in results} == {SendState.SENT}
    assert len({result.message_id for result in results}) == 1
    assert len(await connector.conversation(group_id=1, contact=None)) == 1


async def test_what_the_bot_says_comes_back_as_its_own(connector: LocalConnector) -> None:
    async with running(connector) as inbox:
        await inbox.wait_event(RoomRenamed, 2)
        sent = await connector.send(OutgoingMessage(key="p", text="新工单", contact="li4"))
        [echo] = await inbox.wait_messages(1)
    assert (echo.id, echo.is_self, echo.room, echo.contact) == (sent.message_id, True, None, "li4")


async def test_what_was_said_but_not_noted_settles_at_the_next_start(
    connector: LocalConnector, database: Database
) -> None:
    for key in ("lost", "settled"):
        await connector.send(group_words(key))
    async with database.begin() as session:
        for key, state in (("lost", OutboxState.UNCERTAIN), ("settled", OutboxState.SENT)):
            session.add(outbox_row(key, state))
    async with running(connector) as inbox:
        [echo] = await inbox.wait_messages(1)
        assert (echo.id, echo.is_self) == ("1", True)


async def test_nobody_there_is_a_failure_with_a_reason(connector: LocalConnector) -> None:
    room = await connector.send(OutgoingMessage(key="a", text="x", room="g99"))
    contact = await connector.send(OutgoingMessage(key="b", text="x", contact="nobody"))
    assert (room.state, room.reason) == (SendState.FAILED, "room: no such room")
    assert (contact.state, contact.reason) == (SendState.FAILED, "contact: no such contact")


async def test_a_roster_imported_while_it_runs_appears(connector: LocalConnector, database: Database) -> None:
    async with running(connector) as inbox:
        await inbox.wait_event(RoomRenamed, 2)
        await add_group(database, 3, "新苑3号群")
        assert "g3" in (await connector.world()).rooms
        *_, new = await inbox.wait_event(RoomRenamed, 3)
        assert isinstance(new, RoomRenamed)
        assert (new.room, new.topic) == ("g3", "新苑3号群")


async def test_a_group_that_is_given_up_is_left(connector: LocalConnector, database: Database) -> None:
    async with running(connector) as inbox:
        await inbox.wait_event(RoomRenamed, 2)
        async with database.begin() as session:
            group = await session.get_one(Group, 2)
            group.active = False
            await bump_directory(session)
        await connector.world()
        [left] = await inbox.wait_event(RoomLeft)
        assert isinstance(left, RoomLeft)
        assert left.room == "g2"


async def test_what_the_bot_said_can_be_taken_back_and_everybody_sees_it(connector: LocalConnector) -> None:
    sent = await connector.send(OutgoingMessage(key="k", text="明天停水", room="g1"))
    with connector.audience.listening() as heard:
        assert (await connector.recall(sent.message_id or "")).done
        assert heard.get_nowait() == (await connector.conversation(group_id=1, contact=None))[0]
    assert [each.text for each in await connector.conversation(group_id=1, contact=None)] == ["（已撤回）"]
    assert not (await connector.recall("99")).done


async def test_groups_of_another_account_are_no_rooms_here(
    connector: LocalConnector, database: Database
) -> None:
    async with database.begin() as session:
        group = await session.get_one(Group, 2)
        group.account, group.room_id = "wechat", "r2"
    apart = LocalConnector("local", database, lambda: NOW, others=["wechat"])
    assert list((await apart.world()).rooms) == ["g1"]


async def test_it_is_connected_only_while_it_runs(connector: LocalConnector) -> None:
    assert not connector.connected
    async with running(connector) as inbox:
        await say(connector, "在吗")
        await inbox.wait_messages(1)
        assert connector.connected
    assert not connector.connected


def outbox_row(key: str, state: OutboxState) -> Outbox:
    """A row of the outbox whose message went out."""
    return Outbox(
        key=key,
        account="local",
        group_id=1,
        contact_id=None,
        kind="ack",
        priority=Priority.REPLY,
        rank=Priority.REPLY.rank,
        text="已登记",
        mentions=[],
        media=None,
        ticket_id=None,
        firing_id=None,
        state=state,
        created_at=NOW,
        not_before=NOW,
        expires_at=None,
        sending_at=None,
        sent_at=None,
        message_id=None,
    )
