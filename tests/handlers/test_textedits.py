"""Sentences of the bot that an admin changes: shown first, checked, in force with the next message, reversible."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.textedits import find_sentences, longest_of, set_sentence, try_sentence
from handlers.textfields import FIELDS, from_chinese, to_chinese
from handlers.texts import PACKAGED, fields_of
from storage.engine import Database
from storage.models import Audit, Template
from tests.handlers.town import Town

LAMP = "3幢2单元楼道灯坏了"
WORDS = "@{居民} {谁}来办{工单号}啦。"


@pytest.fixture
async def town(database: Database) -> Town:
    return await Town.open(database)


async def accepted(town: Town) -> str:
    await town.say("zhangsan", LAMP)
    await town.wait(seconds=10)
    town.heard()
    return (await town.tell("lisi", "1"))[1]


def test_every_field_has_a_name_and_something_to_show() -> None:
    assert {name for text in PACKAGED.values() for name in fields_of(text)} <= FIELDS.keys()
    assert len({chinese for chinese, _ in FIELDS.values()}) == len(FIELDS)


@pytest.mark.parametrize("key", PACKAGED)
def test_every_packaged_sentence_could_be_written_by_an_admin(key: str) -> None:
    text = to_chinese(PACKAGED[key])
    assert from_chinese(text) == PACKAGED[key]
    assert len(try_sentence(key, text).preview) <= longest_of(key) <= 200


async def test_a_changed_sentence_is_said_from_the_next_message_on_until_it_is_taken_back(town: Town) -> None:
    assert await town.tell("admin", f"改文案 accepted {WORDS}") == [
        "→ admin: 已改，下一条消息起就用。会是这样：\n@张三 管家李四来办1024啦。\n不要了请发：还原文案 accepted"
    ]
    assert await accepted(town) == "[玉景湾3号群] @张三 管家李四来办1001啦。"
    assert "accepted（改过） @{居民} {谁}来办{工单号}啦。" in (await town.tell("admin", "看文案 来办"))[0]
    assert (await town.tell("admin", "还原文案 accepted"))[0].endswith("@张三 管家李四已接单1024。")
    async with town.database.read() as session:
        assert (await session.scalars(select(Audit.what).where(Audit.what.startswith("text")))).all() == [
            "text.set",
            "text.reset",
        ]
        assert await find_sentences(session, changed=True) == []


async def test_a_sentence_is_tried_without_changing_it(town: Town) -> None:
    assert (await town.tell("admin", f"试文案 accepted {WORDS}"))[0].startswith(
        "→ admin: 会是这样：\n@张三 管家李四来办1024啦。"
    )
    assert await accepted(town) == "[玉景湾3号群] @张三 管家李四已接单1001。"


async def test_a_sentence_is_found_by_its_words_and_described_by_its_key(town: Town) -> None:
    found = (await town.tell("admin", "看文案 已登记"))[0]
    assert "ack @{居民} 已登记【{类别}】{地点}，工单{工单号}。{谁}会跟进，回“进度”可查。" in found
    assert (await town.tell("admin", "看文案 accepted"))[0] == (
        "→ admin: accepted：@{居民} {谁}已接单{工单号}。\n例：@张三 管家李四已接单1024。\n可以用：{居民}、{谁}、{工单号}"
    )
    assert "先看8句" in (await town.tell("admin", "看文案 工单"))[0]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("看文案", "没看懂。例：看文案 已登记"),
        ("看文案 没有这样的话", "没有带“没有这样的话”的话。"),
        ("改文案 accepted", "没看懂。例：改文案 accepted"),
        ("改文案 nothing @{居民} 好", "没有改动。没有“nothing”这一句"),
        ("改文案 accepted @{居民} {电话}{工单号}", "没有改动。“accepted”里不能写“电话”"),
        ("改文案 accepted @{居民} {工单号", "没有改动。“accepted”里不能写"),
        ("改文案 accepted @{resident.name} {number}", "没有改动。“accepted”里不能写“resident.name”"),
        ("改文案 accepted @{居民!r} {工单号}", "没有改动。“accepted”里不能写"),
        ("改文案 accepted @{resident} {number:>9}", "没有改动。“accepted”里不能写“number”"),
        ("改文案 accepted @{居民} 接单了", "没有改动。少了{工单号}"),
        (
            f"改文案 accepted @{{居民}} {{工单号}}{'好' * 60}",
            "没有改动。太长了：填好以后有68个字，最多60个字。",
        ),
        ("还原文案 accepted", "没有改动。“accepted”没有改过。"),
    ],
)
async def test_what_does_not_fit_is_refused_in_one_sentence(town: Town, said: str, answer: str) -> None:
    assert (await town.tell("admin", said))[0].startswith(f"→ admin: {answer}")
    assert await accepted(town) == "[玉景湾3号群] @张三 管家李四已接单1001。"


async def test_a_change_kept_by_another_version_is_left_out_and_the_bot_goes_on(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with town.database.begin() as session:
        await set_sentence(session, "accepted", WORDS, by="x", now=town.now)
        for key, text in (("gone", "再见"), ("resolved_bare", "{number}{later}")):
            session.add(Template(key=key, text=text, changed_by="x", changed_at=town.now))
    assert await accepted(town) == "[玉景湾3号群] @张三 管家李四来办1001啦。"
    assert caplog.text.count("does not fit this version") == 2
    shown = await town.tell("admin", "看文案 resolved_bare")
    assert "{number}{later}" not in shown[0]


async def test_only_admins_change_sentences(town: Town) -> None:
    assert not (await town.tell("lisi", f"改文案 accepted {WORDS}"))[0].startswith("→ lisi: 已改")
