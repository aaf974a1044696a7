"""``weiwang classify`` and ``weiwang rules`` as somebody at a terminal uses them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli.classify import answer, classify, read_lines
from bot.cli.opening import read_rules
from bot.cli.rules import app
from bot.errors import BotError
from storage.engine import Database
from storage.models import Community, Example, Group, Message

RULES = """@坏了 = 坏了
公共照明：路灯|楼道灯 & @坏了
供水排水：漏水|爆管
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small rule file, which is also what an empty database is seeded with."""
    monkeypatch.setattr("handlers.rules.editing.default_rules", lambda: RULES)
    path = tmp_path / "small.rules"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A config whose database does not exist yet."""
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/cli.db"\n', encoding="utf-8")
    return str(path)


def run(*arguments: str, fails: bool = False) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    if fails:
        assert isinstance(result.exception, BotError)
    elif result.exception is not None:
        raise result.exception
    return result


def classify_lines(rules: Path, source: bytes) -> list[dict[str, object]]:
    alone = typer.Typer()
    alone.command()(classify)
    result = CliRunner().invoke(alone, ["--rules", str(rules)], input=source)
    if result.exception is not None:
        raise result.exception
    return [json.loads(line) for line in result.stdout_bytes.splitlines()]


def test_classify_answers_each_line_with_one_object(rules: Path) -> None:
    said = "3幢2单元楼道灯坏了昨晚10点，苏e12345，电话13812345678\r\n早上好\n\n漏水".encode()
    first, greeting, empty, last = classify_lines(rules, said)
    assert list(first) == [
        *("text", "verdict", "intent", "requests", "urgent"),
        *("location", "building", "unit", "room", "phones"),
        *("plates", "times", "floor", "spot"),
    ]
    assert (first["verdict"], first["building"], first["unit"]) == ("ticket", "3", "2")
    assert first["phones"] == ["13812345678"]
    assert first["plates"] == ["苏E12345"]
    assert first["times"] == [
        {"text": "昨晚10点", "start": 10, "end": 15, "normal": "昨天 22:00", "hour": 22, "minute": None}
    ]
    assert (first["floor"], first["spot"]) == (None, None)
    assert (greeting["verdict"], greeting["requests"]) == ("silent", [])
    assert empty["text"] == ""
    assert (last["text"], last["verdict"]) == ("漏水", "ticket")


def test_a_line_that_cannot_be_read_gets_an_error_and_the_run_goes_on(rules: Path) -> None:
    lines = [b"\xff\xfe", "长".encode() * 10_001, b"x" * 200_000, "长".encode() * 10_000, "漏水".encode()]
    answers = classify_lines(rules, b"\n".join(lines) + b"\n")
    assert [list(answer) == ["error"] for answer in answers] == [True, True, True, False, False]


def test_a_line_without_end_is_never_held_whole() -> None:
    source = BytesIO(b"\xef\xbb\xbfa\n" + b"x" * 1_000_000)
    assert list(read_lines(source)) == [b"a", None]


def test_classify_is_fast_enough_for_a_hundred_thousand_lines(rules: Path) -> None:
    book = read_rules(rules)
    for line in read_lines(BytesIO("楼下路灯坏了好几天了\n早上好\n".encode() * 5_000)):
        assert "error" not in answer(book, line)


def test_rules_go_into_the_database_and_come_out_the_same(rules: Path, config: str, tmp_path: Path) -> None:
    changed = tmp_path / "new.rules"
    changed.write_text(RULES + "燃气：燃气味 !!\n", encoding="utf-8")
    assert "已导入3条规则" in run("import", str(changed), "--config", config).stdout
    assert run("export", "--config", config).stdout == changed.read_text(encoding="utf-8")
    run("export", str(tmp_path / "out.rules"), "--config", config)
    assert (tmp_path / "out.rules").read_text(encoding="utf-8") == changed.read_text(encoding="utf-8")
    log = run("log", "--config", config).stdout.splitlines()
    assert [line.split("\t")[3] for line in log] == ["导入 new.rules", "初始规则"]
    assert "新记录是3" in run("restore", "1", "--config", config).stdout
    assert run("export", "--config", config).stdout == RULES
    assert "没有77" in str(run("restore", "77", "--config", config, fails=True).exception)


