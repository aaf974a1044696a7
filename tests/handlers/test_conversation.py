"""Transcripts: people say, the bot should say (DESIGN §3)."""

from __future__ import annotations

import pytest

from handlers.chat.reception import receive
from handlers.events import IncomingMessage
from storage.engine import Database
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
G3 = "[玉景湾3号群]"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def report(town: Town, words: str = LAMP, who: str = "zhangsan") -> list[str]:
    await town.say(who, words)
    await town.wait(seconds=10)
    return town.heard()


async def test_the_conversation_of_the_design_plays_to_its_end(town: Town) -> None:
    assert await report(town) == [
        f"{G3} @张三 已登记【公共照明】3幢2单元，工单1001。管家李四会跟进，回“进度”可查。",
        "→ lisi: 【新工单1001】公共照明 玉景湾3号群 张三 09:12\n"
        f"“{LAMP}” 地点：3幢2单元\n"
        "回复 1接单 2转派 3叫铁脚板 4办结 0不是诉求",
    ]
    assert await town.tell("lisi", "1") == [
        "→ lisi: 1001已接单，请在明天09:12前办好。办好回“办结 换了新灯泡”。",
        f"{G3} @张三 管家李四已接单1001。",
    ]
    assert await town.tell("lisi", "办结 换了新灯泡") == [
        "→ lisi: 1001已办结，等居民确认。",
        f"{G3} @张三 工单1001已办结：换了新灯泡。满意回“满意”，没修好回“没修好”。",
    ]
    await town.say("zhangsan", "满意")
    await town.wait(seconds=5)
    assert town.heard() == ["→ lisi: 1001居民说满意，已结案。"]
    ticket = await town.ticket()
    assert (ticket["state"], ticket["category"], ticket["location"]) == ("closed", "lighting", "3幢2单元")


@pytest.mark.parametrize("words", ["早上好", "孩子作业漏了一题", "昨天漏水已经修好了谢谢"])
async def test_chat_causes_nothing(town: Town, words: str) -> None:
    assert await report(town, words) == []
    assert await town.count() == 0


async def test_a_repeated_message_changes_nothing(town: Town) -> None:
    await town.say("zhangsan", LAMP, message_id="same")
    await town.say("zhangsan", LAMP, message_id="same")
    await town.wait(seconds=10)
    assert len(town.heard()) == 2
    await town.say("zhangsan", LAMP, message_id="same")
    await town.wait(seconds=10)
    assert town.heard() == []
    assert await town.count() == 1


async def test_a_burst_is_one_report(town: Town) -> None:
    await town.say("zhangsan", "师傅在吗")
    await town.wait(seconds=2)
    await town.say("zhangsan", "楼道灯坏了")
    await town.wait(seconds=2)
    await town.say("zhangsan", "3幢2单元的")
    await town.wait(seconds=2)
    await town.say("zhangsan", "[图片]", image="lamp.jpg")
    await town.wait(seconds=10)
    ack, prompt = town.heard()
    assert "【公共照明】3幢2单元" in ack
    assert "楼道灯坏了 3幢2单元的" in prompt
    assert await town.count() == 1


async def test_not_fixed_reopens_with_what_is_still_wrong(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "1")
    await town.tell("lisi", "办结")
    await town.say("zhangsan", "没修好，还是不亮")
    await town.wait(seconds=5)
    assert town.heard() == [
        f"{G3} @张三 好的，工单1001重新办理，管家李四会再来处理。",
        "→ lisi: 【重开1001】张三说没修好：“没修好，还是不亮”\n请再处理，办好回“办结 1001”。",
    ]
    assert (await town.ticket())["state"] == "accepted"


async def test_the_resident_can_ask_and_take_back(town: Town) -> None:
    await report(town)
    await town.say("zhangsan", "@助手 进度")
    await town.wait(seconds=5)
    assert town.heard() == [f"{G3} @张三 工单1001【公共照明】已通知管家李四，等接单。"]
    await town.say("zhangsan", "撤销")
    await town.wait(seconds=5)
    assert town.heard() == [f"{G3} @张三 工单1001已撤销。", "→ lisi: 1001居民说不用了，已撤销。"]
    assert await town.tell("lisi", "1001 接单") == ["→ lisi: 工单1001已撤销，不能接单。"]


