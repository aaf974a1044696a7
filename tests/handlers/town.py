"""A small town for transcript tests: people say, the bot should say. Real handlers, real database, virtual clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache, partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import prepare
from bot.clock import VirtualClock
from bot.replay.events import ACCOUNT
from bot.replay.stage import Stage
from bot.replay.tickets import tickets_json
from handlers.context import Context
from handlers.events import IncomingMessage, MessageKind
from handlers.roster import import_roster
from handlers.rosterfile import parse_roster
from handlers.rules import BookKeeper, TrialKeeper
from handlers.settings import ReportSettings, Settings
from handlers.surroundings import Surroundings
from handlers.tickets.files import keep_file
from handlers.wording import SHANGHAI
from nlp import Bounds, RuleBook, compile_rules
from storage.attachments import wanted_files
from storage.engine import Database
from storage.people import bind_all_rooms

ROSTER = """社区,网格,群名,管家,管家微信,网格员,网格员微信,网格长,网格长微信
玉景社区,第一网格,玉景湾3号群,李四,lisi,赵敏,zhaomin,孙强,sunqiang
玉景社区,第一网格,玉景湾4号群,李四,lisi,赵敏,zhaomin,孙强,sunqiang
玉景社区,第一网格,玉景湾5号群,钱七,qianqi,赵敏,zhaomin,孙强,sunqiang
湖滨社区,第二网格,湖滨1号群,周五,zhouwu,,,,
"""
PEOPLE = """姓名,微信,角色,社区,电话
王主任,admin,管理员,,
街道老陈,laochen,街道,,
铁一,tie1,铁脚板,玉景社区,
铁二,tie2,铁脚板,玉景社区,
"""
NAMES = {
    "zhangsan": "张三",
    "wangwu": "王五",
    "lisi": "李四",
    "zhaomin": "赵敏",
    "admin": "王主任",
    "tie1": "铁一",
    "tie2": "铁二",
    "sunqiang": "孙强",
    "laochen": "街道老陈",
}
GROUP = "玉景湾3号群"
QUIET = Settings(reports=ReportSettings(brief=False))
MORNING = datetime(2026, 3, 10, 9, 12, tzinfo=SHANGHAI)  # a Tuesday


@cache
def _compiled(text: str, bounds: Bounds) -> RuleBook:
    return compile_rules(text, bounds)


async def _compile_once(text: str, bounds: Bounds) -> RuleBook:
    """Tests share the compiled packaged rules: a third of a second each time."""
    return await asyncio.to_thread(_compiled, text, bounds)


def make_surroundings(settings: Settings) -> Surroundings:
    """What contexts are made of, with the packaged rules."""
    compiler = partial(_compile_once, bounds=settings.understanding.bounds)
    return Surroundings(settings, BookKeeper(compiler), TrialKeeper(compiler))


class Town:
    """Say something with ``say``; ``heard`` gives what the bot has said since it was last asked."""

    def __init__(
        self, database: Database, stage: Stage, lines: list[str], surroundings: Surroundings
    ) -> None:
        self.database, self.now = database, MORNING
        self._stage, self._lines, self.surroundings = stage, lines, surroundings
        self._read = self._count = 0

    @classmethod
    async def open(
        cls, database: Database, settings: Settings | None = None, people: str = PEOPLE, more: str = ""
    ) -> Town:
        """A town on an empty, migrated database, with the packaged rules; ``more`` are further lines of the roster.

        Without settings nobody hears a brief in the morning.
        """
        await prepare(database, VirtualClock(MORNING))
        async with database.begin() as session:
            roster = parse_roster("roster.csv", (ROSTER + more).encode(), ("people.csv", people.encode()))
            await import_roster(session, roster, now=MORNING, by="test")
            await bind_all_rooms(session, ACCOUNT)
        return cls.at(database, settings)

    @classmethod
    def at(cls, database: Database, settings: Settings | None = None) -> Town:
        """The town of a database that has one already (a copy of one is quicker than a new one)."""
        lines: list[str] = []
        surroundings = make_surroundings(settings or QUIET)
        return cls(database, Stage(database, surroundings, lines.append), lines, surroundings)

    async def say(
        self,
        who: str,
        text: str,
        *,
        room: str | None = GROUP,
        quote: str | None = None,
        image: str | None = None,
        kind: MessageKind = MessageKind.IMAGE,
        message_id: str | None = None,
    ) -> str:
        """Somebody says something in the group; the message's id."""
        self._count += 1
        message = IncomingMessage(
            account=ACCOUNT,
            id=message_id or f"m{self._count}",
            at=self.now,
            talker=who,
            name=NAMES.get(who, who),
            text=text,
            room=room,
            topic=room,
            quote=quote,
            kind=kind if image else MessageKind.TEXT,
            media=image,
        )
        await self._stage.advance(self.now)
        await self._stage.take(message)
        return message.id

    async def recall(self, who: str, message_id: str) -> None:
        """Somebody takes back what he has said in the group."""
        self._count += 1
        message = IncomingMessage(
            account=ACCOUNT,
            id=f"m{self._count}",
            at=self.now,
            talker=who,
            name=NAMES.get(who, who),
            text="",
            room=GROUP,
            topic=GROUP,
            kind=MessageKind.RECALL,
            recalls=message_id,
        )
        await self._stage.advance(self.now)
        await self._stage.take(message)

    async def tell(self, who: str, text: str, *, quote: str | None = None) -> list[str]:
        """Somebody writes to the bot directly; what the bot says within a second."""
        await self.say(who, text, room=None, quote=quote)
        await self.wait(seconds=1)
        return self.heard()

    async def restart(self) -> None:
        """The service dies and comes back: only the database remembers."""
        self.surroundings = make_surroundings(self.surroundings.settings)
        self._stage = Stage(self.database, self.surroundings, self._lines.append, said=len(self._lines))
        await self._stage.advance(self.now)

    async def wait(self, **time: float) -> None:
        """Let time pass (keywords of timedelta)."""
        self.now += timedelta(**time)
        await self._stage.advance(self.now)

    def heard(self) -> list[str]:
        """What the bot has said since the last call: ``[group] text`` or ``→ contact: text``, and ``<file>``."""
        new, self._read = self._lines[self._read :], len(self._lines)
        said = [json.loads(line) for line in new]
        return [
            (f"[{each['room']}] " if "room" in each else f"→ {each['to']}: ")
            + each["text"]
            + (f" <{each['media']}>" if "media" in each else "")
            for each in said
        ]

    @asynccontextmanager
    async def acting(self) -> AsyncIterator[Context]:
        """A transaction of the test's own; what it makes due is noticed."""
        async with self.database.begin() as session:
            yield await self.context(session)
        await self._stage.look_ahead()

    async def fetch(self) -> list[str]:
        """What the fetcher does: every wanted file is had. What the bot says in the next seconds."""
        async with self.acting() as ctx:
            for wanted in await wanted_files(ctx.session, ACCOUNT, self.now, 50):
                await keep_file(ctx, wanted.id, f"{wanted.number}-{wanted.source}", 1000)
        await self.wait(seconds=20)
        return self.heard()

    async def context(self, session: AsyncSession) -> Context:
        """The surroundings of a transaction of the test's own, at this moment."""
        return await self.surroundings.context(session, self.now)

    async def ticket(self, number: int = 1001) -> dict[str, object]:
        """A ticket as other programs read it."""
        async with self.database.read() as session:
            directory = await self.surroundings.directories.directory(session)
            tickets = await tickets_json(session, directory)
        return next(each for each in tickets if each["number"] == number)

    async def count(self) -> int:
        """How many tickets there are."""
        async with self.database.read() as session:
            return len(await tickets_json(session, await self.surroundings.directories.directory(session)))
