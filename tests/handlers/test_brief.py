"""The morning's brief: only if there is something, once, on working days, short, and nothing private in a group."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from bot.replay.events import ACCOUNT
from handlers.delivery import claim
from handlers.measures.brief import LONGEST, next_brief, send_briefs
from handlers.settings import ReportSettings, Settings
from handlers.wording import SHANGHAI
from handlers.worktime import WorkCalendar
from storage.engine import Database
from tests.handlers.town import Town

WORK_GROUP = "湖滨1号群"
SETTINGS = Settings(reports=ReportSettings(work_groups=(WORK_GROUP,)))
CALENDAR = WorkCalendar()


def briefs(town: Town) -> list[str]:
    """The briefs among what was said since the last call."""
    return [line for line in town.heard() if "【早报】" in line]


async def until(town: Town, moment: datetime) -> list[str]:
    """Let time pass; the briefs meanwhile."""
    town.heard()
    await town.wait(seconds=(moment - town.now).total_seconds())
    return briefs(town)


def at(day: int, hour: int = 8, minute: int = 30) -> datetime:
    """A moment of March 2026; the 10th is a Tuesday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


async def test_the_steward_reads_in_the_morning_what_is_due(database: Database) -> None:
    town = await Town.open(database, Settings())
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")
    await town.wait(seconds=5)
    await town.tell("lisi", "1")
    assert await until(town, at(11, 8, 29)) == []
    assert await until(town, at(11, 8, 31)) == [
        "→ lisi: 【早报】李四，您手上有1件：今天到期1件。\n工单1001 公共照明 3幢2单元 今天到期\n回“我的工单”看全部。"
    ]
    assert await until(town, at(11, 23)) == []


async def test_who_has_nothing_hears_nothing(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database, SETTINGS)
    await town.say("zhangsan", "大家早上好")
    assert await until(town, at(13)) == []


async def test_what_is_over_is_said_first_and_what_waits_for_the_resident_is_counted(
    sqlite_database: Database,
) -> None:
    town = await Town.open(sqlite_database, Settings())
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")
    await town.wait(minutes=1)
    await town.tell("lisi", "1")
    await town.say("wangwu", "5幢门口垃圾没人收，臭死了")
    await town.wait(minutes=1)
    await town.tell("lisi", "1002 好了")
    (first,) = await until(town, at(11, 8, 31))
    assert "您手上有2件：今天到期1件、等居民确认1件" in first
    (second,) = await until(town, at(12, 8, 31))
    assert "已超期1件" in second
    assert "\n工单1001 公共照明 3幢2单元 已超期\n" in second


async def test_no_brief_at_the_weekend(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database, Settings())
    await town.wait(days=3)  # Friday
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")
    await town.wait(seconds=5)
    await town.tell("lisi", "1")
    assert await until(town, at(16, 8, 29)) == []
    assert len(await until(town, at(16, 8, 31))) == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-02-14 09:00", "2026-02-14 09:00"),  # a Saturday that is worked, and today's has not been sent
        ("2026-02-14 12:00", "2026-02-24 08:30"),  # then come the nine days of the Spring Festival
        ("2026-10-01 06:00", "2026-10-08 08:30"),
        ("2026-03-10 08:30", "2026-03-10 08:30"),
        ("2026-03-13 23:59", "2026-03-16 08:30"),
    ],
)
async def test_the_next_brief_is_on_the_next_working_day(
    sqlite_database: Database, now: str, due: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    async with sqlite_database.read() as session:
        found = await next_brief(session, moment, ReportSettings(), CALENDAR)
        assert await next_brief(session, moment, ReportSettings(brief=False), CALENDAR) is None
    assert found == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


async def test_two_processes_and_a_restart_tell_it_once(database: Database) -> None:
    town = await Town.open(database, Settings())
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")

    async def process() -> int:
        async with database.begin() as session:
            return await send_briefs((await town.context(session)).at(at(11, 8, 40)))

    assert sorted(await asyncio.gather(process(), process())) == [0, 1]
    assert await process() == 0


@pytest.mark.parametrize(("hour", "minute", "told"), [(8, 29, 0), (8, 30, 1), (11, 29, 1), (11, 30, 0)])
async def test_a_late_brief_is_still_told_before_noon(
    sqlite_database: Database, hour: int, minute: int, told: int
) -> None:
    town = await Town.open(sqlite_database, Settings())
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")
    async with sqlite_database.begin() as session:
        assert await send_briefs((await town.context(session)).at(at(11, hour, minute))) == told


async def test_a_brief_of_many_is_short_and_says_how_many_it_leaves_out(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database, SETTINGS)
    for number in range(1, 31):
        await town.say(f"resident{number}", f"{number}幢{number % 4 + 1}单元楼道灯坏了")
        await town.wait(seconds=30)
    told = await until(town, at(11, 8, 31))
    assert len(told) == 2
    for line in told:
        text = line.split(": ", 1)[-1] if line.startswith("→") else line.split("] ", 1)[1]
        assert len(text) <= LONGEST
    assert "手上有30件" in told[0]
    shown = told[0].count("公共照明")
    assert f"还有{30 - shown}件。" in told[0]
    assert told[0].endswith("回“我的工单”看全部。")


async def test_the_work_group_reads_numbers_and_nothing_a_resident_said(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database, SETTINGS)
    await town.say("zhangsan", "3幢2单元501楼道灯坏了，打13812345678找张三")
    await town.wait(minutes=1)
    await town.tell("lisi", "1")
    first = [line for line in await until(town, at(11, 8, 31)) if line.startswith(f"[{WORK_GROUP}]")]
    assert first == [
        f"[{WORK_GROUP}] 【早报】3月11日 手上共1件：今天到期1件。上次早报以来新登记1件，办结0件。"
    ]
    second = [line for line in await until(town, at(12, 8, 31)) if line.startswith(f"[{WORK_GROUP}]")]
    (line,) = second
    assert "已超期1件" in line
    assert "\n工单1001 公共照明 玉景湾3号群 " in line
    assert "501" not in line
    assert "1381" not in line


async def test_a_brief_that_could_not_be_said_in_the_morning_is_not_said_later(
    sqlite_database: Database,
) -> None:
    town = await Town.open(sqlite_database, Settings())
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")
    async with sqlite_database.begin() as session:
        ctx = (await town.context(session)).at(at(11))
        assert await send_briefs(ctx) == 1
        said = await claim(
            session, ctx.directory, account=ACCOUNT, now=at(11, 12), settings=ctx.settings.delivery, limit=50
        )
    assert not any("早报" in each.text for each in said)


async def test_a_work_group_that_an_admin_has_defined_hears_the_brief_and_what_it_has_in_hand(
    sqlite_database: Database,
) -> None:
    room = "玉景街道网格工作群"
    town = await Town.open(sqlite_database, Settings(reports=ReportSettings(work_groups=(room,))))
    await town.tell("admin", f"加部门 大工委 群 {room}")
    await town.say("laochen", "大家好", room=room)
    await town.say("zhangsan", "3幢2单元501楼道灯坏了，晚上黑漆漆的")
    await town.wait(seconds=5)
    await town.tell("lisi", "转派 1001 大工委")
    await town.say("laochen", "1 1001", room=room)
    told = [line for line in await until(town, at(11, 8, 31)) if line.startswith(f"[{room}]")]
    assert told == [
        f"[{room}] 【早报】大工委手上有1件：今天到期1件。\n工单1001 公共照明 3幢2单元 今天到期",
        f"[{room}] 【早报】3月11日 手上共1件：今天到期1件。上次早报以来新登记1件，办结0件。",
    ]