async def test_a_steward_with_several_tickets_is_asked_which(town: Town) -> None:
    await report(town)
    await report(town, "12幢垃圾没人收，臭死了", who="wangwu")
    assert await town.tell("lisi", "1") == [
        "→ lisi: 您有几件，请回序号：\n1. 1001 公共照明 玉景湾3号群 3幢2单元\n2. 1002 环境卫生 玉景湾3号群 12幢"
    ]
    assert (await town.tell("lisi", "2"))[0].startswith("→ lisi: 1002已接单")
    assert (await town.tell("lisi", "1"))[0].startswith("→ lisi: 1001已接单")


@pytest.mark.parametrize(
    "words", ["办结 1002 清理了", "1002办结 清理了", "4 1002 清理了", "1002 好了 清理了"]
)
async def test_a_number_says_which_ticket(town: Town, words: str) -> None:
    await report(town)
    await report(town, "12幢垃圾没人收，臭死了", who="wangwu")
    said = await town.tell("lisi", words)
    assert said[0] == "→ lisi: 1002已办结，等居民确认。"
    assert (await town.ticket(1001))["state"] == "prompted"


async def test_quoting_the_prompt_says_which_ticket(town: Town) -> None:
    await report(town)
    await report(town, "12幢垃圾没人收，臭死了", who="wangwu")
    assert (await town.tell("lisi", "1", quote="bot-2"))[0].startswith("→ lisi: 1001已接单")


async def test_reassigning_asks_to_whom_and_keeps_the_state(town: Town) -> None:
    await report(town)
    assert (await town.tell("lisi", "2"))[0].startswith("→ lisi: 1001转给谁？请回序号：\n1. 赵敏")
    said = await town.tell("lisi", "1")
    assert said[0] == "→ lisi: 1001已转给赵敏。"
    assert said[1].startswith("→ zhaomin: 李四把这件转给您：\n【新工单1001】")
    assert (await town.ticket())["state"] == "prompted"
    assert (await town.tell("zhaomin", "1"))[0].startswith("→ zhaomin: 1001已接单")


async def test_reassigning_by_name_with_a_reason(town: Town) -> None:
    await report(town)
    said = await town.tell("lisi", "转派 赵敏 他负责这片")
    assert said[1].startswith("→ zhaomin: 李四把这件转给您（他负责这片）：")


async def test_not_a_request_is_taken_down_politely(town: Town) -> None:
    await report(town)
    assert await town.tell("lisi", "0") == [
        "→ lisi: 1001已撤下，不算诉求。",
        f"{G3} @张三 工单1001管家看过已撤下。还需要帮忙，请再说一声。",
    ]
    assert (await town.ticket())["state"] == "rejected"


async def test_the_first_of_the_team_who_answers_has_it(town: Town) -> None:
    await report(town)
    said = await town.tell("lisi", "3")
    assert said[0] == "→ lisi: 1001已叫铁脚板2人，有人应答会告诉您。已记为您接单。"
    assert {line.split(":")[0] for line in said[1:3]} == {"→ tie1", "→ tie2"}
    assert said[3:] == ["[玉景湾3号群] @张三 管家李四已接单1001。"]
    assert set(await town.tell("tie2", "我来")) == {
        "→ tie2: 1001交给您了，谢谢！管家李四会跟您联系。到了回“到了”。",
        "→ lisi: 1001铁脚板铁二说马上来。",
        "→ tie1: 1001已有铁二去了，谢谢大家。",
    }


async def test_a_steward_who_answers_in_the_group_has_answered(town: Town) -> None:
    await report(town)
    await town.say("lisi", "收到，马上安排师傅")
    await town.wait(seconds=3)
    assert town.heard() == [
        "→ lisi: 1001按您在群里的回复记为已接单，请在明天09:12前办好。办好回“办结 1001”。"
    ]
    assert (await town.ticket())["state"] == "accepted"


