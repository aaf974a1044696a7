"""Transcripts with photos, voice messages and files: what belongs to which ticket, and who is sent it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.events import MessageKind
from handlers.tickets.files import forget_files, miss_file
from storage.attachments import attachments_of, wanted_files
from storage.engine import Database
from storage.enums import AttachmentState, Phase
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"
G3 = "[玉景湾3号群]"
ACCOUNT = "replay"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def send(
    town: Town, who: str, name: str, kind: MessageKind = MessageKind.IMAGE, **more: str | None
) -> None:
    await town.say(who, "", image=name, kind=kind, **more)


async def files(town: Town, number: int = 1001) -> list[tuple[Phase, str, str]]:
    async with town.database.read() as session:
        return [(each.phase, each.source, each.by) for each in await attachments_of(session, number)]


async def test_a_burst_of_fragments_photos_and_voice_is_one_ticket(town: Town) -> None:
    for words in ("师傅在吗", "楼道灯坏了", "3幢", "2单元的", "好几天了", "晚上看不见"):
        await town.say("zhangsan", words)
        await town.wait(seconds=1)
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        await send(town, "zhangsan", name)
    await send(town, "zhangsan", "v.amr", MessageKind.VOICE)
    await town.wait(seconds=10)
    ack, prompt = town.heard()
    assert "【公共照明】3幢2单元" in ack
    assert "附图片3张 语音1条，请听" in prompt
    assert len(prompt) <= 200
    assert await town.count() == 1
    assert [source for _, source, _ in await files(town)] == ["1.jpg", "2.jpg", "3.jpg", "v.amr"]
    assert await town.fetch() == [
        "→ lisi: 1001的图片（张三 09:12） <1001-1.jpg>",
        "→ lisi: 1001的图片（张三 09:12） <1001-2.jpg>",
        "→ lisi: 1001的图片（张三 09:12） <1001-3.jpg>",
        "→ lisi: 1001的语音（张三 09:12） <1001-v.amr>",
    ]
    assert await town.fetch() == []


async def test_a_photo_sent_before_the_words_belongs_to_them(town: Town) -> None:
    await send(town, "zhangsan", "1.jpg")
    await town.wait(seconds=50)
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=10)
    assert "附图片1张" in town.heard()[1]


async def test_photos_after_the_prompt_are_told_once(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=60)
    town.heard()
    for name in ("1.jpg", "2.jpg"):
        await send(town, "zhangsan", name)
        await town.wait(seconds=10)
    assert town.heard() == ["→ lisi: 1001张三又发来图片，随后转给您。"]
    assert len(await town.fetch()) == 2


async def test_a_photo_alone_or_much_later_is_chat(town: Town) -> None:
    await send(town, "wangwu", "cat.jpg")
    await town.wait(seconds=10)
    await town.say("zhangsan", LAMP)
    await town.wait(minutes=3)
    town.heard()
    await send(town, "zhangsan", "late.jpg")
    await send(town, "wangwu", "cat2.jpg")
    await town.wait(seconds=10)
    assert town.heard() == []
    assert await files(town) == []


async def test_a_photo_that_quotes_the_bot_belongs_to_its_ticket(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(minutes=10)
    town.heard()
    await send(town, "zhangsan", "late.jpg", quote="bot-1")
    await town.wait(seconds=10)
    assert town.heard() == ["→ lisi: 1001张三又发来图片，随后转给您。"]


async def test_a_neighbour_on_the_ticket_adds_a_photo(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.say("wangwu", "3幢2单元楼道灯不亮了")
    await send(town, "wangwu", "w.jpg")
    assert await files(town) == [(Phase.BEFORE, "w.jpg", "王五")]


async def test_whoever_answers_next_gets_the_photos_and_he_who_has_had_them_does_not(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await send(town, "zhangsan", "1.jpg")
    await town.wait(seconds=20)
    assert len(await town.fetch()) == 3
    said = await town.tell("lisi", "转派 赵敏 他负责")
    assert said[-1] == "→ zhaomin: 1001的图片（张三 09:12） <1001-1.jpg>"
    said = await town.tell("zhaomin", "转派 李四 还是他")
    assert not any("jpg" in line for line in said)


async def test_a_steward_sends_photos_before_and_after_he_says_it_is_done(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    town.heard()
    for name in ("a.jpg", "b.jpg"):
        await send(town, "lisi", name, room=None)
    await town.wait(seconds=5)
    assert town.heard() == ["→ lisi: 收到。办好了回“办结”，图片会一起存。"]
    assert (await town.tell("lisi", "办结 换了灯泡"))[0] == "→ lisi: 1001已办结，等居民确认。已存图片2张。"
    await town.wait(minutes=5)
    await send(town, "lisi", "c.jpg", room=None)
    await send(town, "lisi", "d.jpg", room=None)
    await town.wait(seconds=5)
    assert town.heard()[-1:] == ["→ lisi: 1001已存图片。"]
    assert await files(town) == [(Phase.AFTER, f"{name}.jpg", "李四") for name in "abcd"]
    assert await town.fetch() == []


async def test_a_stewards_photo_in_the_group_with_its_result_is_kept_in_silence(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    await town.say("lisi", "办结 1001 换了灯泡")
    await town.wait(seconds=20)
    town.heard()
    await send(town, "lisi", "done.jpg")
    await send(town, "lisi", "cat.amr", MessageKind.VOICE)
    await town.wait(seconds=5)
    assert town.heard() == []
    assert await files(town) == [(Phase.AFTER, "done.jpg", "李四")]


async def test_a_photo_with_not_fixed_comes_to_the_reopened_ticket(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=20)
    await town.tell("lisi", "办结")
    await send(town, "zhangsan", "still1.jpg")
    await town.wait(seconds=3)
    await town.say("zhangsan", "没修好")
    await send(town, "zhangsan", "still2.jpg")
    await town.wait(seconds=20)
    assert [source for _, source, _ in await files(town)] == ["still1.jpg", "still2.jpg"]


async def test_what_cannot_be_had_is_told_once(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await send(town, "zhangsan", "1.jpg")
    await town.wait(seconds=20)
    town.heard()
    for _ in range(8):
        async with town.acting() as ctx:
            for wanted in await wanted_files(ctx.session, ACCOUNT, town.now, 50):
                await miss_file(ctx, wanted.id, "the gateway answered UNKNOWN", again=True)
        await town.wait(minutes=31)
    assert [line for line in town.heard() if "没取到" in line] == [
        "→ zhaomin: 1001张三发的图片没取到，请看群里。"
    ]


async def test_files_go_when_the_ticket_has_long_ended_unless_another_needs_them(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await send(town, "zhangsan", "1.jpg")
    await town.wait(seconds=20)
    await town.fetch()
    await town.tell("lisi", "办结")
    await town.wait(days=3)
    async with town.acting() as ctx:
        assert await forget_files(ctx, timedelta(days=365)) == []
    await town.wait(days=365)
    async with town.acting() as ctx:
        assert await forget_files(ctx, timedelta(days=365)) == ["1001-1.jpg"]
    async with town.database.read() as session:
        (gone,) = await attachments_of(session, 1001)
        assert (gone.state, gone.path) == (AttachmentState.GONE, None)


async def test_a_helper_who_comes_gets_the_photos_and_his_own_goes_to_the_steward(town: Town) -> None:
    await town.say("zhangsan", LAMP)
    await send(town, "zhangsan", "1.jpg")
    await town.wait(seconds=20)
    await town.fetch()
    await town.tell("lisi", "3")
    await town.wait(seconds=5)
    town.heard()
    assert "→ tie1: 1001的图片（张三 09:12） <1001-1.jpg>" in await town.tell("tie1", "我来")
    await town.wait(minutes=10)
    town.heard()
    await send(town, "tie1", "done.jpg", room=None)
    await town.wait(seconds=5)
    assert town.heard() == ["→ tie1: 1001已存图片。"]
    assert await town.fetch() == ["→ lisi: 1001的图片（铁一 09:22） <1001-done.jpg>"]