def test_a_file_with_an_unknown_category_is_refused_until_it_is_added(
    rules: Path, config: str, tmp_path: Path
) -> None:
    weather = tmp_path / "weather.rules"
    weather.write_text("天气：下雨\n", encoding="utf-8")
    assert "没有“天气”这一类" in str(run("import", str(weather), "--config", config, fails=True).exception)
    run("category", "add", "天气", "--config", config)
    assert "已经有" in str(run("category", "add", "天气", "--config", config, fails=True).exception)
    assert "已导入1条" in run("import", str(weather), "--config", config).stdout
    weather.write_text("物价：涨价\n", encoding="utf-8")
    assert "已导入1条" in run("import", str(weather), "--add-categories", "--config", config).stdout


def test_checking_says_of_a_category_what_an_import_would(rules: Path, config: str, tmp_path: Path) -> None:
    weather = tmp_path / "weather.rules"
    weather.write_text("天气：下雨\n公共照明：路灯\n", encoding="utf-8")
    alone = run("check", str(weather)).stdout
    assert "不是自带的类别：天气。" in alone
    assert "2条规则" in alone
    imported = str(run("import", str(weather), "--config", config, fails=True).exception)
    assert str(run("check", str(weather), "--config", config, fails=True).exception) == imported
    run("category", "add", "天气", "--config", config)
    assert run("check", str(weather), "--config", config).stdout.startswith("2条规则")
    assert run("export", "--config", config).stdout == RULES
    weather.write_text("# 空\n", encoding="utf-8")
    assert "没有一条规则" in str(run("check", str(weather), "--config", config, fails=True).exception)


def test_checking_a_file_says_what_is_in_it_or_where_it_is_wrong(rules: Path, tmp_path: Path) -> None:
    assert run("check", str(rules)).stdout.startswith("2条规则，")
    wrong = tmp_path / "wrong.rules"
    wrong.write_text("供水排水：漏水\n公共照明：路灯 &\n", encoding="utf-8")
    assert "wrong.rules：第2行第10列：" in str(run("check", str(wrong), fails=True).exception)
    assert "No such file" in str(run("check", str(tmp_path / "none"), fails=True).exception)
    wrong.write_bytes("公共照明：路灯".encode("gb18030"))
    assert "不是 UTF-8" in str(run("check", str(wrong), fails=True).exception)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Forty labelled messages."""
    path = tmp_path / "rows.csv"
    rows = [f"楼道路灯坏了{n},灯\n厨房水管漏水{n},水\n" for n in range(20)]
    path.write_text("\ufefftext,label\n" + "".join(rows), encoding="utf-8")
    return path


COLUMNS = ("--text-column", "text", "--label-column", "label")


def test_learned_rules_are_an_ordinary_file_that_eval_measures(labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "learned.rules"
    run("learn", str(labelled), *COLUMNS, "--out", str(out))
    run("check", str(out))
    printed = run("eval", str(labelled), "--rules", str(out), *COLUMNS, "--json").stdout
    result = json.loads(printed)
    assert set(result) == {"rows", "accuracy", "macro_f1", "terms", "per_label"}
    assert (result["rows"], result["accuracy"]) == (40, 1.0)
    assert set(result["per_label"]["灯"]) == {"precision", "recall", "f1", "rows"}
    assert "准确率 1.0000" in run("eval", str(labelled), "--rules", str(out), *COLUMNS).stdout


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Messages under the labels of another system, one of them without a label."""
    path = tmp_path / "calls.csv"
    rows = ("路灯坏了,报修", "楼道灯坏了,报修", "厨房漏水,停水", "水管爆管,报修", "几点开会,咨询", "你好,")
    path.write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_foreign_labels_are_measured_by_the_categories_they_stand_for(calls: Path, rules: Path) -> None:
    given = ("--label", "报修=lighting|公共设施维修", "--label", "停水=water", "--label", "咨询=", "--json")
    result = run("eval", str(calls), "--rules", str(rules), *COLUMNS, *given)
    measured = json.loads(result.stdout)
    assert (measured["rows"], measured["accuracy"]) == (4, 0.75)
    assert measured["per_label"]["停水"] == {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "rows": 1}
    assert "有2条没有类别，没有算" in result.stderr


