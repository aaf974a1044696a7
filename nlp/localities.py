"""What the people of one community call their places: spots, gardens, and other names of a building.

A name is a spot (凉亭), and in front of a building the garden it belongs to (玉景花园3幢). It may stand for another name
(玉景 = 玉景花园) or for an address (小白楼 = 12幢).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nlp.meaning import NOWHERE, Place
from nlp.places import PlaceFinder, overlap
from nlp.spelling import fold

_ADDRESSES = PlaceFinder(())
_SIDE = re.compile(
    r"(?:的|那|这)?(?:旁边|边上|附近|周围|对面|门口|路口|入口|出口|[里外上下前后]面|[前后里]头|东侧|西侧|南侧|北侧|那边|这边|那里|这里)"
)
_GAP = 1

Span = tuple[int, int]


class Locality:
    """The names of one community, ready to be looked for; cheap to share, never changed."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` gives each name what it stands for: nothing (itself), another name, or an address."""
        known = {fold(name): fold(means) or fold(name) for name, means in names.items() if name}
        self._means = {name: known.get(means, means) for name, means in known.items()}
        self._addresses = {
            name: place for name, means in self._means.items() if (place := _address(means, name))
        }
        ordered = sorted(known, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def over(self, places: PlaceFinder) -> PlaceFinder:
        """The finder of a rule book that knows these names as well."""
        return _LocalFinder(self, places)

    def occurrences(self, folded: str) -> Iterator[re.Match[str]]:
        """Every name in a folded text, the longest at each place."""
        return self._pattern.finditer(folded) if self._pattern else iter(())

    def meaning_of(self, name: str) -> str:
        """The name that a (folded) name stands for."""
        return self._means[name]

    def address_of(self, name: str) -> Place | None:
        """The address that a (folded) name stands for."""
        return self._addresses.get(name)


def _address(means: str, name: str) -> Place | None:
    place = _ADDRESSES.find(means) if means != name else NOWHERE
    return place if place.building or place.unit or place.room else None


class _LocalFinder(PlaceFinder):
    """A book's finder with a community's names before its own."""

    def __init__(self, locality: Locality, places: PlaceFinder) -> None:
        self._locality, self._places = locality, places

    def locate(self, folded: str, original: str | None = None) -> tuple[Place, Span]:
        """The place, and where its words stand."""
        original = folded if original is None else original
        place, span = self._places.locate(folded, original)
        names = list(self._locality.occurrences(folded))
        if not names:
            return place, span
        if garden := next((name for name in names if place.building and _leads(name, span)), None):
            return self._in_garden(place, span, garden, original)
        if not place.building:
            for name in names:
                if address := self._locality.address_of(name[0]):
                    return _at(address, place, span, name, original)
        return self._at_spot(place, span, names[0], folded, original)

    def _in_garden(
        self, place: Place, span: Span, garden: re.Match[str], original: str
    ) -> tuple[Place, Span]:
        whole = (garden.start(), span[1])
        spot = place.spot if place.spot and place.spot not in garden[0] else None
        area = f"{self._locality.meaning_of(garden[0])}{place.area or ''}"
        return replace(place, text=original[slice(*whole)], area=area, spot=spot), whole

    def _at_spot(
        self, place: Place, span: Span, name: re.Match[str], folded: str, original: str
    ) -> tuple[Place, Span]:
        known = self._locality
        spot = name[0] if known.address_of(name[0]) else known.meaning_of(name[0])
        if place.building or place.unit or place.room:
            return replace(place, spot=spot), span
        side = _SIDE.match(folded, name.end())
        stretch = (name.start(), side.end() if side else name.end())
        if place and overlap(span, stretch):
            stretch = (min(span[0], stretch[0]), max(span[1], stretch[1]))
        return replace(place, text=original[slice(*stretch)], spot=spot), stretch


def _leads(name: re.Match[str], span: Span) -> bool:
    return 0 <= span[0] - name.end() <= _GAP


def _at(address: Place, place: Place, span: Span, name: re.Match[str], original: str) -> tuple[Place, Span]:
    """The address a name stands for, with the unit or room that is said right after it."""
    if not place or not _leads(name, span):
        return replace(address, text=original[slice(*name.span())], spot=None), name.span()
    whole = (name.start(), span[1])
    unit, room, floor = place.unit or address.unit, place.room or address.room, place.floor or address.floor
    text = original[slice(*whole)]
    return Place(text=text, building=address.building, unit=unit, room=room, floor=floor), whole
