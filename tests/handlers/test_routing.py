"""Who gets a ticket: the routing table, departments and work groups, 转派 (people say, the bot should say)."""

from __future__ import annotations

import pytest

from handlers.duty.errors import DutyRefused
from handlers.duty.routes import RoutingTable, Wish
from handlers.roster import import_roster
from handlers.rosterfile import parse_roster
from handlers.settings import Settings, StepSettings, UnderstandingSettings
from storage.engine import Database
from tests.handlers.town import GROUP, MORNING, PEOPLE, QUIET, ROSTER, Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
PIPE = "3幢2单元501水管爆了，电话13812345678"
WORK = "大工委工作群"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def report(town: Town, words: str, who: str = "zhangsan", room: str = GROUP) -> list[str]:
    await town.say(who, words, room=room)
    await town.wait(seconds=10)
    return town.heard()


async def test_a_department_gets_its_category_and_the_steward_hears_of_it(town: Town) -> None:
    assert await town.tell("admin", "加部门 水务所 微信 shuiwu") == [
        "→ admin: 已加部门“水务所”，可以转派给它了。"
    ]
    said = await town.tell("admin", "加分派 供水排水 玉景社区 给 水务所")
    assert said == ["→ admin: 已加，新工单就用：1 供水排水 玉景社区 → 水务所"]
    said = await report(town, "3幢家里没水了")
    assert said[0] == f"[{GROUP}] @张三 已登记【供水排水】3幢，工单1001。水务所会跟进，回“进度”可查。"
    assert said[1].startswith("→ shuiwu: 【新工单1001】供水排水")
    assert (
        said[2] == "→ lisi: 【知会1001】供水排水 玉景湾3号群“3幢家里没水了”，已按分派交给水务所，您不用接单。"
    )
    said = await town.tell("shuiwu", "1")
    assert said[0].startswith("→ shuiwu: 1001已接单")
    assert said[1] == f"[{GROUP}] @张三 水务所已接单1001。"
    assert (await report(town, "3幢2单元楼道灯坏了", "wangwu"))[1].startswith("→ lisi: 【新工单1002】")


async def test_a_department_that_does_not_answer_is_reminded_then_the_subdistrict_is_asked(
    town: Town,
) -> None:
    await town.tell("admin", "加部门 水务所 微信 shuiwu")
    await town.tell("admin", "加分派 供水排水 给 水务所")
    await report(town, "3幢家里没水了")
    await town.wait(minutes=30)
    assert [line.split("】")[0] for line in town.heard()] == ["→ shuiwu: 【提醒"]
    await town.wait(minutes=90)
    assert [line.split("】")[0] for line in town.heard()] == [
        "→ laochen: 【请您处理",
        "→ shuiwu: 1001超时未接，已转给街道老陈。",
    ]


async def test_a_work_group_gets_a_ticket_without_numbers_and_answers_by_quote_or_number(town: Town) -> None:
    await town.tell("admin", f"加部门 大工委 群 {WORK}")
    await town.say("zhangjie", "大家好", room=WORK)
    await report(town, PIPE)
    prompt, answer = await town.tell("lisi", "转派 1001 大工委 总管要大修")  # the urgent prompt goes first
    assert answer == "→ lisi: 1001已转给大工委。"
    assert prompt.startswith(f"[{WORK}] 李四把这件转给您（总管要大修）：\n【紧急工单1001】")
    assert prompt.endswith("引用这条回 1接单 2转派 4办结，或者带号码回：1 1001")
    assert "501" not in prompt
    assert "138" not in prompt
    await town.say("zhangjie", "好的", room=WORK)
    await town.say("zhangjie", "1", room=WORK)
    await town.say("zhangjie", "2026年的预算", room=WORK)
    await town.wait(seconds=5)
    assert town.heard() == []  # talk among themselves
    await town.say("zhangjie", "1 1001", room=WORK)
    await town.wait(seconds=5)
    told, answer = town.heard()
    assert answer.startswith(f"[{WORK}] 1001已接单，请在")
    assert told == f"[{GROUP}] @张三 大工委已接单1001。"
    await town.say("zhangjie", "办结 1001 换了总管", room=WORK)
    await town.wait(seconds=5)
    assert f"[{WORK}] 1001已办结，等居民确认。" in town.heard()
    events = [(event["what"], event["by"]) for event in (await town.ticket())["timeline"]]  # type: ignore[attr-defined]
    assert ("resolved", "zhangjie") in events


