"""Numbers that identify somebody: starred for the record, gone from what a group may read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import HIDDEN, hide_private, hide_rooms, mask_private
from nlp.plates import find_plates
from nlp.spelling import fold

NUMBERS = [
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "138.0013.8000",
    "１３８００１３８０００",
    "一三八零零一三八零零零",
    "幺三八零零幺三八零零零",
    "0512-65123456",
    "0512）6512 3456",
    "65123456",
    "320502199001011234",
    "32050219900101123X",
    "6222 0212 3456 7890 123",
    "苏E12345",
    "苏e·D12345",
    "苏 E 12345",
    "苏E.12345",
    "蘇Ｅ１２３４５",
    "苏E1234学",
    "皖KFD1234",
    "粤Z1234港",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_private_number_is_starred_in_place_and_hidden_whole(number: str) -> None:
    text = f"请打{number}，谢谢"
    masked = mask_private(text)
    assert number not in masked
    assert "*" in masked
    assert len(masked) == len(text)
    assert hide_private(text) == f"请打{HIDDEN}，谢谢"


@pytest.mark.parametrize(
    "text", ["打95598或者12345", "2026-03-10停水", "20260310", "换新iPhone13", "苏州工业园区"]
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_private(text) == hide_private(text) == text


@pytest.mark.parametrize(
    ("text", "plates"),
    [
        ("白色的苏e·d12345挡住大门", ("苏ED12345",)),
        ("苏 E 12345和沪AD00001，又是苏E12345", ("苏E12345", "沪AD00001")),
        ("车牌号：E7K28P", ("E7K28P",)),
        ("车牌E7K28P", ("E7K28P",)),
        ("苏E1234学", ("苏E1234学",)),
        ("房间A12345", ()),
        ("换新iphone12", ()),
        ("苏E尾号8848", ()),
    ],
)
def test_plates_are_found_in_every_spelling(text: str, plates: tuple[str, ...]) -> None:
    assert find_plates(fold(text)) == plates


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("3-2-501换了水管", "3幢2单元换了水管"),
        ("3幢2单元501室换了水管", "3幢2单元换了水管"),
        ("三幢二单元五零一室", "3幢2单元"),
        ("3-501水管", "3幢水管"),
        ("Ｂ座１２０３室", "B座"),
        ("2单元302的灯", "2单元的灯"),
        ("501室漏水", "漏水"),
        ("楼上501装修", "楼上装修"),
        ("302户的灯", "家里的灯"),
        ("B区3栋1单元1201", "B区3幢1单元"),
        ("302业主反映", "业主反映"),
        ("3幢2单元5楼", "3幢2单元5楼"),
        ("停水影响300户，共500元", "停水影响300户，共500元"),
    ],
)
def test_a_room_number_is_taken_out_and_the_building_stays(text: str, public: str) -> None:
    assert hide_rooms(text) == public


@given(st.text() | st.text("0123456789 -苏E幢室一三八"))
def test_no_text_breaks_the_hiding(text: str) -> None:
    assert len(mask_private(text)) == len(text)
    hide_rooms(hide_private(text))