async def test_a_neighbour_who_says_the_same_joins(town: Town) -> None:
    await report(town)
    assert await report(town, "3幢2单元楼道灯不亮了", who="wangwu") == [
        "→ lisi: 1001又有1人反映，共2人。",
        f"{G3} @王五 这件事已登记为工单1001，给您加一（共2人）。回“进度”可查。",
    ]
    assert await town.count() == 1
    assert (await town.ticket())["supporters"] == 1


async def test_what_the_reporter_adds_changes_nothing_that_is_said_to_a_neighbour(town: Town) -> None:
    await report(town)
    await town.say("wangwu", "3幢2单元楼道灯不亮了")
    await town.wait(seconds=2)
    await town.say("zhangsan", "三楼的楼道灯，坏了两天了")
    await town.wait(seconds=10)
    said = town.heard()
    assert f"{G3} @王五 这件事已登记为工单1001，给您加一（共2人）。回“进度”可查。" in said
    assert not any("已登记【" in line for line in said)


async def test_another_building_is_another_matter(town: Town) -> None:
    await report(town)
    await report(town, "9幢楼道灯坏了", who="wangwu")
    assert await town.count() == 2


async def test_nobody_answers_and_the_ticket_climbs_the_ladder(town: Town) -> None:
    await report(town)
    await town.wait(minutes=30)
    assert town.heard()[0].startswith("→ lisi: 【提醒】工单1001还没人接：公共照明 玉景湾3号群 地点：3幢2单元")
    await town.wait(minutes=90)
    called = town.heard()
    assert called[0].startswith("→ zhaomin: 【请您处理】工单1001李四没有接，转到您这里。\n【新工单1001】")
    assert called[1] == "→ lisi: 1001超时未接，已转给赵敏。"
    await town.wait(hours=6)
    assert town.heard()[0].startswith("→ sunqiang: 【请您处理】")
    await town.wait(days=2)
    assert any(line.startswith("→ laochen: 【请您处理】") for line in town.heard())
    assert (await town.ticket())["escalation"] == 3


async def test_an_urgent_matter_goes_out_at_once_and_climbs_in_minutes(town: Town) -> None:
    await town.say("zhangsan", "3幢楼道里一股煤气味，头晕")
    await town.wait(seconds=1)
    ack, prompt = town.heard()
    assert ack.startswith(f"{G3} @张三 已登记【紧急·燃气】3幢，工单1001，正在叫管家李四。")
    assert prompt.startswith("→ lisi: 【紧急工单1001】燃气")
    await town.wait(minutes=31)
    assert [line[:9] for line in town.heard()] == [
        "→ lisi: 【",
        "→ zhaomin",
        "→ lisi: 1",
        "→ sunqian",
        "→ zhaomin",
        "→ laochen",
        "→ sunqian",
    ]


async def test_silence_after_the_result_closes_without_objection(town: Town) -> None:
    await report(town)
    await town.tell("lisi", "办结 换了新灯泡")
    await town.wait(hours=49)
    assert (await town.ticket())["state"] == "closed"


async def test_at_night_prompts_wait_for_the_morning_and_answers_do_not(town: Town) -> None:
    await town.wait(hours=14)
    said = await report(town)
    assert [line[:9] for line in said] == [f"{G3} @"[:9]]
    await town.wait(hours=8)
    assert any(line.startswith("→ lisi: 【新工单1001】") for line in town.heard())


async def test_the_group_never_hears_room_or_phone_numbers(town: Town) -> None:
    await report(town, "3幢2单元501水管爆了，电话13812345678")
    await town.tell("lisi", "办结 联系了13812345678，3幢2单元501换了水管")
    lines = [line for line in town.heard() if line.startswith("[")]
    async with town.database.read() as session:
        from storage.tickets import list_tickets

        assert (await list_tickets(session))[0].room == "501"
    assert not any("501" in line or "13812345678" in line for line in lines)


