"""Times, said any way; no clock is read, so 昨天 stays 昨天."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import compile_rules, find_times
from nlp.spelling import fold


def normal(text: str) -> list[str]:
    return [when.normal for when in find_times(fold(text), text)]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("昨晚10点楼上吵", ["昨天 22:00"]),
        ("昨天夜里十一点多", ["昨天 23:00"]),
        ("明天下午3点停水", ["明天 15:00"]),
        ("每天半夜装修", ["每天半夜"]),
        ("天天凌晨四点半就敲", ["每天 04:30"]),
        ("8:30-9:00停电", ["08:30-09:00"]),
        ("８：３０到９：００", ["08:30-09:00"]),
        ("下午三点到五点", ["15:00-17:00"]),
        ("晚上10点到早上6点", ["22:00-06:00"]),
        ("晚上9-10点", ["21:00-22:00"]),
        ("早上6点15分就响", ["06:15"]),
        ("十点三刻", ["10:45"]),
        ("中午12点半", ["12:30"]),
        ("中午1点", ["13:00"]),
        ("晚上12点还在唱", ["00:00"]),
        ("半夜2点", ["02:00"]),
        ("夜里11点", ["23:00"]),
        ("下午1点20", ["13:20"]),
        ("20时", ["20:00"]),
        ("周一到周五早上七点", ["周一到周五 07:00"]),
        ("上周五坏的，每周三来", ["上周五", "每周三"]),
        ("3月5号上午9点", ["3月5号 09:00"]),
        ("2026-03-10停水", ["2026-03-10"]),
        ("今早，昨夜", ["今天早上", "昨天夜里"]),
        ("三点钟、九点多", ["03:00", "09:00"]),
    ],
)
def test_a_time_is_read_however_it_is_said(text: str, times: list[str]) -> None:
    assert normal(text) == times


@pytest.mark.parametrize(
    "text",
    [
        *("一点也不好", "快一点", "差一点", "我有两点意见", "3点建议", "第3点", "两点一线"),
        *("早上好", "晚安", "有时候", "当时", "这时", "一周一次", "3个月"),
        *("比分3:2", "12:501", "25点", "3幢2单元501"),
    ],
)
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert normal(text) == []


def test_hour_and_minute_are_given_where_they_are_said() -> None:
    said = find_times("昨晚10点，8:05，每天半夜")
    assert [(when.hour, when.minute) for when in said] == [(22, None), (8, 5), (None, None)]


@given(st.text() | st.text("昨今明天早晚上下午半夜点时分刻一二十3:-~到至周月日号 ", max_size=40))
def test_offsets_slice_to_the_words_whatever_the_text(text: str) -> None:
    for when in find_times(fold(text), text):
        assert text[when.start : when.end] == when.text
        assert when.hour is None or 0 <= when.hour <= 23
        assert when.minute is None or 0 <= when.minute <= 59


def test_a_judged_message_carries_its_times_and_plates_and_chat_does_not() -> None:
    book = compile_rules("停车秩序：挡住\n")
    meaning = book.understand("昨晚10点苏E·12345挡住大门")
    assert [when.normal for when in meaning.times] == ["昨天 22:00"]
    assert meaning.plates == ("苏E12345",)
    assert book.understand("昨晚睡得好").times == ()
    assert book.understand("苏E12345").plates == ("苏E12345",)
