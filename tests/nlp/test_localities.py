"""The names of places that a community has told, over the words of any rule book."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import Locality, Place, RuleBook, address_prefix, compile_rules, default_rules, same_spot

NAMES = {
    "望月台": "",
    "观景台": "望月台",
    "玉景花园": "",
    "玉景": "玉景花园",
    "湖滨苑": "",
    "小白楼": "十二幢",
    "ＶＩＰ长廊": "",
}
BOOKS = {"plain": compile_rules("公共照明：灯 & 坏了\n"), "packaged": compile_rules(default_rules())}


@pytest.fixture(params=sorted(BOOKS))
def book(request: pytest.FixtureRequest) -> RuleBook:
    return BOOKS[request.param]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("望月台的灯坏了", Place("望月台", spot="望月台")),
        ("观景台旁边的灯坏了", Place("观景台旁边", spot="望月台")),
        ("玉景花园的灯坏了", Place("玉景花园", spot="玉景花园")),
        ("玉景花园3幢2单元灯坏了", Place("玉景花园3幢2单元", building="3", unit="2", area="玉景花园")),
        ("玉景3-2的灯坏了", Place("玉景3-2", building="3", unit="2", area="玉景花园")),
        ("湖滨苑 三号楼灯坏了", Place("湖滨苑 三号楼", building="3", area="湖滨苑")),
        ("小白楼灯坏了", Place("小白楼", building="12")),
        (
            "小白楼2单元501灯坏了",
            Place("小白楼2单元501", building="12", unit="2", room="501"),
        ),
        ("小白楼对面3幢灯坏了", Place("3幢", building="3", spot="小白楼")),
        ("3幢2单元望月台那边灯坏了", Place("3幢2单元", building="3", unit="2", spot="望月台")),
        ("vip长廊灯坏了", Place("vip长廊", spot="vip长廊")),
    ],
)
def test_a_name_of_the_community_is_a_place_with_any_rules(book: RuleBook, text: str, place: Place) -> None:
    assert book.understand(text, Locality(NAMES)).place == place
    assert book.place_of(text, Locality(NAMES)) == place


def test_elsewhere_the_name_means_nothing() -> None:
    assert not BOOKS["plain"].understand("望月台的灯坏了").place
    assert not BOOKS["plain"].understand("望月台的灯坏了", Locality({})).place


def test_the_books_own_places_are_found_all_the_same() -> None:
    meaning = BOOKS["packaged"].understand("南门岗亭的灯坏了", Locality(NAMES))
    assert meaning.place == BOOKS["packaged"].understand("南门岗亭的灯坏了").place
    assert meaning.place


def test_chat_with_a_name_in_it_stays_chat(book: RuleBook) -> None:
    assert book.understand("我在望月台等你", Locality(NAMES)).requests == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("凉亭旁边", "凉亭", True),
        ("喷泉广场那边", "喷泉广场", True),
        ("南门岗亭里面的旁边", "南门岗亭", True),
        ("东门", "西门", False),
        ("东边凉亭", "西边凉亭", False),
    ],
)
def test_beside_a_spot_is_the_spot(one: str, other: str, same: bool) -> None:
    assert same_spot(one, other) is same


def test_what_stands_before_the_building_is_the_garden() -> None:
    assert address_prefix("玉景花园3幢2单元") == "玉景花园"
    assert address_prefix("三号楼") == address_prefix("凉亭") == ""


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=5), st.text(max_size=30))
def test_no_names_break_the_finding_and_the_words_are_cut_from_the_text(
    names: dict[str, str], text: str
) -> None:
    place = BOOKS["plain"].place_of(text, Locality(names))
    assert place.text is None or place.text in text
