"""``weiwang text`` as somebody at a terminal uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.refusals import REFUSALS
from bot.cli.text import app


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A config whose database does not exist yet."""
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/cli.db"\n', encoding="utf-8")
    return str(path)


def text(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--config", config])


def test_a_sentence_is_listed_changed_and_taken_back(config: str, tmp_path: Path) -> None:
    assert "  accepted\t@{居民} {谁}已接单{工单号}。\n" in text(config, "list", "已接单").stdout
    assert text(config, "list", "--changed").stdout == "没有这样的话。\n"
    new = tmp_path / "new.txt"
    new.write_text("@{居民} {谁}来办{工单号}了。\n", encoding="utf-8")
    tried = text(config, "set", "accepted", "--file", str(new), "--dry-run").stdout
    assert tried == "会是这样：\n@张三 管家李四来办1024了。\n"
    assert text(config, "list", "--changed").stdout == "没有这样的话。\n"
    assert text(config, "set", "accepted", "--file", str(new)).stdout.startswith("已改，这样：\n@张三")
    assert text(config, "list", "--changed").stdout == "* accepted\t@{居民} {谁}来办{工单号}了。\n"
    assert "原来：@{居民} {谁}已接单{工单号}。" in text(config, "show", "accepted").stdout
    assert text(config, "reset", "accepted").stdout == "已还原：\n@张三 管家李四已接单1024。\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("show", "nothing"), "没有“nothing”这一句"),
        (("set", "accepted"), "只用一个"),
        (("set", "accepted", "{号码}"), "不能写“号码”"),
        (("set", "accepted", "好"), "少了{工单号}"),
        (("set", "menu", "多" * 201), "太长了"),
        (("reset", "accepted"), "没有改过"),
    ],
)
def test_what_does_not_fit_is_refused(config: str, arguments: tuple[str, ...], problem: str) -> None:
    result = text(config, *arguments)
    assert isinstance(result.exception, REFUSALS)
    assert problem in str(result.exception)
    assert text(config, "list", "--changed").stdout == "没有这样的话。\n"
