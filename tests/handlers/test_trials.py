"""Rules on trial: they judge what chosen groups say, nobody notices, and an admin puts them in force or not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.rules import (
    RuleRefused,
    RulesMoved,
    TrialStatus,
    add_rule,
    current_revision,
    import_rules,
    load_text,
    publish_trial,
    restore_revision,
    revisions,
    start_trial,
    stop_trial,
    trial_differences,
    trial_status,
)
from handlers.scopes import Scope
from handlers.settings import Settings
from handlers.surroundings import Surroundings
from storage.engine import Database
from storage.enums import DifferenceKind, TrialState
from storage.messages import purge_chat
from storage.models import Audit, TrialDifference
from storage.trials import DifferenceRow
from tests.handlers.town import GROUP, Town

IN_FORCE = "公共照明：路灯\n供水排水：漏水\n环境卫生：垃圾\n"
CANDIDATE = "公共照明：路灯\n供水排水：漏水 !!\n电梯：电梯\n"
EVERYWHERE = Scope(everyone=True)
OTHER_GROUP = "湖滨1号群"


@pytest.fixture
async def town(database: Database) -> Town:
    """A town with three rules in force."""
    town = await Town.open(database)
    async with database.begin() as session:
        await import_rules(session, text=IN_FORCE, by="王主任", note="简单", now=town.now)
    return town


async def start(town: Town, text: str = CANDIDATE, scope: Scope = EVERYWHERE) -> int:
    async with town.database.begin() as session:
        return await start_trial(session, text=text, scope=scope, note="新", by="王主任", now=town.now)


async def status(town: Town) -> TrialStatus:
    async with town.database.read() as session:
        found = await trial_status(session, (await town.context(session)).directory, town.now)
    assert found is not None
    return found


async def differences(town: Town, *kinds: DifferenceKind) -> list[DifferenceRow]:
    async with town.database.read() as session:
        return list(await trial_differences(session, 1, limit=50, kinds=kinds or tuple(DifferenceKind)))


async def chatter(town: Town, room: str = GROUP) -> None:
    """One message of each kind: the same, gained, lost, changed, the same silence."""
    for who, words in (
        ("a", "路灯坏了"),
        ("b", "电梯坏了，打13812345678"),
        ("c", "垃圾没人收"),
        ("d", "厨房漏水"),
        ("e", "早上好"),
    ):
        await town.say(who, words, room=room)
        await town.wait(seconds=30)


async def test_differences_are_kept_by_kind_and_nothing_is_said_of_them(town: Town) -> None:
    await chatter(town, OTHER_GROUP)
    usual = [line.split("]")[1] for line in town.heard() if line.startswith("[")]
    await start(town)
    await chatter(town)
    said = [line.split("]")[1] for line in town.heard() if line.startswith("[")]
    assert [line[:12] for line in said] == [line[:12] for line in usual]
    found = await status(town)
    assert (found.judged, found.gained, found.lost, found.changed) == (5, 1, 1, 1)
    gained, changed = (
        await differences(town, DifferenceKind.GAINED),
        await differences(town, DifferenceKind.CHANGED),
    )
    assert [(row.group, row.text) for row in gained] == [(GROUP, "电梯坏了，打138******78")]
    assert (gained[0].before.category, gained[0].after.category) == (None, "elevator")
    assert (changed[0].before.urgent, changed[0].after.urgent) == (False, True)
    assert [row.text for row in await differences(town, DifferenceKind.LOST)] == ["垃圾没人收"]


async def test_only_the_chosen_groups_are_judged(town: Town) -> None:
    async with town.database.read() as session:
        directory = (await town.context(session)).directory
    community = next(group.community_id for group in directory.groups.values() if group.name == GROUP)
    await start(town, scope=Scope(communities=(community,)))
    await chatter(town, OTHER_GROUP)
    assert await differences(town) == []
    await chatter(town, "玉景湾5号群")
    assert {row.group for row in await differences(town)} == {"玉景湾5号群"}
    assert (await status(town)).groups == 3


async def test_a_burst_is_judged_as_one_report_by_both(town: Town) -> None:
    await start(town, IN_FORCE + "园林绿化：树 & 倒了\n")
    await town.say("a", "那棵树")
    await town.wait(seconds=1)
    await town.say("a", "倒了")
    await town.wait(seconds=30)
    assert [(row.kind, row.text) for row in await differences(town)] == [(DifferenceKind.GAINED, "倒了")]


async def test_commands_and_the_rest_of_a_report_are_not_compared(town: Town) -> None:
    await start(town, "公共照明：路灯\n其他：满意|进度|快点\n")
    await town.say("a", "路灯坏了")
    await town.wait(seconds=1)
    await town.say("a", "快点")
    await town.wait(seconds=30)
    await town.say("a", "进度")
    assert await differences(town) == []


async def test_another_process_judges_from_the_next_message_on_and_stops_with_it(town: Town) -> None:
    other = Surroundings(Settings())
    async with town.database.read() as session:
        assert (await other.context(session, town.now)).candidate is None
    await start(town)
    async with town.database.read() as session:
        first = (await other.context(session, town.now)).candidate
        again = (await other.context(session, town.now)).candidate
    assert first is not None
    assert first is again
    async with town.database.begin() as session:
        await stop_trial(session, by="王主任", now=town.now)
    async with town.database.read() as session:
        assert (await other.context(session, town.now)).candidate is None
    assert (await status(town)).state is TrialState.STOPPED


async def test_a_trial_ends_by_itself_when_its_time_is_over(town: Town) -> None:
    async with town.database.begin() as session:
        until = town.now + timedelta(minutes=1)
        await start_trial(
            session,
            text=CANDIDATE,
            scope=Scope(everyone=True),
            note="新",
            by="x",
            now=town.now,
            until=until,
        )
    await town.say("b", "电梯坏了")
    await town.wait(minutes=2)
    await town.say("b", "电梯又坏了")
    found = await status(town)
    assert (found.over, found.judged, found.gained) == (True, 1, 1)


async def test_published_it_is_in_force_as_a_revision_that_can_be_taken_back(town: Town) -> None:
    await start(town)
    async with town.database.begin() as session:
        revision = await publish_trial(session, by="王主任", now=town.now)
    async with town.database.read() as session:
        assert await load_text(session) == CANDIDATE
        assert (await revisions(session))[0].note == "试用1换上"
        audit = (await session.scalars(select(Audit.what).order_by(Audit.id.desc()).limit(3))).all()
    assert set(audit) == {"trial.start", "rules.import", "trial.published"}
    assert (await status(town)).state is TrialState.PUBLISHED
    assert (await town.tell("admin", f"恢复规则 {revision - 1}"))[0].startswith("→ admin: 已恢复到记录")
    async with town.database.read() as session:
        assert await load_text(session) == IN_FORCE


async def test_publishing_is_refused_when_the_rules_changed_meanwhile_unless_forced(town: Town) -> None:
    await start(town)
    async with town.database.begin() as session:
        await add_rule(session, line="燃气：煤气味", by="x", now=town.now)
    async with town.database.begin() as session:
        now_in_force = await current_revision(session)
        with pytest.raises(RulesMoved, match=f"现在是记录{now_in_force}"):
            await publish_trial(session, by="x", now=town.now)
    async with town.database.begin() as session:
        await publish_trial(session, by="x", now=town.now, force=True)
    async with town.database.read() as session:
        assert await load_text(session) == CANDIDATE


async def test_a_change_taken_back_meanwhile_is_no_change(town: Town) -> None:
    await start(town)
    async with town.database.begin() as session:
        before = await current_revision(session)
        await add_rule(session, line="燃气：煤气味", by="x", now=town.now)
        await restore_revision(session, number=before, by="x", now=town.now)
        await publish_trial(session, by="x", now=town.now)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (IN_FORCE, "和现在用的一样"),
        ("公共照明：路灯 &\n", "第1行第10列"),
        ("天气：下雨\n", "没有“天气”这一类"),
        ("# 空的\n", "没有一条规则"),
    ],
)
async def test_what_could_never_be_put_in_force_is_not_tried(town: Town, text: str, problem: str) -> None:
    with pytest.raises(RuleRefused, match=problem):
        await start(town, text)


async def test_one_trial_at_a_time(town: Town) -> None:
    await start(town)
    with pytest.raises(RuleRefused, match="已经有一份规则在试用"):
        await start(town)


async def test_what_is_forgotten_of_the_chat_is_forgotten_of_the_trial(town: Town) -> None:
    await start(town)
    await town.say("b", "电梯坏了")
    async with town.database.begin() as session:
        await purge_chat(session, town.now + timedelta(days=1))
        assert (await session.scalars(select(TrialDifference))).all() == []


async def test_an_admin_tries_a_rule_by_message_and_puts_it_in_force(town: Town) -> None:
    answer = await town.tell("admin", "试用 玉景湾3号群，湖滨社区 加规则 电梯：电梯")
    assert answer == [
        "→ admin: 试用1开始了，看2个群，到03-17 09:12。群里和管家看不出来。\n随时可发：看试用、停试用、换上试用"
    ]
    assert (await town.tell("admin", "看规则 电梯")) == ["→ admin: 没有带“电梯”的规则。"]
    await town.say("b", "电梯坏了")
    await town.wait(seconds=10)
    assert town.heard() == []
    assert await town.tell("admin", "看试用") == [
        "→ admin: 试用1：加规则 电梯：电梯（王主任 03-10 09:12起，2个群，到03-17 09:12）\n"
        "看了1句：新识别1，不再识别0，有变化0\n"
        "新识别 玉景湾3号群 03-10 09:12 不出声→电梯·登记：电梯坏了"
    ]
    assert (await town.tell("admin", "换上试用"))[0].startswith("→ admin: 已换上（记录")
    await town.say("b", "电梯又坏了")
    await town.wait(seconds=10)
    assert len(town.heard()) == 2


@pytest.mark.parametrize("wish", ["停规则 {n}", "删规则 {n}", "改规则 {n} 环境卫生：粪便"])
async def test_taking_a_rule_out_can_be_tried_too(town: Town, wish: str) -> None:
    number = (await town.tell("admin", "看规则 垃圾"))[0].split(" ")[2]
    assert "试用1开始了，看4个群" in (await town.tell("admin", f"试用 {wish.format(n=number)}"))[0]
    await town.say("c", "垃圾没人收")
    assert [row.kind for row in await differences(town)] == [DifferenceKind.LOST]
    assert await town.tell("admin", "停试用") == ["→ admin: 已停试用1，规则没有变。"]
    assert (await town.tell("admin", "看规则 垃圾"))[0] == f"→ admin: {number} 环境卫生：垃圾"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("试用", "没看懂。例：试用 "),
        ("试用 改规则 第二条", "没看懂。例：试用 "),
        ("试用 没这群 加规则 电梯：电梯", "没有改动。花名册里没有这个社区或群：没这群"),
        ("试用 加规则 公共照明：路灯", "没有改动。已经有了"),
        ("试用 删规则 99", "没有改动。没有规则99。"),
        ("停试用", "没有改动。现在没有规则在试用。"),
        ("换上试用", "没有改动。现在没有规则在试用。"),
        ("看试用", "还没有试用过规则。"),
    ],
)
async def test_what_cannot_be_tried_is_said_in_one_sentence(town: Town, said: str, answer: str) -> None:
    assert (await town.tell("admin", said))[0].startswith(f"→ admin: {answer}")
    async with town.database.read() as session:
        assert await load_text(session) == IN_FORCE


async def test_publishing_by_message_says_how_to_insist(town: Town) -> None:
    await start(town)
    await town.tell("admin", "加规则 燃气：煤气味")
    assert (await town.tell("admin", "换上试用"))[0].endswith("换上会丢掉那些改动。要换请发：换上试用 照样")
    assert (await town.tell("admin", "换上试用 照样"))[0].startswith("→ admin: 已换上")


async def test_every_revision_can_be_restored_to_the_letter(town: Town) -> None:
    for words in (
        "加规则 燃气：煤气味 !!",
        "停规则 {n}",
        "改规则 {n} 燃气：煤气味|燃气味",
        "开规则 {n}",
        "删规则 {n}",
    ):
        shown = (await town.tell("admin", "看规则 煤气"))[0].split(" ")[2]
        assert "没有改动" not in (await town.tell("admin", words.format(n=shown)))[0]
    then: dict[int, str] = {}
    async with town.database.begin() as session:
        latest = await current_revision(session)
        for number in range(1, latest + 1):
            await restore_revision(session, number=number, by="x", now=town.now)
            then[number] = await load_text(session)
    assert then[2] == IN_FORCE
    assert then[3] == IN_FORCE + "燃气：煤气味 !!\n"
    assert then[4] == IN_FORCE + "#停用 燃气：煤气味 !!\n"
    assert then[latest] == IN_FORCE
    async with town.database.begin() as session:
        for number, text in then.items():
            await restore_revision(session, number=latest + number, by="x", now=town.now)
            assert await load_text(session) == text
