"""Transcripts of 走失寻人: questions, a person's yes, neighbouring groups, sightings, all clear."""

from __future__ import annotations

import pytest

from handlers.chat.reception import receive
from handlers.delivery import claim, recover
from handlers.events import IncomingMessage
from handlers.searches.words import (
    Slot,
    is_found,
    is_mistake,
    is_sighting,
    kind_of,
    read_search_word,
    told_in,
)
from handlers.settings import HelpSettings, Settings
from storage.engine import Database
from storage.enums import SearchKind
from tests.handlers.town import Town

LOST = "我妈走丢了，有老年痴呆，急死了"
SETTINGS = Settings(help=HelpSettings(neighbours=("玉景社区、湖滨社区",)))
MORE = "东沙社区,第三网格,东沙1号群,郑九,zhengjiu,,,,"
G3, G4, G5, HUBIN = "[玉景湾3号群]", "[玉景湾4号群]", "[玉景湾5号群]", "[湖滨1号群]"
NEAR = (G3, G4, G5, HUBIN)
NOTICE = (
    "【寻人】“我妈走丢了，有老年痴呆，急死了，张桂芳，72岁，红棉袄黑裤子，早上8点在菜场不见的”。"
    "看到请在群里说一声，或打110，联系人：管家李四。"
)
CLEAR = "【寻人结束】“我妈走丢了，有老年痴呆，急死了…”，已找到，谢谢大家！"


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    return await Town.open(sqlite_database, SETTINGS, more=MORE)


async def answer(town: Town, words: str) -> list[str]:
    await town.say("zhangsan", words)
    await town.wait(seconds=6)
    return town.heard()


async def asked(town: Town) -> list[str]:
    """The family has answered every question; what the steward is shown."""
    await answer(town, LOST)
    await answer(town, "张桂芳，72岁")
    await answer(town, "红棉袄黑裤子")
    await answer(town, "早上8点在菜场不见的")
    return await answer(town, "没有")


async def spread(town: Town) -> list[str]:
    await asked(town)
    said = await town.tell("lisi", "发")
    await town.wait(minutes=1)
    return said + town.heard()


async def timeline(town: Town) -> list[str]:
    events = (await town.ticket())["timeline"]
    assert isinstance(events, list)
    return [str(event["what"].value) for event in events]


async def test_the_family_is_asked_one_short_question_after_the_other(database: Database) -> None:
    town = await Town.open(database, SETTINGS, more=MORE)
    said = await answer(town, LOST)
    assert said[0] == f"{G3} @张三 已登记【紧急·走失寻人】，工单1001，正在叫管家李四。请同时打110报警。"
    assert said[1].startswith("→ lisi: 【紧急工单1001】走失寻人")
    assert said[2:] == [f"{G3} @张三 走失的人叫什么名字、多大年纪？"]
    assert await answer(town, "张桂芳，72岁") == [f"{G3} @张三 穿什么衣服、什么样子？"]
    assert await answer(town, "红棉袄黑裤子") == [f"{G3} @张三 什么时候、在哪里不见的？"]
    assert await answer(town, "早上8点在菜场不见的") == [f"{G3} @张三 有照片请发一张，没有就回“没有”。"]
    assert await answer(town, "没有") == [
        f"→ lisi: 【寻人 1001】请看一下，要发到附近4个群：\n{NOTICE}\n同意回“发”，是误会回“误报”。"
    ]


async def test_what_has_been_said_is_not_asked(town: Town) -> None:
    await town.say("zhangsan", "我妈走丢了，张桂芳，72岁，今天早上在菜场不见的")
    await town.wait(seconds=2)
    await town.say("zhangsan", "穿红棉袄")
    await town.wait(seconds=6)
    assert town.heard()[-1] == f"{G3} @张三 有照片请发一张，没有就回“没有”。"
    await town.say("zhangsan", "[图片]", image="ma.jpg")
    await town.wait(seconds=6)
    assert any(line.startswith("→ lisi: 【寻人 1001】") and "照片一起发" in line for line in town.heard())


