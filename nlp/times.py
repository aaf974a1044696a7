"""Times as people say them: 昨晚10点, 明天下午三点半, 每天半夜, 8:30-9:00, 周一到周五. There is no clock here: 昨天 stays 昨天."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from nlp.meaning import When
from nlp.numerals import to_digits

_HAN = "一二两三四五六七八九十"
_N = rf"(?:\d{{1,2}}|[{_HAN}]{{1,3}})"
_WEEKDAY = "[一二三四五六日天]"
_DAY = (
    rf"(?:(?<!\d)\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d)|(?<![\d个{_HAN}]){_N}月{_N}[日号]?"
    r"|大前天|大后天|前天|后天|[昨今明每当][天日]|天天|工作日|双休日|节假日"
    r"|[昨今明前后每当](?:晚上?|夜里?)(?!安)|[昨今明每](?:早上?|晨)(?!安)"
    rf"|(?<![{_HAN}\d几半])(?:每个?|上+个?|下+个?|本|这个?)?(?:周|星期|礼拜)"
    rf"(?:末|{_WEEKDAY}(?![次回遍趟个])(?:[至到\-—~](?:周|星期|礼拜)?{_WEEKDAY})?))"
)
_PART = (
    r"(?:凌晨|清晨|清早|大清早|一大早|早上|早晨|早间|上午|正?中午|午后|下午|傍晚|晚上|晚间|夜晚|夜里|夜间|深夜"
    r"|大半夜|后半夜|前半夜|半夜)(?![好安])"
)
_LINK = r"[ 的]?(?:大概|大约|差不多|快|约|就|才)?"
_UNTIL = r"[ ]?[-—–~至到][ ]?"
_MINUTE = rf"[0-5]?\d分|[0-5]\d(?!\d)|[{_HAN}]{{1,3}}分|[二三四五]?十[{_HAN[:-1]}]?"


def _clock(n: int, *, alone: bool) -> str:
    bare = rf"|(?={_UNTIL}{_N}[ ]?点)" if alone else ""
    digits, numerals = (r"(?<![\d.:\-])", rf"(?<![\d.第{_HAN}])") if alone else ("", "")
    return (
        rf"(?:{digits}(?P<h{n}>[01]?\d|2[0-4])[:：](?P<m{n}>[0-5]\d)(?::[0-5]\d)?(?![\d:])"
        rf"|{numerals}(?P<hour{n}>{_N})[ ]?(?P<mark{n}>点钟?|时(?![候间常段刻期代装尚而不]){bare})"
        rf"(?P<rest{n}>半|[一三]刻|{_MINUTE})?)"
    )


_SAID = re.compile(
    rf"(?=[\d{_HAN}昨今明前后每当大天工双节上下本这周星礼凌清早正中午傍晚夜深半])(?:"
    rf"(?:(?P<day1>{_DAY}){_LINK})?(?:(?P<part1>{_PART}){_LINK})?"
    rf"(?P<from>{_clock(1, alone=True)})(?:{_UNTIL}(?P<part2>{_PART})?(?P<to>{_clock(2, alone=False)}))?"
    rf"|(?P<day3>{_DAY})(?:{_LINK}(?P<part3>{_PART}))?|(?P<part4>{_PART}))"
)
_NO_CLOCK = re.compile(
    r"[ ]?(?:建议|意见|问题|要求|原因|疑问|希望|诉求|理由|说明|注意|想法|[几多少儿都也:：])"
)
_SURE_CLOCK = re.compile(r"[ ]?(?:多(?!少)|左右|整|准时|开始|之?前|以前|之?后|以后)")
_DAYS: Mapping[str, str] = MappingProxyType(
    {"昨": "昨天", "今": "今天", "明": "明天", "前": "前天", "后": "后天", "每": "每天", "当": "当天"}
)
_PARTS = (
    ("凌晨", "凌晨"),
    ("半夜", "半夜"),
    ("傍晚", "傍晚"),
    ("夜", "夜里"),
    ("晚", "晚上"),
    ("中午", "中午"),
    ("上午", "上午"),
    ("午", "下午"),
    ("早", "早上"),
    ("晨", "早上"),
)
_LATE = frozenset(("下午", "傍晚", "晚上", "夜里", "半夜"))

Clock = tuple[int, int | None]


def find_times(folded: str, original: str | None = None) -> tuple[When, ...]:
    """The times in a folded text, in order; each `text` is cut from the original."""
    original = folded if original is None else original
    found = (_when(match, folded, original) for match in _SAID.finditer(folded))
    return tuple(when for when in found if when is not None)


def _when(match: re.Match[str], folded: str, original: str) -> When | None:
    day, part = _day_and_part(match)
    clock = _read(match, 1, part)
    if match["from"] and (clock is None or not (day or part or _surely(match, folded))):
        return None
    until = _read(match, 2, _part(match["part2"]) or part)
    if until is not None and clock is not None and not match["part2"] and until[0] < clock[0]:
        until = (until[0] + 12, until[1]) if until[0] <= 12 and until[0] + 12 > clock[0] else until
    said = "-".join(_shown(each) for each in (clock, until) if each is not None)
    hour, minute = clock or (None, None)
    normal = " ".join(filter(None, (day, said))) if said else f"{day}{part}"
    start, end = match.span()
    return When(original[start:end], start, end, normal, hour, minute)


def _day_and_part(match: re.Match[str]) -> tuple[str, str]:
    day = match["day1"] or match["day3"] or ""
    part = _part(match["part1"] or match["part3"] or match["part4"])
    if day == "天天":
        return "每天", part
    if day[:1] in _DAYS and not day.endswith(("天", "日")) and (inside := _part(day[1:])):
        return _DAYS[day[0]], part or inside
    if day[:1] in _DAYS and day[1:] == "日":
        return _DAYS[day[0]], part
    return day, part


def _part(words: str | None) -> str:
    """The part of the day in one of ten words; empty for none."""
    return next((name for sign, name in _PARTS if sign in words), "") if words else ""


def _read(match: re.Match[str], n: int, part: str) -> Clock | None:
    """The hour on the clock of 24, and the minute when it is said; None when no such clock stands there."""
    minute: int | None
    if match[f"h{n}"]:
        hour, minute = int(match[f"h{n}"]), int(match[f"m{n}"])
    elif match[f"hour{n}"]:
        hour, minute = _number(match[f"hour{n}"]), _minute(match[f"rest{n}"])
    else:
        return None
    if hour > 24 or (minute or 0) > 59:
        return None
    if (
        (part in _LATE and 5 < hour < 12)
        or (part in ("下午", "傍晚", "晚上") and hour < 6)
        or (part == "中午" and hour < 3)
    ):
        hour += 12
    elif hour == 12 and part in ("晚上", "夜里", "半夜", "凌晨"):
        hour = 0
    return hour % 24, minute


def _minute(rest: str | None) -> int | None:
    if rest is None:
        return None
    if rest == "半":
        return 30
    if rest.endswith("刻"):
        return 15 if rest[0] == "一" else 45
    return _number(rest.removesuffix("分"))


def _number(numeral: str) -> int:
    digits = to_digits(numeral)
    return int(digits) if digits.isdigit() else 99


def _shown(clock: Clock) -> str:
    return f"{clock[0]:02d}:{clock[1] or 0:02d}"


def _surely(match: re.Match[str], folded: str) -> bool:
    """Whether a clock without a day is one, and not 一点 (a little) or 三点建议 (three points)."""
    if match["h1"] or match["to"] or match["rest1"] or match["mark1"] == "点钟":
        return True
    if _SURE_CLOCK.match(folded, match.end()):
        return True
    return match["hour1"].isdigit() and not _NO_CLOCK.match(folded, match.end())
