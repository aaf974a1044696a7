"""``weiwang place`` as somebody at a terminal uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.place import app
from bot.cli.refusals import REFUSALS
from storage.engine import Database
from storage.models import Community, Group
from storage.schema import upgrade


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A config whose database has one community with two groups."""
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
        session.add(Group(id=1, name="1号群", community_id=1))
        session.add(Group(id=2, name="2号群", community_id=1))
    await database.dispose()


def place(config: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--config", config])


def test_names_are_added_shown_and_removed(config: str) -> None:
    assert place(config, "list").stdout == "还没有地点名。\n"
    assert place(config, "add", "玉景社区", "凉亭|喷泉广场").stdout.startswith("已加2个地点名")
    assert place(config, "add", "1号群", "小白楼=12幢").stdout.startswith("已加1个地点名")
    assert place(config, "list").stdout == "玉景社区：凉亭|喷泉广场\n1号群：小白楼=12幢\n"
    assert place(config, "list", "1号群").stdout == "1号群：小白楼=12幢\n"
    assert place(config, "remove", "玉景社区", "凉亭").stdout == "已删1个地点名。\n"
    assert place(config, "list", "玉景社区").stdout == "玉景社区：喷泉广场\n1号群：小白楼=12幢\n"


def test_many_are_added_from_one_file(config: str, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(
        "\ufeff社区,群名,地点\n玉景社区,,凉亭|喷泉广场\n玉景社区,2号群,小白楼=12幢\n玉景社区,,\n",
        encoding="utf-8",
    )
    assert place(config, "import", str(file)).stdout.startswith("已加3个地点名")
    assert place(config, "list").stdout == "玉景社区：凉亭|喷泉广场\n2号群：小白楼=12幢\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("社区,名字\n玉景社区,凉亭\n", "第1行应有"),
        ("社区,地点\n玉景社区,凉亭\n玉景社区,亭\n", "第3行：地点名要有2到20个字"),
        ("社区,地点\n没有,凉亭\n", "花名册里没有这个社区或群：没有"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_added(
    config: str, tmp_path: Path, content: str, problem: str
) -> None:
    file = tmp_path / "places.csv"
    file.write_text(content, encoding="utf-8")
    result = place(config, "import", str(file))
    assert isinstance(result.exception, REFUSALS)
    assert "places.csv：" in str(result.exception)
    assert problem in str(result.exception)
    assert place(config, "list").stdout == "还没有地点名。\n"


def test_what_is_not_there_is_refused_by_its_name(config: str) -> None:
    for arguments, problem in (
        (("add", "没有", "凉亭"), "没有这个社区或群：没有"),
        (("remove", "玉景社区", "凉亭"), "没有“凉亭”这个地点名"),
        (("list", "没有"), "没有这个社区或群：没有"),
    ):
        result = place(config, *arguments)
        assert isinstance(result.exception, REFUSALS)
        assert problem in str(result.exception)