async def test_a_quoted_prompt_in_a_work_group_is_answered_with_one_digit(town: Town) -> None:
    await town.tell("admin", f"加部门 大工委 群 {WORK}")
    await town.say("zhangjie", "大家好", room=WORK)
    await report(town, LAMP)
    await town.tell("lisi", "转派 大工委")
    await town.say("zhangjie", "1", room=WORK, quote="bot-5")
    await town.wait(seconds=5)
    assert town.heard()[0].startswith(f"[{WORK}] 1001已接单")


async def test_a_colleague_of_another_group_takes_over_by_name(town: Town) -> None:
    await report(town, LAMP)
    said = await town.tell("lisi", "转派 周五 他修过")
    assert said[0] == "→ lisi: 1001已转给周五。"
    assert (await town.tell("zhouwu", "1"))[0].startswith("→ zhouwu: 1001已接单")
    assert "没有找到“赵六”" in (await town.tell("lisi", "转派 1001 赵六"))[0]


async def test_who_took_it_first_stays_visible(town: Town) -> None:
    await report(town, LAMP)
    await town.tell("lisi", "1")
    await town.tell("lisi", "转派 1001 赵敏 他管水电")
    assert "首接：李四，现在：赵敏" in (await town.tell("zhaomin", "1001"))[0]


async def test_without_a_steward_the_next_on_the_ladder_is_asked_at_once(database: Database) -> None:
    town = await Town.open(database)
    await town.tell("admin", "加分派 湖滨社区 给 社区")  # nobody stands there: the steward still gets it
    said = await report(town, LAMP, room="湖滨1号群")
    assert said[1].startswith("→ zhouwu: 【新工单1001】")


@pytest.mark.parametrize(
    ("rows", "to"),
    [
        (["全部 给 街道"], "laochen"),
        (["全部 给 街道", "公共照明 给 网格长"], "sunqiang"),
        (["公共照明 给 网格长", "玉景社区 给 网格员"], "zhaomin"),
        (["玉景社区 给 网格员", "玉景社区 公共照明 给 网格长"], "sunqiang"),
        (["玉景社区 公共照明 给 网格长", "玉景湾3号群 给 管家"], "lisi"),
        (["玉景湾3号群 给 管家", "玉景湾3号群 公共照明 给 钱七"], "qianqi"),
        (["玉景湾4号群 给 网格长", "燃气 给 街道", "湖滨社区 给 街道"], "lisi"),
        (["公共照明 给 网格长", "公共照明 给 网格员"], "zhaomin"),
    ],
)
async def test_the_most_specific_row_wins(sqlite_database: Database, rows: list[str], to: str) -> None:
    town = await Town.open(sqlite_database)
    for row in rows:
        assert "已加" in (await town.tell("admin", f"加分派 {row}"))[0]
    assert (await report(town, LAMP))[1].startswith(f"→ {to}: 【新工单1001】")


async def test_a_question_nobody_answers_is_always_the_stewards(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    await town.tell("admin", "加分派 全部 给 街道")
    await report(town, "请问门口在修什么呢")
    await town.wait(minutes=40)
    assert [line.split("】")[0] for line in town.heard()] == ["→ lisi: 【请看一下 1001"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("加分派 供水排水 给 水务局", "没有“水务局”。可以写：管家、网格员"),
        ("加分派 天上 给 网格员", "“天上”不是类别、社区，也不是群名"),
        ("加分派 玉景社区 湖滨社区 给 网格员", "只能写一个"),
        ("加分派 供水排水", "例：加分派"),
        ("删分派 7", "没有分派7"),
        ("删分派 七", "例：删分派 3"),
        ("加部门 水务所", "例：加部门"),
        (f"加部门 三号 群 {GROUP}", "是微网群"),
        ("删部门 水务所", "没有“水务所”"),
    ],
)
async def test_what_cannot_be_is_refused_in_a_sentence(
    sqlite_database: Database, words: str, complaint: str
) -> None:
    town = await Town.open(sqlite_database)
    (said,) = await town.tell("admin", words)
    assert said.startswith("→ admin: 没有改动。")
    assert complaint in said


