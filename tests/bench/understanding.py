"""How fast messages are understood, against jieba with dictionary look-ups in the same run."""

import itertools
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import jieba

from nlp import compile_rules, default_rules
from nlp.segmenter import segment

_THINGS = [
    "路灯",
    "楼道灯",
    "电梯",
    "水管",
    "下水道",
    "井盖",
    "门禁",
    "垃圾桶",
    "健身器材",
    "单元门",
    "车库",
    "消防栓",
    "围墙",
    "配电箱",
    "燃气表",
    "草坪",
    "岗亭",
    "摄像头",
    "道闸",
    "扶手",
]
_TROUBLES = [
    "坏了",
    "漏水",
    "不亮",
    "堵塞",
    "破损",
    "松动",
    "失灵",
    "生锈",
    "开裂",
    "倒塌",
    "积水",
    "异响",
    "冒烟",
    "变形",
    "脱落",
]
_PLACES = [
    "东门",
    "西门",
    "南门",
    "北门",
    "一号",
    "二号",
    "三号",
    "四号",
    "五号",
    "六号",
    "七号",
    "八号",
    "九号",
    "老区",
    "新区",
    "前排",
    "后排",
]
_CHAT = [
    "早上好",
    "谢谢",
    "今天天气不错",
    "哈哈哈",
    "晚上一起吃饭吗",
    "收到",
    "好的没问题",
    "孩子放学了",
    "周末去哪里玩",
    "我到家了",
    "明天见",
    "生日快乐",
    "你在忙什么呢",
    "刚下班，累死了",
    "那个电影挺好看的",
]


def _chat() -> list[str]:
    shared = os.environ.get("WEIWANG_SHARED")
    if shared:
        paths = sorted(Path(shared, "data").glob("chitchat_*_dev.txt"))
        return [line for path in paths for line in path.read_text("utf-8").splitlines()]
    pick = random.Random(7)
    return ["，".join(pick.sample(_CHAT, pick.randint(1, 3))) for _ in range(20_000)]


def _table(size: int) -> str:
    terms = ("".join(parts) for parts in itertools.product(_PLACES, _THINGS, _TROUBLES))
    names = itertools.cycle(["lighting", "water", "facility"])
    more = (f"{a}{b}{n}" for n in range(100) for a in _THINGS for b in _TROUBLES)
    chosen = itertools.islice(itertools.chain(terms, more), size)
    return "".join(f"{name}：{term} x0.5\n" for name, term in zip(names, chosen, strict=False))


def _microseconds(work: Callable[[str], object], messages: Sequence[str]) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for message in messages:
            work(message)
        best = min(best, time.perf_counter() - start)
    return best / len(messages) * 1e6


def run() -> None:
    """Print the ratios: 5,000 terms against jieba, 10,000 rules against 100, the default rules."""
    messages = _chat()
    jieba.initialize()
    table = dict.fromkeys(line.split("：")[1].split(" ")[0] for line in _table(5000).splitlines())
    reference = _microseconds(lambda text: [table.get(word) for word in jieba.lcut(text)], messages)
    five = _microseconds(compile_rules(_table(5000)).understand, messages)
    hundred = _microseconds(compile_rules(_table(100)).understand, messages)
    many = _microseconds(compile_rules(_table(10_000)).understand, messages)
    default = _microseconds(compile_rules(default_rules()).understand, messages)
    equal = sum(segment(text) == jieba.lcut(text) for text in messages) / len(messages)
    print(f"understanding: {len(messages)} chat messages; jieba.lcut + look-ups {reference:.2f} us a message")
    print(f"  5,000 terms      {five:.2f} us: {reference / five:.1f} times faster (goal 20)")
    print(f"  10,000/100 rules {many:.2f}/{hundred:.2f} us: {many / hundred:.2f} times the cost (goal 1.5)")
    print(f"  default rules    {default:.2f} us: {reference / default:.1f} times faster")
    print(f"  segmentation equal to jieba's on {equal:.2%} of the messages")