async def test_a_room_without_a_building_is_for_the_steward_alone(town: Town) -> None:
    said = await report(town, "602水管爆了，我是602的")
    assert said[0].startswith(f"{G3} @张三 已登记")
    assert "602" not in said[0]
    assert "602" in said[1]


async def test_a_number_cut_short_in_the_group_is_hidden_all_the_same(town: Town) -> None:
    await report(town, "3幢2单元楼道灯坏了")
    await town.tell("lisi", "1")
    said = await town.tell("lisi", "办结 已经请物业师傅上门把坏的灯泡全部换新，师傅电话13812345678有事打他")
    assert not any("1381" in line for line in said if line.startswith(G3))
    assert any("师傅电话***" in line for line in said if line.startswith(G3))


async def test_the_steward_reads_time_and_plate_and_the_group_does_not(town: Town) -> None:
    said = await report(town, "苏e·12345昨晚10点起一直堵着3幢消防通道，麻烦来看看")
    assert " 地点：3幢 时间：昨天 22:00 车牌：苏E12345\n" in said[1]
    await town.tell("lisi", "1")
    said = await town.tell("lisi", "办结 苏E·12345已经挪走")
    assert f"{G3} @张三 工单1001已办结：***已经挪走。满意回“满意”，没修好回“没修好”。" in said


async def test_a_prompt_is_short_however_much_is_said(town: Town) -> None:
    said = await report(
        town, "昨晚10点到今早6点，3幢2单元楼道灯坏了，" + "苏E12345、苏E54321都撞过，黑漆漆的没法走" * 5
    )
    assert len(said[1].removeprefix("→ lisi: ")) <= 170
    assert said[1].endswith("回复 1接单 2转派 3叫铁脚板 4办结 0不是诉求")


async def test_a_nickname_never_gives_a_room_or_phone_away_in_the_group(town: Town) -> None:
    await town.say("3-2-501小周13812345678", "3幢2单元楼道灯坏了")
    await town.wait(seconds=5)
    await report(town, "3幢2单元楼道灯不亮了", who="小吴502")
    said = [*town.heard(), *await town.tell("lisi", "1")]
    assert f"{G3} @3幢2单元小周 管家李四已接单1001。" in said
    assert not any("501" in line or "502" in line or "138" in line for line in said if line.startswith(G3))


async def test_an_admin_teaches_a_rule_that_works_on_the_next_message(town: Town) -> None:
    words = "小亭子的风铃掉色了"
    assert await report(town, words) == []
    assert "已加规则" in (await town.tell("admin", "加规则 公共设施维修：风铃 & 掉色 x2.0"))[0]
    assert len(await report(town, words + "呀")) == 2


async def test_what_the_bot_does_not_understand_is_answered_with_help(town: Town) -> None:
    assert (await town.tell("lisi", "今天天气不错"))[0].startswith("→ lisi: 没听懂")
    assert "1接单" in (await town.tell("lisi", "帮助"))[0]


@pytest.mark.parametrize("answer", ["满意", "没修好"])
async def test_who_answers_before_he_is_asked_is_not_asked_any_more(town: Town, answer: str) -> None:
    await report(town)
    await town.tell("lisi", "1")
    said = (("lisi", "办结 换了新灯泡", None), ("zhangsan", answer, "玉景湾3号群"))
    async with town.database.begin() as session:  # both are taken in before anything is said
        await receive(
            await town.context(session),
            [
                IncomingMessage(
                    account="replay",
                    id=f"{who}:early",
                    at=town.now,
                    talker=who,
                    name=who,
                    text=text,
                    room=room,
                    topic=room,
                )
                for who, text, room in said
            ],
        )
    await town.restart()
    await town.wait(minutes=5)
    assert (await town.ticket())["state"] == ("closed" if answer == "满意" else "accepted")
    assert not any("已办结：" in line for line in town.heard())
