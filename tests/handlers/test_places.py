"""What a community calls its places: told by an admin, found in its groups, one place however it is spelled."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.rules import import_rules
from storage.engine import Database
from storage.models import Audit
from tests.handlers.town import GROUP, Town

NAMES = "凉亭|望月台|观景台=望月台|玉景花园|玉景=玉景花园|湖滨苑|小白楼=12幢"


@pytest.fixture
async def town(database: Database) -> Town:
    """A town whose first community has told its names; the rules know no place by themselves."""
    town = await Town.open(database)
    async with database.begin() as session:
        rules = "公共照明：灯 & 坏了|不亮\n供水排水：漏水\n"
        await import_rules(session, text=rules, by="x", note="x", now=town.now)
    await town.tell("admin", f"加地点 玉景社区 {NAMES}")
    return town


async def report(town: Town, who: str, words: str, room: str = GROUP) -> list[str]:
    await town.say(who, words, room=room)
    await town.wait(seconds=30)
    return town.heard()


async def test_a_told_name_is_the_place_of_the_ticket_in_the_groups_of_its_community(town: Town) -> None:
    said = await report(town, "a", "望月台的灯坏了")
    assert said[0].startswith(f"[{GROUP}] @a 已登记【公共照明】望月台，工单1001。")
    assert "地点：望月台\n" in said[1]
    await report(town, "b", "望月台的灯坏了", room="湖滨1号群")
    assert ((await town.ticket(1001))["location"], (await town.ticket(1002))["location"]) == ("望月台", None)


@pytest.mark.parametrize(
    ("first", "second", "tickets"),
    [
        ("望月台的灯坏了", "观景台旁边的灯坏了", 1),
        ("凉亭的灯坏了", "望月台的灯坏了", 2),
        ("3幢2单元的灯坏了", "3-2的灯坏了", 1),
        ("3幢2单元的灯坏了", "三号楼二单元的灯坏了", 1),
        ("3幢2单元的灯坏了", "3栋3单元的灯坏了", 2),
        ("二单元的灯坏了", "2单元的灯坏了", 1),
        ("玉景花园3幢的灯坏了", "玉景3幢2单元的灯坏了", 1),
        ("玉景花园3幢的灯坏了", "三号楼的灯坏了", 1),
        ("玉景花园3幢的灯坏了", "湖滨苑3幢的灯坏了", 2),
        ("小白楼的灯坏了", "12幢的灯不亮", 1),
        ("3幢2单元501漏水", "3-2-501漏水", 1),
    ],
)
async def test_one_place_is_one_matter_however_it_is_spelled(
    town: Town, first: str, second: str, tickets: int
) -> None:
    await report(town, "a", first)
    await report(town, "b", second)
    assert await town.count() == tickets


async def test_the_garden_is_said_before_the_building_and_the_room_is_not_said(town: Town) -> None:
    said = await report(town, "a", "玉景花园3-2-501漏水")
    assert "已登记【供水排水】玉景花园3幢2单元，" in said[0]
    assert "地点：玉景花园3-2-501\n" in said[1]


async def test_a_group_may_have_names_of_its_own(town: Town) -> None:
    assert await town.tell("admin", "加地点 玉景湾4号群 鸽子笼=5幢") == [
        "→ admin: 已加玉景湾4号群的1个地点名，下一条消息起就用。"
    ]
    await report(town, "a", "鸽子笼2单元的灯坏了", room="玉景湾4号群")
    await report(town, "b", "凉亭的灯坏了", room="玉景湾4号群")
    await report(town, "c", "鸽子笼的灯坏了")
    assert [(await town.ticket(number))["location"] for number in (1001, 1002, 1003)] == [
        "鸽子笼2单元",
        "凉亭",
        None,
    ]


async def test_names_are_shown_changed_and_taken_away(town: Town) -> None:
    assert await town.tell("admin", "看地点 玉景社区") == [f"→ admin: 玉景社区：{NAMES}"]
    assert await town.tell("admin", "加地点 玉景社区 凉亭") == ["→ admin: 都已经有了，没有改动。"]
    assert "的1个" in (await town.tell("admin", "加地点 玉景社区 小白楼=13幢、凉亭"))[0]
    assert await town.tell("admin", "删地点 玉景社区 凉亭|望月台") == ["→ admin: 已删玉景社区的2个地点名。"]
    shown = (await town.tell("admin", "看地点 玉景社区"))[0]
    assert "小白楼=13幢" in shown
    assert "凉亭" not in shown
    async with town.database.read() as session:
        what = (await session.scalars(select(Audit.what).where(Audit.what.startswith("place")))).all()
    assert what == ["place.add", "place.add", "place.remove"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("加地点", "没看懂。例：加地点 玉景社区 凉亭"),
        ("加地点 玉景社区", "没看懂。例：加地点 玉景社区 凉亭"),
        ("加地点 没有社区 凉亭", "没有改动。花名册里没有这个社区或群：没有社区"),
        ("加地点 玉景社区 亭", "没有改动。地点名要有2到20个字"),
        ("加地点 玉景社区 1203", "没有改动。地点名要有2到20个字，不能只有数字：1203"),
        ("加地点 玉景社区 小红楼=", "没有改动。“小红楼=”等号后面应写它就是哪里"),
        ("删地点 玉景社区 喷泉", "没有改动。玉景社区没有“喷泉”这个地点名。"),
        ("看地点 湖滨社区", "湖滨社区还没有地点名。"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_sentence(town: Town, said: str, answer: str) -> None:
    assert (await town.tell("admin", said))[0].startswith(f"→ admin: {answer}")
