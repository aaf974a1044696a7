"""``weiwang rules shadow`` as somebody at a terminal uses it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.refusals import REFUSALS
from bot.cli.rules import app
from bot.clock import SystemClock
from handlers.rules import import_rules
from storage.engine import Database
from storage.enums import DifferenceKind
from storage.models import Community, Group, Message, TrialDifference
from storage.schema import upgrade
from storage.trials import Judged

IN_FORCE = "公共照明：路灯\n"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/cli.db"


@pytest.fixture
def config(tmp_path: Path, url: str) -> str:
    """A config whose database has one rule, and two groups of one community."""
    asyncio.run(_fill(url))
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    (tmp_path / "new.rules").write_text("\ufeff公共照明：路灯\n电梯：电梯\n", encoding="utf-8")
    return str(path)


async def _fill(url: str) -> None:
    database = Database(url, durable=False)
    await upgrade(database)
    async with database.begin() as session:
        await import_rules(
            session, text=IN_FORCE, by="x", note="x", now=SystemClock().now(), add_missing=True
        )
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add(Group(id=1, name="1号群", community_id=1))
        session.add(Group(id=2, name="2号群", community_id=1))
    await database.dispose()


async def _hear(url: str) -> None:
    """What the service writes when the rules on trial hear more."""
    database, now = Database(url, durable=False), SystemClock().now()
    async with database.begin() as session:
        message = Message(
            account="a",
            message_id="m",
            group_id=1,
            talker="t",
            name="t",
            kind="text",
            text="电梯坏了",
            at=now,
            verdict="silent",
        )
        session.add(
            TrialDifference(
                trial_id=1,
                kind=DifferenceKind.GAINED,
                before=asdict(Judged(None, "silent", False)),
                after=asdict(Judged("elevator", "ticket", False)),
                _message=message,
            )
        )
    await database.dispose()


def shadow(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["shadow", *arguments, "--config", config])


def refusal(config: str, *arguments: str) -> str:
    result = shadow(config, *arguments)
    assert isinstance(result.exception, REFUSALS), result.exception
    return str(result.exception)


def test_a_file_is_tried_looked_at_and_put_in_force(config: str, url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "new.rules")
    started = shadow(config, "start", file, "--groups", "1号群，2号群", "--days", "3").stdout
    assert started.startswith("试用1：new.rules（命令行 ")
    assert "，2个群，到" in started
    assert shadow(config, "show").stdout == "还没有不一样的。\n"
    asyncio.run(_hear(url))
    assert "看了1句：新识别1，不再识别0，有变化0" in shadow(config, "status").stdout
    assert "不出声→电梯·登记：电梯坏了" in shadow(config, "show").stdout
    assert shadow(config, "show", "--kind", "lost").stdout == "还没有不再识别的。\n"
    assert "已换上，新记录是2" in shadow(config, "publish").stdout
    assert "电梯：电梯" in CliRunner().invoke(app, ["export", "--config", config]).stdout
    assert "已换上）" in shadow(config, "status").stdout
    CliRunner().invoke(app, ["restore", "1", "--config", config])
    assert CliRunner().invoke(app, ["export", "--config", config]).stdout == IN_FORCE


def test_a_trial_is_stopped_and_the_rules_stay(config: str, tmp_path: Path) -> None:
    shadow(config, "start", str(tmp_path / "new.rules"), "--all")
    assert shadow(config, "stop").stdout == "已停试用1，规则没有变。\n"
    assert CliRunner().invoke(app, ["export", "--config", config]).stdout == IN_FORCE


def test_what_cannot_be_done_is_one_sentence(config: str, tmp_path: Path) -> None:
    file, wrong = str(tmp_path / "new.rules"), tmp_path / "wrong.rules"
    wrong.write_text("公共照明：路灯\n公共照明：灯 &\n", encoding="utf-8")
    assert "还没有试用过" in refusal(config, "status")
    assert "没有规则在试用" in refusal(config, "stop")
    assert "没有规则在试用" in refusal(config, "publish")
    assert "请写明给哪些群" in refusal(config, "start", file)
    assert "没有这个群：3号群" in refusal(config, "start", file, "--groups", "3号群")
    assert "没有这个社区：湖滨" in refusal(config, "start", file, "--community", "湖滨")
    assert "wrong.rules：第2行第9列" in refusal(config, "start", str(wrong), "--all")
    assert "No such file" in refusal(config, "start", str(tmp_path / "none"), "--all")
    shadow(config, "start", file, "--all")
    assert "已经有一份规则在试用" in refusal(config, "start", file, "--all")


def test_rules_changed_meanwhile_are_put_aside_only_when_forced(config: str, tmp_path: Path) -> None:
    other = tmp_path / "other.rules"
    other.write_text(IN_FORCE + "燃气：煤气味\n", encoding="utf-8")
    shadow(config, "start", str(tmp_path / "new.rules"), "--all")
    CliRunner().invoke(app, ["import", str(other), "--config", config])
    assert refusal(config, "publish").endswith("要换请加 --force。")
    assert "已换上" in shadow(config, "publish", "--force").stdout
