"""The yardstick: a bare python-wechaty echo bot, as its own documentation writes it.

``python -m tests.wechat.bare_bot [--quiet] ENDPOINT TOKEN``: echoes every room message that is not its own.
``--quiet`` silences wechaty's log, which otherwise writes several lines a message to stderr.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot.wechat.mends import apply_mends


async def echo(endpoint: str, token: str, cache: Path, *, quiet: bool) -> None:
    """Run until killed."""
    apply_mends(cache, quiet=quiet)
    from wechaty import Wechaty, WechatyOptions

    class Echo(Wechaty):  # type: ignore[misc]  # wechaty is untyped
        async def on_message(self, message: Any) -> None:
            room = message.room()
            if room is not None and not message.is_self():
                await room.say(message.text())

    await Echo(WechatyOptions(endpoint=endpoint, token=token)).start()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(echo(sys.argv[-2], sys.argv[-1], Path(scratch), quiet="--quiet" in sys.argv))
