"""The table of limits and the admin's own calendar: what counts from when, and for whom."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from bot.clock import VirtualClock
from handlers.calendars import import_calendar, parse_calendar, warn_guessed_days
from handlers.duty.errors import DutyRefused
from handlers.duty.limits import limit_words, read_limit
from handlers.errors import HandlerError
from handlers.reminders import Days, Plan, add_reminder
from handlers.scopes import Scope
from handlers.settings import Settings, TicketSettings
from handlers.wording import SHANGHAI
from handlers.worktime import Limit
from storage.engine import Database
from storage.enums import Measure
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("2工作日", Limit(2880, Measure.DAYS)),
        ("两个工作日", Limit(2880, Measure.DAYS)),
        ("十工作时", Limit(600, Measure.WORK)),
        ("90 工作分钟", Limit(90, Measure.WORK)),
        ("30分钟", Limit(30, Measure.ALWAYS)),
        ("1天", Limit(1440, Measure.ALWAYS)),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, limit: Limit) -> None:
    assert read_limit(text) == limit
    assert read_limit(limit_words(limit)) == limit


@pytest.mark.parametrize("text", ["", "2", "工作日", "0分钟", "9999999天", "明天", "-1小时", "2工作日左右"])
def test_a_limit_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DutyRefused, match=r"2工作日|大于0"):
        read_limit(text)


async def due_of(town: Town, words: str, who: str) -> str:
    """What the steward is told when he accepts."""
    await town.say(who, words)
    await town.wait(seconds=10)
    town.heard()
    tickets = await town.count()
    return (await town.tell("lisi", f"1 {1000 + tickets}"))[0]


async def test_a_changed_limit_counts_for_new_tickets_and_moves_no_announced_time(database: Database) -> None:
    town = await Town.open(database)
    assert "明天09:12前" in await due_of(town, LAMP, "zhangsan")
    assert "已改，新工单就用" in (await town.tell("admin", "改时限 公共照明 办结 2工作日"))[0]
    assert "后天09:12前" in await due_of(town, "9幢楼道灯坏了", "wangwu")
    await town.say("zhangsan", "进度")
    await town.wait(seconds=5)
    assert "预计明天09:12前办好" in town.heard()[0]
    await town.tell("admin", "改时限 公共照明 办结 默认")
    assert "明天09:12前" in await due_of(town, "12幢3单元路灯不亮了", "zhaoliu")


async def test_a_category_of_its_own_limit_calls_the_next_person_in_proportion(database: Database) -> None:
    town = await Town.open(database)
    await town.tell("admin", "改时限 公共照明 接单 1工作时")
    await town.say("zhangsan", LAMP)
    await town.wait(minutes=14)
    town.heard()
    await town.wait(minutes=2)
    assert town.heard()[0].startswith("→ lisi: 【提醒】")
    await town.wait(minutes=45)
    assert town.heard()[0].startswith("→ zhaomin: 【请您处理】")


async def test_opened_again_and_recategorised_tickets_follow_the_new_table(database: Database) -> None:
    town = await Town.open(database)
    await due_of(town, LAMP, "zhangsan")
    await town.tell("admin", "改时限 供电用电 办结 3工作日")
    await town.tell("lisi", "改类 1001 供电用电")
    await town.say("zhangsan", "进度")
    await town.wait(seconds=5)
    assert any("预计3月13日09:12前办好" in line for line in town.heard())


async def test_only_an_admin_may_see_and_change_the_table(database: Database) -> None:
    town = await Town.open(database)
    assert "没听懂" in (await town.tell("lisi", "改时限 全部 办结 9工作日"))[0]
    assert "没有改动" in (await town.tell("admin", "改时限 全部 办结 很久"))[0]
    assert (await town.tell("admin", "看时限"))[0].splitlines() == [
        "→ admin: 全部 接单2工作时 办结1工作日",
        "紧急·全部 接单10分钟 办结2小时",
        "房屋安全 接单2工作时 办结3工作日",
    ]


async def test_the_config_says_what_is_usual(sqlite_database: Database) -> None:
    settings = Settings(tickets=TicketSettings(resolve_hours=48, building_resolve_hours=96))
    town = await Town.open(sqlite_database, settings)
    assert "办结2工作日\n" in (await town.tell("admin", "看时限"))[0]
    assert "房屋安全 接单2工作时 办结4工作日" in (await town.tell("admin", "看时限"))[0]


async def test_an_unknown_year_is_told_to_the_admins_once(database: Database) -> None:
    town = await Town.open(database)
    town.now = datetime(2031, 1, 31, 9, 0, tzinfo=SHANGHAI)
    await town.say("zhangsan", LAMP)
    await town.say("wangwu", "12幢垃圾没人收，臭死了")
    await town.wait(seconds=10)
    told = [line for line in town.heard() if "放假安排" in line]
    assert told == [
        "→ admin: 还没有2031年的放假安排，先按周一到周五算工作日。请在服务器上导入：weiwang calendar import 文件"
    ]


async def test_a_notice_for_days_nobody_knows_is_told_to_the_admins_once(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    town.now = datetime(2031, 1, 31, 9, 0, tzinfo=SHANGHAI)
    async with sqlite_database.begin() as session:
        for plan in (
            Plan(cron="0 8 * * *"),
            Plan(days=Days.WORKING, at=time(8)),
            Plan(days=Days.FREE, at=time(9)),
        ):
            await add_reminder(
                session, text="早", plan=plan, scope=Scope(everyone=True), by="admin", now=town.now
            )
        for _ in range(2):
            await warn_guessed_days(await town.surroundings.context(session, town.now))
    await town.wait(seconds=10)
    assert len([line for line in town.heard() if "还没有2031年的放假安排" in line]) == 1


async def test_an_imported_calendar_counts_at_once(database: Database) -> None:
    town = await Town.open(database)
    file = "日期,类型,名称\n2026-03-11,放假,街道活动\n2026/3/14,上班,补班\n"
    async with database.begin() as session:
        years = await import_calendar(
            session,
            parse_calendar("calendar.csv", file.encode()),
            by="test",
            now=VirtualClock(town.now).now(),
        )
    assert years == [2026]
    assert "后天09:12前" in await due_of(town, LAMP, "zhangsan")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("2026-02-30,放假,", "第2行“日期”看不懂：2026-02-30"),
        ("明天,放假,", "第2行“日期”看不懂：明天"),
        ("2026-02-03,也许,", "第2行“类型”“也许”看不懂"),
        ("2026-02-03,,", "第2行“类型”不能空"),
        ("2026-02-03,放假,\n2026.2.3,上班,", "第3行“日期”2026-02-03 重复了"),
    ],
)
def test_a_bad_calendar_names_the_row_and_the_column(line: str, complaint: str) -> None:
    with pytest.raises(HandlerError, match=complaint):
        parse_calendar("calendar.csv", f"日期,类型,名称\n{line}\n".encode())
