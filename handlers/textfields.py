"""The fields of the bot's sentences as an admin reads and writes them, with something to show in a preview."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "account": ("账号", "小园"),
        "action": ("动作", "办结"),
        "budget": ("一天最多条数", "1000"),
        "category": ("类别", "公共照明"),
        "come": ("来的人数", "2"),
        "count": ("数量", "2"),
        "day": ("日子", "11月25日"),
        "deputy": ("代班人", "王五"),
        "due": ("期限", "明天09:12"),
        "example": ("例子", "换了新灯泡"),
        "extra": ("附注", " 共2人反映"),
        "group": ("群名", "玉景湾3号群"),
        "groups": ("哪些群", "玉景湾3号群、玉景湾4号群"),
        "hands": ("要几人", "2"),
        "into": ("并入的工单号", "1025"),
        "kind": ("文件", "图片"),
        "left": ("没办完的数", "3"),
        "line": ("规则", "公共照明：路灯 & @坏了"),
        "lines": ("几行工单", "工单1001 公共照明 3幢2单元 今天到期\n"),
        "mark": ("标记", "新"),
        "menu": ("回复说明", "回复 1接单 2转派 3叫铁脚板 4办结 0不是诉求"),
        "minutes": ("分钟", "30"),
        "more": ("还有的", "还有2件"),
        "most": ("上限", "2000"),
        "moved": ("移交的工单", "手上1件也交给他。"),
        "name": ("姓名", "李四"),
        "names": ("几个名字", "李四、王五"),
        "new": ("新名字", "玉景湾6号群"),
        "notice": ("启事", "寻人：王奶奶，70岁，穿蓝上衣"),
        "number": ("工单号", "1024"),
        "numbers": ("几个工单号", "1024、1025"),
        "old": ("原期限", "今天09:12"),
        "opened": ("新登记数", "5"),
        "options": ("选项", "1. 1024 公共照明"),
        "other": ("另一件", "1025"),
        "own": ("新工单号", "1026"),
        "passed": ("已转达", "2"),
        "photo": ("照片", "照片也会发。"),
        "place": ("地点", "3幢2单元"),
        "post": ("岗位", "玉景湾3号群的管家"),
        "prompt": ("工单内容", "【新工单1024】公共照明 玉景湾3号群 张三 09:12"),
        "question": ("问题", "穿什么衣服"),
        "rating": ("评分", "2分"),
        "reason": ("原因", "等配件"),
        "report": ("报来的话", "小广场看到一位老人"),
        "resident": ("居民", "张三"),
        "resolved": ("办结数", "4"),
        "returned": ("交还的工单", "1件已还给您。"),
        "safety": ("安全提醒", "有危险请先打110。"),
        "said": ("已发条数", "800"),
        "shares": ("几个比率", "，按期办结率98%"),
        "short": ("还差几人", "1"),
        "since": ("从几点", "09:10"),
        "span": ("哪几天", "7月1日到7月5日"),
        "standing": ("各有几件", "今天到期1件、办理中1件"),
        "state": ("状态", "已办结"),
        "status": ("进展", "已通知管家李四，等接单"),
        "supervisor": ("督办人", "孙强"),
        "team": ("小分队", "铁脚板"),
        "text": ("内容", "明天上午停水"),
        "tickets": ("手上的工单", "您手上有3件工单。"),
        "time": ("时间", "09:12"),
        "title": ("题目", "第47周小结"),
        "until": ("到几点", "09:25"),
        "what": ("做了什么", "换了微信"),
        "who": ("谁", "管家李四"),
        "why": ("为什么", "没看懂哪几天。"),
        "word": ("那个词", "路灯"),
        "words": ("原话", "换了新灯泡"),
        "year": ("年份", "2027"),
    }
)
"""Field → its Chinese name, and what stands for it in a preview."""

_BY_CHINESE = {chinese: name for name, (chinese, _) in FIELDS.items()}
_BRACED = re.compile(r"\{\s*([^{}]*?)\s*\}")


def to_chinese(template: str) -> str:
    """The template as an admin reads it: ``@{居民} 工单{工单号}已办结``."""
    return _BRACED.sub(lambda match: f"{{{chinese_name(match[1])}}}", template)


def from_chinese(template: str) -> str:
    """The template as it is kept; a name that is not known stays as it is."""
    return _BRACED.sub(lambda match: f"{{{_BY_CHINESE.get(match[1], match[1])}}}", template)


def chinese_name(field: str) -> str:
    """A field as an admin writes it."""
    return FIELDS[field][0] if field in FIELDS else field


def sample(field: str, packaged: str) -> str:
    """Something that a field may hold; staff read a place as `` 地点：3幢2单元``."""
    value = FIELDS[field][1] if field in FIELDS else "…"
    return (
        f" 地点：{value}"
        if field == "place" and ("”{place}" in packaged or "{group}{place}" in packaged)
        else value
    )
