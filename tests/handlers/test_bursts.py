"""Transcripts of people who say one thing in many messages, in turn with others, and take some of it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.replay.events import ACCOUNT
from handlers.chat.reception import receive
from handlers.chat.residents import Outcome
from handlers.events import IncomingMessage
from handlers.tickets.files import forget_files
from storage.attachments import attachments_of
from storage.engine import Database
from storage.enums import AttachmentState
from storage.messages import find_message
from tests.handlers.town import GROUP, MORNING, NAMES, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
G3 = "[玉景湾3号群]"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


def said(who: str, text: str, seconds: float, number: int) -> IncomingMessage:
    return IncomingMessage(
        account=ACCOUNT,
        id=f"b{number}",
        at=MORNING + timedelta(seconds=seconds),
        talker=who,
        name=NAMES[who],
        text=text,
        room=GROUP,
        topic=GROUP,
    )


async def test_two_residents_who_talk_in_turn_have_a_ticket_each(town: Town) -> None:
    for who, words in (
        ("zhangsan", "师傅在吗"),
        ("wangwu", "管家"),
        ("zhangsan", "楼道灯坏了"),
        ("wangwu", "垃圾没人收"),
        ("zhangsan", "3幢2单元的"),
        ("wangwu", "臭死了，在12幢"),
    ):
        await town.say(who, words)
        await town.wait(seconds=1)
    await town.wait(seconds=15)
    prompts = [line for line in town.heard() if "【新工单" in line]
    assert ["“楼道灯坏了 3幢2单元的”" in line for line in prompts] == [True, False]
    assert ["“垃圾没人收 臭死了，在12幢”" in line for line in prompts] == [False, True]


async def test_an_urgent_word_in_the_middle_goes_out_at_once(town: Town) -> None:
    await town.say("zhangsan", "3幢电梯坏了")
    await town.wait(seconds=2)
    assert town.heard() == []
    await town.say("zhangsan", "里面有人被困住了")
    await town.wait(seconds=1)
    ack, prompt = town.heard()
    assert ack.startswith(f"{G3} @张三 已登记【紧急·电梯】3幢，工单1001，正在叫管家李四。")
    assert prompt.startswith("→ lisi: 【紧急工单1001】电梯")
    assert "3幢电梯坏了 里面有人被困住了" in prompt
    await town.say("zhangsan", "快点")
    await town.wait(seconds=10)
    assert town.heard() == ["→ lisi: 1001补充：“快点” 地点：3幢"]
    assert await town.count() == 1


@pytest.mark.parametrize("border", [1, 2, 3])
async def test_a_burst_over_the_border_of_two_batches_is_one_report(town: Town, border: int) -> None:
    messages = [
        said("zhangsan", words, second, second)
        for second, words in enumerate(("师傅在吗", "楼道灯坏了", "3幢2单元的", "好几天了"))
    ]
    outcomes: list[Outcome] = []
    for batch in (messages[:border], messages[border:]):
        async with town.acting() as ctx:
            outcomes += await receive(ctx.at(batch[-1].at), batch)
    assert outcomes == [Outcome.SILENT, Outcome.OPENED, Outcome.EXTENDED, Outcome.EXTENDED]
    await town.wait(seconds=20)
    assert "“楼道灯坏了 3幢2单元的 好几天了”" in town.heard()[1]


async def test_a_burst_over_a_restart_is_one_report_said_once(town: Town) -> None:
    await town.say("zhangsan", "楼道灯坏了")
    await town.wait(seconds=2)
    await town.restart()
    await town.say("zhangsan", "3幢2单元的")
    await town.say("zhangsan", "", image="1.jpg")
    await town.restart()
    await town.wait(seconds=15)
    ack, prompt = town.heard()
    assert "3幢2单元，工单1001" in ack
    assert "附图片1张" in prompt
    await town.restart()
    await town.wait(seconds=60)
    assert town.heard() == []


async def test_what_is_taken_back_at_once_was_never_said(town: Town) -> None:
    first = await town.say("zhangsan", "3幢2单元楼道灯坏了")
    await town.wait(seconds=2)
    await town.recall("zhangsan", first)
    await town.say("zhangsan", "5幢2单元楼道灯坏了")
    await town.wait(seconds=15)
    ack, prompt = town.heard()
    assert "5幢2单元，工单1002" in ack
    assert prompt.startswith("→ lisi: 【新工单1002】")
    assert (await town.ticket(1001))["state"] == "cancelled"
    async with town.database.read() as session:
        row = await find_message(session, ACCOUNT, first)
        assert row is not None
        assert row.text == ""


async def test_what_is_taken_back_after_the_prompt_is_told(town: Town) -> None:
    first = await town.say("zhangsan", LAMP)
    await town.wait(seconds=60)
    town.heard()
    await town.recall("zhangsan", first)
    await town.wait(seconds=5)
    assert town.heard() == [f"{G3} @张三 工单1001已撤销。", "→ lisi: 1001居民说不用了，已撤销。"]
    assert (await town.ticket())["state"] == "cancelled"


async def test_one_line_of_several_is_taken_out(town: Town) -> None:
    await town.say("zhangsan", "楼道灯坏了")
    wrong = await town.say("zhangsan", "3幢2单元的")
    await town.say("zhangsan", "晚上黑漆漆的")
    await town.recall("zhangsan", wrong)
    await town.say("zhangsan", "5幢1单元")
    await town.wait(seconds=15)
    ack, prompt = town.heard()
    assert "5幢1单元，工单1001" in ack
    assert "“楼道灯坏了 晚上黑漆漆的 5幢1单元”" in prompt


async def test_an_emergency_or_one_that_is_taken_on_stays_to_be_made_sure_of(town: Town) -> None:
    urgent = await town.say("zhangsan", "3幢楼道里一股煤气味，头晕")
    lamp = await town.say("wangwu", "9幢路灯坏了")
    await town.wait(seconds=20)
    await town.tell("lisi", "1 1002")
    await town.recall("zhangsan", urgent)
    await town.recall("wangwu", lamp)
    await town.wait(seconds=10)
    assert town.heard()[-2:] == [
        "→ lisi: 1001张三撤回了报的话，请核实一下还要不要办。",
        "→ lisi: 1002王五撤回了报的话，请核实一下还要不要办。",
    ]
    assert [(await town.ticket(number))["state"] for number in (1001, 1002)] == ["prompted", "accepted"]


async def test_a_photo_taken_back_is_sent_to_nobody_and_removed(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    photo = await town.say("zhangsan", "", image="private.jpg")
    await town.say("zhangsan", "", image="lamp.jpg")
    await town.recall("zhangsan", photo)
    await town.wait(seconds=20)
    assert "附图片1张" in town.heard()[1]
    assert await town.fetch() == ["→ lisi: 1001的图片（张三 09:12） <1001-lamp.jpg>"]
    async with town.database.read() as session:
        states = [each.state for each in await attachments_of(session, 1001)]
    assert states == [AttachmentState.GONE, AttachmentState.KEPT]


async def test_a_photo_taken_back_after_it_was_kept_goes_with_the_next_cleaning(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    photo = await town.say("zhangsan", "", image="private.jpg")
    await town.wait(seconds=20)
    await town.fetch()
    await town.recall("zhangsan", photo)
    async with town.acting() as ctx:
        assert await forget_files(ctx, timedelta(days=365)) == ["1001-private.jpg"]
    async with town.acting() as ctx:
        assert await forget_files(ctx, timedelta(days=365)) == []


async def test_a_neighbour_who_takes_it_back_is_not_counted(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    joined = await town.say("wangwu", "3幢2单元楼道灯不亮了")
    await town.recall("wangwu", joined)
    await town.wait(seconds=20)
    assert (await town.ticket())["supporters"] == 0


async def test_nobody_takes_back_for_another_and_chat_is_only_forgotten(town: Town) -> None:
    first = await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    town.heard()
    await town.recall("wangwu", first)
    chat = await town.say("zhangsan", "我先出门了哈")
    await town.recall("zhangsan", chat)
    await town.recall("zhangsan", "never heard of")
    await town.wait(seconds=10)
    assert town.heard() == []
    assert (await town.ticket())["text"] == LAMP


async def test_a_message_of_ten_thousand_characters_is_one_matter_at_most(town: Town) -> None:
    await town.say("zhangsan", "楼道灯坏了，" * 1_700)
    await town.say("zhangsan", "好" * 10_000)
    await town.wait(seconds=20)
    assert all(len(line) <= 220 for line in town.heard())
    assert await town.count() <= 1
