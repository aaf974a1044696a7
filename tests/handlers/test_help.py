"""Transcripts of 铁脚板: who is called, who has it, who is told, and what happens when nobody comes."""

from __future__ import annotations

import asyncio

import pytest

from handlers.chat.commands import parse_hand, parse_staff
from handlers.chat.reception import receive
from handlers.events import IncomingMessage
from handlers.settings import HelpSettings, Settings
from handlers.teams.words import HandWord, read_call, wanted_in
from handlers.tickets.timeline import Action
from storage.engine import Database
from storage.enums import RoleKind
from storage.teams import list_helpers
from tests.handlers.town import PEOPLE, Town

VOLUNTEERS = (
    PEOPLE
    + """铁三,tie3,铁脚板,湖滨社区,
铁四,tie4,铁脚板,东沙社区,
先一,xian1,海棠先锋,玉景社区,
"""
)
ROSTER_OF_THREE = "东沙社区,第三网格,东沙1号群,郑九,zhengjiu,,,,"
G3 = "[玉景湾3号群]"
LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
CALL = (
    "【铁脚板求助 1001】玉景湾3号群 张三 3幢2单元\n公共照明：“3幢2单元楼道灯坏了，晚上黑漆漆的”\n"
    "要{}人。能来请回“我来”，不能来回“来不了”"
)
SETTINGS = Settings(help=HelpSettings(neighbours=("玉景社区、湖滨社区",)))


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    return await open_town(sqlite_database)


async def open_town(database: Database) -> Town:
    return await Town.open(database, SETTINGS, VOLUNTEERS, more=ROSTER_OF_THREE)


async def report(town: Town, words: str = LAMP, who: str = "zhangsan") -> None:
    await town.say(who, words)
    await town.wait(seconds=10)
    town.heard()


async def test_the_first_two_who_answer_have_it_and_the_others_are_told_once(database: Database) -> None:
    town = await Town.open(database, SETTINGS, PEOPLE + "铁五,tie5,铁脚板,玉景社区,\n")
    await report(town)
    assert set(await town.tell("lisi", "3 两个人")) == {
        "→ lisi: 1001已叫铁脚板3人，要2人，有人应答会告诉您。已记为您接单。",
        "[玉景湾3号群] @张三 管家李四已接单1001。",
        f"→ tie1: {CALL.format(2)}",
        f"→ tie2: {CALL.format(2)}",
        f"→ tie5: {CALL.format(2)}",
    }
    assert set(await town.tell("tie2", "我来")) == {
        "→ tie2: 1001交给您了，谢谢！管家李四会跟您联系。到了回“到了”。",
        "→ lisi: 1001铁脚板铁二说马上来。",
    }
    assert set(await town.tell("tie1", "我来 1001")) == {
        "→ tie1: 1001交给您了，谢谢！管家李四会跟您联系。到了回“到了”。",
        "→ lisi: 1001铁脚板铁一说马上来。",
        "→ tie5: 1001已有铁一、铁二去了，谢谢大家。",
    }
    assert await town.tell("tie5", "我来") == ["→ tie5: 1001人已经够了，谢谢您！"]
    await town.wait(hours=1)
    assert not any("tie" in line for line in town.heard())


