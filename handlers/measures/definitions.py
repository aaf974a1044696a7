"""The measures as people read them: what is counted, of what, and what is left out, by the settings in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handlers.measures.judging import RatioKind
from handlers.settings import MeasureSettings

RATIO_NAMES: Mapping[RatioKind, str] = MappingProxyType(
    {
        RatioKind.RESPONDED: "响应率",
        RatioKind.SOLVED: "解决率",
        RatioKind.SATISFIED: "满意率",
        RatioKind.IN_TIME: "按期办结率",
        RatioKind.REWORK: "返工率",
        RatioKind.EXTENDED: "延期率",
        RatioKind.FIRST_TIME: "一次完成率",
    }
)
LEFT_OUT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "rejected": "不是诉求",
        "cancelled": "居民撤销",
        "merged": "并单",
        "unsure": "管家还没确认",
        "inquiry": "咨询",
        "category": "不算的类别",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One measure in words: the numerator, the denominator, and what does not count."""

    name: str
    top: str
    bottom: str
    left_out: str


def definitions(
    rules: MeasureSettings, categories: Mapping[str, str], *, week: bool = False
) -> tuple[Definition, ...]:
    """Every measure by the settings in force, for a month or a week; ``categories`` maps a code to its name."""
    this, end, which = ("本周", "到现在", "哪一周") if week else ("本月", "到月底", "哪个月")
    due = f"{this}办结或到期的工单（办结和到期，哪个早就算在{which}）"
    gone = _left_out(rules, categories)
    silence = "没评价、自动结案的算满意" if rules.silence == "satisfied" else "没评价的不算"
    in_time = rules.response == "in_time"
    words = {
        RatioKind.RESPONDED: (
            "在规定时间里有人接单或回话的" if in_time else f"{this}里有人接单或回话的",
            f"{this}有人回应或该有人回应的工单（哪个早就算在{which}）",
            gone,
        ),
        RatioKind.SOLVED: (f"{end}已经办结的；居民说没修好、还在返工的不算", due, gone),
        RatioKind.SATISFIED: (
            f"评{rules.satisfied_from}分及以上的",
            f"{this}结案、居民评过价的工单",
            f"{gone}；{silence}",
        ),
        RatioKind.IN_TIME: ("第一次办结没过期限的；批准延期的按新期限", due, gone),
        RatioKind.REWORK: (f"{this}居民说没修好、重新办的次数", f"{this}办结的次数", gone),
        RatioKind.EXTENDED: ("批准过延期的", due, gone),
        RatioKind.FIRST_TIME: ("按期办结、没有返工过的", f"{this}结案的工单", gone),
    }
    ratios = [
        Definition(name=RATIO_NAMES[kind], top=top, bottom=bottom, left_out=without)
        for kind, (top, bottom, without) in words.items()
    ]
    return (*ratios, *_times(gone, this))


def _times(gone: str, this: str) -> tuple[Definition, ...]:
    spread = "中位数（一半比它快）和九成（十件里有九件不超过它）；夜里和休息日也算时间"
    return (
        Definition(
            name="响应用时",
            top=f"从登记到有人接单或回话：{spread}",
            bottom=f"{this}有人回应的工单",
            left_out=gone,
        ),
        Definition(
            name="办结用时",
            top=f"从登记到办结（返工的算到最后一次）：{spread}",
            bottom=f"{this}办结、没有再返工的工单",
            left_out=gone,
        ),
    )


def _left_out(rules: MeasureSettings, categories: Mapping[str, str]) -> str:
    names = [LEFT_OUT_NAMES[reason] for reason in rules.exclude]
    names += [categories.get(code, code) for code in rules.exclude_categories]
    return f"剔除：{'、'.join(names)}" if names else "没有剔除"
