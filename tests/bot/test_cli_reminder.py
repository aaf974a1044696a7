"""``weiwang reminder`` as somebody at a terminal uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.reminder import app
from bot.errors import BotError
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
    assert added[0] == "提示1：发到2个群，其中1个群机器人还没进。"
    assert len(added) == 6
    assert all(line.endswith(" 08:00") for line in added[1:])
    assert "1\tactive\t" in run(config, "list").stdout
    assert run(config, "pause", "1").stdout == "已停提示1。\n"
    assert "1\tpaused\t-\t2个群\t{社区}请关好门窗" in run(config, "list").stdout
    assert run(config, "resume", "1").stdout.startswith("已开提示1，下次：")
    assert run(config, "run", "1").stdout.startswith("提示1已排队：1个群。没有机器人的群1个")


def test_a_notice_for_one_time_goes_to_named_groups(config: str) -> None:
    shown = run(config, "add", "--text", "停水", "--at", "2099-12-01 08:00", "--group", "1号群").stdout
    assert shown == "提示1：发到1个群。\n  2099-12-01 08:00\n"
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
        (("pause", "9"), "没有提示9"),
        (("resume", "9"), "没有提示9"),
        (("run", "9"), "没有提示9"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    config: str, arguments: tuple[str, ...], problem: str
) -> None:
    result = run(config, *arguments)
    assert isinstance(result.exception, BotError)
    assert problem in str(result.exception)
    assert run(config, "list", "--finished").stdout == "没有提示。\n"
