"""The days a notice can hang on: solar terms, festivals of the lunar calendar, fixed festivals (pure).

The sky and the lunar calendar are borax's, which knows them until 2100.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from borax.calendars.festivals2 import Festival, LunarFestival, SolarFestival, TermFestival, WeekFestival
from borax.calendars.lunardate import TERMS_CN

from handlers.reminders.errors import BadSchedule

LAST_YEAR = 2099
EVERY_TERM = "二十四节气"
TERMS = tuple(TERMS_CN)


def _lunar(month: int, day: int) -> Festival:
    return LunarFestival(month=month, day=day, leap=0)


def _solar(month: int, day: int) -> Festival:
    return SolarFestival(month=month, day=day)


_FESTIVALS: Mapping[str, Festival] = MappingProxyType(
    {
        **{term: TermFestival(term) for term in TERMS},
        "入梅": TermFestival("芒种", nth=1, day_gz="丙"),
        "出梅": TermFestival("小暑", nth=1, day_gz="未"),
        "初伏": TermFestival("夏至", nth=3, day_gz="庚"),
        "中伏": TermFestival("夏至", nth=4, day_gz="庚"),
        "末伏": TermFestival("立秋", nth=1, day_gz="庚"),
        "春节": _lunar(1, 1),
        "元宵": _lunar(1, 15),
        "龙抬头": _lunar(2, 2),
        "端午": _lunar(5, 5),
        "七夕": _lunar(7, 7),
        "中元": _lunar(7, 15),
        "中秋": _lunar(8, 15),
        "重阳": _lunar(9, 9),
        "寒衣": _lunar(10, 1),
        "腊八": _lunar(12, 8),
        "北方小年": _lunar(12, 23),
        "小年": _lunar(12, 24),
        "除夕": LunarFestival(day=-1),
        "元旦": _solar(1, 1),
        "妇女节": _solar(3, 8),
        "消费者权益日": _solar(3, 15),
        "国家安全日": _solar(4, 15),
        "劳动节": _solar(5, 1),
        "青年节": _solar(5, 4),
        "防灾减灾日": _solar(5, 12),
        "母亲节": WeekFestival(month=5, index=2, week=6),
        "助残日": WeekFestival(month=5, index=3, week=6),
        "儿童节": _solar(6, 1),
        "父亲节": WeekFestival(month=6, index=3, week=6),
        "禁毒日": _solar(6, 26),
        "建党节": _solar(7, 1),
        "建军节": _solar(8, 1),
        "教师节": _solar(9, 10),
        "国庆": _solar(10, 1),
        "消防日": _solar(11, 9),
        "宪法日": _solar(12, 4),
        "志愿者日": _solar(12, 5),
        "国家公祭日": _solar(12, 13),
    }
)
_ALSO: Mapping[str, str] = MappingProxyType(
    {
        "大年三十": "除夕",
        "大年初一": "春节",
        "正月十五": "元宵",
        "南方小年": "小年",
        "敬老节": "重阳",
        "老人节": "重阳",
        "三八": "妇女节",
        "五一": "劳动节",
        "五四": "青年节",
        "六一": "儿童节",
        "七一": "建党节",
        "八一": "建军节",
        "十一": "国庆",
        "入伏": "初伏",
        "头伏": "初伏",
    }
)

SPOKEN_NAMES: tuple[str, ...] = tuple(sorted({*_FESTIVALS, *_ALSO}, key=len, reverse=True))
"""Every name and by-name, the longest first; 节 may follow."""

FESTIVALS: tuple[str, ...] = tuple(_FESTIVALS)
"""Every name in the order in which handbooks list them: terms, plum rain and dog days, lunar, fixed."""


def festival_names(said: str) -> tuple[str, ...]:
    """The names that a word stands for (二十四节气 for all terms); raises BadSchedule for one nobody knows."""
    word = said.strip()
    if word in (EVERY_TERM, "节气"):
        return TERMS
    for name in (word, word.removesuffix("节"), f"{word}节"):
        if (found := _ALSO.get(name, name)) in _FESTIVALS:
            return (found,)
    raise BadSchedule(
        f"没有“{word}”这个节气或节日，可以写：冬至、清明、元宵、端午、中秋、重阳、腊八、除夕等。"
    )


@lru_cache(maxsize=4096)
def festival_days(name: str, year: int) -> tuple[date, ...]:
    """The days of a year (of the sun) that a festival falls on: one, seldom none or two for those of the moon."""
    festival = _FESTIVALS[name]
    found = festival.list_days(date(year, 1, 1), date(year, 12, 31))
    return tuple(day.solar for day in found)