def test_the_confusion_and_the_rules_that_hurt_are_shown(calls: Path, rules: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "labels.txt"
    mapping.write_text("# 对照\n报修=lighting\n停水=water\n\n咨询=\n", encoding="utf-8")
    rules.write_text(RULES + "公共设施维修：楼道灯 x1.5\n", encoding="utf-8")
    shown = run("eval", str(calls), "--rules", str(rules), *COLUMNS, "--map", str(mapping)).stdout
    lines = [" ".join(line.replace("│", " ").replace("|", " ").split()) for line in shown.splitlines()]
    assert "1 停水 1 · · ·" in lines
    assert "2 报修 1 1 1 ·" in lines
    assert "“报修”认成“公共设施维修”：1条" in lines
    assert "第4行去掉会多对1条、多错0条：公共设施维修：楼道灯 x1.5" in lines


def test_the_packaged_rules_are_measured_when_none_are_named(calls: Path) -> None:
    given = ("--label", "报修=lighting|water", "--label", "停水=water", "--label", "咨询=policy")
    assert json.loads(run("eval", str(calls), *COLUMNS, *given, "--json").stdout)["terms"] > 1000


def test_a_map_that_cannot_be_read_is_refused(calls: Path) -> None:
    refused = run("eval", str(calls), *COLUMNS, "--label", "报修", fails=True)
    assert "“报修”应写成：标签=类别" in str(refused.exception)
    nothing = run(
        "eval",
        str(calls),
        *COLUMNS,
        *("--label", "报修=", "--label", "停水=", "--label", "咨询="),
        fails=True,
    )
    assert "没有可用的类别" in str(nothing.exception)


def test_rows_without_a_label_are_passed_over_in_learning(labelled: Path, tmp_path: Path) -> None:
    labelled.write_text(labelled.read_text(encoding="utf-8") + "你好,\n早上好, \n", encoding="utf-8")
    out = tmp_path / "learned.rules"
    result = run("learn", str(labelled), *COLUMNS, "--out", str(out))
    assert "有2条没有类别，没有算" in result.stderr
    assert "由 40 条" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "文件是空的"),
        (b"text,label\n", "只有表头"),
        (b"words,label\na,b\n", "没有“text”这一列，有：words、label"),
        ("text,label\n路灯,灯\n".encode("gb18030"), "不是 UTF-8"),
        (b"text,label\nonly\n", "第2行少了列"),
        (b"text,label\na,b\n", "只有 1 条"),
    ],
)
def test_rows_that_cannot_be_learned_from_are_refused_and_nothing_is_written(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    rows, out = tmp_path / "rows.csv", tmp_path / "out.rules"
    rows.write_bytes(content)
    result = run("learn", str(rows), *COLUMNS, "--out", str(out), fails=True)
    assert problem in str(result.exception)
    assert not out.exists()


def test_a_preview_names_the_messages_that_would_change(rules: Path, tmp_path: Path) -> None:
    new, messages = tmp_path / "new.rules", tmp_path / "messages.txt"
    new.write_text("公共照明：路灯|楼道灯 & 坏了\n燃气：燃气味\n", encoding="utf-8")
    messages.write_text("有燃气味\n漏水\n路灯坏了\n", encoding="utf-8")
    shown = run("preview", str(new), "--rules", str(rules), "--messages", str(messages)).stdout
    assert "新识别 1条\n  不出声 → 燃气·ticket  有燃气味" in shown
    assert "不再识别 1条\n  供水排水·ticket → 不出声  漏水" in shown


def test_a_preview_lists_some_examples_and_counts_the_rest(rules: Path, tmp_path: Path) -> None:
    new, messages = tmp_path / "new.rules", tmp_path / "messages.txt"
    new.write_text(RULES + "燃气：燃气味\n", encoding="utf-8")
    messages.write_text("".join(f"{n}楼有燃气味\n" for n in range(7)), encoding="utf-8")
    given = ("preview", str(new), "--rules", str(rules), "--messages", str(messages))
    lines = run(*given, "--show", "2").stdout.splitlines()
    assert lines[:4] == [
        "新识别 7条",
        "  不出声 → 燃气·ticket  0楼有燃气味",
        "  不出声 → 燃气·ticket  1楼有燃气味",
        "  ……还有5条没有列出",
    ]


def test_a_preview_of_very_many_messages_is_an_estimate_unless_all_are_asked_for(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.teaching._MOST_READ", 10)
    new, messages = tmp_path / "new.rules", tmp_path / "messages.txt"
    new.write_text(RULES + "燃气：燃气味\n", encoding="utf-8")
    messages.write_text("".join(f"{n}楼有燃气味\n" for n in range(40)), encoding="utf-8")
    given = ("preview", str(new), "--rules", str(rules), "--messages", str(messages))
    estimate = run(*given)
    assert estimate.stdout.startswith("新识别 约40条")
    assert "有40条带改到的词，抽看了10条；加 --all 全看。" in estimate.stderr
    assert run(*given, "--all").stdout.startswith("新识别 40条")


def test_a_preview_of_the_rules_in_force_reads_what_the_groups_said(
    rules: Path, config: str, tmp_path: Path
) -> None:
    run("import", str(rules), "--config", config)
    asyncio.run(_hear(f"sqlite:///{tmp_path}/cli.db", ("漏水", "有燃气味")))
    rules.write_text(RULES + "燃气：燃气味\n", encoding="utf-8")
    shown = run("preview", str(rules), "--config", config).stdout
    assert shown == "新识别 1条\n  不出声 → 燃气·ticket  有燃气味\n不再识别 0条\n有变化 0条\n"


async def _hear(url: str, texts: tuple[str, ...]) -> None:
    database = Database(url, durable=False)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    async with database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add(Group(id=1, community_id=1, name="1号群"))
        await session.flush()
        for text in texts:
            row = Message(
                account="a", message_id=text, group_id=1, talker="t", name="n", kind="text", text=text, at=now
            )
            session.add(row)
    await database.dispose()


def test_suggestions_are_lines_for_the_rule_file(rules: Path, tmp_path: Path) -> None:
    examples = tmp_path / "examples.csv"
    examples.write_text("text,label\n感应灯坏了,lighting\n门口感应灯坏了,lighting\n", encoding="utf-8")
    shown = run("suggest", str(examples), "--rules", str(rules), *COLUMNS).stdout
    assert "公共照明：" in shown


async def _correct(url: str, texts: tuple[str, ...], category: str) -> None:
    database = Database(url, durable=False)
    async with database.begin() as session:
        for text in texts:
            session.add(
                Example(at=datetime(2026, 3, 10, tzinfo=UTC), by="李四", text=text, category=category)
            )
    await database.dispose()


def test_what_people_corrected_becomes_numbered_proposals_and_one_is_accepted(
    rules: Path, config: str, tmp_path: Path
) -> None:
    run("import", str(rules), "--config", config)
    asyncio.run(_correct(f"sqlite:///{tmp_path}/cli.db", ("感应灯坏了", "门口感应灯坏了"), "lighting"))
    shown = run("suggest", "--stored", "--config", config).stdout
    assert shown.startswith("1. “")
    line = shown.splitlines()[1].strip()
    assert line in run("suggest", "--accept", "1", "--config", config).stdout
    assert line in run("export", "--config", config).stdout
    run("suggest", "--accept", "1", "--config", config, fails=True)
    assert run("suggest", "--config", config).stdout == ""


def test_a_table_is_learned_from_what_people_said(rules: Path, config: str, tmp_path: Path) -> None:
    out = tmp_path / "learned.rules"
    run("learn", "--stored", "--out", str(out), "--config", config, fails=True)
    url = f"sqlite:///{tmp_path}/cli.db"
    asyncio.run(_correct(url, tuple(f"{n}幢路灯坏了" for n in range(10)), "lighting"))
    asyncio.run(_correct(url, tuple(f"{n}幢水管漏水" for n in range(10)), "water"))
    run("learn", "--stored", "--out", str(out), "--config", config)
    run("check", str(out))
    assert "供水排水" in out.read_text(encoding="utf-8") or "water" in out.read_text(encoding="utf-8")
