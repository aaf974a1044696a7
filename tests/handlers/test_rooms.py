"""Rooms over time: renamed, of no group, taken on by an admin, and two accounts in one of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.replay.events import ACCOUNT
from handlers.accounts import note_connection
from handlers.chat.reception import receive
from handlers.chat.residents import Outcome
from handlers.duty.recipients import add_recipient
from handlers.events import ConnectionLost, IncomingMessage, LoggedIn, RoomLeft
from handlers.rooms import leave_room, note_room, take_over, tell_strays
from handlers.roster import import_roster
from handlers.roster.groups import GroupRefused, adopt_room, list_rooms, rename_group, split_group
from handlers.roster.moving import move_tickets
from handlers.rosterfile import parse_roster
from storage.engine import Database
from storage.models import Group, Outbox
from storage.rooms import active_groups, note_alive
from tests.handlers.town import GROUP, PEOPLE, ROSTER, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
SECOND = "second"
OTHER_ROOM = "room@9"


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    return await Town.open(sqlite_database)


async def meet(town: Town, room: str, topic: str, account: str = ACCOUNT) -> bool:
    async with town.acting() as ctx:
        return await note_room(ctx, account, room, topic)


async def login(town: Town, account: str) -> None:
    async with town.acting() as ctx:
        event = LoggedIn(account=account, at=town.now, contact=f"bot-{account}", name="助手")
        await note_connection(ctx, event)


async def hear(
    town: Town, account: str, who: str, text: str, *, room: str = GROUP, at: float = 0.0, number: str = ""
) -> Outcome:
    """What an account heard at ``at`` seconds from now, however late it tells of it."""
    message = IncomingMessage(
        account=account,
        id=number or f"{account}-{who}-{town.now.timestamp()}-{at}",
        at=town.now + timedelta(seconds=at),
        talker=who,
        name="张三",
        text=text,
        room=room,
        topic=room,
    )
    async with town.acting() as ctx:
        return (await receive(ctx, [message]))[0]


async def accounts_of_words(town: Town) -> list[tuple[str, str]]:
    """Who says what, the last first: account and text."""
    async with town.database.read() as session:
        rows = await session.scalars(select(Outbox).order_by(Outbox.id.desc()))
        return [(row.account, row.text.split("\n")[0]) for row in rows]


async def speaker(town: Town, name: str = GROUP) -> tuple[str | None, str | None]:
    async with town.database.read() as session:
        group = (await session.scalars(select(Group).where(Group.name == name))).one()
        return group.account, group.room_id


async def reimport(town: Town, text: str = ROSTER) -> None:
    async with town.database.begin() as session:
        roster = parse_roster("roster.csv", text.encode(), ("people.csv", PEOPLE.encode()))
        await import_roster(session, roster, now=town.now, by="test")


async def test_a_room_of_no_group_is_silent_and_told_of_once(town: Town) -> None:
    assert not await meet(town, OTHER_ROOM, "业主闲聊群")
    assert await hear(town, ACCOUNT, "zhangsan", LAMP, room=OTHER_ROOM) is Outcome.IGNORED
    await town.wait(minutes=2)
    for expected in (1, 0):
        assert not await meet(town, OTHER_ROOM, "业主闲聊群")
        async with town.acting() as ctx:
            assert await tell_strays(ctx) == expected
    await town.wait(seconds=20)
    assert town.heard() == [
        "→ admin: 助手在1个不在名册的群里：“业主闲聊群”。在那里不说话，也不登记。"
        "要管，请在服务器上用 weiwang roster rooms 看，用 weiwang roster adopt 收进来。"
    ]
    assert await town.count() == 0


async def test_an_adopted_room_works_at_once_and_what_was_said_before_is_not_taken_up(town: Town) -> None:
    await meet(town, OTHER_ROOM, "业主闲聊群")
    async with town.acting() as ctx:
        assert await adopt_room(
            ctx.session, "业主闲聊群", "玉景湾6号群", like=GROUP, steward="钱七", now=town.now, by="test"
        )
    assert await hear(town, ACCOUNT, "zhangsan", LAMP, room=OTHER_ROOM, at=-60) is Outcome.IGNORED
    assert await hear(town, ACCOUNT, "zhangsan", LAMP, room=OTHER_ROOM, at=1) is Outcome.OPENED
    ticket = await town.ticket()
    assert (ticket["room"], ticket["steward"]) == ("玉景湾6号群", "qianqi")
    assert await meet(town, OTHER_ROOM, "业主闲聊群")
    await town.wait(minutes=2)
    assert not any("改名" in line or "不在名册" in line for line in town.heard())


async def test_a_group_of_the_roster_may_be_called_otherwise_in_wechat(town: Town) -> None:
    async with town.acting() as ctx:
        await ctx.session.execute(update(Group).where(Group.name == GROUP).values(account=None, room_id=None))
    await meet(town, OTHER_ROOM, "玉景湾3号微网群")
    async with town.acting() as ctx:
        assert not await adopt_room(ctx.session, "1", GROUP, now=town.now, by="test")
    assert await speaker(town) == (ACCOUNT, OTHER_ROOM)
    assert await meet(town, OTHER_ROOM, "玉景湾3号微网群")
    assert (await speaker(town))[1] == OTHER_ROOM


async def test_what_cannot_be_adopted_is_said_in_one_sentence(town: Town) -> None:
    await meet(town, OTHER_ROOM, "业主闲聊群")
    for room, name, like, why in (
        ("没有这群", "新群", GROUP, "没有不在名册的群"),
        ("业主闲聊群", "新群", None, "--like"),
        ("业主闲聊群", "新群", "没有的群", "没有“没有的群”"),
        ("业主闲聊群", GROUP, None, "已经是另一个微信群"),
    ):
        with pytest.raises(GroupRefused, match=why):
            async with town.acting() as ctx:
                await adopt_room(ctx.session, room, name, like=like, now=town.now, by="test")


async def test_a_room_renamed_in_wechat_keeps_its_history_and_the_admin_hears_of_it(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    town.heard()
    for _ in range(2):
        assert await meet(town, GROUP, "玉景湾花园群")
    await town.wait(seconds=20)
    assert town.heard() == [
        "→ admin: 微信群“玉景湾3号群”改名为“玉景湾花园群”，工单和历史都跟着走。名册里也请改过来。"
    ]
    assert (await town.ticket())["room"] == "玉景湾花园群"
    await reimport(town)  # the office's file still has the old name
    assert (await town.ticket())["room"] == "玉景湾花园群"
    await reimport(town, ROSTER.replace(GROUP, "玉景湾花园群"))
    assert await town.count() == 1
    assert await speaker(town, "玉景湾花园群") == (ACCOUNT, GROUP)
    await town.tell("lisi", "1")
    await town.wait(seconds=20)


async def test_a_name_that_another_group_has_is_not_taken(town: Town) -> None:
    assert await meet(town, GROUP, "玉景湾5号群")
    await town.wait(seconds=20)
    assert "同名" in town.heard()[0]
    assert await speaker(town) == (ACCOUNT, GROUP)


async def test_an_admin_renames_and_splits(town: Town) -> None:
    async with town.acting() as ctx:
        await rename_group(ctx.session, GROUP, "玉景湾花园群", now=town.now, by="test")
        await split_group(ctx.session, "玉景湾花园群", "玉景湾花园二群", now=town.now, by="test")
        with pytest.raises(GroupRefused, match="已经有"):
            await split_group(ctx.session, "玉景湾花园群", "玉景湾5号群", now=town.now, by="test")
    assert await meet(town, GROUP, GROUP)  # WeChat has the old name still
    assert await speaker(town, "玉景湾花园群") == (ACCOUNT, GROUP)
    assert await meet(town, OTHER_ROOM, "玉景湾花园二群")
    await hear(town, ACCOUNT, "zhangsan", LAMP, room=OTHER_ROOM)
    assert (await town.ticket())["steward"] == "lisi"
    await town.wait(seconds=20)
    assert not any("改名" in line for line in town.heard())


async def test_a_bot_that_is_in_the_new_room_first_works_there_once_the_group_is_split(town: Town) -> None:
    await meet(town, OTHER_ROOM, "玉景湾7号群")
    async with town.acting() as ctx:
        await split_group(ctx.session, GROUP, "玉景湾7号群", now=town.now, by="test")
    assert await hear(town, ACCOUNT, "zhangsan", LAMP, room=OTHER_ROOM, at=1) is Outcome.OPENED


async def test_open_tickets_stay_with_the_old_group_unless_they_are_moved(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    for steward, name in ((None, "二群"), ("钱七", "三群")):
        async with town.acting() as ctx:
            await split_group(ctx.session, GROUP, name, steward=steward, now=town.now, by="test")
    with pytest.raises(GroupRefused, match="还没有助手"):
        async with town.acting() as ctx:
            await move_tickets(ctx, [1001], "二群", by="test")
    town.heard()
    for name, receiver in (("二群", "lisi"), ("三群", "qianqi")):
        await meet(town, name, name)
        async with town.acting() as ctx:
            await move_tickets(ctx, [1001], name, by="test")
        ticket = await town.ticket()
        assert (ticket["room"], ticket["steward"]) == (name, receiver)
    await town.wait(seconds=20)
    assert town.heard() == [
        "→ qianqi: 【接手】这1件移到了三群，归您，回号码看详情：\n1001 公共照明 三群 3幢2单元"
    ]
    await town.tell("qianqi", "办结 1001 换了新灯泡")
    await town.wait(seconds=20)
    async with town.acting() as ctx:
        with pytest.raises(GroupRefused, match="已办结"):
            await move_tickets(ctx, [1001], GROUP, by="test")


async def test_a_room_that_comes_into_the_roster_is_known_without_a_restart(town: Town) -> None:
    await meet(town, OTHER_ROOM, "湖滨9号群")
    await reimport(town, ROSTER + "湖滨社区,第二网格,湖滨9号群,周五,zhouwu,,,,\n")
    assert await hear(town, ACCOUNT, "zhangsan", LAMP, room=OTHER_ROOM, at=1) is Outcome.OPENED


async def two_accounts(town: Town) -> None:
    await login(town, ACCOUNT)
    await login(town, SECOND)
    await meet(town, GROUP, GROUP)
    await meet(town, "room@second", GROUP, SECOND)


async def test_of_two_accounts_in_a_group_one_hears_and_speaks(town: Town) -> None:
    await two_accounts(town)
    assert await hear(town, SECOND, "zhangsan", LAMP, room="room@second") is Outcome.IGNORED
    assert await hear(town, ACCOUNT, "zhangsan", LAMP) is Outcome.OPENED
    assert await hear(town, SECOND, "zhangsan", LAMP, room="room@second") is Outcome.IGNORED
    assert await town.count() == 1
    assert {account for account, _ in await accounts_of_words(town)} == {ACCOUNT}
    async with town.database.read() as session:
        shared = (await list_rooms(session, list(await active_groups(session)))).shared
    assert shared == (f"{GROUP}（{ACCOUNT}说话，{SECOND}候着）",)


async def test_a_work_group_stays_with_the_account_that_was_there_first(town: Town) -> None:
    await login(town, ACCOUNT)
    await login(town, SECOND)
    async with town.acting() as ctx:
        topic = "大工委工作群"
        await add_recipient(ctx.session, ctx.directory, "大工委", topic=topic, by="test", now=town.now)
    for account in (ACCOUNT, SECOND, ACCOUNT):
        assert await meet(town, f"{account}-room", topic, account)
        async with town.acting() as ctx:
            assert ctx.directory.recipients["大工委"].account == ACCOUNT
    async with town.acting() as ctx:
        assert await tell_strays(ctx.at(town.now + timedelta(minutes=5))) == 0


async def test_neither_account_answers_the_other(town: Town) -> None:
    await two_accounts(town)
    assert await hear(town, ACCOUNT, f"bot-{SECOND}", LAMP) is Outcome.IGNORED
    assert await hear(town, SECOND, f"bot-{ACCOUNT}", LAMP, room="room@second") is Outcome.IGNORED
    assert await town.count() == 0


async def test_when_the_one_that_speaks_leaves_the_other_goes_on(town: Town) -> None:
    await two_accounts(town)
    await hear(town, ACCOUNT, "zhangsan", LAMP)
    async with town.acting() as ctx:
        await leave_room(ctx, RoomLeft(account=ACCOUNT, at=town.now, room=GROUP))
    assert await speaker(town) == (SECOND, "room@second")
    words = await accounts_of_words(town)
    assert words[0] == (SECOND, f"助手“{ACCOUNT}”不在“{GROUP}”了，由“{SECOND}”接着。")
    assert {account for account, _ in words} == {SECOND}  # what was still to be said
    assert await hear(town, SECOND, "wangwu", "12幢垃圾没人收，臭死了", room="room@second") is Outcome.OPENED
    async with town.acting() as ctx:
        await leave_room(ctx, RoomLeft(account=SECOND, at=town.now, room="room@second"))
    assert await speaker(town) == (None, None)


async def test_after_a_while_without_connection_the_other_speaks_told_once(town: Town) -> None:
    await two_accounts(town)
    await hear(town, ACCOUNT, "zhangsan", LAMP)
    since = town.now
    async with town.acting() as ctx:
        event = ConnectionLost(account=ACCOUNT, at=town.now, since=since, reason="")
        await note_connection(ctx, event)
    town.now += timedelta(minutes=1)
    trash = "12幢垃圾没人收，臭死了"
    assert await hear(town, SECOND, "wangwu", trash, room="room@second") is Outcome.OPENED
    for expected in (0, 1, 0):
        async with town.acting() as ctx:
            await note_alive(ctx.session, [SECOND], town.now)
            assert await take_over(ctx) == expected
        town.now += timedelta(minutes=5)
    words = await accounts_of_words(town)
    assert {account for account, _ in words} == {SECOND}
    assert [text for _, text in words if "断线" in text] == [
        f"助手“{ACCOUNT}”断线了，“{GROUP}”由“{SECOND}”接着。"
    ]
    assert sum("没听到消息" in text for _, text in words) == 1
    await login(town, ACCOUNT)  # it is back, and listens
    async with town.acting() as ctx:
        await note_alive(ctx.session, [SECOND], town.now)
    assert await hear(town, ACCOUNT, "wangwu", trash, at=-600) is Outcome.IGNORED
    assert await town.count() == 2


async def test_what_the_listener_took_up_meanwhile_is_not_taken_up_again(town: Town) -> None:
    await two_accounts(town)
    async with town.acting() as ctx:
        await note_connection(ctx, ConnectionLost(account=ACCOUNT, at=town.now, since=town.now, reason=""))
    assert await hear(town, SECOND, "zhangsan", LAMP, room="room@second") is Outcome.OPENED
    await login(town, ACCOUNT)
    assert await hear(town, ACCOUNT, "zhangsan", LAMP, number="late") is Outcome.REPEATED
    assert await town.count() == 1


async def test_two_accounts_that_meet_a_room_at_once_agree_on_one(database: Database) -> None:
    town = await Town.open(database)
    async with town.acting() as ctx:
        await ctx.session.execute(update(Group).values(account=None, room_id=None))
    await login(town, ACCOUNT)
    await login(town, SECOND)
    await asyncio.gather(meet(town, "a", GROUP), meet(town, "b", GROUP, SECOND))
    account, room = await speaker(town)
    assert (account, room) in ((ACCOUNT, "a"), (SECOND, "b"))
    async with database.read() as session:
        assert len((await list_rooms(session, list(await active_groups(session)))).shared) == 1
