"""A replayed day goes on into the next morning: the brief is told there, as the service would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main

ROSTER = """社区,网格,群名,管家,管家微信,网格员,网格员微信,网格长,网格长微信
玉景社区,第一网格,玉景湾3号群,李四,lisi,赵敏,zhaomin,孙强,sunqiang
玉景社区,第一网格,玉景湾4号群,钱七,qianqi,赵敏,zhaomin,孙强,sunqiang
"""
DAY = "2026-03-10T"
EVENTS = [
    (f"{DAY}09:12:00", "玉景湾3号群", "zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的"),
    (f"{DAY}09:20:00", None, "lisi", "1"),
    (f"{DAY}10:00:00", "玉景湾4号群", "wangwu", "孩子放学了吗"),
]


def test_the_brief_comes_in_the_replayed_morning_and_only_to_who_has_something(tmp_path: Path) -> None:
    events = [
        {
            "at": f"{at}+08:00",
            "id": f"m{number}",
            "type": "message",
            "room": room,
            "talker": who,
            "name": who,
            "text": text,
        }
        for number, (at, room, who, text) in enumerate(EVENTS)
    ]
    events.append({"at": "2026-03-11T09:00:00+08:00", "type": "tick"})
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
    (tmp_path / "events.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "replay", str(tmp_path / "events.jsonl"), "--roster", str(tmp_path / "roster.csv"),
                "--out", str(tmp_path / "out.jsonl"), "--tickets", str(tmp_path / "tickets.json"),
            ]
        )  # fmt: skip
    assert ended.value.code == 0
    said = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    briefs = [each for each in said if each["text"].startswith("【早报】")]
    assert [(each["at"], each["to"], each["text"]) for each in briefs] == [
        (
            "2026-03-11T08:30:00+08:00",
            "lisi",
            "【早报】李四，您手上有1件：今天到期1件。\n工单1001 公共照明 3幢2单元 今天到期\n回“我的工单”看全部。",
        )
    ]