async def test_the_familys_photo_goes_where_the_words_go(town: Town) -> None:
    await answer(town, LOST)
    await town.say("zhangsan", "[图片]", image="ma.jpg")
    await town.wait(minutes=3)
    await town.fetch()
    said = await spread_by(town, "lisi")
    assert [line for line in said if "寻人照片" in line] == [
        f"{group} 寻人照片 <1001-ma.jpg>" for group in NEAR
    ]


async def test_a_photo_that_is_fetched_later_follows_and_a_new_one_needs_a_yes(town: Town) -> None:
    await answer(town, LOST)
    await town.say("zhangsan", "[图片]", image="ma.jpg")
    await town.wait(minutes=3)
    town.heard()
    assert not any("寻人照片" in line for line in await spread_by(town, "lisi"))
    said = await town.fetch()
    await town.wait(seconds=30)
    assert sum("寻人照片" in line for line in said + town.heard()) == 4
    await town.say("zhangsan", "[图片]", image="ma2.jpg")
    await town.wait(minutes=1)
    said = town.heard() + await town.fetch()
    assert not any("寻人照片" in line for line in said)


async def test_a_family_that_does_not_answer_keeps_nobody_from_deciding(town: Town) -> None:
    await answer(town, LOST)
    await town.wait(minutes=2)
    assert any(line.startswith("→ lisi: 【寻人 1001】") for line in town.heard())
    said = await answer(town, "张桂芳")  # late, and still an answer
    assert said == [f"{G3} @张三 穿什么衣服、什么样子？"]
    await town.wait(minutes=2)
    assert any("张桂芳" in line and "【寻人 1001】" in line for line in town.heard())


async def test_nothing_is_spread_before_a_persons_yes_and_each_group_hears_once(town: Town) -> None:
    await asked(town)
    await town.wait(minutes=2)
    assert not any("【寻人】" in line for line in town.heard())
    said = await spread_by(town, "lisi")
    assert [line for line in said if "【寻人】" in line] == [f"{group} {NOTICE}" for group in NEAR]
    assert f"{G3} @张三 已发到附近4个群一起找，有消息马上告诉您。" in said
    assert "→ lisi: 1001正在发到4个群。有线索马上告诉您，找到了回“找到了”。" in said
    assert await town.tell("lisi", "同意") == ["→ lisi: 1001已经发过4个群了。"]


async def spread_by(town: Town, who: str) -> list[str]:
    said = await town.tell(who, "发")
    await town.wait(minutes=1)
    return said + town.heard()


async def test_when_the_steward_does_not_answer_the_next_ones_are_asked(town: Town) -> None:
    await asked(town)
    await town.wait(minutes=3, seconds=10)
    shown = [line.split(":")[0] for line in town.heard() if "【寻人 1001】" in line]
    assert sorted(shown) == ["→ sunqiang", "→ zhaomin"]
    await town.wait(minutes=3)
    assert [line.split(":")[0] for line in town.heard() if "【寻人 1001】" in line] == ["→ laochen"]
    said = await spread_by(town, "sunqiang")
    assert sum("【寻人】" in line for line in said) == 4


async def test_somebody_of_another_group_has_no_say(town: Town) -> None:
    await asked(town)
    assert (await town.tell("zhouwu", "发"))[0].startswith("→ zhouwu: 没听懂")
    assert await town.tell("zhouwu", "发 1001") == [
        "→ zhouwu: 没听懂。回“帮助”看怎么用，回“我的工单”看手上的事。"
    ]


async def test_a_grid_leader_can_have_the_whole_subdistrict_told(town: Town) -> None:
    await spread(town)
    assert await town.tell("lisi", "扩大") == ["→ lisi: 1001要发到全街道，请网格长或社区回“扩大 1001”。"]
    said = await town.tell("sunqiang", "扩大 1001")
    await town.wait(minutes=1)
    assert [line for line in said + town.heard() if "【寻人】" in line] == [f"[东沙1号群] {NOTICE}"]


