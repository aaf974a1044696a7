"""What a payload means, without a gateway."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.wechat.payloads import Words, read_recall, read_time, read_words

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
THEN = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000])
def test_a_timestamp_is_read_in_any_unit(scale: int) -> None:
    assert read_time(THEN.timestamp() * scale, NOW) == THEN


def test_a_missing_timestamp_is_now() -> None:
    assert read_time(0, NOW) == NOW


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("「李四：原话」\n- - - - - - - - - - - - - - -\n回复", Words("回复", "原话")),
        ("「李四:第一行\n第二行」\n------\n办结 换了\n灯泡", Words("办结 换了\n灯泡", "第一行\n第二行")),
        ("「李四：外「内」外」\n- - - - - - - -\n1", Words("1", "外「内」外")),
        ("「公告」今天停水", Words("「公告」今天停水")),
        ("「李四：」没有线", Words("「李四：」没有线")),
        ("普通一句", Words("普通一句")),
        ("", Words("")),
    ],
)
def test_a_drawn_quotation_is_taken_apart(text: str, words: Words) -> None:
    assert read_words(text) == words


def test_an_xml_quotation_is_taken_apart() -> None:
    xml = (
        '<?xml version="1.0"?><msg><appmsg><title>办结 换了&lt;灯泡&gt;</title><type>57</type><refermsg>'
        "<svrid>7312</svrid><displayname>李四</displayname><content><![CDATA[【新工单1024】]]></content>"
        "</refermsg></appmsg></msg>"
    )
    assert read_words(xml) == Words("办结 换了<灯泡>", "【新工单1024】", "7312")


def test_a_quoted_picture_has_no_words() -> None:
    xml = "<msg><title>这是哪</title><refermsg><content>&lt;msg&gt;&lt;img/&gt;&lt;/msg&gt;</content></refermsg></msg>"
    assert read_words(xml) == Words("这是哪")


@pytest.mark.parametrize(
    ("text", "recalled"),
    [
        ("7312", "7312"),
        (" abc-1 ", "abc-1"),
        ("<sysmsg><revokemsg><newmsgid>7312</newmsgid></revokemsg></sysmsg>", "7312"),
        ("", None),
    ],
)
def test_what_was_taken_back_is_named(text: str, recalled: str | None) -> None:
    assert read_recall(text) == recalled


def test_a_quotation_that_never_ends_takes_no_time() -> None:
    assert read_words("「李四：" + "」\n- - " * 5_000).quoted_text is None
