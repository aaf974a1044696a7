"""A recorded day gives the same bytes every time, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import REFUSED, main
from tests.replay.days import write_day, write_roster

GROUPS, MESSAGES = 359, 800


@pytest.fixture
def day(tmp_path: Path) -> Path:
    write_roster(tmp_path / "roster.csv", GROUPS)
    write_day(tmp_path / "events.jsonl", groups=GROUPS, messages=MESSAGES, seed=7)
    return tmp_path


def run(folder: Path, out: Path, tickets: Path, *more: str) -> int | str | None:
    arguments = ["replay", str(folder / "events.jsonl"), "--roster", str(folder / "roster.csv")]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--out", str(out), "--tickets", str(tickets), *more])
    return ended.value.code


def play(folder: Path, name: str, *more: str) -> tuple[bytes, bytes]:
    out, tickets = folder / f"{name}.jsonl", folder / f"{name}.json"
    assert run(folder, out, tickets, *more) == 0
    return out.read_bytes(), tickets.read_bytes()


def test_a_day_of_359_groups_gives_the_same_bytes_twice_and_on_both_databases(
    day: Path, postgres_empty_url: str
) -> None:
    first = play(day, "first")
    assert play(day, "again", "--db", f"sqlite:///{day / 'replay.db'}") == first
    assert play(day, "once-more", "--db", f"sqlite:///{day / 'replay.db'}") == first
    assert play(day, "postgres", "--db", postgres_empty_url) == first
    tickets = json.loads(first[1])
    assert len(tickets) > MESSAGES * 0.05
    assert {ticket["state"] for ticket in tickets} >= {"prompted", "resolved"}
    numbers = [ticket["number"] for ticket in tickets]
    assert numbers == list(range(1001, 1001 + len(tickets)))


def test_a_database_with_somebodys_work_in_it_is_refused(
    day: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(day, day / "o", day / "t", "--db", sqlite_url) == REFUSED
    assert "is in use" in capsys.readouterr().err
    assert not (day / "o").exists()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 1: is not JSON"),
        ('{"at": "2026-03-10T09:00:00", "type": "tick"}', 'line 1: "at" has no offset'),
        ('{"at": "gestern", "type": "tick"}', 'line 1: "at" is not an ISO-8601 time'),
        ('{"at": "0001-01-01T00:00:00+14:00", "type": "tick"}', 'line 1: "at" must be from 1970'),
        ('{"at": "9999-12-31T23:59:59-14:00", "type": "tick"}', 'line 1: "at" must be from 1970'),
        (f'{{"at": {"9" * 5_000}}}', "line 1: is not JSON"),
        ("[" * 100_000, "line 1: is not JSON"),
        (r'{"at": "2026-03-10T09:00:00+08:00", "type": "message", "id": "\ud800"}', "line 1: "),
        ('{"at": "2026-03-10T09:00:00+08:00", "type": "shout"}', 'line 1: "type" must be'),
        ('{"at": "2026-03-10T09:00:00+08:00", "type": "message", "id": 7}', 'line 1: "'),
    ],
)
def test_a_bad_line_is_named(
    day: Path, line: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (day / "events.jsonl").write_text(line + "\n", encoding="utf-8")
    assert run(day, day / "o", day / "t") == REFUSED
    assert complaint in capsys.readouterr().err