async def test_a_sighting_reaches_the_steward_and_the_family_at_once(town: Town) -> None:
    await spread(town)
    await town.say("wangwu", "在东门公交站看到", room="湖滨1号群")
    await town.wait(seconds=3)
    said = town.heard()
    assert [line.replace(line[line.find("王五 ") + 3 : line.find("\n")], "") for line in said[:1]] == [
        "→ lisi: 【线索 1001】湖滨1号群 王五 \n“在东门公交站看到”"
    ]
    assert set(said[1:]) == {
        f"{G3} @张三 有线索：湖滨1号群有人说“在东门公交站看到”，管家已知道。",
        f"{HUBIN} @王五 谢谢！已告诉家属和管家。",
    }
    assert "sighted" in await timeline(town)
    assert (await town.tell("lisi", "线索"))[0].startswith("→ lisi: 1001有1条线索：\n")


async def test_a_witness_who_does_not_say_where_is_asked(town: Town) -> None:
    await spread(town)
    await town.say("wangwu", "我看见了", room="玉景湾4号群")
    await town.wait(seconds=15)
    assert f"{G4} @王五 谢谢！在哪里看到的，什么时候？" in town.heard()
    await town.say("wangwu", "东门公交站，往南走了", room="玉景湾4号群")
    await town.wait(seconds=15)
    said = town.heard()
    assert f"{G3} @张三 有线索：玉景湾4号群有人说“东门公交站，往南走了”，管家已知道。" in said
    assert f"{G4} @王五 谢谢！已告诉家属和管家。" in said


@pytest.mark.parametrize(
    "words", ["没看到", "希望快点找到", "谁看见了说一声", "看到消息了，已转发", "看到3幢楼下垃圾没人收"]
)
async def test_other_talk_in_a_group_that_was_told_is_no_sighting(town: Town, words: str) -> None:
    await spread(town)
    await town.say("wangwu", words, room="湖滨1号群")
    await town.wait(seconds=15)
    assert not any("线索" in line for line in town.heard())


async def test_a_sighting_elsewhere_is_talk(town: Town) -> None:
    await spread(town)
    await town.say("wangwu", "我看见了", room="东沙1号群")
    await town.wait(seconds=15)
    assert not any("线索" in line or "谢谢" in line for line in town.heard())


async def test_the_family_says_found_and_everybody_who_was_told_hears_it_once(town: Town) -> None:
    await spread(town)
    await town.say("zhangsan", "找到了，谢谢大家")
    await town.wait(minutes=1)
    said = town.heard()
    assert sorted(line for line in said if "寻人结束" in line) == sorted(f"{group} {CLEAR}" for group in NEAR)
    assert "→ lisi: 1001家属说“找到了，谢谢大家”，已结案。" in said
    assert (await town.ticket())["state"] == "closed"
    await town.say("zhangsan", "找到了")
    await town.wait(hours=50)
    assert not any("寻人" in line or "1001" in line for line in town.heard())


@pytest.mark.parametrize("words", ["找到了", "找到了 1001", "1001 找到了", "办结 1001 人找到了"])
async def test_the_steward_says_found(town: Town, words: str) -> None:
    await spread(town)
    said = await town.tell("lisi", words)
    await town.wait(minutes=1)
    said += town.heard()
    assert sum("寻人结束" in line for line in said) == 4
    assert (await town.ticket())["state"] == "resolved"


async def test_not_found_after_all_starts_over_with_a_persons_yes(town: Town) -> None:
    await spread(town)
    await town.tell("lisi", "办结 人找到了")
    await town.wait(minutes=1)
    town.heard()
    said = await answer(town, "没找到，那个不是我妈")
    assert any(line.startswith("→ lisi: 【寻人 1001】") for line in said)
    assert not any("@张三 走失的人" in line for line in said)
    said = await spread_by(town, "lisi")
    assert [line for line in said if "【寻人】" in line] == [f"{group} {NOTICE}" for group in NEAR]


async def test_a_mistake_is_said_everywhere_it_went(town: Town) -> None:
    await spread(town)
    said = await town.tell("lisi", "误报")
    await town.wait(minutes=1)
    said += town.heard()
    assert sum("是误会，人没事" in line for line in said) == 4
    assert (await town.ticket())["state"] == "rejected"


async def test_taken_back_before_it_was_spread_nothing_is_said_anywhere_else(town: Town) -> None:
    await asked(town)
    await town.say("zhangsan", "不好意思，虚惊一场")
    await town.wait(minutes=20)
    said = town.heard()
    assert f"{G3} @张三 工单1001已撤销。" in said
    assert not any("【寻人" in line for line in said)
    assert (await town.ticket())["state"] == "cancelled"


