"""Rules taught by admins: checked as a whole, kept as revisions, in force in every process on the next message."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from handlers.rules import (
    BookKeeper,
    DuplicateRule,
    RuleRefused,
    UnknownCategory,
    UnknownRevision,
    UnknownRule,
    UnreadableFile,
    UnreadableRule,
    add_category,
    add_rule,
    change_rule,
    compile_aside,
    current_revision,
    find_rules,
    import_rules,
    load_text,
    remove_rule,
    restore_revision,
    revisions,
    rule_command,
    seed_rules,
    switch_rule,
)
from nlp import RuleBook, RuleError, Verdict, default_rules
from storage.engine import Database
from storage.models import Audit, RuleRevision

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
RULES = """# 照明
@坏了 = 坏了|不亮
公共照明：路灯|楼道灯 & @坏了
供水排水：漏水|爆管
"""
ADMIN = "wx-admin"


@pytest.fixture
async def taught(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database seeded with four lines."""
    monkeypatch.setattr("handlers.rules.editing.default_rules", lambda: RULES)
    async with database.begin() as session:
        assert await seed_rules(session, now=NOW)
    return database


async def say(database: Database, text: str) -> str | None:
    async with database.begin() as session:
        return await rule_command(session, text, by=ADMIN, now=NOW)


async def revision(database: Database) -> int:
    async with database.read() as session:
        return await current_revision(session)


async def number_of(database: Database, word: str) -> int:
    async with database.read() as session:
        return (await find_rules(session, word))[0].number


async def test_seeding_fills_an_empty_database_once(taught: Database) -> None:
    async with taught.begin() as session:
        assert not await seed_rules(session, now=NOW)
    async with taught.read() as session:
        assert await load_text(session) == RULES
    assert await revision(taught) == 1


async def test_two_processes_seed_only_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.rules.editing.default_rules", lambda: RULES)

    async def seed() -> bool:
        async with database.begin() as session:
            return await seed_rules(session, now=NOW)

    assert sorted(await asyncio.gather(seed(), seed())) == [False, True]


async def test_a_rule_added_by_message_is_in_force_in_every_process_on_the_next_message(
    taught: Database,
) -> None:
    here, there = BookKeeper(), BookKeeper()
    async with taught.read() as session:
        assert (await there.book(session)).understand("感应灯坏了").verdict is Verdict.SILENT
    answer = await say(taught, "加规则 公共照明：感应灯 & @坏了")
    assert answer is not None
    assert answer.startswith("已加规则")
    for keeper in (here, there):
        async with taught.read() as session:
            meaning = (await keeper.book(session)).understand("感应灯坏了")
        assert [request.category for request in meaning.requests] == ["lighting"]


async def test_a_keeper_compiles_once_for_each_revision(taught: Database) -> None:
    compiled: list[str] = []

    async def count(text: str) -> RuleBook:
        compiled.append(text)
        return await compile_aside(text)

    keeper = BookKeeper(count)

    async def ask() -> RuleBook:
        async with taught.read() as session:
            return await keeper.book(session)

    first, second = await asyncio.gather(ask(), ask())
    assert first is second
    await say(taught, "加规则 供水排水：停水")
    assert await ask() is not first
    assert len(compiled) == 2


async def test_a_revision_rolled_back_is_not_taken_for_the_next_of_its_number(taught: Database) -> None:
    keeper = BookKeeper()
    async with taught.begin() as session:
        await add_rule(session, line="供水排水：停水", by=ADMIN, now=NOW)
        await keeper.book(session)
        await session.rollback()
    async with taught.begin() as session:
        await add_rule(session, line="燃气：燃气味", by=ADMIN, now=NOW.replace(minute=1))
    async with taught.read() as session:
        book = await keeper.book(session)
    assert book.understand("停水停水").scores == ()
    assert book.understand("有燃气味").scores


