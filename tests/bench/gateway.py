"""How fast messages go through the real gateway: 1,000 at once in 359 rooms, each answered.

The yardstick is a bare wechaty echo bot on the same gateway in the same run.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.wechat.gateway import Gateway, Say

ROOT = Path(__file__).parents[2]
ROOMS, PEOPLE, MESSAGES, ROUNDS = 359, 40, 1000, 5
BOT = "bot"
BARE = (sys.executable, "-m", "tests.wechat.bare_bot")
BARE_QUIET = (*BARE, "--quiet")
OURS = (sys.executable, "-m", "tests.wechat.echo")


def run() -> None:
    """Print the rates and their ratio."""
    bare, quiet, ours = (measure(command) for command in (BARE, BARE_QUIET, OURS))
    print(f"gateway: {MESSAGES} messages at once in {ROOMS} rooms, each answered; median of {ROUNDS} rounds")
    print(f"  bare wechaty echo bot, as it comes    {bare:7.0f} messages/s")
    print(f"  bare wechaty echo bot, its log off    {quiet:7.0f} messages/s")
    print(
        f"  our connector with an echo behind it  {ours:7.0f} messages/s = {ours / bare:.2f} / {ours / quiet:.2f} of these"
    )


def measure(
    command: Sequence[str], *, text: str = "3幢2单元楼道灯坏了", answers: int = 1, rounds: int = ROUNDS
) -> float:
    """Messages a second of the bot that ``command ENDPOINT TOKEN`` starts as a process of its own.

    The bot must say exactly ``answers`` things for each message. A fresh gateway each time; one round warms it up;
    the median of ``rounds`` counts. ``text`` is followed by a number. TimeoutError when an answer is missing.
    """
    return asyncio.run(_measure(command, text, answers, rounds))


async def _measure(command: Sequence[str], text: str, answers: int, rounds: int) -> float:
    async with Gateway() as gateway:
        await _populate(gateway)
        process = await asyncio.create_subprocess_exec(
            *command, gateway.endpoint, gateway.token, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        try:
            await _wait_until_it_answers(gateway, process, answers)
            seconds = [
                await gateway.measure(_messages(text, number), answers=answers)
                for number in range(rounds + 1)
            ]
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
    return MESSAGES / statistics.median(seconds[1:])


async def _populate(gateway: Gateway) -> None:
    people = {f"wxid_{number}": f"居民{number}" for number in range(PEOPLE)}
    await gateway.add_contacts({BOT: "助手", **people})
    await gateway.add_rooms(
        {f"{number}@chatroom": (f"玉景湾{number}号群", [BOT, *people]) for number in range(ROOMS)}
    )
    await gateway.log_in(BOT)


async def _wait_until_it_answers(gateway: Gateway, process: asyncio.subprocess.Process, answers: int) -> None:
    for _ in range(60):
        if process.returncode is not None:
            raise RuntimeError(f"the bot ended with {process.returncode}")
        before = len(gateway.said)
        await gateway.say("wxid_0", "在吗，楼道灯坏了", room="0@chatroom")
        try:
            await gateway.wait_said(before + answers, within=1)
        except TimeoutError:
            continue
        return
    raise TimeoutError("the bot never answered")


def _messages(text: str, number: int) -> list[Say]:
    return [
        Say(talker=f"wxid_{n % PEOPLE}", text=f"{text} {number}-{n}", room=f"{n % ROOMS}@chatroom")
        for n in range(MESSAGES)
    ]


if __name__ == "__main__":
    run()
