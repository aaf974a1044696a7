"""Whatever is said about help and searches in whatever order, places are filled once and every group hears each thing once."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Database
from storage.enums import OPEN_STATES, CallState, HandState, SearchState
from storage.models import HelpCall, HelpHand, Outbox, Search, SearchGroup, Ticket
from tests.handlers.town import PEOPLE, Town

STAFF = (
    "3",
    "3 1001 两个人",
    "叫先锋",
    "不用铁脚板了",
    "发",
    "找到了",
    "误报",
    "办结 1001 好了",
    "1",
    "线索",
    "寻人 1001",
)
HANDS = ("我来", "我来 1001", "来不了", "到了", "办好了")
FAMILY = (
    "我妈走丢了，有老年痴呆，急死了",
    "冰箱搬不动，求帮忙，缺两个壮劳力",
    "张桂芳，72岁",
    "穿红棉袄",
    "没有",
    "找到了",
    "虚惊一场",
    "没找到",
    "撤销",
)
WITNESSES = ("我看见了", "在东门公交站看到", "没看到", "东门口")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("lisi", "sunqiang")), st.none(), st.sampled_from(STAFF)),
        st.tuples(st.sampled_from(("tie1", "tie2", "xian1")), st.none(), st.sampled_from(HANDS)),
        st.tuples(st.just("zhangsan"), st.just("玉景湾3号群"), st.sampled_from(FAMILY)),
        st.tuples(st.just("wangwu"), st.just("玉景湾4号群"), st.sampled_from(WITNESSES)),
        st.tuples(st.just("time"), st.none(), st.sampled_from(("1", "4", "15", "restart"))),
    ),
    min_size=4,
    max_size=24,
)


async def play(town: Town, steps: list[tuple[str, str | None, str]]) -> None:
    for who, room, words in steps:
        if words == "restart":
            await town.restart()
        elif who == "time":
            await town.wait(minutes=int(words))
        else:
            await town.say(who, words, room=room)
            await town.wait(seconds=7)
    await town.wait(minutes=2)


async def check(session: AsyncSession) -> None:
    tickets = {each.id: each for each in await session.scalars(select(Ticket))}
    calls = (await session.scalars(select(HelpCall))).all()
    for call in calls:
        hands = (await session.scalars(select(HelpHand).where(HelpHand.call_id == call.id))).all()
        check_call(call, list(hands), tickets[call.ticket_id])
    on = Counter(
        call.ticket_id for call in calls if call.state is not CallState.OVER and call.team == "response_team"
    )
    assert set(on.values()) <= {1}
    searches = (await session.scalars(select(Search))).all()
    for search in searches:
        await check_search(session, search, tickets[search.ticket_id])
    on = Counter(search.ticket_id for search in searches if search.state is not SearchState.OVER)
    assert set(on.values()) <= {1}


def check_call(call: HelpCall, hands: list[HelpHand], ticket: Ticket) -> None:
    states = Counter(hand.state for hand in hands)
    places = states[HandState.COMING] + states[HandState.ARRIVED] + states[HandState.DONE]
    assert places <= call.wanted
    assert (call.state is CallState.FULL) == (places == call.wanted) or call.state is CallState.OVER
    if call.state is CallState.OVER:
        assert not {HandState.ASKED, HandState.COMING, HandState.ARRIVED} & set(states)
        assert call.ended_at is not None
    else:
        assert ticket.state in OPEN_STATES


async def check_search(session: AsyncSession, search: Search, ticket: Ticket) -> None:
    groups = (await session.scalars(select(SearchGroup).where(SearchGroup.search_id == search.id))).all()
    assert bool(groups) == bool(search.approved_by)
    assert all((each.cleared_at is not None) == (search.state is SearchState.OVER) for each in groups)
    if search.state is not SearchState.OVER:
        assert ticket.state in OPEN_STATES
    said = (await session.scalars(select(Outbox).where(Outbox.key.startswith(f"search:{search.id}:")))).all()
    notices = {each.group_id for each in said if ":notice:" in each.key and each.sent_at is not None}
    clears = {each.group_id for each in said if ":clear:" in each.key}
    assert clears == (notices if search.state is SearchState.OVER else set())


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
async def test_whatever_is_said_places_are_filled_once_and_groups_hear_each_thing_once(
    sqlite_template: Path, tmp_path: Path, steps: list[tuple[str, str | None, str]]
) -> None:
    path = tmp_path / f"{uuid.uuid4().hex}.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", durable=False)
    try:
        town = await Town.open(database, people=PEOPLE + "先一,xian1,海棠先锋,玉景社区,\n")
        await play(town, steps)
        async with database.read() as session:
            await check(session)
    finally:
        await database.dispose()