async def test_a_stored_revision_that_cannot_be_read_leaves_the_last_good_book_in_use(
    taught: Database, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = BookKeeper()
    async with taught.read() as session:
        good = await keeper.book(session)
    async with taught.begin() as session:
        session.add(RuleRevision(at=NOW, by="x", note="x", text="公共照明：路灯 &\n"))
    async with taught.read() as session:
        assert await keeper.book(session) is good
        assert await keeper.book(session) is good
        with pytest.raises(RuleError):
            await BookKeeper().book(session)
    assert caplog.text.count("rules not renewed: line 1 column") == 1


REFUSALS = [
    ("加规则 公共照明：路灯 & ", "没有改动。第10列：“&”后面应写一个词"),
    ("加规则 公共照明 路灯", "应写成“类别：词”"),
    ("加规则 没这类：路灯", "没有改动。没有“没这类”这一类。有：公共照明、供水排水"),
    ("加规则 供水排水：爆管|漏水", "没有改动。已经有了，就是规则4。"),
    ("加规则 供水排水：漏水|爆管 x2", "规则4已经是这些词，只是分值或紧急不同"),
    ("加规则 公共照明：路灯 & @没有", "没有叫“@没有”的同义词组"),
    ("加规则", "没看懂。例：加规则 公共照明"),
    ("加规则 # 说明", "“#”开头的是说明"),
    ("加规则 供水排水：停水\n供水排水：断水", "一次只能写一条规则"),
    ("改规则 4 供水排水：|", "没有改动。规则4第6列"),
    ("改规则 4", "没看懂。例：改规则 12"),
    ("停规则 二", "没看懂。例：停规则 12"),
    ("停规则 2", "没有改动。规则3第15列：没有叫“@坏了”的同义词组"),
    ("删规则 99", "没有改动。没有规则99。"),
    ("恢复规则 77", "没有改动。规则记录里没有77。"),
]


async def test_what_cannot_be_done_is_refused_with_its_place_and_changes_nothing(taught: Database) -> None:
    for said, answered in REFUSALS:
        answer = await say(taught, said)
        assert answer is not None
        assert answered in answer
    assert await revision(taught) == 1
    async with taught.read() as session:
        assert await load_text(session) == RULES
        assert "".join(f"{line.line}\n" for line in await find_rules(session, "")) == RULES.split("\n", 1)[1]


async def test_other_words_are_no_rule_command(sqlite_database: Database) -> None:
    for text in ("试试看", "好的", "路灯坏了", "规则是什么"):
        assert await say(sqlite_database, text) is None


async def test_a_rule_is_changed_switched_off_and_on_and_removed_keeping_its_number(taught: Database) -> None:
    assert "已改规则4" in (await say(taught, "改规则 4 供水排水：漏水|渗水") or "")
    assert "已停规则4" in (await say(taught, "停规则4") or "")
    assert await say(taught, "看规则 漏水") == "4 （已停）供水排水：漏水|渗水"
    assert "已停用" in (await say(taught, "加规则 供水排水：渗水|漏水") or "")
    assert "已开规则4" in (await say(taught, "开规则 4") or "")
    assert "已删规则4" in (await say(taught, "删规则 4") or "")
    assert await say(taught, "看规则 漏水") == "没有带“漏水”的规则。"
    async with taught.read() as session:
        notes = [entry.note for entry in await revisions(session)]
        audit = (await session.scalars(select(Audit.what).order_by(Audit.id))).all()
    assert notes == ["删规则 4", "开规则 4", "停规则 4", "改规则 4", "初始规则"]
    assert audit == ["rules.import", "rule.change", "rule.off", "rule.on", "rule.remove"]


async def test_switching_what_is_so_already_makes_no_revision(taught: Database) -> None:
    async with taught.begin() as session:
        await switch_rule(session, number=4, on=True, by=ADMIN, now=NOW)
    assert await revision(taught) == 1


async def test_a_restored_revision_says_exactly_what_it_said_switched_off_lines_included(
    taught: Database,
) -> None:
    await say(taught, "停规则 4")
    async with taught.read() as session:
        then = await load_text(session)
    await say(taught, "删规则 3")
    await say(taught, "开规则 4")
    assert "新记录5" in (await say(taught, "恢复规则 2") or "")
    async with taught.read() as session:
        assert await load_text(session) == then
        assert (await find_rules(session, "4"))[0].enabled is False
    history = await say(taught, "规则记录")
    assert history is not None
    assert history.splitlines()[0] == f"5 11-24 09:00 恢复规则 2 {ADMIN}"


async def test_trying_a_sentence_shows_verdict_words_weights_and_rule_numbers(taught: Database) -> None:
    answer = await say(taught, "试 3幢2单元楼道灯坏了")
    assert answer is not None
    assert answer.startswith("会登记工单\n【公共照明】1分\n  规则3 1分：楼道灯、坏了\n")
    assert "地点：3幢2单元" in answer
    assert await say(taught, "试 早上好") == "不是诉求，不出声"
    book = await compile_aside("燃气：早上好")
    async with taught.begin() as session:
        answer = await rule_command(session, "试 早上好", by=ADMIN, now=NOW, book=book)
    assert answer == "会登记工单\n【燃气】1分\n  1分：早上好"
    assert await revision(taught) == 1


async def test_an_imported_file_keeps_the_numbers_of_lines_that_stay(taught: Database) -> None:
    async with taught.begin() as session:
        text = "供水排水：漏水|爆管\n#停用 燃气：燃气味\n"
        assert await import_rules(session, text=text, by=ADMIN, note="新", now=NOW) == 1
    assert await number_of(taught, "漏水") == 4
    async with taught.read() as session:
        assert await load_text(session) == text
        assert [line.enabled for line in await find_rules(session, "燃气")] == [False]


async def test_a_bad_file_is_refused_and_changes_nothing(taught: Database) -> None:
    async with taught.begin() as session:
        with pytest.raises(UnreadableFile, match="第2行第6列"):
            await import_rules(session, text="供水排水：x\n公共照明：|\n", by=ADMIN, note="", now=NOW)
        with pytest.raises(UnknownCategory):
            await import_rules(session, text="天气：下雨\n", by=ADMIN, note="", now=NOW)
        leaning = "公共照明：路灯\n%发烫 = 诉求 0.9，公共照名 0.8\n"
        with pytest.raises(UnknownCategory, match="公共照名"):
            await import_rules(session, text=leaning, by=ADMIN, note="", now=NOW)
        with pytest.raises(RuleRefused, match="没有一条规则"):
            await import_rules(session, text="# 空的\n", by=ADMIN, note="", now=NOW)
    async with taught.read() as session:
        assert await load_text(session) == RULES
        assert len(await find_rules(session, "")) == 3


async def test_a_category_can_be_added_by_name_or_with_a_file(taught: Database) -> None:
    async with taught.begin() as session:
        await add_category(session, name="天气", hours=24, by=ADMIN, now=NOW)
        with pytest.raises(RuleRefused, match="已经有"):
            await add_category(session, name="天气", hours=24, by=ADMIN, now=NOW)
        await add_rule(session, line="天气：下雨", by=ADMIN, now=NOW)
        text = "天气：下雨\n物价：涨价\n"
        assert await import_rules(session, text=text, by=ADMIN, note="", now=NOW, add_missing=True) == 2
        await add_rule(session, line="物价：太贵", by=ADMIN, now=NOW)


async def test_two_admins_at_once_lose_neither_change(taught: Database) -> None:
    await asyncio.gather(*(say(taught, f"加规则 供水排水：水管{word}") for word in ("裂了", "断了", "堵了")))
    async with taught.read() as session:
        text = await load_text(session)
    assert all(f"供水排水：水管{word}\n" in text for word in ("裂了", "断了", "堵了"))
    assert await revision(taught) == 4


async def test_errors_carry_their_data(taught: Database) -> None:
    async with taught.begin() as session:
        with pytest.raises(DuplicateRule) as duplicate:
            await add_rule(session, line="供水排水：漏水|爆管", by=ADMIN, now=NOW)
        with pytest.raises(UnreadableRule) as unreadable:
            await change_rule(session, number=3, line="公共照明：&", by=ADMIN, now=NOW)
        with pytest.raises(UnknownRule):
            await remove_rule(session, number=1, by=ADMIN, now=NOW)
        with pytest.raises(UnknownRevision):
            await restore_revision(session, number=9, by=ADMIN, now=NOW)
    assert duplicate.value.number == 4
    assert (unreadable.value.number, unreadable.value.column) == (3, 6)


async def test_the_packaged_rules_can_be_seeded_exported_and_imported_again(
    sqlite_database: Database,
) -> None:
    async with sqlite_database.begin() as session:
        await seed_rules(session, now=NOW)
    async with sqlite_database.begin() as session:
        text = await load_text(session)
        numbers = [line.number for line in await find_rules(session, "")]
        count = await import_rules(session, text=text, by=ADMIN, note="", now=NOW)
        assert [line.number for line in await find_rules(session, "")] == numbers
        assert await load_text(session) == text
    seeded, packaged = await compile_aside(text), await compile_aside(await asyncio.to_thread(default_rules))
    assert [rule.canonical for rule in seeded.rules] == [rule.canonical for rule in packaged.rules]
    assert count >= len(packaged.rules)
    answer = await say(sqlite_database, "试 3幢2单元楼道灯坏了，晚上黑漆漆的")
    assert answer is not None
    assert answer.startswith("会登记工单\n【公共照明】")
