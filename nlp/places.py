"""Places: building, unit, room, floor and named spots, in the spellings residents use."""

import re
from collections.abc import Iterable

from nlp.meaning import NOWHERE, Place
from nlp.numerals import to_digits
from nlp.spelling import fold

_HAN = "零一二三四五六七八九十百廿两"
_N = rf"(?:\d{{1,3}}|[{_HAN}]{{1,5}})"
_HOUSE = rf"(?:[a-z]?\d{{1,3}}[a-z]?|[a-z](?![a-z])|[{_HAN}]{{1,5}})"
_UNIT = rf"(?:{_N}|[a-z]|[甲乙丙丁东西中])"
_ROOM = rf"(?:\d{{3,4}}|[{_HAN}]{{3,4}})"
_GAP = r"[ \-—_,，的]?"
_BUILDING_MARK = r"(?:号楼|幢(?:楼(?!道|梯|上|下|顶))?|栋(?:楼(?!道|梯|上|下|顶))?|\#(?:楼(?!道|梯|上|下|顶))?|座(?!位|机|谈)|号房子|撞(?=[\d一二三四]|楼|单)|号(?=[ ]?\d{3,4}(?!\d)|[ ]?[\d一二三四五六七八九]{1,2}[ ]?单元))"
_UNIT_MARK = r"(?:单元(?:楼(?!道|梯|上|下|顶))?|单圆|单员|丹元|门洞|号门(?=[ ]?\d{3}))"
_FLOOR = rf"(?:(?P<floor>负?{_N}|b\d|地下[{_HAN}\d]|顶)(?:层楼?|楼(?!道|梯|长|盘|市|下|上|栋|组)))"
_AREA = rf"(?:第?{_N}[期区]|[东西南北中新老旧前后a-z]\d?区)"
_NO_ROOM = (
    "[元块毛角万千百多几年月日号路天个户米里斤克吨度次点分秒时平级位名层楼岁条张件套台辆页字份票股折期届班章型瓦伏毫升种只头箱瓶袋盒]"
    "|人(?!不在|家)|公里|国道|省道|小时|周年|上半|下半|以[上下内]|左右|元|英"
)

_ADDRESS = re.compile(
    rf"""(?<![a-z\d.\-])(?:
        (?:(?P<area>{_AREA})[ 的]?)?(?P<house>{_HOUSE})[ ]?(?P<mark>{_BUILDING_MARK})
            (?:{_GAP}(?P<unit>{_UNIT})[ ]?(?:{_UNIT_MARK}|(?<=[\d{_HAN}])门(?![口卫岗面禁铃前外内边])|[-—–](?=[ ]?\d{{3}})))?
            (?:{_GAP}(?P<room>{_ROOM})(?!\d|[ ]?(?:元|块|天|年|人|户|万|米|斤|岁))[ ]?(?:号?室|房间?|号(?!楼))?)?
            (?:{_GAP}{_FLOOR})?
      | (?P<house3>\d{{1,3}}|[a-z]\d{{0,2}})[ ]?[-—–/_一][ ]?(?P<unit3>\d{{1,2}}|[a-z])[ ]?[-—–/_一][ ]?(?P<room3>\d{{3,4}})(?![\d\-])(?:室)?
      | (?P<house2>\d{{1,3}}|[a-z]\d{{0,2}})[-—–](?P<room2>\d{{3,4}})(?![\d\-/.:年月])(?:室)?
      | (?P<house1>\d{{1,3}})[-—–](?P<unit1>[1-9])(?![\d\-—–/.:~]|[ ]?(?:点|月|号|日|天|个|岁|名|人|次|元|块|年|小时|分|楼(?!道|梯|栋|里|下|上|顶)|层|级|度|斤|米|比|折|只|条|盒|箱|周|期|万|千|k|公|名))(?=[ ]?[\u4e00-\u9fa5])(?:单元)?
      | \A(?P<house8>\d{{1,3}})[-—–](?P<unit8>[1-9])(?=[ ]?[，,：:])
      | (?P<unit4>{_UNIT})[ ]?{_UNIT_MARK}(?:{_GAP}(?P<room4>{_ROOM})(?!\d)[ ]?(?:号?室|房间?|号)?)?(?:{_GAP}(?P<floor4>{_N})(?:楼(?!道|梯)|层))?
      | (?P<room5>{_ROOM})(?:室|号房)
      | (?:(?<=楼上)|(?<=楼下)|(?<=隔壁)|(?<=对门)|(?<=我是)|(?<=我家)|(?<=我们)|(?<=住)|(?<=楼))(?P<room6>\d{{3,4}})(?!\d|[ ]?(?:元|块|天|年|人|户|万|米|斤|岁|个|次|点))
      | (?:(?<=\A)|(?<=[，。！？,!?\s])|(?<=[我把被滴往跟]))(?P<room9>[1-9]\d{{2,3}})(?=[ ]?(?!{_NO_ROOM})[\u4e00-\u9fa5])
      | {_FLOOR.replace("floor", "floor7")}
    )""",
    re.VERBOSE,
)
_BESIDE = re.compile(
    r"(?:(?:[东南西北]|[\d一二三四五六七八九十]{1,2}号)[门区侧边头面]|[a-z]\d?区|[\u4e00-\u9fa5]{2,4}(?:旁边|边上|门口|对面|附近|后面|前面|后头|前头|拐角|转角|入口|出口|背后|楼下|底下|下面)"
    r"|(?<=在)[\u4e00-\u9fa5]{2,5}?(?:里|上|口|处|边|那)|[\u4e00-\u9fa5]{2}(?:路|街|巷|弄|桥|湖|塘|场|馆|站|亭|棚)(?![\u4e00-\u9fa5]{0,1}[灯费上]))"
)
_HINT = re.compile(
    rf"[1-9]\d{{2,3}}[ ]?[\u4e00-\u9fa5]|[\d{_HAN}甲乙丙丁东西顶a-z][ ]?(?:号|幢|栋|#|座|撞|单|丹|门洞|室|层|楼|[-—–/_])"
)
_NOT_BEFORE = re.compile(r"(?:第|每|这|那|哪|上|下|几|星期|周|月|年|点|共|有|分)$")