async def take(town: Town, *said: tuple[str, str, str | None]) -> None:
    """People say this (who, words, room) and it is taken in, in one batch; nothing has been said in between."""
    messages = [
        IncomingMessage(
            account="replay", id=who, at=town.now, talker=who, name=who, text=text, room=room, topic=room
        )
        for who, text, room in said
    ]
    async with town.database.begin() as session:
        await receive(await town.context(session), messages)


async def test_who_has_not_heard_the_notice_yet_hears_no_all_clear(town: Town) -> None:
    await asked(town)
    await take(town, ("lisi", "发", None), ("zhangsan", "找到了", "玉景湾3号群"))
    await town.restart()
    await town.wait(minutes=1)
    said = town.heard()
    assert not any("【寻人" in line for line in said)
    assert f"{G3} @张三 人平安就好！工单1001已结案。" in said


@pytest.mark.parametrize("knows", [True, False], ids=["the backend knows", "nobody knows"])
async def test_who_has_or_may_have_heard_the_notice_hears_the_all_clear(town: Town, knows: bool) -> None:
    await asked(town)
    await take(town, ("lisi", "发", None))
    async with town.database.begin() as session:  # said, and killed before that was written down
        directory = (await town.context(session)).directory
        begun = await claim(
            session, directory, account="replay", now=town.now, settings=SETTINGS.delivery, limit=20
        )
        assert sum("【寻人】" in each.text for each in begun) == len(NEAR)
    heard = [each.key for each in begun if "【寻人】" in each.text][: 1 if knows else len(NEAR)]
    async with town.database.begin() as session:
        await recover(session, "replay", dict.fromkeys(heard, "1") if knows else None)
    await take(town, ("zhangsan", "找到了", "玉景湾3号群"))
    await town.restart()
    await town.wait(minutes=1)
    assert sum("【寻人结束】" in line for line in town.heard()) == len(heard)


async def test_no_number_of_the_family_leaves_their_group(town: Town) -> None:
    await answer(
        town, "我妈走丢了，72岁，穿红棉袄，早上在菜场不见的，我电话13812345678，身份证320502195001011234"
    )
    said = await spread_by(town, "lisi")
    notices = [line for line in said if "【寻人】" in line]
    assert len(notices) == 4
    assert not any("138" in line or "3205" in line or "电话" in line or "*" in line for line in notices)


async def test_a_group_that_comes_later_is_left_alone(town: Town) -> None:
    from handlers.roster import import_roster
    from handlers.rosterfile import parse_roster
    from storage.people import bind_all_rooms
    from tests.handlers.town import PEOPLE, ROSTER

    await spread(town)
    async with town.database.begin() as session:
        late = ROSTER + MORE + "\n玉景社区,第一网格,玉景湾6号群,李四,lisi,,,,\n"
        roster = parse_roster("roster.csv", late.encode(), ("people.csv", PEOPLE.encode()))
        await import_roster(session, roster, now=town.now, by="test")
        await bind_all_rooms(session, "replay")
    await town.say("zhangsan", "找到了")
    await town.wait(hours=2)
    assert not any(line.startswith("[玉景湾6号群]") for line in town.heard())


async def test_a_restart_in_the_middle_loses_and_repeats_nothing(database: Database) -> None:
    town = await Town.open(database, SETTINGS, more=MORE)
    await answer(town, LOST)
    await town.restart()
    assert await answer(town, "张桂芳，72岁") == [f"{G3} @张三 穿什么衣服、什么样子？"]
    await answer(town, "红棉袄黑裤子")
    await answer(town, "早上8点在菜场不见的")
    await town.restart()
    await answer(town, "没有")
    await town.say("lisi", "发", room=None, message_id="yes")
    await town.restart()
    await town.say("lisi", "发", room=None, message_id="yes")
    await town.wait(minutes=1)
    assert sum("【寻人】" in line for line in town.heard()) == 4
    await town.restart()
    await town.say("zhangsan", "找到了", message_id="found")
    await town.restart()
    await town.say("zhangsan", "找到了", message_id="found")
    await town.wait(minutes=1)
    assert sum("寻人结束" in line for line in town.heard()) == 4


