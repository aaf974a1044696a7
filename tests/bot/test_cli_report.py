"""``weiwang report`` as somebody at a terminal uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.report import app
from bot.errors import BotError
from handlers.errors import HandlerError
from storage.engine import Database
from storage.schema import upgrade
from tests.measures.world import build_world, fill_november


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A config whose database has a November."""
    folder = tmp_path_factory.mktemp("report")
    url = f"sqlite:///{folder}/cli.db"
    asyncio.run(_fill(url))
    path = folder / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    return str(path)


async def _fill(url: str) -> None:
    database = Database(url, durable=False)
    await upgrade(database)
    await build_world(database)
    await fill_november(database)
    await database.dispose()


def run(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--config", config])


@pytest.mark.parametrize(
    ("name", "begins"), [("月报.xlsx", b"PK"), ("月报.html", b"<!doctype html>"), ("月报.PNG", b"\x89PNG")]
)
def test_a_month_is_written_as_its_ending_says(config: str, tmp_path: Path, name: str, begins: bytes) -> None:
    out = tmp_path / name
    written = run(config, "month", "2026-11", "--out", str(out))
    assert (written.exit_code, written.output) == (0, f"已写好：{out}\n")
    assert out.read_bytes().startswith(begins)


def test_without_a_file_the_numbers_are_shown(config: str) -> None:
    shown = run(config, "month", "2026-11").output.splitlines()
    assert shown[0].startswith("2026年11月民意落实报告。数字截至")
    assert "按期办结率\t75.0%\t3/4" in shown


def test_tickets_are_written_as_csv_and_as_a_workbook(config: str, tmp_path: Path) -> None:
    for name in ("工单.csv", "工单.xlsx"):
        written = run(config, "tickets", "--month", "2026-11", "--out", str(tmp_path / name))
        assert written.output == f"已写好：{tmp_path / name}，共7件。\n"
    assert "13812345678" not in (tmp_path / "工单.csv").read_text(encoding="utf-8-sig")


def test_a_month_is_frozen_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/cli.db"
    asyncio.run(_fill(url))
    (tmp_path / "c.toml").write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    config = str(tmp_path / "c.toml")
    assert run(config, "freeze", "2026-09").output == "2026年9月已定格，以后不再变。\n"
    assert run(config, "freeze", "2026-09").output == "2026年9月以前就定格了，没有改动。\n"
    assert "定格，以后不再变" in run(config, "month", "2026-09").output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("month", "2026-13"), "月份看不懂：2026-13"),
        (("month", "昨天"), "月份看不懂：昨天"),
        (("month", "2026-11", "--out", "x.pdf"), ".xlsx、.html、.png"),
        (("month", "2026-11", "--out", "nowhere/x.png"), "没有这个文件夹"),
        (("tickets", "--month", "2026-11", "--out", "x.html"), ".csv、.xlsx"),
        (("freeze", "2099-11"), "还没过完"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_writes_nothing(
    config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = run(config, *arguments)
    assert refused.exit_code == 1
    assert isinstance(refused.exception, HandlerError | BotError)
    assert named in str(refused.exception)
    assert list(tmp_path.iterdir()) == []


def test_an_excluded_category_that_does_not_exist_is_refused_by_name(config: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        Path(config).read_text(encoding="utf-8") + '[measures]\nexclude_categories = ["watr"]\n',
        encoding="utf-8",
    )
    refused = run(str(wrong), "month", "2026-11")
    assert isinstance(refused.exception, HandlerError)
    assert str(refused.exception).startswith(
        "配置 measures.exclude_categories：没有“watr”这一类，请写类别代号："
    )
