"""``weiwang clock``, ``weiwang calendar`` and ``weiwang route`` as somebody at a terminal uses them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import bot.cli.calendar
import bot.cli.clock
import bot.cli.route
from bot.errors import BotError
from handlers.errors import HandlerError


@pytest.fixture
def config(tmp_path: Path, sqlite_url: str) -> str:
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{sqlite_url}"\n', encoding="utf-8")
    return str(path)


def clock(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(bot.cli.clock.app, [*arguments, "--config", config])


def calendar(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(bot.cli.calendar.app, [*arguments, "--config", config])


def test_limits_are_shown_set_and_set_back(config: str) -> None:
    usual = clock(config, "list").stdout
    assert usual.splitlines()[0] == "全部 接单2工作时 办结1工作日"
    changed = clock(config, "set", "燃气", "--respond", "5分钟", "--resolve", "1小时", "--urgent").stdout
    assert changed.startswith("从现在起，新工单按这张表；已经说好的时间不变。\n")
    assert "紧急·燃气 接单5分钟 办结1小时（改过）" in clock(config, "list").stdout
    clock(config, "set", "gas", "--respond", "默认", "--resolve", "默认", "--urgent")
    assert clock(config, "list").stdout == usual


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("燃汽", "--resolve", "1工作日"), "没有“燃汽”这一类"),
        (("燃气", "--resolve", "快"), "时限看不懂：快"),
        (("燃气",), "请写要改哪个"),
    ],
)
def test_what_cannot_be_set_is_refused_in_a_sentence(
    config: str, arguments: tuple[str, ...], complaint: str
) -> None:
    refused = clock(config, "set", *arguments).exception
    assert isinstance(refused, BotError)
    assert complaint in str(refused)


def test_a_calendar_is_imported_and_shown(config: str, tmp_path: Path) -> None:
    file = tmp_path / "calendar.csv"
    file.write_text("日期,类型,名称\n2027-01-01,放假,元旦\n2027-02-06,上班,\n", encoding="utf-8")
    assert calendar(config, "list").stdout == "没有导入过，按国家公布的日历。\n"
    assert calendar(config, "import", str(file)).stdout == "已导入2天（2027年）。已经说好的时间不变。\n"
    assert calendar(config, "list").stdout == "2027-01-01 周五 放假\n2027-02-06 周六 上班\n"
    file.write_text("日期,类型,名称\n2027-05-01,放假,\n", encoding="utf-8")
    calendar(config, "import", str(file))
    assert calendar(config, "list").stdout == "2027-05-01 周六 放假\n"


def test_a_calendar_that_cannot_be_read_changes_nothing(config: str, tmp_path: Path) -> None:
    file = tmp_path / "calendar.csv"
    file.write_text("日期\n2027-01-01\n", encoding="utf-8")
    assert isinstance(calendar(config, "import", str(file)).exception, HandlerError)
    assert isinstance(calendar(config, "import", str(tmp_path / "none.csv")).exception, BotError)
    assert calendar(config, "list").stdout == "没有导入过，按国家公布的日历。\n"


def route(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(bot.cli.route.app, [*arguments, "--config", config])


def test_recipients_and_rows_are_added_shown_imported_and_removed(config: str, tmp_path: Path) -> None:
    assert route(config, "recipient", "add", "水务所", "--person", "shuiwu").stdout == "已加“水务所”。\n"
    assert route(config, "recipient", "add", "大工委", "--room", "大工委工作群").exit_code == 0
    assert route(config, "recipient", "list").stdout.splitlines() == [
        "水务所：水务所",
        "大工委：工作群“大工委工作群”（助手还没进这个群）",
    ]
    assert (
        route(config, "add", "--category", "water", "--to", "水务所").stdout == "1 供水排水 各社区 → 水务所\n"
    )
    file = tmp_path / "routes.csv"
    file.write_text("类别,社区,群名,转给\n供水排水,,,大工委\n,,,网格员\n", encoding="utf-8")
    assert route(config, "import", str(file)).stdout == "已换成2条分派（原来1条）。\n"
    assert [line[2:] for line in route(config, "list").stdout.splitlines()] == [
        "供水排水 各社区 → 大工委",
        "各类 各社区 → 网格员",
    ]
    number = route(config, "list").stdout.split()[0]
    assert route(config, "remove", number).exit_code == 0
    assert route(config, "recipient", "remove", "大工委").stdout == "已删“大工委”。\n"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("供水,,,网格员", "第2行没有“供水”这一类"),
        (",没有社区,,网格员", "第2行名册里没有这个社区：没有社区"),
        (",,,", "只有表头"),
        ("燃气,,,", "第2行“转给”不能空"),
        ("燃气,,,网格员\n燃气,,,网格长", "第3行“类别”和第2行是同一类、同一个地方"),
    ],
)
def test_a_bad_table_changes_nothing_and_names_the_row(
    config: str, tmp_path: Path, line: str, complaint: str
) -> None:
    route(config, "add", "--to", "网格员")
    file = tmp_path / "routes.csv"
    file.write_text(f"类别,社区,群名,转给\n{line}\n", encoding="utf-8")
    refused = route(config, "import", str(file)).exception
    assert isinstance(refused, HandlerError)
    assert complaint in str(refused)
    assert route(config, "list").stdout == "1 各类 各社区 → 网格员\n"
