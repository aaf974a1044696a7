"""The command line: what it shows, and that a refusal is one sentence, exit code 2, nothing changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "bot" / "demo"


def weiwang(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an empty directory, as an admin would."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=where,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(where), "COLUMNS": "120", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = weiwang(tmp_path, "--help")
    assert shown.returncode == 0
    for command in (
        "run",
        "classify",
        "replay",
        "roster",
        "rules",
        "place",
        "text",
        "reminder",
        "report",
        "user",
        "db",
    ):
        assert f"  {command} " in shown.stdout


def test_version_is_told(tmp_path: Path) -> None:
    assert weiwang(tmp_path, "--version").stdout.startswith("weiwang 0.")


@pytest.mark.parametrize(
    "command",
    ["run", "classify", "replay", "roster", "rules", "place", "text", "reminder", "report", "user", "db"],
)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    shown = weiwang(tmp_path, command, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"weiwang {command}" in shown.stdout


def test_an_unknown_command_is_refused_by_its_name(tmp_path: Path) -> None:
    refused = weiwang(tmp_path, "dance")
    assert refused.returncode == 2
    assert "'dance'" in refused.stderr


def test_an_unknown_config_key_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[delivery]\nhaste = 1\n", encoding="utf-8")
    refused = weiwang(tmp_path, "db", "upgrade", "--config", "c.toml")
    assert refused.returncode == 2
    assert "delivery.haste" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


def test_the_database_is_upgraded_once(tmp_path: Path) -> None:
    assert "is up to date now" in weiwang(tmp_path, "db", "upgrade").stdout
    assert "was up to date" in weiwang(tmp_path, "db", "upgrade").stdout


def test_a_database_newer_than_the_program_is_refused(tmp_path: Path) -> None:
    weiwang(tmp_path, "db", "upgrade")
    engine = create_engine(f"sqlite:///{tmp_path / 'var' / 'weiwang.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    refused = weiwang(tmp_path, "roster", "import", str(DEMO / "roster.csv"))
    assert refused.returncode == 2
    assert "newer than this program" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_roster_is_imported_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    arguments = ("roster", "import", str(DEMO / "roster.csv"), "--people", str(DEMO / "people.csv"))
    assert "预演" in weiwang(tmp_path, *arguments, "--dry-run").stdout
    assert "群：新增9，变动0，停用0，不变0" in weiwang(tmp_path, *arguments).stdout
    assert "群：新增0，变动0，停用0，不变9" in weiwang(tmp_path, *arguments).stdout


def test_a_wrong_roster_is_refused_before_a_database_is_made(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("社区,群名\n玉景社区,1号群\n", encoding="utf-8")
    refused = weiwang(tmp_path, "roster", "import", "r.csv")
    assert refused.returncode == 2
    assert "网格" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


def test_a_code_is_made_for_one_person_or_for_all_without_a_wechat(tmp_path: Path) -> None:
    weiwang(tmp_path, "roster", "import", str(DEMO / "roster.csv"), "--people", str(DEMO / "people.csv"))
    weiwang(tmp_path, "roster", "export", "r.csv")
    rows = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()
    name = rows[1].split(",")[3]
    made = weiwang(tmp_path, "roster", "code", name)
    assert re.search(rf"^{name}（.*管家）：\d{{4}} \d{{4}}$", made.stdout, re.MULTILINE)
    assert weiwang(tmp_path, "roster", "code", "--unbound").stdout == "都绑定了微信，不用码。\n"
    for wrong in ((), (name, "--unbound"), ("某某",)):
        refused = weiwang(tmp_path, "roster", "code", *wrong)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)


def test_a_roster_is_not_written_over_by_nothing(tmp_path: Path) -> None:
    refused = weiwang(tmp_path, "roster", "export", "r.xlsx")
    assert (refused.returncode, refused.stderr) == (2, "r.xlsx：还没有名册，没有写文件。\n")
    assert weiwang(tmp_path, "roster", "export", "r.txt").returncode == 2


def test_groups_are_renamed_and_split_and_rooms_listed(tmp_path: Path) -> None:
    weiwang(tmp_path, "roster", "import", str(DEMO / "roster.csv"))
    weiwang(tmp_path, "roster", "export", "r.csv")
    name = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[2]
    assert "现在叫“新名群”" in weiwang(tmp_path, "roster", "rename", name, "新名群").stdout
    assert weiwang(tmp_path, "roster", "split", "新名群", "分出群").returncode == 0
    listed = weiwang(tmp_path, "roster", "rooms").stdout.splitlines()
    assert listed[:2] == ["不在名册的群（助手在那里不说话）：0个", "还没有助手的群：10个"]
    assert (
        "群：新增0，变动0，停用1，不变9"
        in weiwang(tmp_path, "roster", "import", str(DEMO / "roster.csv"), "--dry-run").stdout
    )
    for wrong in (
        ("rename", "没有的群", "x"),
        ("split", "新名群", "分出群"),
        ("adopt", "9", "新群"),
        ("move", "1001", "--to", "没有的群"),
    ):
        refused = weiwang(tmp_path, "roster", *wrong)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)


def test_a_wrong_file_is_shown_and_refused(tmp_path: Path) -> None:
    weiwang(tmp_path, "roster", "import", str(DEMO / "roster.csv"))
    head, row, *_ = (DEMO / "roster.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "r.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    refused = weiwang(tmp_path, "roster", "import", "r.csv")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "停用的群：" in refused.stdout
    assert "停用8" in weiwang(tmp_path, "roster", "import", "r.csv", "--yes").stdout


def test_a_user_is_added_once(tmp_path: Path) -> None:
    added = weiwang(tmp_path, "user", "add", "小王", "--role", "office")
    assert (added.returncode, added.stderr) == (0, "")
    assert "一次性密码" in added.stdout
    again = weiwang(tmp_path, "user", "add", "小王", "--role", "viewer")
    assert (again.returncode, again.stderr) == (2, "已经有用户“小王”。\n")