async def test_somebody_lost_who_was_met_is_looked_for_by_other_questions(town: Town) -> None:
    said = await answer(town, "捡到一个走丢的小女孩，哭着找妈妈")
    assert said[-1] == f"{G3} @张三 人现在在哪里，谁陪着？"
    await answer(town, "在3号楼下面，我陪着")
    await answer(town, "大概5岁，粉裙子")
    await answer(town, "没有")
    said = await spread_by(town, "lisi")
    assert sum("【寻找家人】“捡到一个走丢的小女孩" in line for line in said) == 4


async def test_the_family_can_answer_the_bot_itself(town: Town) -> None:
    await answer(town, LOST)
    assert await town.tell("zhangsan", "张桂芳，72岁") == []
    await town.wait(seconds=5)
    assert town.heard() == ["→ zhangsan: 穿什么衣服、什么样子？"]


async def test_at_night_it_is_told_all_the_same(town: Town) -> None:
    await town.wait(hours=15)
    said = await spread(town)
    assert sum("【寻人】" in line for line in said) == 4


async def test_an_unsure_report_becomes_a_search_when_the_steward_says_so(town: Town) -> None:
    await town.say("zhangsan", "3幢2单元楼道灯坏了")
    await town.wait(seconds=10)
    town.heard()
    said = await town.tell("lisi", "改类 1001 走失寻人")
    await town.wait(seconds=6)
    said += town.heard()
    assert f"{G3} @张三 请先打110报警，我再问您几句，好帮您找人。" in said
    assert f"{G3} @张三 走失的人叫什么名字、多大年纪？" in said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我妈走丢了", SearchKind.MISSING),
        ("老人走失了，谁看见了", SearchKind.MISSING),
        ("孩子放学没回家", SearchKind.MISSING),
        ("捡到一个走失的老人", SearchKind.FOUND),
        ("看到一个老太太在门口转，说不清家在哪", SearchKind.FOUND),
        ("谁家小孩在马路上哭", SearchKind.FOUND),
    ],
)
def test_missing_and_found_are_told_apart(text: str, kind: SearchKind) -> None:
    assert kind_of(text) is kind


def test_what_a_report_already_says() -> None:
    text = "我妈72岁，叫张桂芳，穿红棉袄，早上在菜场不见了"
    assert told_in(text, SearchKind.MISSING) == {Slot.WHO, Slot.WEARING, Slot.SEEN}
    assert told_in("我妈走丢了", SearchKind.MISSING) == set()


@pytest.mark.parametrize(
    "text",
    [
        "我看见了",
        "在东门公交站看到",
        "刚才在菜场看到过，往南走了",
        "看见一个老太太在桥上坐着",
        "我刚刚碰到她了",
    ],
)
def test_a_sighting(text: str) -> None:
    assert is_sighting(text)


@pytest.mark.parametrize(
    "text",
    [
        "没看见",
        "谁看见了？",
        "看到了吗",
        "看到请告诉我",
        "看到快递放门口了",
        "帮忙留意一下",
        "看到群里消息了",
        "早上好",
        "",
    ],
)
def test_no_sighting(text: str) -> None:
    assert not is_sighting(text)


@pytest.mark.parametrize(
    "text", ["找到了", "找到了！", "人找到了，谢谢大家", "已找到", "老人自己回来了", "平安回家了"]
)
def test_found(text: str) -> None:
    assert is_found(text)


@pytest.mark.parametrize("text", ["没找到", "找到了吗？", "还没找到", "找到钥匙了", "在家", "希望找到"])
def test_not_found(text: str) -> None:
    assert not is_found(text)
    assert not is_mistake(text)


@pytest.mark.parametrize("text", ["误报", "虚惊一场", "不好意思，是误会", "人就在家里", "弄错了"])
def test_a_mistake(text: str) -> None:
    assert is_mistake(text)


@pytest.mark.parametrize("text", ["发提示 3", "发工资了", "同意你的意见", "找人修灯", "1", ""])
def test_other_words_decide_nothing(text: str) -> None:
    assert read_search_word(text) is None
