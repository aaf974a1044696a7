"""Inventing a recorded day: many groups, mostly chat, some requests, and stewards who answer."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

from handlers.wording import SHANGHAI

START = datetime(2026, 3, 10, 7, 30, tzinfo=SHANGHAI)
CHAT = (
    "早上好",
    "谢谢大家",
    "今天天气真好",
    "哈哈哈",
    "收到",
    "晚上吃什么",
    "孩子放学了吗",
    "[图片]",
    "周末去爬山吗",
    "恭喜恭喜",
)
MATTERS = (
    "{b}幢{u}单元楼道灯坏了",
    "{b}幢门口垃圾没人收，臭死了",
    "{b}幢{u}单元电梯坏了",
    "{b}幢楼下有人乱停车堵住大门",
    "{b}幢{u}单元停水了",
    "{b}幢半夜装修太吵了",
)


def write_roster(path: Path, groups: int) -> None:
    """A roster of so many groups; a steward has three, a grid worker ten."""
    lines = ["社区,网格,群名,管家,管家微信,网格员,网格员微信,网格长,网格长微信"]
    for number in range(groups):
        steward, worker, leader = number // 3, number // 10, number // 60
        lines.append(
            f"第{number // 60}社区,第{number // 10}网格,微网{number}号群,管家{steward},steward{steward},"
            f"网格员{worker},worker{worker},网格长{leader},leader{leader}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_day(path: Path, *, groups: int, messages: int, seed: int) -> None:
    """A day of so many residents' messages from 07:30 to 21:30; stewards accept and resolve now and then."""
    chance = random.Random(seed)
    step = timedelta(hours=14) / messages
    events, busy = [], [0]
    for number in range(messages):
        at = START + step * number
        group = chance.randrange(groups)
        talker = f"resident{group}-{chance.randrange(12)}"
        draw = chance.random()
        room: str | None = f"微网{group}号群"
        if draw < 0.08:
            text = chance.choice(MATTERS).format(b=chance.randrange(1, 30), u=chance.randrange(1, 4))
            busy = [*busy[-5:], group]
        elif draw < 0.12:
            talker, room, text = (
                f"steward{group // 3}",
                None,
                chance.choice(("1", "办结 处理好了", "我的工单", "2", "0")),
            )
        elif draw < 0.35:
            text = chance.choice(("进度", "满意", "没修好", "撤销"))
        else:
            text = chance.choice(CHAT)
        event = {"at": at.isoformat(), "id": f"m{number}", "type": "message", "room": room}
        events.append({**event, "talker": talker, "name": talker, "text": text})
    events.append({"at": (START + timedelta(hours=26)).isoformat(), "type": "tick"})
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events), encoding="utf-8")
