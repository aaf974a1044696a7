"""Leave by chat: who answers meanwhile, which clocks run on, and that everything comes back (virtual time)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers.chat.absence import _LEAVE
from handlers.duty.days import read_stretch, stretch_words
from handlers.duty.errors import DutyRefused
from handlers.wording import SHANGHAI
from storage.engine import Database
from tests.handlers.town import GROUP, MORNING, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
TRASH = "12幢垃圾没人收，臭死了"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def report(town: Town, words: str, who: str = "zhangsan") -> list[str]:
    await town.say(who, words)
    await town.wait(seconds=10)
    return town.heard()


@pytest.mark.parametrize(
    ("words", "since", "until", "deputy"),
    [
        ("7.1-7.5请假李四代", "2026-07-01", "2026-07-06", "李四"),
        ("7月1日到7月5日请假，由王五代班", "2026-07-01", "2026-07-06", "王五"),
        ("7.1-5请假李四代", "2026-07-01", "2026-07-06", "李四"),
        ("七月一号到五号休假李四代我", "2026-07-01", "2026-07-06", "李四"),
        ("请假7.1-7.5李四代", "2026-07-01", "2026-07-06", "李四"),
        ("请假到周五李四代", "2026-03-10", "2026-03-14", "李四"),
        ("请假到周五", "2026-03-10", "2026-03-14", ""),
        ("明天请假王五代", "2026-03-11", "2026-03-12", "王五"),
        ("我明天要请假，请王五来代", "2026-03-11", "2026-03-12", "王五"),
        ("下周一到周三请假管家李四代", "2026-03-16", "2026-03-19", "李四"),
        ("周一请假李四代", "2026-03-16", "2026-03-17", "李四"),
        ("请三天假李四代", "2026-03-10", "2026-03-13", "李四"),
        ("请假3天李四代", "2026-03-10", "2026-03-13", "李四"),
        ("今天请假", "2026-03-10", "2026-03-11", ""),
        ("12.30-1.3请假李四代", "2026-12-30", "2027-01-04", "李四"),
        ("1.2-1.3请假李四代", "2027-01-02", "2027-01-04", "李四"),
        ("15号到18号请假李四代", "2026-03-15", "2026-03-19", "李四"),
        ("3.9-3.12请假李四代", "2026-03-10", "2026-03-13", "李四"),  # it began yesterday
    ],
)
def test_days_are_read_as_people_say_them(words: str, since: str, until: str, deputy: str) -> None:
    said = _LEAVE.fullmatch(words)
    assert said is not None
    stretch = read_stretch(
        said["span"] or said["after"] or "",
        said["days"] or said["more"] or "",
        said["last"] or "",
        MORNING,
    )
    assert stretch is not None
    day = max(datetime.fromisoformat(since).replace(tzinfo=SHANGHAI), MORNING)
    assert (stretch.since, stretch.until) == (day, datetime.fromisoformat(until).replace(tzinfo=SHANGHAI))
    assert (said["name"] or "") == deputy


@pytest.mark.parametrize(
    "words", ["请假条怎么写", "业主请假了", "张三昨天请的假", "假的吧", "请问明天放假吗"]
)
def test_talk_about_leave_is_no_leave(words: str) -> None:
    said = _LEAVE.fullmatch(words)
    assert said is None or read_stretch(said["span"] or said["after"] or "", "", "", MORNING) is None


@pytest.mark.parametrize(
    ("span", "complaint"),
    [
        ("2.30-3.5", "没有2月30日"),
        ("3.1-12.31", "最多92天"),
        ("3.12-3.11", "最多92天"),
        ("13.1", "没有13月1日"),
    ],
)
def test_days_that_cannot_be_are_refused(span: str, complaint: str) -> None:
    with pytest.raises(DutyRefused, match=complaint):
        read_stretch(span, "", "", MORNING)


def test_half_a_day_is_said_as_such() -> None:
    stretch = read_stretch("明天下午", "", "", MORNING)
    assert stretch is not None
    assert stretch_words(stretch.since, stretch.until) == "3月11日下午"
    assert stretch.until - stretch.since == timedelta(hours=12)


async def test_leave_reroutes_new_and_open_tickets_and_returns_by_itself(town: Town) -> None:
    await report(town, LAMP)
    await town.tell("lisi", "1")
    assert await town.tell("lisi", "3.11-3.12 请假 钱七代") == [
        "→ lisi: 好的，3月11日到3月12日请假，由钱七代。新工单到时直接给钱七，回来自动还给您。取消回“取消请假”。",
        "→ qianqi: 【代班】李四3月11日到3月12日请假，由您代。新工单直接发给您，到期自动还给李四。",
    ]
    assert (await report(town, TRASH, "wangwu"))[1].startswith("→ lisi: 【新工单1002】")  # not yet away
    await town.tell("lisi", "1 1002")
    await town.wait(hours=22)  # 07:12 of the 11th: what was moved at midnight is told in the morning
    told = [line for line in town.heard() if "归您" in line]
    assert told == [
        "→ qianqi: 这2件现在归您，回号码看详情：\n1001 公共照明 玉景湾3号群 3幢2单元\n1002 环境卫生 玉景湾3号群 12幢"
    ]
    assert (await town.ticket(1001))["steward"] == "qianqi"
    assert (await town.ticket(1001))["state"] == "accepted"
    said = await report(town, "9幢路灯不亮了", "zhaoliu")
    assert any(line.startswith("→ qianqi: 【新工单1003】") for line in said)
    await town.tell("qianqi", "1 1003")
    await town.wait(days=2)  # the 13th, morning
    lines = town.heard()
    assert "→ qianqi: 【代班】李四不用您代了，谢谢！" in lines
    back = next(line for line in lines if line.startswith("→ lisi: 您的假到了"))
    assert "这3件交还给您" in back
    for number in (1001, 1002, 1003):
        assert (await town.ticket(number))["steward"] == "lisi"
    assert lines.count("→ qianqi: 【代班】李四不用您代了，谢谢！") == 1


async def test_leave_that_begins_now_moves_what_is_open_at_once_and_keeps_its_clocks(town: Town) -> None:
    await report(town, LAMP)
    await town.wait(minutes=20)
    said = await town.tell("lisi", "今天请假 钱七代")
    assert said[0].startswith("→ lisi: 好的，3月10日请假，由钱七代。手上1件已转过去")
    assert said[1].startswith("→ qianqi: 【代班】李四3月10日请假，由您代。")
    assert said[1].endswith("这1件现在归您，回号码看详情：\n1001 公共照明 玉景湾3号群 3幢2单元")
    await town.wait(minutes=10)
    assert town.heard()[0].startswith("→ qianqi: 【提醒】工单1001还没人接")  # 30 minutes after the report
    assert (await town.tell("qianqi", "1"))[0].startswith("→ qianqi: 1001已接单，请在明天09:12前办好")
    timeline = [event["what"] for event in (await town.ticket())["timeline"]]  # type: ignore[attr-defined]
    assert timeline == ["opened", "prompted", "covered", "reminded", "accepted"]


async def test_a_stand_in_answers_in_the_group_like_its_steward(town: Town) -> None:
    await town.tell("lisi", "请假到周五 周五代")  # a steward of another community
    await report(town, LAMP)
    await town.say("zhouwu", "收到，马上安排师傅")
    await town.wait(seconds=5)
    assert town.heard()[0].startswith("→ zhouwu: 1001按您在群里的回复记为已接单")


async def test_cancelling_leave_brings_everything_back_at_once(town: Town) -> None:
    await town.tell("lisi", "请假3天 钱七代")
    await report(town, LAMP)
    assert (await town.ticket())["steward"] == "qianqi"
    assert await town.tell("lisi", "取消请假") == [
        "→ lisi: 已取消请假，新工单又发给您了。1件交还给您。",
        "→ qianqi: 【代班】李四不用您代了，谢谢！",
    ]
    assert (await town.ticket())["steward"] == "lisi"
    assert (await town.tell("lisi", "取消请假"))[0].startswith("→ lisi: 您没有请假")


async def test_a_stand_in_who_goes_away_himself_is_stood_in_for(town: Town) -> None:
    await town.tell("lisi", "请假3天 钱七代")
    await report(town, LAMP)
    await town.tell("qianqi", "1")
    await town.tell("qianqi", "今天请假 赵敏代")
    assert (await town.ticket())["steward"] == "zhaomin"
    await town.wait(days=1)
    assert (await town.ticket())["steward"] == "qianqi"
    await town.wait(days=3)
    assert (await town.ticket())["steward"] == "lisi"


async def test_two_who_stand_in_for_each_other_keep_their_own(town: Town) -> None:
    await town.tell("lisi", "今天请假 钱七代")
    await town.tell("qianqi", "今天请假 李四代")
    await report(town, LAMP)
    assert (await town.ticket())["steward"] == "lisi"


async def test_without_a_name_the_next_on_the_ladder_stands_in(town: Town) -> None:
    assert "由赵敏代" in (await town.tell("lisi", "请假到周五"))[0]
    assert "请写上谁来代" in (await town.tell("laochen", "明天请假"))[0]


async def test_a_ticket_is_passed_on_to_whoever_stands_in(town: Town) -> None:
    await town.tell("zhaomin", "今天请假 孙强代")
    await report(town, LAMP)
    said = await town.tell("lisi", "转派 赵敏 他负责这片")
    assert said[0] == "→ lisi: 1001已转给孙强（赵敏请假，由孙强代）。"
    await town.wait(days=1)
    assert (await town.ticket())["steward"] == "zhaomin"


async def test_later_leave_takes_the_place_of_earlier(town: Town) -> None:
    await town.tell("lisi", "3.11-3.13 请假 钱七代")
    said = await town.tell("lisi", "3.11-3.12 请假 赵敏代")
    assert "→ qianqi: 【代班】李四不用您代了，谢谢！" in said
    await town.wait(days=1)
    await report(town, LAMP)
    assert (await town.ticket())["steward"] == "zhaomin"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("明天请假 赵六代", "没有找到“赵六”"),
        ("明天请假 李四代", "自己不能代自己"),
        ("2.30请假 钱七代", "没有2月30日"),
    ],
)
async def test_leave_that_cannot_be_is_refused_with_an_example(town: Town, words: str, why: str) -> None:
    (said,) = await town.tell("lisi", words)
    assert said.startswith("→ lisi: 没有请成假。")
    assert why in said
    assert "例：7.1-7.5 请假 李四代" in said


async def test_what_was_done_meanwhile_stays_done(town: Town) -> None:
    await town.tell("lisi", "今天请假 钱七代")
    await report(town, LAMP)
    await town.tell("qianqi", "办结 换了灯泡")
    await town.wait(days=1)
    ticket = await town.ticket()
    assert (ticket["state"], ticket["steward"], ticket["room"]) == ("resolved", "qianqi", GROUP)