async def test_a_recipient_in_use_is_not_taken_away(database: Database) -> None:
    town = await Town.open(database)
    await town.tell("admin", "加部门 水务所 微信 shuiwu")
    await town.tell("admin", "加分派 供水排水 给 水务所")
    assert "分派1还用着“水务所”" in (await town.tell("admin", "删部门 水务所"))[0]
    await report(town, "3幢家里没水了")
    await town.tell("admin", "删分派 1")
    assert "还有1件没办完" in (await town.tell("admin", "删部门 水务所"))[0]
    await town.tell("shuiwu", "办结 1001 来水了")
    assert await town.tell("admin", "删部门 水务所") == ["→ admin: 已删部门“水务所”。"]
    assert "还没有部门" in (await town.tell("admin", "看部门"))[0]


async def test_importing_the_roster_again_keeps_recipients(database: Database) -> None:
    town = await Town.open(database)
    await town.tell("admin", "加部门 水务所 微信 shuiwu")
    await town.tell("admin", "加分派 供水排水 给 水务所")
    async with database.begin() as session:
        roster = parse_roster("roster.csv", ROSTER.encode(), ("people.csv", PEOPLE.encode()))
        await import_roster(session, roster, now=MORNING, by="test")
    assert (await town.tell("admin", "看分派")) == ["→ admin: 1 供水排水 各社区 → 水务所"]


async def test_a_row_that_names_a_group_and_a_community_is_refused(sqlite_database: Database) -> None:
    town = await Town.open(sqlite_database)
    async with sqlite_database.begin() as session:
        ctx = await town.context(session)
        table = RoutingTable(ctx.directory, ctx.categories)
        with pytest.raises(DutyRefused, match="不用再写社区"):
            table.read(Wish(community="玉景社区", group=GROUP, to="网格员"))


async def test_after_the_subdistrict_the_routing_table_names_the_department(
    sqlite_database: Database,
) -> None:
    town = await Town.open(
        sqlite_database, Settings(steps=StepSettings(department=True), reports=QUIET.reports)
    )
    await report(town, LAMP)
    await town.tell("admin", "加部门 照明所 微信 zhaoming")
    await town.tell("admin", "加分派 公共照明 给 照明所")
    await town.wait(days=3)
    said = town.heard()
    assert any(line.startswith("→ laochen: 【请您处理】") for line in said)
    assert not any(line.startswith("→ zhaoming") for line in said)
    await town.wait(days=1)
    assert [line.split("，")[0] for line in town.heard()] == [
        "→ zhaoming: 【请您处理】工单1001街道老陈没有接",
        "→ laochen: 1001超时未接",
    ]
    await town.wait(days=4)  # the weekend does not count
    assert {line.split("】")[0] for line in town.heard()} == {"→ zhaoming: 【提醒"}
    assert (await town.tell("zhaoming", "1"))[0].startswith("→ zhaoming: 1001已接单")


async def test_whether_it_is_a_request_is_asked_of_whom_the_routing_table_names(
    sqlite_database: Database,
) -> None:
    understanding = UnderstandingSettings(ticket_bound=99.0, ask_bound=0.2)
    town = await Town.open(sqlite_database, Settings(understanding=understanding, reports=QUIET.reports))
    await town.tell("admin", "加部门 照明所 微信 zhaoming")
    await town.tell("admin", "加分派 公共照明 给 照明所")
    (asked,) = await report(town, LAMP)
    assert asked.startswith("→ zhaoming: 【请看一下 1001】")
    said = await town.tell("zhaoming", "1")
    assert said[0].startswith("→ zhaoming: 1001已接单")
    assert "照明所会跟进" in said[1]
