"""Every event in every situation: done or refused, never undefined; the timeline always explains where a ticket stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.context import Context
from handlers.duty.days import Stretch
from handlers.duty.leave import cancel_leave, take_leave
from handlers.errors import ActionRefused
from handlers.tickets import acting, delaying
from handlers.tickets.merging import merge
from handlers.tickets.opening import Report, extend_ticket, open_ticket, support_ticket
from handlers.tickets.reopening import reopen
from handlers.tickets.splitting import split
from handlers.tickets.timeline import Action, Cause
from handlers.timers import run_steps
from nlp import Verdict, compile_rules, default_rules
from storage.engine import Database
from storage.enums import OPEN_STATES, Measure, TicketState
from storage.models import Ticket, TicketEvent
from storage.people import PersonInfo
from storage.tickets import get_ticket
from tests.handlers.explaining import Explained, explain
from tests.handlers.test_lifecycle import act
from tests.handlers.town import GROUP, MORNING, Town

LAMP, GAS = "3幢2单元楼道灯坏了，晚上黑漆漆的", "3幢楼道里一股煤气味，头晕"
WAITING = frozenset((*OPEN_STATES, TicketState.RESOLVED))
STANDING = frozenset(("number", "resident", "group_id", "opened_at", "first_owner_id"))
"""What no event ever changes."""


MOVE_THE_DUE_TIME = frozenset(("reopen", "recategorise", "urgent words", "grant", "extend"))
"""What gives a ticket whose clock runs another due time, and says so (``extend``: at the top of the ladder)."""


@dataclass(slots=True)
class Scene:
    """A ticket, another one of the same group, and the moment; ``say`` counts so that no key comes twice."""

    ctx: Context
    ticket: Ticket
    moments: int = 0

    @property
    def cause(self) -> Cause:
        self.moments += 1
        return Cause(by="李四", key=f"scene:{self.moments}")

    def person(self, contact: str) -> PersonInfo:
        person = self.ctx.directory.person(contact)
        assert person is not None
        return person

    async def pass_time(self) -> None:
        """Until the clock has looked at the ticket once more; nothing when it waits for nothing."""
        await self.ctx.session.flush()
        if self.ticket.next_step_at is not None:
            self.ctx = self.ctx.at(max(self.ctx.now, self.ticket.next_step_at))
            await run_steps(self.ctx)

    async def accept(self) -> None:
        await acting.accept(self.ctx, self.ticket, self.person("lisi"), self.cause)

    async def pause(self, reason: str = "等配件") -> None:
        await self.accept()
        await delaying.pause(self.ctx, self.ticket, reason, self.cause)

    async def resolve(self) -> None:
        await acting.resolve(self.ctx, self.ticket, self.person("lisi"), self.cause, "好了")

    async def reopen(self) -> None:
        await reopen(self.ctx, self.ticket, "没修好", self.cause)

    async def leave(self) -> None:
        stretch = Stretch(self.ctx.now, self.ctx.now + timedelta(days=3))
        await take_leave(self.ctx, self.person("lisi"), self.person("qianqi"), stretch, self.cause)

    def report(self, words: str, who: str = "zhangsan") -> Report:
        return Report(
            group=next(group for group in self.ctx.directory.groups.values() if group.name == GROUP),
            contact=who,
            name=who,
            text=words,
            meaning=self.ctx.book.understand(words),
            cause=self.cause,
        )


async def _times(scene: Scene, count: int) -> None:
    for _ in range(count):
        await scene.pass_time()


async def _accepted_and(scene: Scene, count: int) -> None:
    await scene.accept()
    await _times(scene, count)


async def _asked(scene: Scene) -> None:
    await scene.accept()
    await _ask(scene)


async def _granted(scene: Scene) -> None:
    await _asked(scene)
    await delaying.decide(scene.ctx, scene.ticket, scene.person("zhaomin"), scene.cause, granted=True)


async def _passed_on(scene: Scene) -> None:
    await scene.accept()
    await acting.reassign(scene.ctx, scene.ticket, scene.person("zhaomin"), scene.cause, "他负责")


async def _covered(scene: Scene) -> None:
    await scene.accept()
    await scene.leave()


async def _resolved_and(scene: Scene, count: int) -> None:
    await scene.resolve()
    await _times(scene, count)


async def _reopened(scene: Scene, count: int = 1) -> None:
    for _ in range(count):
        await scene.resolve()
        await scene.reopen()


async def _merged(scene: Scene) -> None:
    other = await get_ticket(scene.ctx.session, 1002)
    assert other is not None
    await merge(scene.ctx, scene.ticket, other, scene.person("lisi"), scene.cause)


Step = Callable[[Scene], Awaitable[object]]
SITUATIONS: dict[str, Step] = {
    "prompted": lambda scene: _times(scene, 0),
    "reminded": lambda scene: _times(scene, 1),
    "with the grid worker": lambda scene: _times(scene, 2),
    "with the subdistrict": lambda scene: _times(scene, 6),
    "accepted": lambda scene: scene.accept(),
    "hurried": lambda scene: _accepted_and(scene, 1),
    "overdue": lambda scene: _accepted_and(scene, 2),
    "overdue to the top": lambda scene: _accepted_and(scene, 7),
    "paused": lambda scene: scene.pause(),
    "waiting for the resident": lambda scene: scene.pause("等居民 在家吗"),
    "more time asked": _asked,
    "more time granted": _granted,
    "passed on": _passed_on,
    "covered": _covered,
    "resolved": lambda scene: scene.resolve(),
    "asked again": lambda scene: _resolved_and(scene, 1),
    "closed by silence": lambda scene: _resolved_and(scene, 2),
    "opened again": lambda scene: _reopened(scene),
    "opened again twice": lambda scene: _reopened(scene, 2),
    "rejected": lambda scene: acting.reject(scene.ctx, scene.ticket, scene.cause),
    "cancelled": lambda scene: acting.cancel(scene.ctx, scene.ticket, scene.cause),
    "merged": _merged,
}


async def _extend(scene: Scene, words: str) -> None:
    if scene.ticket.state in OPEN_STATES:  # who calls has looked for an open one
        await extend_ticket(scene.ctx, scene.ticket, scene.report(words), acknowledge=True)


async def _support(scene: Scene) -> None:
    if scene.ticket.state in OPEN_STATES:
        await support_ticket(scene.ctx, scene.ticket, scene.report(LAMP, "zhaoliu"))


async def _split(scene: Scene) -> None:
    if scene.ticket.state is TicketState.MERGED:
        await act(scene.ctx, scene.ticket, Action.SPLIT)
    else:
        await _support(scene)
        await split(scene.ctx, scene.ticket, "", scene.cause)


async def _ask(scene: Scene) -> None:
    lisi, day = scene.person("lisi"), timedelta(days=1)
    await delaying.ask_extension(scene.ctx, scene.ticket, lisi, day, Measure.DAYS, "等配件", scene.cause)


def _acting(action: Action) -> Step:
    return lambda scene: act(scene.ctx, scene.ticket, action)


EVENTS: dict[str, Step] = {
    **{action.name.lower(): _acting(action) for action in Action},
    "split": _split,
    "extend": _ask,
    "time": lambda scene: scene.pass_time(),
    "much time": lambda scene: _times(scene, 9),
    "more words": lambda scene: _extend(scene, "楼梯也有点松"),
    "urgent words": lambda scene: _extend(scene, GAS),
    "a neighbour": _support,
    "leave": lambda scene: scene.leave(),
    "leave is over": lambda scene: cancel_leave(scene.ctx, scene.person("lisi"), scene.cause),
}


def _columns(ticket: Ticket) -> dict[str, object]:
    return {column.key: getattr(ticket, column.key) for column in Ticket.__table__.columns}


async def _timeline(session: AsyncSession, ticket: Ticket) -> list[TicketEvent]:
    await session.flush()
    rows = await session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    )
    return list(rows)


async def _try(scene: Scene, name: str, event: Step) -> list[str]:
    """Let one event happen; what is wrong afterwards."""
    before, told = _columns(scene.ticket), len(await _timeline(scene.ctx.session, scene.ticket))
    refused = False
    try:
        await event(scene)
    except ActionRefused:
        refused = True
    timeline = await _timeline(scene.ctx.session, scene.ticket)
    after = _columns(scene.ticket)
    if refused:
        same = {key: after[key] for key in after if before[key] != after[key]}
        return [f"refused, and yet {same}"] * bool(same) + ["refused, and told"] * (len(timeline) != told)
    found = _problems(scene.ticket, timeline, before, scene.ctx.now)
    if (
        name not in MOVE_THE_DUE_TIME
        and before["paused_at"] is None
        and before["resolve_due"] != after["resolve_due"]
    ):
        found.append(f"the due time moved silently: {before['resolve_due']} → {after['resolve_due']}")
    return found


def _problems(
    ticket: Ticket, timeline: list[TicketEvent], before: dict[str, object], now: datetime
) -> list[str]:
    found = []
    explained = explain(event.what for event in timeline)
    if explained != Explained(ticket.state, ticket.paused_at is not None):
        found.append(f"is {ticket.state}, paused {ticket.paused_at}, but the timeline says {explained}")
    if (ticket.next_step_at is not None) != (ticket.state in WAITING):
        found.append(f"{ticket.state} is looked at again {ticket.next_step_at}")
    if ticket.state in OPEN_STATES and ticket.owner_id is None:
        found.append("nobody answers for it")
    if (ticket.closed_at is not None) != (ticket.state not in WAITING):
        found.append(f"{ticket.state} and closed_at {ticket.closed_at}")
    if ticket.paused_at is not None and (ticket.state is not TicketState.ACCEPTED or not ticket.pause_reason):
        found.append("paused without being under way, or without a reason")
    if (ticket.paused_at is None) != (ticket.clock_left is None):
        found.append("a stopped clock without what is left, or the other way round")
    if ticket.hurry_at is not None and not ticket.clock_from <= ticket.hurry_at < (ticket.resolve_due or now):
        found.append("hurried outside of its time")
    if ticket.highest_level < ticket.level:
        found.append("higher than the highest")
    found += [f"{key} changed" for key in STANDING if before[key] != getattr(ticket, key)]
    return found


@pytest.mark.parametrize("name", SITUATIONS)
async def test_every_event_in_this_situation_is_done_or_refused(sqlite_database: Database, name: str) -> None:
    town = await Town.open(sqlite_database)
    wrong: dict[str, list[str]] = {}
    async with sqlite_database.begin() as session:
        ctx = await town.context(session)
        scene = Scene(ctx.at(MORNING), Ticket())
        scene.ticket = await open_ticket(scene.ctx, scene.report(LAMP))
        await open_ticket(scene.ctx, scene.report("12幢垃圾没人收，臭死了", "wangwu"))
        await SITUATIONS[name](scene)
        begun, moments = scene.ctx, scene.moments
        assert (
            _problems(scene.ticket, await _timeline(session, scene.ticket), _columns(scene.ticket), ctx.now)
            == []
        )
        for event_name, event in EVENTS.items():
            session.info.clear()
            nested = await session.begin_nested()
            await session.refresh(scene.ticket)
            scene.ctx, scene.moments = begun, moments
            if found := await _try(scene, event_name, event):
                wrong[event_name] = found
            await nested.rollback()
        await session.rollback()
    assert wrong == {}


def test_the_words_of_the_scenes_mean_what_they_are_meant_to() -> None:
    book = compile_rules(default_rules())
    assert book.understand(LAMP).verdict is Verdict.TICKET
    assert book.understand(GAS).urgent
