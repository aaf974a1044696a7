"""What comes back from WeChat settles the row it belongs to."""

from __future__ import annotations

from dataclasses import replace

from bot.replay.events import ACCOUNT
from handlers.delivery import claim, settle_echo
from handlers.events import IncomingMessage, MessageKind
from handlers.speech import SpeechKind, say_in_group
from storage.engine import Database
from storage.enums import OutboxState, Priority
from storage.outbox import get_rows
from tests.handlers.town import GROUP, MORNING, Town


async def test_a_file_comes_back_without_words_and_settles_only_a_file(database: Database) -> None:
    town = await Town.open(database)
    echo = IncomingMessage(
        account=ACCOUNT, id="e1", at=MORNING, talker="bot", name="助手", text="", room=GROUP, is_self=True,
        kind=MessageKind.IMAGE,
    )  # fmt: skip
    async with database.begin() as session:
        ctx = await town.context(session)
        group = ctx.directory.group_in(ACCOUNT, GROUP)
        assert group is not None
        rows = [
            say_in_group(
                ctx, group, "图片", key=key, kind=SpeechKind.NOTICE, priority=Priority.PROMPT, media=media
            )
            for key, media in (("words", None), ("picture", "a-1.png"))
        ]
        await session.flush()
        said = await claim(
            session, ctx.directory, account=ACCOUNT, now=MORNING, settings=ctx.settings.delivery, limit=2
        )
        assert [each.media for each in said] == [None, "a-1.png"]
        await settle_echo(ctx, echo, group)
        states = {row.key: row.state for row in (await get_rows(session, [row.id for row in rows])).values()}
        assert states == {"words": OutboxState.SENDING, "picture": OutboxState.SENT}
        await settle_echo(ctx, replace(echo, id="e2", kind=MessageKind.TEXT, text="图片"), group)
        assert rows[0].state is OutboxState.SENT
