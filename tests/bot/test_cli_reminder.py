"""``weiwang reminder`` as somebody at a terminal uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.refusals import REFUSALS
from bot.cli.reminder import app
from storage.engine import Database
from storage.enums import RoleKind
from storage.models import Community, Group, Person, Role
from storage.people import bump_directory
from storage.schema import upgrade


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A config whose database has two groups, one of them with nobody in it."""
    url = f"sqlite:///{tmp_path}/cli.db"
    asyncio.run(_fill(url))
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n[media]\nfolder = "{tmp_path}/media"\n', encoding="utf-8")
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


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def add_once(config: str, *arguments: str) -> Result:
    return run(config, "add", "--at", "2099-12-01 08:00", *arguments)


def test_a_notice_takes_a_file_a_link_and_words_of_the_library(config: str, tmp_path: Path) -> None:
    picture = tmp_path / "停水 通知(1).png"
    picture.write_bytes(PNG)
    fills = [f"--fill={name}=明天" for name in ("日期", "几点到几点", "哪几幢", "原因")]
    added = add_once(
        config,
        "--all",
        "--library",
        "停水",
        *fills,
        "--file",
        str(picture),
        "--link",
        "https://www.example.cn/a",
    )
    assert added.stdout.startswith("提示1：发到2个群"), added.exception
    (kept,) = (tmp_path / "media").iterdir()
    assert kept.name.startswith("停水-通知-1-")
    shown = run(config, "preview", "1", "--group", "2号群").stdout
    assert shown.startswith("[2号群]\n【停水】明天明天停水，范围：明天。")
    assert shown.endswith("https://www.example.cn/a\n")


def test_a_dry_run_shows_every_group_and_keeps_nothing(config: str, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(PNG)
    shown = add_once(config, "--all", "--text", "{群名}停水", "--file", str(picture), "--dry-run").stdout
    assert (
        "玉景社区\t1号群\n玉景社区\t2号群\t机器人还没进\n共2个群。\n[1号群]\n1号群停水\n只是看看，没有存。"
        in shown
    )
    assert run(config, "list", "--finished").stdout == "没有提示。\n"
    assert not (tmp_path / "media").exists()


def test_tags_choose_groups_and_can_be_taken_away(config: str) -> None:
    assert run(config, "tag", "add", "老旧小区", "1号群").stdout == "已给1个群贴上“老旧小区”。\n"
    assert run(config, "tag", "list").stdout == "老旧小区\t1个群\t1号群\n"
    assert "发到1个群" in add_once(config, "--tag", "老旧小区", "--text", "修楼道").stdout
    assert "发到1个群" in add_once(config, "--all", "--not-tag", "老旧小区", "--text", "修楼道").stdout
    assert run(config, "groups", "1").stdout == "玉景社区\t1号群\n共1个群。\n"
    assert run(config, "tag", "remove", "老旧小区").stdout == "已从1个群拿掉“老旧小区”。\n"
    assert run(config, "tag", "list").stdout == "还没有标签。\n"


def test_long_words_and_mobile_phones_are_pointed_out(config: str) -> None:
    told = add_once(config, "--all", "--text", "停水" * 101 + "电话13812345678").stdout
    assert "请注意：有215个字" in told
    assert "请注意：里面有手机号13812345678" in told


def test_an_urgent_notice_waits_for_two_peoples_yes(config: str) -> None:
    refused = add_once(config, "--all", "--text", "快关阀门", "--urgent").exception
    assert "要另外2个人同意才能发，名册里能同意的：没有人" in str(refused)
    asyncio.run(_approvers(config))
    assert "要另外2个人同意才发" in add_once(config, "--all", "--text", "快关阀门", "--urgent").stdout
    assert "要另外2个人同意才发" in run(config, "run", "1").stdout
    assert run(config, "approve", "1", "--by", "王主任").stdout == "已记下王主任同意提示1，还要别人同意。\n"
    assert "您已经答复过" in str(run(config, "approve", "1", "--by", "王主任").exception)
    assert "花名册里没有“老张”" in str(run(config, "approve", "1", "--by", "老张").exception)
    assert run(config, "approve", "1", "--by", "老陈").stdout == "提示1可以发了。\n"
    assert "1\tactive" in run(config, "list").stdout
    assert run(config, "change", "1", "--text", "快快关阀门").exit_code == 0
    assert "1\twaiting" in run(config, "list").stdout
    assert run(config, "refuse", "1", "--by", "老陈", "--reason", "不用").stdout == "提示1不发。\n"
    assert "1\trefused" in run(config, "list").stdout


async def _approvers(config: str) -> None:
    database = Database(f"sqlite:///{Path(config).parent}/cli.db", durable=False)
    async with database.begin() as session:
        session.add(Person(id=1, name="王主任", contact_id="w"))
        session.add(Person(id=2, name="老陈", contact_id="c"))
        await session.flush()
        session.add(Role(person_id=1, kind=RoleKind.ADMIN))
        session.add(Role(person_id=2, kind=RoleKind.SUBDISTRICT))
        await bump_directory(session)
    await database.dispose()


def test_the_library_is_listed_shown_and_written_to_a_file(config: str, tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["library", "list"]).stdout
    assert "water-cut\t停水停电\t停水\t接到停水通知时\t要填：日期、几点到几点、哪几幢、原因" in listed
    shown = CliRunner().invoke(app, ["library", "show", "停水"]).stdout
    assert shown.startswith("【示例，改成自己的话再发】停水")
    out = tmp_path / "停水.txt"
    used = CliRunner().invoke(app, ["library", "use", "停水", "--out", str(out), "--fill", "日期=11月26日"])
    assert "改好以后" in used.stdout
    assert out.read_text(encoding="utf-8").startswith("【停水】11月26日〔几点到几点〕停水")
    again = CliRunner().invoke(app, ["library", "use", "停水", "--out", str(out)])
    assert "已经有这个文件" in str(again.exception)
    assert "还有没填的：〔几点到几点〕、〔哪几幢〕、〔原因〕" in str(
        add_once(config, "--all", "--text-file", str(out)).exception
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--text", "电话1381234567"), "电话号码不对"),
        (("--text", "x", "--link", "example"), "链接要以 https:// 开头"),
        (("--text", "看 https://a.cn。快来"), "链接里不能有中文"),
        (("--text", "x", "--file", "nowhere.png"), "nowhere.png"),
        (("--text", "x", "--library", "停水"), "只用一个"),
        (("--text", "x", "--fill", "日期=1"), "要和 --library 一起用"),
        (("--library", "停水", "--fill", "日期"), "名=值"),
        (("--text", "x", "--about", "外星"), "没有“外星”这一类"),
        (("--text", "x", "--open", "外星"), "没有“外星”这一类"),
        (("--text", "x", "--incident", "7"), "没有事件7"),
        (("--text", "x", "--tag", "没贴过"), "没有群贴过这个标签"),
    ],
)
def test_words_files_and_groups_that_cannot_be_used_are_refused(
    config: str, arguments: tuple[str, ...], problem: str
) -> None:
    where = () if "--open" in arguments or "--incident" in arguments or "--tag" in arguments else ("--all",)
    result = add_once(config, *where, *arguments)
    assert problem in str(result.exception)
    assert run(config, "list", "--finished").stdout == "没有提示。\n"


def test_a_file_nobody_should_open_is_refused(config: str, tmp_path: Path) -> None:
    program = tmp_path / "通知.exe"
    program.write_bytes(b"MZ\x90\x00")
    assert "发不了这种文件" in str(add_once(config, "--all", "--text", "x", "--file", str(program)).exception)
