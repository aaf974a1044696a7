"""Whatever people say in whatever order, every ticket stays explained, owned and announced once."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Database
from storage.enums import OPEN_STATES, TicketEventKind, TicketState
from storage.models import Ticket
from storage.tickets import list_events, list_tickets
from tests.handlers.town import GROUP, Town

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
    "改类 1001 供电用电",
    "并 1002 到 1001",
    "1001 并入 1002",
    "拆 1001",
    "拆 1002",
    "拆 1001 电梯",
    "备注 1001 等配件",
    "我的工单",
    "我来",
    "收到",
    "吃了吗",
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("zhangsan", "wangwu")), st.just("group"), st.sampled_from(RESIDENT_WORDS)),
        st.tuples(
            st.sampled_from(("lisi", "zhaomin", "tie1")), st.just("direct"), st.sampled_from(STAFF_WORDS)
        ),
        st.tuples(
            st.just("lisi"), st.just("group"), st.sampled_from(("收到，马上去", "办结 1001 好了", "大家好"))
        ),
        st.tuples(st.just("time"), st.just(""), st.sampled_from(("3", "30", "200", "3000"))),
    ),
    max_size=25,
)
LAST_EVENT = {
    TicketState.RESOLVED: {TicketEventKind.RESOLVED},
    TicketState.CLOSED: {TicketEventKind.CLOSED},
    TicketState.REJECTED: {TicketEventKind.REJECTED},
    TicketState.CANCELLED: {TicketEventKind.CANCELLED},
    TicketState.MERGED: {TicketEventKind.MERGED},
    TicketState.ACCEPTED: {TicketEventKind.ACCEPTED, TicketEventKind.REOPENED, TicketEventKind.SPLIT},
    TicketState.PROMPTED: {TicketEventKind.PROMPTED, TicketEventKind.REASSIGNED, TicketEventKind.SPLIT},
}
CHANGES = frozenset().union(*LAST_EVENT.values())


async def play(town: Town, steps: list[tuple[str, str, str]]) -> list[str]:
    for who, where, words in steps:
        if who == "time":
            await town.wait(minutes=int(words))
        else:
            await town.say(who, words, room=None if where == "direct" else GROUP)
            await town.wait(seconds=7)
    return town.heard()


async def check(session: AsyncSession) -> None:
    tickets = await list_tickets(session)
    assert [ticket.number for ticket in tickets] == list(range(1001, 1001 + len(tickets)))
    events = await list_events(session)
    for ticket in tickets:
        check_ticket(ticket, [event.what for event in events if event.ticket_id == ticket.id])


def check_ticket(ticket: Ticket, timeline: list[TicketEventKind]) -> None:
    assert timeline[0] is TicketEventKind.OPENED
    assert Counter(timeline)[TicketEventKind.OPENED] == 1
    last = [what for what in timeline if what in CHANGES][-1]
    assert last in LAST_EVENT[ticket.state], (ticket.state, timeline)
    if ticket.state in OPEN_STATES:
        assert ticket.owner_id is not None
        assert ticket.closed_at is None
    assert Counter(timeline)[TicketEventKind.REOPENED] == ticket.reopened


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
async def test_any_conversation_leaves_every_ticket_explained_and_said_once(
    sqlite_template: Path, tmp_path: Path, steps: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / f"{uuid.uuid4().hex}.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", durable=False)
    try:
        town = await Town.open(database)
        said = await play(town, steps)
        acknowledged = Counter(line.split("，工单")[1][:4] for line in said if "已登记【" in line)
        assert set(acknowledged.values()) <= {1}
        async with database.read() as session:
            await check(session)
    finally:
        await database.dispose()
