"""Transcripts of residents who ask after their tickets: several at once, hurrying, neighbours on one ticket."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
DIRT = "12幢垃圾没人收，臭死了"
G3 = "[玉景湾3号群]"


@pytest.fixture
async def town(database: Database) -> Town:
    """A town in which 张三 waits for a lamp."""
    town = await Town.open(database)
    await hear(town, LAMP)
    return town


async def hear(town: Town, words: str, who: str = "zhangsan") -> list[str]:
    await town.say(who, words)
    await town.wait(seconds=12)
    return town.heard()


async def test_all_his_tickets_come_in_one_message(town: Town) -> None:
    await hear(town, DIRT)
    await town.tell("lisi", "1 1002")
    await town.wait(seconds=20)
    town.heard()
    assert await hear(town, "我的工单") == [
        f"{G3} @张三 您有2件：\n1002环境卫生 正在办理\n1001公共照明 待接单"
    ]


async def test_somebody_without_tickets_is_told_so(town: Town) -> None:
    assert await hear(town, "进度", who="wangwu") == [
        f"{G3} @wangwu 没有查到您的工单。有事直接在群里说就行。".replace("wangwu", "王五")
    ]


async def test_hurrying_reaches_the_steward_once_in_a_while(town: Town) -> None:
    urged = f"{G3} @张三 已经替您催了，工单1001已通知管家李四，等接单。"
    assert await hear(town, "催一下") == [urged, "→ lisi: 1001居民在催，请看一下。"]
    assert await hear(town, "催一下") == [urged]


async def test_a_neighbour_on_the_ticket_may_ask_and_hurry_and_say_it_is_not_fixed(town: Town) -> None:
    await hear(town, "3幢2单元楼道灯不亮了", who="wangwu")
    assert await hear(town, "进度", who="wangwu") == [
        f"{G3} @王五 工单1001【公共照明】已通知管家李四，等接单。"
    ]
    assert "→ lisi: 1001居民在催，请看一下。" in await hear(town, "催一下 1001", who="wangwu")
    assert await hear(town, "撤销 1001", who="wangwu") == []
    await town.tell("lisi", "办结")
    assert await hear(town, "满意", who="wangwu") == []
    said = await hear(town, "没修好", who="wangwu")
    assert said[-1].startswith("→ lisi: 【重开1001】")
    assert (await town.ticket())["state"] == "accepted"


async def test_not_fixed_while_it_is_being_done_hurries(town: Town) -> None:
    await town.tell("lisi", "1")
    await town.wait(seconds=20)
    town.heard()
    assert await hear(town, "还没修好啊") == [
        f"{G3} @张三 已经替您催了，工单1001管家李四已接单，预计明天09:12前办好。",
        "→ lisi: 1001居民在催，请看一下。",
    ]


async def test_a_new_matter_that_begins_like_a_command_is_a_new_ticket(town: Town) -> None:
    await town.wait(minutes=5)
    assert (await hear(town, "没解决停水啊，12幢又停水了"))[0].startswith(
        f"{G3} @张三 已登记【供水排水】12幢"
    )
    assert await town.count() == 2


async def test_a_bare_not_fixed_long_after_the_end_opens_nothing(town: Town) -> None:
    await town.tell("lisi", "办结")
    await hear(town, "满意")
    await town.wait(days=8)
    assert await hear(town, "没修好") == []
    assert len(await hear(town, "没修好 1001")) == 2


async def test_a_long_message_is_no_command(town: Town) -> None:
    assert await hear(town, "进度" * 5_000) == []
    assert await hear(town, "1001" * 2_500) == []
    assert await town.count() == 1


async def test_neighbours_on_the_ticket_hear_of_its_result(town: Town) -> None:
    await hear(town, "3幢2单元楼道灯不亮了", who="wangwu")
    await hear(town, "3幢2单元楼道灯也不亮", who="zhaoliu")
    said = await town.tell("lisi", "办结 换了灯泡")
    assert said[1] == (f"{G3} @张三、王五等3位 工单1001已办结：换了灯泡。满意回“满意”，没修好回“没修好”。")
