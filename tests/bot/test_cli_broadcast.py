"""``weiwang reminder ledger|watch|cancel|resend`` and ``weiwang account`` as somebody at a terminal uses them."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import update
from typer import Typer
from typer.testing import CliRunner, Result

from bot.cli.account import app as account_app
from bot.cli.reminder import app
from bot.clock import SystemClock
from storage.engine import Database
from storage.enums import AccountState, OutboxState
from storage.models import Account, Community, Group, Outbox
from storage.schema import upgrade


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A config whose database has three groups (nobody in the last) and one notice that is on its way."""
    url = f"sqlite:///{tmp_path}/cli.db"
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    asyncio.run(_fill(url))
    assert run(str(path), "add", "--text", "停水", "--at", "2099-12-01 08:00", "--all").exit_code == 0
    assert run(str(path), "run", "1").exit_code == 0
    return str(path)


async def _fill(url: str) -> None:
    database = Database(url, durable=False)
    await upgrade(database)
    async with database.begin() as session:
        session.add(Community(id=1, name="玉景社区"))
        await session.flush()
        session.add_all(
            Group(id=n, name=f"{n}号群", community_id=1, account="a" if n < 3 else None) for n in (1, 2, 3)
        )
        session.add(Account(name="a", connector="", state=AccountState.CONNECTED))
    await database.dispose()


def change(config: str, table: type[Account] | type[Outbox], **values: object) -> None:
    """Let something have happened."""

    async def changing() -> None:
        database = Database(f"sqlite:///{Path(config).parent}/cli.db", durable=False)
        async with database.begin() as session:
            query = update(table).values(**values)
            await session.execute(query.where(Outbox.group_id == 1) if table is Outbox else query)
        await database.dispose()

    asyncio.run(changing())


def run(config: str, *arguments: str, to: Typer = app) -> Result:
    return CliRunner().invoke(to, [*arguments, "--config", config])


def test_a_notice_is_watched_cancelled_and_its_ledger_written(config: str, tmp_path: Path) -> None:
    assert run(config, "watch", "1", "--once").stdout == "1/3 等着发2个群，没有助手1个群\n"
    change(config, Outbox, state=OutboxState.SENT, sent_at=SystemClock().now())
    shown = run(config, "ledger", "1").stdout.splitlines()
    assert [line.split("\t")[1:4] for line in shown[1:]] == [
        ["1号群", "提示", "已发"],
        ["2号群", "提示", "等着发"],
        ["3号群", "提示", "没有助手"],
    ]
    assert (
        run(config, "cancel", "1").stdout
        == "提示1不再发了，取消1条。已发1个群，已取消1个群，没有助手1个群。\n"
    )
    told = json.loads(run(config, "watch", "1", "--json").stdout)
    assert (told["over"], told["total"], told["groups"]["cancelled"]) == (True, 3, 1)
    file = tmp_path / "ledger.csv"
    assert run(config, "ledger", "1", "--csv", str(file)).stdout == f"已写到 {file}，共3行。\n"
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:4] == ["社区", "群", "内容", "情况"]
    assert rows[2][:4] == ["玉景社区", "2号群", "提示", "已取消"]


def test_only_what_failed_is_said_again(config: str) -> None:
    change(config, Outbox, state=OutboxState.FAILED, error="gateway answered UNKNOWN")
    assert "微信没收（UNKNOWN）" in run(config, "ledger", "1").stdout
    assert run(config, "resend", "1", "--unknown").stdout == "没有要重发的。\n"
    assert run(config, "resend", "1", "--failed", "--group", "2号群").stdout == "没有要重发的。\n"
    assert run(config, "resend", "1", "--failed").stdout == "提示1重发1条。\n"
    assert run(config, "resend", "1", "--failed").stdout == "没有要重发的。\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("ledger", "9"), "没有提示9"),
        (("ledger", "1", "--firing", "7"), "没有第7次发送"),
        (("ledger", "1", "--csv", "/"), "/：Is a directory"),
        (("cancel", "9"), "没有提示9"),
        (("watch", "9"), "没有提示9"),
        (("resend", "1"), "--failed"),
        (("resend", "1", "--failed", "--group", "没这群"), "没有这个群：没这群"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(config: str, arguments: tuple[str, ...], problem: str) -> None:
    result = run(config, *arguments)
    assert problem in str(result.exception)


def test_an_account_is_shown_and_let_speak_again(config: str) -> None:
    assert run(config, "list", to=account_app).stdout == "a\t连着\t今天已发0/1000条\n"
    change(config, Account, paused_at=SystemClock().now(), pause_reason="微信说发得太多")
    assert "停发提示" in run(config, "list", to=account_app).stdout
    assert run(config, "resume", "a", to=account_app).stdout == "账号a又发温馨提示了。\n"
    assert run(config, "resume", "a", to=account_app).stdout == "账号a没有停，不用开。\n"
    assert "没有账号“b”" in str(run(config, "resume", "b", to=account_app).exception)