async def test_saying_it_again_changes_nothing(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.tell("tie1", "我来")
    assert await town.tell("tie1", "我来") == [
        "→ tie1: 1001交给您了，谢谢！管家李四会跟您联系。到了回“到了”。"
    ]
    assert (await timeline(town)).count("help_offered") == 1


async def test_nobody_answers_and_the_next_ring_is_called_until_those_in_charge(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "叫铁脚板")
    called = []
    for _ in range(4):
        await town.wait(minutes=10)
        called.append(sorted(line.split(":")[0] for line in town.heard() if "求助" in line))
    assert called == [["→ tie3"], ["→ tie4"], ["→ sunqiang", "→ zhaomin"], []]
    assert (await town.tell("tie4", "我来"))[0].startswith("→ tie4: 1001交给您了")


async def test_when_all_have_been_called_the_steward_is_told_to_telephone(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.wait(minutes=39)
    town.heard()
    await town.wait(minutes=2)
    assert town.heard() == ["→ lisi: 1001还缺1人，铁脚板都叫过了，没人应答，请打电话找人。"]
    await town.wait(hours=2)
    assert not any("叫过" in line for line in town.heard())


async def test_an_urgent_matter_calls_the_next_ring_sooner(town: Town) -> None:
    await report(town, "3幢楼道里一股煤气味，头晕")
    await town.tell("lisi", "3")
    await town.wait(minutes=3)
    assert any(line.startswith("→ tie3: 【铁脚板求助 1001】") for line in town.heard())


async def test_the_night_that_holds_a_call_back_is_no_time_to_answer(town: Town) -> None:
    await town.wait(hours=13)
    await report(town)
    await town.tell("lisi", "3")
    await town.wait(hours=8, minutes=55)  # 07:07
    heard = [line for line in town.heard() if "求助" in line]
    assert sorted(line.split(":")[0] for line in heard) == ["→ tie1", "→ tie2"]


async def test_who_cannot_come_after_all_gives_the_place_back(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.tell("tie1", "我来")
    assert set(await town.tell("tie1", "来不了")) == {
        "→ tie1: 1001知道了，谢谢您！",
        "→ lisi: 1001铁一来不了了，再找人。",
        "→ tie2: 1001还缺1人，能来请回“我来”。",
    }
    assert "→ lisi: 1001铁脚板铁二说马上来。" in await town.tell("tie2", "我来")
    assert await town.tell("tie1", "我来") == ["→ tie1: 1001人已经够了，谢谢您！"]
    assert "help_withdrawn" in await timeline(town)


async def test_when_the_last_one_asked_declines_the_next_ring_is_called_at_once(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.tell("tie1", "没空")
    said = await town.tell("tie2", "来不了")
    assert any(line.startswith("→ tie3: 【铁脚板求助 1001】") for line in said)


async def test_who_helped_and_how_long_is_on_the_ticket(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.tell("tie1", "我来")
    await town.wait(minutes=10)
    town.heard()
    assert set(await town.tell("tie1", "到了")) == {
        "→ tie1: 1001知道了。办好了请回“办好了”。",
        "→ lisi: 1001铁一到了。",
    }
    await town.wait(minutes=25)
    town.heard()
    said = await town.tell("tie1", "办好了")
    assert "→ lisi: 1001铁一说办好了，用了25分钟。没问题请回“办结 1001”。" in said
    assert "→ tie1: 1001记下了，谢谢您！" in said
    assert (await town.tell("lisi", "1001"))[0].endswith("现在：正在办理\n帮忙的人：铁一25分钟")
    helped = [what for what in await timeline(town) if what.startswith("help_")]
    assert helped == ["help_called", "help_offered", "help_arrived", "help_done", "help_ended"]
    async with town.database.read() as session:
        (helper,) = await list_helpers(session, since=town.now.replace(hour=0))
        assert (helper.name, helper.ticket_id, helper.team) == ("铁一", 1001, RoleKind.RESPONSE_TEAM)


async def test_a_matter_that_needs_hands_calls_the_team_by_itself(town: Town) -> None:
    await town.say("zhangsan", "3幢2单元冰箱搬不动，求帮忙，缺两个壮劳力")
    await town.wait(seconds=10)
    said = town.heard()
    assert any("已登记【人力帮扶】" in line for line in said)
    assert "→ lisi: 1001要人帮忙，已叫铁脚板2人，要2人，有人应答会告诉您。" in said
    assert sum("【铁脚板求助 1001】" in line for line in said) == 2


async def test_whoever_is_on_the_way_hears_that_it_is_done(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.tell("tie1", "我来")
    said = await town.tell("lisi", "办结 换了新灯泡")
    assert "→ tie1: 1001已办好，谢谢您！" in said
    assert not any(line.startswith("→ tie2") for line in said)
    assert await town.tell("tie2", "我来") == ["→ tie2: 1001已经不用人了，谢谢您！"]


async def test_a_call_goes_on_for_the_ticket_that_its_own_was_merged_into(town: Town) -> None:
    await report(town)
    await report(town, "3幢门口垃圾没人收，臭死了")
    await town.tell("lisi", "3 1001")
    await town.tell("lisi", "并 1001 到 1002")
    said = await town.tell("tie1", "我来")
    assert "→ tie1: 1002交给您了，谢谢！管家李四会跟您联系。到了回“到了”。" in said
    assert "→ lisi: 1002铁脚板铁一说马上来。" in said


async def test_whoever_reported_it_is_not_called_himself(town: Town) -> None:
    await report(town, who="tie1")
    said = await town.tell("lisi", "3")
    assert said[0] == "→ lisi: 1001已叫铁脚板1人，有人应答会告诉您。已记为您接单。"


async def test_a_report_taken_back_calls_the_helpers_off(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.tell("tie1", "我来")
    await town.say("zhangsan", "撤销")
    await town.wait(seconds=5)
    assert "→ tie1: 1001不用去了，谢谢您！" in town.heard()


async def test_the_steward_can_call_for_more_or_let_it_be(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.tell("tie1", "我来")
    assert set(await town.tell("lisi", "叫铁脚板 3人")) == {
        "→ lisi: 1001已经叫过铁脚板：1人来，还缺2人。",
        "→ tie2: 1001还缺2人，能来请回“我来”。",
    }
    assert set(await town.tell("lisi", "不用铁脚板了")) == {
        "→ lisi: 1001不再叫人了。",
        "→ tie1: 1001不用去了，谢谢您！",
    }
    assert await town.tell("lisi", "1001 不用铁脚板了") == ["→ lisi: 1001现在没有在叫人。"]


async def test_pioneers_are_called_by_their_name(town: Town) -> None:
    await report(town)
    said = await town.tell("lisi", "叫先锋")
    assert said[0] == "→ lisi: 1001已叫海棠先锋1人，有人应答会告诉您。已记为您接单。"
    assert said[1].startswith("→ xian1: 【海棠先锋求助 1001】")
    assert "→ lisi: 1001海棠先锋先一说马上来。" in await town.tell("xian1", "我来")


async def test_who_was_called_for_two_is_asked_which(town: Town) -> None:
    await report(town)
    await report(town, "12幢垃圾没人收，臭死了", who="wangwu")
    await town.tell("lisi", "3 1001")
    await town.tell("lisi", "3 1002")
    assert await town.tell("tie1", "我来") == [
        "→ tie1: 您有几件，请带号码，比如“我来 1002”：\n1002 12幢\n1001 3幢2单元"
    ]
    assert (await town.tell("tie1", "我来 1001"))[0].startswith("→ tie1: 1001交给您了")


async def test_after_a_restart_nothing_is_said_twice_and_the_rings_go_on(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "3")
    await town.say("tie1", "我来", room=None, message_id="offer")
    await town.wait(seconds=1)
    town.heard()
    await town.restart()
    await town.say("tie1", "我来", room=None, message_id="offer")
    await town.wait(minutes=20)
    assert town.heard() == []
    await town.tell("tie1", "来不了")
    await town.restart()
    await town.wait(minutes=10)
    assert [line.split(":")[0] for line in town.heard() if "求助" in line] == ["→ tie3"]


async def test_ten_who_answer_at_the_same_moment_fill_two_places(database: Database) -> None:
    crowd = "".join(f"队员{number},hand{number},铁脚板,玉景社区,\n" for number in range(10))
    town = await Town.open(database, SETTINGS, PEOPLE + crowd)
    await report(town)
    await town.tell("lisi", "3 两个人")

    async def offer(number: int) -> None:
        message = IncomingMessage(
            account="replay",
            id=f"at once {number}",
            at=town.now,
            talker=f"hand{number}",
            name=f"队员{number}",
            text="我来",
        )
        async with database.begin() as session:
            await receive(await town.context(session), [message])

    await asyncio.gather(*(offer(number) for number in range(10)))
    await town.restart()  # these went past the town's own clock
    said = town.heard()
    assert sum("交给您了" in line for line in said) == 2
    assert sum("人已经够了" in line for line in said) == 8
    assert sum("已有" in line for line in said) == 12 - 2
    async with database.read() as session:
        assert len(await list_helpers(session, ticket_id=1001)) == 2


async def timeline(town: Town) -> list[str]:
    events = (await town.ticket())["timeline"]
    assert isinstance(events, list)
    return [str(event["what"].value) for event in events]


@pytest.mark.parametrize(
    ("text", "team", "number", "hands"),
    [
        ("3", RoleKind.RESPONSE_TEAM, None, None),
        ("3 两个人", RoleKind.RESPONSE_TEAM, None, 2),
        ("3两个人", RoleKind.RESPONSE_TEAM, None, 2),
        ("3 1024 两个人", RoleKind.RESPONSE_TEAM, 1024, 2),
        ("叫铁脚板 3人", RoleKind.RESPONSE_TEAM, None, 3),
        ("叫铁脚板3人", RoleKind.RESPONSE_TEAM, None, 3),
        ("1024 叫铁脚板，要四个人", RoleKind.RESPONSE_TEAM, 1024, 4),
        ("叫两个人来", RoleKind.RESPONSE_TEAM, None, 2),
        ("叫小分队", RoleKind.RESPONSE_TEAM, None, None),
        ("叫先锋", RoleKind.PIONEER, None, None),
        ("叫海棠先锋 2人", RoleKind.PIONEER, None, 2),
        ("叫先锋队 1024", RoleKind.PIONEER, 1024, None),
    ],
)
def test_what_a_steward_may_say_to_call_a_team(
    text: str, team: RoleKind, number: int | None, hands: int | None
) -> None:
    wish = read_call(text)
    assert wish is not None
    assert (wish.team, wish.number, wish.hands, wish.stop) == (team, number, hands, False)
    command = parse_staff(text)
    assert command is not None
    assert (command.action, command.number) == (Action.HELP, number)


@pytest.mark.parametrize("text", ["33", "3号楼", "30人", "铁脚板真好", "3幢2单元", "叫他来", "3 0人", "人"])
def test_talk_calls_no_team(text: str) -> None:
    assert read_call(text) is None


@pytest.mark.parametrize(
    ("text", "word", "number"),
    [
        ("我来", HandWord.COME, None),
        ("我来！", HandWord.COME, None),
        ("我来 1024", HandWord.COME, 1024),
        ("1024我来", HandWord.COME, 1024),
        ("好的，我来", HandWord.COME, None),
        ("我马上到", HandWord.COME, None),
        ("来不了", HandWord.CANNOT, None),
        ("对不起，临时有事来不了了 1024", HandWord.CANNOT, 1024),
        ("到了", HandWord.ARRIVED, None),
        ("我已经到了", HandWord.ARRIVED, None),
        ("办好了", HandWord.DONE, None),
        ("1024 搬好了", HandWord.DONE, 1024),
    ],
)
def test_what_a_called_person_may_say(text: str, word: HandWord, number: int | None) -> None:
    assert parse_hand(text) == (word, number)


@pytest.mark.parametrize("text", ["我来问一下", "到了夏天就好了", "谁来", "好的", "1", ""])
def test_talk_is_no_answer_to_a_call(text: str) -> None:
    assert parse_hand(text) is None


@pytest.mark.parametrize(
    ("text", "hands"),
    [
        ("缺两个壮汉", 2),
        ("冰箱搬不动，要3个人", 3),
        ("两个人抬不动", 1),
        ("谁来搭把手", 1),
        ("找2名志愿者", 2),
    ],
)
def test_how_many_hands_a_residents_words_ask_for(text: str, hands: int) -> None:
    assert wanted_in(text) == hands


async def test_a_steward_who_has_called_the_team_has_answered(town: Town) -> None:
    await report(town)
    said = await town.tell("lisi", "3")
    assert said[0] == "→ lisi: 1001已叫铁脚板2人，有人应答会告诉您。已记为您接单。"
    assert "[玉景湾3号群] @张三 管家李四已接单1001。" in said
    await town.wait(hours=3)
    assert not [line for line in town.heard() if "还没人接" in line or "没有接" in line]
    assert (await town.ticket())["state"] == "accepted"


async def test_a_call_by_somebody_else_does_not_answer_for_the_steward(town: Town) -> None:
    await report(town)
    assert "已记为您接单" not in "".join(await town.tell("zhaomin", "3 1001"))
    await town.wait(minutes=31)
    assert any("还没人接" in line for line in town.heard())
