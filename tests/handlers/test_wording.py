"""What may be said of a person in front of everybody."""

from __future__ import annotations

import pytest

from handlers.wording import public_name, public_words, staff_name


@pytest.mark.parametrize(
    ("nickname", "said"),
    [
        ("张三", "张三"),
        ("3-2-501张三", "3幢2单元张三"),
        ("张三501", "张三"),
        ("501李姐", "李姐"),
        ("五零一小王", "小王"),
        ("12-1203 小王", "12幢 小王"),
        ("小李（3-501）", "小李（3幢）"),
        ("小李(501)", "小李"),
        ("AAA建材13812345678", "AAA建材"),
        ("13812345678", "邻居"),
        ("苏E12345", "邻居"),
        ("9527", "邻居"),
        ("王五 \n 张", "王五 张"),
        ("101幢老王", "101幢老王"),
        ("居民123", "居民123"),
        ("mike2008", "mike2008"),
        ("resident359-5", "resident359-5"),
    ],
)
def test_a_nickname_is_said_without_room_phone_or_plate(nickname: str, said: str) -> None:
    assert public_name(nickname) == said


def test_the_staff_still_read_the_room_in_a_nickname() -> None:
    assert staff_name("3-2-501张三") == "3-2-501张三"
    assert staff_name("13812345678") == "138******78"


def test_not_a_digit_of_a_phone_is_left_for_the_group() -> None:
    assert public_words("师傅电话13812345678，已去3-2-501。") == "师傅电话***，已去3幢2单元"