class PlaceFinder:
    """Finds where a message speaks of; `spots` are the names of spots, `before` and `after` words around them."""

    def __init__(self, spots: Iterable[str], before: Iterable[str] = (), after: Iterable[str] = ()) -> None:
        names = sorted(set(spots), key=lambda name: (-len(name), name))
        self._spot: re.Pattern[str] | None = None
        self._beside: re.Pattern[str] | None = None
        if names:
            self._beside = _BESIDE
            head, tail = (_choice(sorted(set(words), key=len, reverse=True)) for words in (before, after))
            self._spot = re.compile(rf"(?:{head}){{0,3}}{_choice(names)}(?:{tail}){{0,3}}")

    def find(self, folded: str, original: str | None = None) -> Place:
        """The place in a folded text; `text` is cut from the original. NOWHERE when none is said."""
        return self.locate(folded, original)[0]

    def locate(self, folded: str, original: str | None = None) -> tuple[Place, tuple[int, int]]:
        """The place, and where its words stand; `(0, 0)` when none is said."""
        original = folded if original is None else original
        address = self._address(folded)
        spot = self._spot_in(folded)
        if address is None or (spot and _storey_only(address[0])):
            if spot is None:
                return NOWHERE, (0, 0)
            return Place(text=original[slice(*spot.span())], spot=spot[0]), spot.span()
        fields, start, end = address
        name = spot[0] if spot and not overlap(spot.span(), (start, end)) else None
        return Place(text=original[start:end], spot=name, **fields), (start, end)

    def _spot_in(self, folded: str) -> re.Match[str] | None:
        """The longest named spot, else whatever stands before a word like "旁边"."""
        found = list(self._spot.finditer(folded)) if self._spot else []
        if found:
            return max(found, key=lambda match: (match.end() - match.start(), -match.start()))
        return self._beside.search(folded) if self._beside else None

    def _address(self, folded: str) -> tuple[dict[str, str], int, int] | None:
        if not _HINT.search(folded):
            return None
        best: tuple[dict[str, str], int, int] | None = None
        for match in _ADDRESS.finditer(folded):
            fields = _fields(match)
            if not _likely(folded, match, fields):
                continue
            if best is None:
                best = (fields, match.start(), match.end())
            elif match.start() - best[2] <= 1 and not fields.keys() & best[0].keys():
                best = (best[0] | fields, best[1], match.end())
            elif "building" in fields and "building" not in best[0]:
                best = (fields, match.start(), match.end())
        return best


