"""Recorded stories: people say, the bot should say. Each folder of ``stories`` is one, played by ``weiwang replay``.

``events.jsonl`` is what people say (``roster.csv`` and ``people.csv`` who there is, else those beside the folders); ``said.txt`` is what the bot should say and how the tickets should stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.cli import main

STORIES = Path(__file__).parent / "stories"
NAMES = sorted(folder.name for folder in STORIES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_the_bot_says_what_the_story_expects(name: str, tmp_path: Path) -> None:
    out, tickets = tmp_path / "out.jsonl", tmp_path / "tickets.json"
    roster, people = (
        own if (own := STORIES / name / file).exists() else STORIES / file
        for file in ("roster.csv", "people.csv")
    )
    arguments = [
        "replay",
        str(STORIES / name / "events.jsonl"),
        *("--roster", str(roster)),
        *("--people", str(people)),
        *("--out", str(out)),
        *("--tickets", str(tickets)),
    ]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    expected = (STORIES / name / "said.txt").read_text(encoding="utf-8").splitlines()
    assert list(transcript(out, tickets)) == expected


def transcript(out: Path, tickets: Path) -> Iterator[str]:
    """What was said, a line each, then how every ticket stands."""
    for line in out.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        where = f"[{said['room']}]" if "room" in said else f"→ {said['to']}:"
        at = datetime.fromisoformat(said["at"])
        yield f"{at:%m-%d %H:%M:%S} {where} {said['text']}".replace("\n", " / ")
    for ticket in json.loads(tickets.read_text(encoding="utf-8")):
        steps = " ".join(event["what"] for event in ticket["timeline"])
        yield f"{ticket['number']} {ticket['state']} {ticket['category']} {ticket['resident']}: {steps}"
