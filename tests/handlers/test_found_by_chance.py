"""What random conversations have found, each as the shortest conversation that shows it."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
TRASH = "12幢垃圾没人收，臭死了"


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    return await Town.open(sqlite_database)


async def report(town: Town, words: str, who: str = "zhangsan") -> list[str]:
    await town.say(who, words)
    await town.wait(seconds=10)
    return town.heard()


async def test_leave_that_is_said_twice_is_told_to_the_deputy_once(town: Town) -> None:
    assert "→ qianqi: 【代班】" in "\n".join(await town.tell("zhaomin", "今天请假 钱七代"))
    await town.wait(seconds=30)
    assert len(await town.tell("zhaomin", "今天请假 钱七代")) == 1


async def test_what_a_resident_says_twice_is_added_once(town: Town) -> None:
    await report(town, LAMP)
    assert await report(town, LAMP) == ["[玉景湾3号群] @张三 已补充到工单1001。"]
    assert (await town.ticket())["text"] == LAMP


async def test_a_ticket_is_not_handed_to_whoever_has_it(town: Town) -> None:
    await report(town, LAMP)
    await town.tell("lisi", "转派 1001 赵敏")
    assert await town.tell("lisi", "转派 1001 赵敏") == ["→ lisi: 1001本来就在赵敏手上，不用转。"]
    events = (await town.ticket())["timeline"]
    assert isinstance(events, list)
    assert [each["what"] for each in events].count("reassigned") == 1


async def test_a_superior_who_hurries_twice_is_heard_once_unless_he_says_more(town: Town) -> None:
    await report(town, LAMP)
    assert any("【催办】" in line for line in await town.tell("laochen", "催一下 1001"))
    assert await town.tell("laochen", "催一下 1001") == ["→ laochen: 1001已替您催管家李四。"]
    assert any("居民很急" in line for line in await town.tell("laochen", "催一下 1001 居民很急"))
    await town.wait(minutes=31)
    town.heard()
    assert any("【催办】" in line for line in await town.tell("laochen", "催一下 1001"))


async def test_a_stand_in_whose_leaves_end_together_hears_it_once(town: Town) -> None:
    await town.tell("zhaomin", "明天请假 李四代")
    await town.wait(hours=24)
    await town.tell("zhaomin", "明天请假 李四代")
    said = await town.tell("zhaomin", "今天请假3天 钱七代")
    assert sum("不用您代了" in line for line in said) == 1
