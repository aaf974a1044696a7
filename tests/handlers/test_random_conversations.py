"""Whatever people say in whatever order, every ticket stays owned, explained, announced once and on honest clocks.

``make conversations`` runs 10,000 of them (CONVERSATIONS=n another number); ``make test`` plays the same handful
every time.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handlers.wording import SHANGHAI
from storage.engine import Database
from tests.handlers.invariants import Watch
from tests.handlers.town import GROUP, PEOPLE, Town

CONVERSATIONS = int(os.environ.get("WEIWANG_CONVERSATIONS", "25"))
STRAND = 250
"""So many conversations a test at most: each finds and reports trouble by itself."""

TEAM = f"{PEOPLE}社区老吴,laowu,社区,玉景社区,\n水务小何,xiaohe,部门,,\n先一,xian1,海棠先锋,玉景社区,\n"
STARTS = ("2026-03-10T09:12", "2026-03-10T21:50", "2026-04-03T16:40", "2026-04-30T16:50")
"""A working morning, just before the night, and the last hour before 清明 and 劳动节."""

RESIDENT_WORDS = (
    "3幢2单元楼道灯坏了，晚上黑漆漆的",
    "12幢垃圾没人收，臭死了",
    "5幢电梯困人了",
    "6幢楼道灯坏了，垃圾也没人收",
    "楼道里一股煤气味头晕",
    "也是",
    "谢谢",
    "进度",
    "满意",
    "没修好",
    "不满意",
    "撤销",
    "催一下",
    "满意 1001",
    "5",
    "1001 好了 1002 没好",
    "没修好 1002",
    "冰箱搬不动，求帮忙，缺两个壮劳力",
    "好的，我在家",
)
STAFF_WORDS = (
    "1",
    "2",
    "3",
    "4",
    "0",
    "办结 换好了",
    "1 1001",
    "办结 1002 好了",
    "转派 赵敏 他负责",
    "转派 1001 水务小何 水管",
    "转派 1001 钱七",
    "改类 1001 供电用电",
    "改类 1002 房屋安全",
    "并 1002 到 1001",
    "1001 并入 1002",
    "拆 1001",
    "拆 1002",
    "拆 1001 电梯",
    "拆 1001 垃圾",
    "备注 1001 下午去看",
    "我的工单",
    "我来",
    "收到",
    "吃了吗",
    "等配件 1001",
    "等居民 1001 开门",
    "等配件",
    "继续 1001",
    "继续",
    "延期 1001 2天 等配件",
    "延期 1天 下雨",
    "同意",
    "同意 1001",
    "不同意 1001 快点办",
    "督办 1001",
    "催一下 1001",
    "不用铁脚板了",
)
LEAVES = (
    "今天请假 钱七代",
    "明天请假 赵敏代",
    "请假3天 赵敏代",
    "请假3天",
    "明天请假 李四代",
    "取消请假",
)
HANDS = ("我来", "我来 1001", "来不了", "到了", "办好了")
IN_GROUP = ("收到，马上去", "办结 1001 好了", "大家好", "等居民 1001 开门")
TIMES = ("3", "12", "30", "200", "night", "days")
_direct = st.just("direct")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("zhangsan", "wangwu")), st.just("group"), st.sampled_from(RESIDENT_WORDS)),
        st.tuples(st.sampled_from(("lisi", "lisi", "zhaomin")), _direct, st.sampled_from(STAFF_WORDS)),
        st.tuples(st.sampled_from(("lisi", "zhaomin", "qianqi")), _direct, st.sampled_from(LEAVES)),
        st.tuples(
            st.sampled_from(("sunqiang", "laowu", "laochen", "xiaohe", "qianqi")),
            _direct,
            st.sampled_from(STAFF_WORDS),
        ),
        st.tuples(st.sampled_from(("tie1", "tie2", "xian1")), _direct, st.sampled_from(HANDS)),
        st.tuples(st.just("lisi"), st.just("group"), st.sampled_from(IN_GROUP)),
        st.tuples(st.just("time"), st.just(""), st.sampled_from(TIMES)),
    ),
    min_size=2,
    max_size=25,
)


@pytest.fixture(scope="session")
def town_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the town in it, to copy."""
    path = tmp_path_factory.mktemp("town") / "town.db"
    shutil.copy(sqlite_template, path)
    asyncio.run(_build(path))
    return path


async def _build(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    await Town.open(database, people=TEAM)
    await database.dispose()


async def play(town: Town, steps: list[tuple[str, str, str]]) -> None:
    watch = Watch()
    for who, where, words in steps:
        if who == "time":
            await town.wait(seconds=_length(town.now, words).total_seconds())
        else:
            await town.say(who, words, room=None if where == "direct" else GROUP)
            await town.wait(seconds=7)
        async with town.database.read() as session:
            await watch.look(await town.context(session))


def _length(now: datetime, words: str) -> timedelta:
    """Minutes, until the next morning, or over three days."""
    if words == "days":
        return timedelta(days=3)
    if words == "night":
        day = now.astimezone(SHANGHAI).date() + timedelta(days=1)
        return datetime.combine(day, time(8, 31), SHANGHAI) - now
    return timedelta(minutes=int(words))


@pytest.mark.parametrize("strand", range(-(-CONVERSATIONS // STRAND)))
@settings(
    max_examples=min(CONVERSATIONS, STRAND),
    deadline=None,
    derandomize="WEIWANG_CONVERSATIONS" not in os.environ,  # `make test` always plays the same ones
    print_blob=True,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
    ],
)
@given(start=st.sampled_from(STARTS), steps=STEPS)
@example(
    start=STARTS[0],
    steps=[
        ("zhangsan", "group", "3幢2单元楼道灯坏了，晚上黑漆漆的"),
        ("lisi", "direct", "转派 1001 水务小何 水管"),
        ("lisi", "direct", "转派 1001 钱七"),
        ("lisi", "direct", "转派 1001 水务小何 水管"),
    ],
)
async def test_any_conversation_leaves_every_ticket_owned_explained_and_said_once(
    town_file: Path, tmp_path: Path, strand: int, start: str, steps: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / f"{uuid.uuid4().hex}.db"
    shutil.copy(town_file, path)
    database = Database(f"sqlite:///{path}", durable=False)
    try:
        town = Town.at(database)
        town.now = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
        await play(town, steps)
    finally:
        await database.dispose()
        path.unlink()
