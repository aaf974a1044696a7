"""Transcripts of stewards who join tickets and part them again; clocks and words stay as they were."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.events import MessageKind
from storage.attachments import attachments_of
from storage.engine import Database
from storage.models import Ticket
from storage.tickets import get_ticket
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
G3 = "[玉景湾3号群]"


@pytest.fixture
async def town(database: Database) -> Town:
    """张三 reports a lamp with a photo, 王五 half an hour later the same as another matter, 赵六 behind him."""
    town = await Town.open(database)
    await hear(town, "zhangsan", LAMP)
    await town.wait(minutes=30)
    await hear(town, "wangwu", "9幢楼下路灯不亮", image="w.jpg")
    await hear(town, "zhaoliu", "9幢楼下路灯也坏了")
    return town


async def hear(town: Town, who: str, words: str, image: str | None = None) -> list[str]:
    await town.say(who, words)
    if image is not None:
        await town.say(who, "", image=image, kind=MessageKind.IMAGE)
    await town.wait(seconds=20)
    return town.heard()


async def row(town: Town, number: int) -> Ticket:
    async with town.database.read() as session:
        ticket = await get_ticket(session, number)
        assert ticket is not None
        return ticket


@pytest.mark.parametrize(
    "words", ["并 1002 到 1001", "1002 并入 1001", "1002并到1001", "合并 1002 1001", "把1002并到1001里"]
)
async def test_two_tickets_become_one_and_everybody_is_told_once(town: Town, words: str) -> None:
    assert await town.tell("lisi", words) == [
        "→ lisi: 1002已并入1001，共3人反映。要分开回“拆 1002”。",
        f"{G3} @王五、zhaoliu 工单1002和1001是一件事，并在一起办。回“进度”可查。",
    ]
    assert (await town.ticket(1002))["state"] == "merged"
    assert (await town.ticket(1001))["supporters"] == 2
    assert await hear(town, "wangwu", "进度 1002") == [
        f"{G3} @王五 工单1001【公共照明】已通知管家李四，等接单。"
    ]
    assert await hear(town, "zhaoliu", "进度") == [
        f"{G3} @zhaoliu 工单1001【公共照明】已通知管家李四，等接单。"
    ]
    said = await town.tell("lisi", "1001")
    assert "共3人反映 附图片1张" in said[0]
    assert "1002" in (await town.tell("lisi", "1002"))[0].split("现在：已并单，并入1001")[0]


async def test_a_merge_is_undone_as_it_was(town: Town) -> None:
    before = await row(town, 1002)
    await town.tell("lisi", "并 1002 到 1001")
    await town.wait(hours=1)
    town.heard()
    assert await town.tell("lisi", "拆 1002") == [
        "→ lisi: 1002已从1001里拆出来，单独办。",
        f"{G3} @王五、zhaoliu 工单1002改为单独办，管家李四会跟进。",
    ]
    after, other = await row(town, 1002), await row(town, 1001)
    assert (other.supporters, other.photos, after.supporters, after.photos) == (0, 0, 1, 1)
    assert (after.state, after.text) == (before.state, before.text)
    assert (after.opened_at, after.clock_from) == (before.opened_at, before.clock_from)
    assert (after.resolve_due, after.respond_due) == (before.resolve_due, before.respond_due)
    async with town.database.read() as session:
        assert [each.source for each in await attachments_of(session, 1002)] == ["w.jpg"]
    assert await town.tell("lisi", "1002 好了") == [
        "→ lisi: 1002已办结，等居民确认。",
        f"{G3} @王五、zhaoliu 工单1002已办结。满意回“满意”，没修好回“没修好”。",
    ]


async def test_the_earlier_report_counts_for_both(town: Town) -> None:
    earlier = await row(town, 1001)
    await town.tell("lisi", "并 1001 到 1002")
    later = await row(town, 1002)
    assert (later.clock_from, later.resolve_due) == (earlier.clock_from, earlier.resolve_due)


async def test_a_residents_own_two_tickets_keep_all_words(town: Town) -> None:
    await hear(town, "zhangsan", "12幢垃圾没人收，臭死了")
    assert (await town.tell("lisi", "并 1003 到 1001"))[1] == (
        f"{G3} @张三 工单1003和1001是一件事，并在一起办。回“进度”可查。"
    )
    assert (await row(town, 1001)).text == f"{LAMP}\n12幢垃圾没人收，臭死了"
    assert (await row(town, 1001)).supporters == 0
    await town.tell("lisi", "拆 1003")
    assert (await row(town, 1001)).text == LAMP


async def test_what_was_not_said_yet_is_not_said_any_more(town: Town) -> None:
    await town.say("zhangsan", "15幢电梯坏了")
    await town.say("lisi", "并 1003 到 1001", room=None)
    await town.wait(seconds=20)
    assert [line for line in town.heard() if "1003" in line] == [
        "→ lisi: 1003已并入1001，共1人反映。要分开回“拆 1003”。"
    ]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("并 1001 到 1001", "1001就是它自己，不用并。"),
        ("并 1001 到 9999", "没有查到工单9999，请看看号码。"),
        ("并 1001 到路灯那件", "并到哪一件？请写号码，比如“并 1001 到 1024”。"),
        ("并 1001", "并到哪一件？请写号码，比如“并 1001 到 1024”。"),
        ("并 1001 到 1003", "1001和1003不在一个群，不能并。"),
        ("并 1004 到 1001", "1004是紧急工单，请反过来回“并 1001 到 1004”。"),
        ("并 1002 到 1005", "工单1005已办结，不能并单。"),
        ("并且天气不错", "没听懂。回“帮助”看怎么用，回“我的工单”看手上的事。"),
    ],
)
async def test_what_cannot_be_joined_is_refused_and_changes_nothing(
    town: Town, words: str, answer: str
) -> None:
    await town.say("zhangsan", "3幢路灯坏了", room="玉景湾4号群")
    await town.wait(seconds=20)
    await hear(town, "zhangsan", "5幢楼道里一股煤气味，头晕")
    await hear(town, "zhangsan", "12幢垃圾没人收，臭死了")
    await town.tell("lisi", "1005 好了")
    assert (await town.tell("lisi", words))[0] == f"→ lisi: {answer}"
    assert [(await town.ticket(number))["state"] for number in (1001, 1002, 1004)] == ["prompted"] * 3


async def test_a_chain_is_parted_from_its_end(town: Town) -> None:
    await hear(town, "zhangsan", "15幢垃圾没人收，臭死了")
    await town.tell("lisi", "并 1002 到 1001")
    await town.tell("lisi", "并 1001 到 1003")
    assert (await town.ticket(1003))["supporters"] == 2
    assert (await town.tell("lisi", "拆 1002"))[0] == "→ lisi: 1002现在拆不了，请先拆 1001。"
    assert (await town.tell("lisi", "拆 1001"))[0].startswith("→ lisi: 1001已从1003里拆出来")
    assert (await town.tell("lisi", "拆 1002"))[0].startswith("→ lisi: 1002已从1001里拆出来")
    assert [(await row(town, number)).supporters for number in (1001, 1002, 1003)] == [0, 1, 0]


async def test_others_than_the_steward_of_the_group_join_nothing(town: Town) -> None:
    assert await town.tell("qianqi", "并 1002 到 1001") == ["→ qianqi: 工单1002不在您的群里。"]
    assert isinstance((await row(town, 1002)).opened_at, datetime)
