"""``weiwang reminder`` as somebody at a terminal uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.refusals import REFUSALS
from bot.cli.reminder import app
from storage.engine import Database
from storage.models import Community, Group
from storage.schema import upgrade


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A config whose database has two groups, one of them with nobody in it."""
    url = f"sqlite:///{tmp_path}/cli.db"
    asyncio.run(_fill(url))
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    return str(path)


async def _fill(url: str) -> None:
    database = Database(url, durable=False)
    await upgrade(database)
    async with database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add(Group(name="1号群", community_id=1, account="a", room_id="r1"))
        session.add(Group(name="2号群", community_id=1))
    await database.dispose()


def run(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--config", config])


def test_a_notice_is_added_listed_held_resumed_and_sent(config: str, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("{社区}请关好门窗\n", encoding="utf-8")
    added = run(config, "add", "--text-file", str(words), "--cron", "0 8 * * 1", "--all").stdout.splitlines()
    assert added[:2] == ["提示1：发到2个群，其中1个群机器人还没进。", "每周一 08:00"]
    assert len(added) == 7
    assert all(line.endswith(" 周一 08:00") for line in added[2:])
    assert "1\tactive\t" in run(config, "list").stdout
    assert run(config, "pause", "1").stdout == "已停提示1。\n"
    assert "1\tpaused\t-\t2个群\t每周一 08:00\t{社区}请关好门窗" in run(config, "list").stdout
    assert run(config, "resume", "1").stdout.startswith("已开提示1，下次：")
    assert run(config, "run", "1").stdout.startswith("提示1已排队：1个群。没有机器人的群1个")


def test_a_notice_for_one_time_goes_to_named_groups(config: str) -> None:
    shown = run(config, "add", "--text", "停水", "--at", "2099-12-01 08:00", "--group", "1号群").stdout
    assert shown == "提示1：发到1个群。\n一次 2099-12-01 周二 08:00\n  2099-12-01 周二 08:00\n"
    assert run(config, "run", "1").exit_code == 0
    assert run(config, "list").stdout == "没有提示。\n"
    assert "done" in run(config, "list", "--finished").stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("add", "--cron", "0 8 * * *", "--all"), "--text"),
        (("add", "--text", "x", "--all"), "只写一个时间"),
        (("add", "--text", "x", "--at", "明天", "--all"), "时间看不懂：明天"),
        (("add", "--text", "x", "--at", "2020-01-01 08:00", "--all"), "已经过了"),
        (("add", "--text", "x", "--cron", "0 8 * *", "--all"), "五段"),
        (("add", "--text", "x", "--cron", "0 8 * * *"), "哪些群"),
        (("add", "--text", "x", "--cron", "0 8 * * *", "--community", "没有"), "没有这个社区：没有"),
        (("add", "--text", "{电话}", "--cron", "0 8 * * *", "--all"), "不认识{电话}"),
        (("add", "--text", "x", "--workdays", "25:00", "--all"), "没有25点0分"),
        (("add", "--text", "x", "--workdays", "早上", "--all"), "几点看不懂：早上"),
        (("add", "--text", "x", "--workdays", "8:00", "--at", "9:00", "--all"), "--at 只和"),
        (("add", "--text", "x", "--workdays", "8:00", "--daily", "8:00", "--all"), "只写一个时间"),
        (("add", "--text", "x", "--term", "冬至", "--all"), "--at 9:00"),
        (("add", "--text", "x", "--term", "光棍节", "--at", "9:00", "--all"), "没有“光棍节”"),
        (("add", "--text", "x", "--daily", "8:00", "--days-before", "1", "--all"), "只和 --term"),
        (("add", "--text", "x", "--daily", "8:00", "--until", "2027-02-30", "--all"), "没有2027-02-30这一天"),
        (("add", "--text", "x", "--daily", "8:00", "--until", "2020-01-01", "--all"), "一次也轮不到"),
        (("add", "--text", "x", "--daily", "8:00", "--except", "春节", "--all"), "日期看不懂：春节"),
        (("add", "--text", "x", "--weekly", "八", "--at", "8:00", "--all"), "星期看不懂：八"),
        (("add", "--text", "x", "--at", "2099-01-01 8:00", "--until", "2099-01-02", "--all"), "只发一次"),
        (("change", "9", "--text", "x"), "没有提示9"),
        (("change", "9"), "要改什么"),
        (("skip", "9"), "没有提示9"),
        (("next", "9"), "没有提示9"),
        (("pause", "9"), "没有提示9"),
        (("resume", "9"), "没有提示9"),
        (("run", "9"), "没有提示9"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    config: str, arguments: tuple[str, ...], problem: str
) -> None:
    result = run(config, *arguments)
    assert isinstance(result.exception, REFUSALS)
    assert problem in str(result.exception)
    assert run(config, "list", "--finished").stdout == "没有提示。\n"


def test_a_solar_term_is_planned_with_days_before_it(config: str) -> None:
    added = run(
        config,
        *[
            "add",
            "--text",
            "吃饺子",
            "--all",
            "--term",
            "冬至",
            "--at",
            "9:00",
            "--days-before",
            "1",
            "--from",
            "2030-01-01",
        ],
    )
    assert added.stdout.splitlines()[1:4] == [
        "冬至前1天 09:00，从2030-01-01开始",
        "  2030-12-21 周六 09:00（冬至前1天）",
        "  2031-12-21 周日 09:00（冬至前1天）",
    ]


def test_working_days_end_with_exceptions_and_a_word_about_years_nobody_knows(config: str) -> None:
    words = "add --text 早 --all --workdays 8点半 --from 2098-03-01 --until 2098-03-10"
    added = run(config, *words.split(), "--except", "2098-03-04..2098-03-06")
    assert added.stdout.splitlines()[1:] == [
        "每个工作日 08:30，从2098-03-01开始，到2098-03-10为止，2098-03-04、2098-03-05、2098-03-06不发",
        "  2098-03-03 周一 08:30",
        "  2098-03-07 周五 08:30",
        "  2098-03-10 周一 08:30",
        "  2098年的放假安排还不知道，先按周一到周五上班算。",
    ]


def test_a_notice_is_changed_piece_by_piece(config: str) -> None:
    run(
        config, *["add", "--text", "早", "--all", "--weekly", "一,四", "--at", "8:00", "--from", "2098-03-01"]
    )
    changed = run(
        config, *["change", "1", "--at", "9:15", "--until", "2098-03-07", "--group", "1号群", "--text", "晚"]
    )
    assert changed.stdout.splitlines() == [
        "提示1：发到1个群。",
        "每周一、四 09:15，从2098-03-01开始，到2098-03-07为止",
        "  2098-03-03 周一 09:15",
        "  2098-03-06 周四 09:15",
    ]
    assert "跳过2098-03-03 周一 09:15这一次，再下次：2098-03-06 周四 09:15" in run(config, "skip", "1").stdout
    shown = run(config, "next", "1").stdout.splitlines()
    assert shown[2:] == ["  2098-03-06 周四 09:15"]
    assert "跳过2098-03-03 周一 09:15" in shown[1]
    changed = run(config, *["change", "1", "--festival", "端午", "--at", "7:00", "--until", "不限"])
    assert changed.stdout.splitlines()[1:3] == [
        "端午 07:00，从2098-03-01开始",
        "  2098-06-04 周三 07:00（端午）",
    ]
    assert run(config, "list").stdout.endswith("\t1个群\t端午 07:00，从2098-03-01开始\t晚\n")


def test_a_notice_to_be_sent_now_is_due_at_once(config: str) -> None:
    assert run(config, *["add", "--text", "停水", "--all", "--now"]).stdout.startswith("提示1：发到2个群")
    assert run(config, "list").stdout.startswith("1\tactive\t2")


def test_a_day_off_is_named_by_its_weekday(config: str) -> None:
    added = run(
        config, *["add", "--text", "休", "--all", "--offdays", "10:00", "--from", "2098-03-01"]
    ).stdout
    assert added.splitlines()[2:4] == ["  2098-03-01 周六 10:00", "  2098-03-02 周日 10:00"]


def test_what_is_planned_is_written_as_a_calendar(config: str, tmp_path: Path) -> None:
    run(config, *["add", "--text", "早", "--all", "--daily", "8:00"])
    out = tmp_path / "plan.ics"
    assert (
        run(config, "ics", "--out", str(out), "--days", "30").stdout == f"已写好{out}：接下来30天要发30次。\n"
    )
    assert out.read_bytes().count(b"BEGIN:VEVENT") == 30
    assert isinstance(run(config, "ics", "--out", str(tmp_path / "no" / "plan.ics")).exception, REFUSALS)


def test_the_calendar_feed_is_opened_and_closed(config: str, tmp_path: Path) -> None:
    token = tmp_path / "feed.token"
    with Path(config).open("a", encoding="utf-8") as file:
        file.write(f'[web]\nfeed_key_file = "{token}"\n')
    first = run(config, "feed").stdout.splitlines()[0]
    assert first == f"http://127.0.0.1:8000/reminders.ics?token={token.read_text().strip()}"
    assert run(config, "feed").stdout.splitlines()[0] != first
    assert run(config, "feed", "--off").stdout == "日历订阅已关。\n"
    assert not token.exists()
    assert run(config, "feed", "--off").stdout == "日历订阅本来就没开。\n"