_LONE_ROOM = re.compile(
    r"(?<![\d:.影响约有余近共])(?!\d+00\D)\d{3,4}[ ]?(?:(?P<home>户(?!外))|(?=业主|住户|租户|租客|邻居|人家))"
)
_ROOM_GROUPS = tuple(g for g in _ADDRESS.groupindex if g.startswith("room") and g != "room9")
"""A bare number at the start of a clause may as well be a ticket's."""


def hide_rooms(text: str) -> str:
    """The text with building and unit in plain words and no room number: ``3-2-501`` becomes ``3幢2单元``."""
    folded, parts, end = fold(text), list[str](), 0
    for match in _ADDRESS.finditer(folded):
        if any(match[group] for group in _ROOM_GROUPS) and _likely(folded, match, _fields(match)):
            parts += text[end : match.start()], _without_room(_fields(match))
            end = match.end()
    return _LONE_ROOM.sub(lambda match: "家里" if match["home"] else "", "".join((*parts, text[end:])))


def _without_room(fields: dict[str, str]) -> str:
    house = "座" if fields.get("building", "").isalpha() else "幢"
    words = (("area", ""), ("building", house), ("unit", "单元"), ("floor", "楼"))
    return "".join(f"{fields[name]}{mark}" for name, mark in words if name in fields)


def address_prefix(text: str) -> str:
    """What stands before the building, unit or room of a place's text: the garden's name, mostly nothing."""
    match = _ADDRESS.search(fold(text))
    if match is None:
        return ""
    return text[: match.end("area") if match["area"] else match.start()]


def same_place(one: Place, other: Place, *, any_room: bool = False) -> bool:
    """Whether two places that are said are one, however they are spelled: 3幢2单元, 3-2 and 三号楼二单元.

    What only one of them says (the garden, the unit, the room) does not part them; `any_room` takes neighbours for one.
    """
    if one.building or other.building:
        parts = ((one.area, other.area), (one.unit, other.unit), (one.room, other.room))
        differ = [bool(a and b and a != b) for a, b in parts]
        return one.building == other.building and not any(differ[:2]) and (any_room or not differ[2])
    if one.spot and other.spot:
        return same_spot(one.spot, other.spot)
    if one.spot or other.spot:
        return one.text == other.text
    room = any_room and bool(one.room and other.room)
    return one.text == other.text or (
        (one.unit, one.floor) == (other.unit, other.floor) and (room or one.room == other.room)
    )


def same_spot(one: str, other: str) -> bool:
    """Whether two spots are one, whatever is said to be beside or in front of it: 凉亭旁边 is 凉亭."""
    return _NEAR.sub("", fold(one)) == _NEAR.sub("", fold(other))


_NEAR = re.compile(
    r"(?:(?:的|这|那)?(?:旁边|边上|旁|附近|周围|四周|一带|对面|[门路]?口|[里外上下前后]面|[前后里]头|[这那][里儿边块]|那|边|处|里|上))+$"
)


def _storey_only(fields: dict[str, str]) -> bool:
    return set(fields) == {"floor"} and not fields["floor"].startswith(("-", "B"))


def _choice(words: list[str]) -> str:
    return "(?:" + "|".join(map(re.escape, words)) + ")" if words else "(?!)"


def overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two stretches of a text share a character."""
    return a[0] < b[1] and b[0] < a[1]


_FIELD_OF = {"area": "area", "house": "building", "unit": "unit", "room": "room", "floor": "floor"}


def _fields(match: re.Match[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for group, value in match.groupdict().items():
        name = _FIELD_OF.get(group.rstrip("0123456789"))
        if value and name:
            fields[name] = to_digits(value.removeprefix("第")).upper() if name == "area" else _number(value)
    return fields


def _number(value: str) -> str:
    for prefix, sign in (("负", "-"), ("地下", "-"), ("b", "-")):
        if value.startswith(prefix) and len(value) > len(prefix):
            return sign + to_digits(value.removeprefix(prefix)) if prefix != "b" else value.upper()
    return to_digits(value)


def _likely(folded: str, match: re.Match[str], fields: dict[str, str]) -> bool:
    """Whether it is an address and not an ordinal ("第三层"), a storey count or a part of a long number."""
    before = folded[max(0, match.start() - 2) : match.start()]
    if set(fields) == {"floor"}:
        return not _NOT_BEFORE.search(before)
    return not before.endswith("第")
