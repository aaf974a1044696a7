"""A notice through the days, as an admin and a group see it: planned in chat, skipped once, through a holiday."""

from __future__ import annotations

from datetime import datetime

from handlers.wording import SHANGHAI
from storage.engine import Database
from tests.handlers.town import Town

BEFORE_THE_HOLIDAY = datetime(2026, 4, 2, 9, 0, tzinfo=SHANGHAI)  # 清明 is free from Saturday to Monday
GREETING = "[玉景湾3号群] 早上好"


async def test_working_days_are_planned_skipped_and_heard_through_a_holiday(
    sqlite_database: Database,
) -> None:
    town = await Town.open(sqlite_database)
    town.now = BEFORE_THE_HOLIDAY
    (shown,) = await town.tell("admin", "每个工作日8点发 早上好")
    assert "4月3日08:00、4月7日08:00、4月8日08:00" in shown
    assert await town.tell("admin", "开提示 1") == ["→ admin: 已开提示1，下次4月3日08:00发。"]
    assert await town.tell("admin", "跳提示 1") == [
        "→ admin: 提示1跳过4月3日08:00这一次，下次4月7日08:00发。"
    ]
    mornings = []
    for day in range(6):
        await town.wait(days=1)
        if day == 3:
            await town.restart()
        mornings.append(GREETING in town.heard())
    assert mornings == [
        False,
        False,
        False,
        False,
        True,
        True,
    ]  # Friday skipped, three free days, Tuesday, Wednesday


async def test_the_day_before_a_festival_is_heard_once(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    town.now = BEFORE_THE_HOLIDAY
    (shown,) = await town.tell("admin", "清明前一天9点半发 祭扫请注意防火")
    assert "4月4日09:30" in shown
    await town.tell("admin", "开提示 1")
    heard = []
    for _ in range(3):
        await town.wait(days=1)
        heard.append("[玉景湾3号群] 祭扫请注意防火" in town.heard())
    assert heard == [False, False, True]
