"""Numbers that are given as telephone numbers are those of mainland China, or they are named."""

from __future__ import annotations

import pytest

from nlp import is_mobile, wrong_phones


@pytest.mark.parametrize(
    "text",
    [
        "有事请打110、119或120",
        "咨询电话12345，供电热线95598",
        "燃气公司电话：0512-65223344",
        "社区电话（0512）6522 3344",
        "联系电话65223344",
        "手机 138 1234 5678",
        "全国热线400-810-8888",
        "请联系3号楼楼长",
        "咨询2026年医保政策",
        "11月25日8:30到17:30停水，约1200户",
        "工单1024，单价138.5元",
        "反诈专线96110",
    ],
)
def test_numbers_people_can_ring_are_fine(text: str) -> None:
    assert wrong_phones(text) == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("电话1381234567", ("1381234567",)),
        ("请拨打138123456789", ("138123456789",)),
        ("电话：0512-652233", ("0512-652233",)),
        ("热线9559", ("9559",)),
        ("有事打12812345678咨询12812345678", ("12812345678",)),
        ("管家手机13812345678、1391234567", ("1391234567",)),
    ],
)
def test_numbers_nobody_can_have_are_named(text: str, wrong: tuple[str, ...]) -> None:
    assert wrong_phones(text) == wrong


def test_only_a_whole_number_is_a_mobile_phone() -> None:
    assert is_mobile("138 1234-5678")
    assert not is_mobile("65223344")
    assert not is_mobile("12345678901")
