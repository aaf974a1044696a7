"""What the command line refuses: one sentence on standard error, exit code 2, nothing changed, no traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
ROSTER = ROOT / "bot" / "demo" / "roster.csv"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, in which the default database would appear."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must be refused; its sentence."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    return said.err


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--config", "nowhere.toml"),
        ("classify", "--rules", "nowhere.rules"),
        ("roster", "import", "nowhere.csv"),
        ("roster", "import", str(ROSTER), "--people", "nowhere.csv"),
        ("user", "add", "小林", "--role", "office", "--config", "nowhere.toml"),
        ("db", "upgrade", "--config", "nowhere.toml"),
        ("rules", "import", "nowhere.rules"),
        ("rules", "learn", "nowhere.csv", "--text-column", "a", "--label-column", "b", "--out", "x"),
        ("reminder", "add", "--text-file", "nowhere.txt", "--all", "--cron", "0 8 * * 1"),
        ("report", "month", "2026-11", "--config", "nowhere.toml"),
        ("replay", "nowhere.jsonl", "--roster", str(ROSTER), "--out", "o", "--tickets", "t"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_file_that_is_not_there_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert "nowhere" in refusal(capsys, *arguments)
    assert files(folder) == set()


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ("[web]\nprot = 1\n", "web.prot"),
        ('[web]\nport = "8000"\n', "web.port"),
        ('[database]\nurl = "mysql://x/y"\n', "mysql://x/y"),
        ('[database]\nurl = "sqlite:////proc/nowhere/x.db"\n', "/proc/nowhere"),
        ('[database]\nurl = "postgresql://x@127.0.0.1:1/y"\n', "127.0.0.1:1"),
        ("[web\n", "config.toml"),
    ],
    ids=["unknown key", "wrong type", "mysql", "no folder", "no server", "not TOML"],
)
def test_a_config_that_cannot_be_used_is_refused_by_every_command_alike(
    folder: Path, capsys: pytest.CaptureFixture[str], config: str, named: str
) -> None:
    (folder / "config.toml").write_text(config, encoding="utf-8")
    for arguments in (("db", "upgrade"), ("run",), ("reminder", "list"), ("roster", "import", str(ROSTER))):
        assert named in refusal(capsys, *arguments, "--config", "config.toml")
    assert files(folder) == {"config.toml"}


def test_a_password_in_a_database_address_is_never_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.toml").write_text(
        '[database]\nurl = "postgresql://x:hush@127.0.0.1:1/y"\n', encoding="utf-8"
    )
    assert "hush" not in refusal(capsys, "db", "upgrade", "--config", "config.toml")


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "var").mkdir()
    (folder / "var" / "weiwang.db").write_text("a letter to grandmother" * 50, encoding="utf-8")
    assert "not a database" in refusal(capsys, "db", "upgrade")
    assert (folder / "var" / "weiwang.db").read_text(encoding="utf-8").startswith("a letter")


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("玉景社区,一网格,1号群,,li4,,,,", "第2行“管家”"),
        ("玉景社区,一网格,1号群,李四,li4,,,,\n玉景社区,一网格,1号群,李四,li4,,,,", "第3行“群名”"),
        ("", "只有表头"),
    ],
    ids=["empty cell", "group twice", "no row"],
)
def test_a_wrong_roster_names_its_row_and_leaves_what_is_in_force(
    folder: Path, capsys: pytest.CaptureFixture[str], rows: str, named: str
) -> None:
    header = ROSTER.read_text(encoding="utf-8").splitlines()[0]
    (folder / "wrong.csv").write_text(f"{header}\n{rows}\n", encoding="utf-8")
    main_done("roster", "import", str(ROSTER))
    capsys.readouterr()
    said = refusal(capsys, "roster", "import", "wrong.csv")
    assert said.startswith("wrong.csv")
    assert named in said
    main_done("roster", "import", str(ROSTER))
    assert "群：新增0，变动0，停用0，不变9" in capsys.readouterr().out


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main_done("roster", "import", str(ROSTER), "--dry-run")
    planned = capsys.readouterr().out.splitlines()
    main_done("roster", "import", str(ROSTER))
    assert planned[:-1] == capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("run", "--port", "70000"), "65535"),
        (("run", "--prot", "1"), "--prot"),
        (("user", "add", "x", "--role", "king"), "king"),
        (("user", "add", "x"), "role"),
        (("roster", "import"), "file"),
        (("db", "x"), "x"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_wrong_usage_is_refused_before_anything_happens(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], named: str
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert named in capsys.readouterr().err
    assert files(folder) == set()


def test_a_port_in_use_is_refused_by_its_number(folder: Path, taken_port: int) -> None:
    ended = weiwang(folder, "run", "--port", str(taken_port))
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith(f"port {taken_port} on 127.0.0.1 is already in use")
    assert (ended.stdout, "Traceback" in ended.stderr, files(folder)) == ("", False, set())


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ('[web]\nhost = "0.0.0.0"\n', "loopback"),
        (
            '[[accounts]]\nname = "a"\nconnector = "wechaty"\nendpoint = "127.0.0.1:9"\ntoken_file = "absent"\n',
            "absent",
        ),
    ],
    ids=["open to all", "no token"],
)
def test_what_cannot_be_served_is_refused_before_anything_is_made(
    folder: Path, capsys: pytest.CaptureFixture[str], config: str, named: str
) -> None:
    (folder / "config.toml").write_text(config, encoding="utf-8")
    assert named in refusal(capsys, "run", "--demo", "--config", "config.toml")
    assert files(folder) == {"config.toml"}


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    """Help must appear at once; only the command that is used is imported."""
    heavy = "{'sqlalchemy', 'aiohttp', 'openpyxl', 'typer', 'jieba', 'rjieba', 'wechaty'}"
    code = f"import sys, bot.cli; print(sorted({heavy} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_every_command_has_a_line_of_help() -> None:
    assert all(line.endswith(".") for _, _, line in COMMANDS.values())


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--rules", "latin.rules", "latin.rules"),
        ("--rules", "broken.rules", "broken.rules"),
        ("--db", "sqlite:///letter.txt", "letter.txt"),
        ("--db", "sqlite:///office.db", "office.db"),
        ("--out", "no/where", "no/where"),
    ],
    ids=["encoding", "rule", "no database", "somebody's database", "out"],
)
def test_a_replay_that_cannot_be_played_is_refused(folder: Path, option: str, value: str, named: str) -> None:
    (folder / "day.jsonl").write_text("", encoding="utf-8")
    (folder / "latin.rules").write_bytes(b"\xff\xfe\x00")
    (folder / "broken.rules").write_text("公共照明：\n", encoding="utf-8")
    (folder / "letter.txt").write_text("a letter to grandmother" * 50, encoding="utf-8")
    (folder / "config.toml").write_text('[database]\nurl = "sqlite:///office.db"\n', encoding="utf-8")
    main_done("roster", "import", str(ROSTER), "--config", "config.toml")
    before = files(folder)
    options = {"--roster": str(ROSTER), "--out": "out.jsonl", "--tickets": "tickets.json", option: value}
    ended = weiwang(folder, "replay", "day.jsonl", *(word for pair in options.items() for word in pair))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr
    assert files(folder) - {"office.db-shm", "office.db-wal"} == before - {"office.db-shm", "office.db-wal"}


def weiwang(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def main_done(*arguments: str) -> None:
    """Run a command that must succeed."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code in (0, None)
