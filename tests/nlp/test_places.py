"""Places, phones, masks and the printed form."""

import json

import pytest

from nlp import Place, RuleBook, compile_rules, default_rules, same_place
from nlp.numerals import to_digits
from nlp.phones import find_phones
from nlp.rendering import meaning_to_json


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return compile_rules(default_rules())


@pytest.mark.parametrize(
    ("text", "building", "unit", "room"),
    [
        ("3幢2单元501漏水", "3", "2", "501"),
        ("3-2-501漏水", "3", "2", "501"),
        ("十二号楼没电", "12", None, None),
        ("3#楼下", "3", None, None),
        ("3栋乙单元", "3", "乙", None),
        ("Ｂ座1203室", "B", None, "1203"),
        ("8-504", "8", None, "504"),
        ("八栋1503", "8", None, "1503"),
        ("早上好", None, None, None),
        ("7-11便利店", None, None, None),
        ("3-2楼道灯坏了", "3", "2", None),
        ("3-2，灯坏了", "3", "2", None),
        ("昨晚比分3-2", None, None, None),
        ("5号2单元灯坏了", "5", "2", None),
        ("3幢2门501", "3", "2", "501"),
        ("3幢东门坏了", "3", None, None),
        ("602卧室发霉", None, None, "602"),
        ("打110", None, None, None),
    ],
)
def test_numbers_of_a_place(
    book: RuleBook, text: str, building: str | None, unit: str | None, room: str | None
) -> None:
    place = book.place_of(text)
    assert (place.building, place.unit, place.room) == (building, unit, room)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("二期5幢", "2期"),
        ("第2期 5幢", "2期"),
        ("a区5幢", "A区"),
        ("东区5幢", "东区"),
        ("我们小区5幢", None),
        ("5幢", None),
    ],
)
def test_the_part_of_the_estate_is_told_with_the_building(
    book: RuleBook, text: str, area: str | None
) -> None:
    place = book.place_of(text)
    assert (place.area, place.building) == (area, "5")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3幢2单元", "三号楼二单元", True),
        ("3幢2单元", "3-2的", True),
        ("3幢", "3幢2单元", True),
        ("3幢1单元", "3幢2单元", False),
        ("3幢2单元501", "3幢2单元502", False),
        ("二期5幢", "2期五号楼", True),
        ("二期5幢", "一期5幢", False),
        ("二期5幢", "5幢", True),
        ("南门岗亭旁边", "南门岗亭", True),
        ("南门岗亭", "5幢", False),
        ("二单元", "2单元", True),
        ("602卧室", "602的卧室", True),
        ("602卧室", "603卧室", False),
    ],
)
def test_one_place_is_one_however_it_is_spelled(book: RuleBook, one: str, other: str, same: bool) -> None:
    assert same_place(book.place_of(one), book.place_of(other)) is same


def test_a_named_spot_is_a_place(book: RuleBook) -> None:
    assert book.place_of("南门岗亭旁边的灯").spot is not None
    assert not book.place_of("你好")
    assert not Place()


@pytest.mark.parametrize(
    ("numeral", "digits"),
    [("十二", "12"), ("二十", "20"), ("一百零三", "103"), ("五零一", "501"), ("007", "7")],
)
def test_numerals_become_digits(numeral: str, digits: str) -> None:
    assert to_digits(numeral) == digits


def test_phones_are_found() -> None:
    assert find_phones("电话13800138000，座机0512-65123456") == ("13800138000", "051265123456")
    assert find_phones("3幢2单元") == ()


def test_the_printed_form_has_the_promised_fields_in_their_order(book: RuleBook) -> None:
    shown = meaning_to_json(book.understand("3幢2单元楼道灯坏了"))
    assert list(shown) == [
        "text",
        "verdict",
        "intent",
        "requests",
        "urgent",
        "location",
        "building",
        "unit",
        "room",
        "phones",
        "plates",
        "times",
        "floor",
        "spot",
    ]
    request = shown["requests"][0]
    assert list(request) == ["kind", "category", "score", "urgent", "clause", "matched"]
    assert list(request["matched"][0]) == ["term", "start", "end", "rule", "weight"]
    assert json.loads(json.dumps(shown)) == shown
