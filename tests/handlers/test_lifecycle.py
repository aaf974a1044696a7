"""Every action in every state: it is done, or it is refused and nothing changes; the timeline explains the state."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.context import Context
from handlers.errors import ActionRefused
from handlers.teams.replies import call_for_help
from handlers.teams.words import CallWish
from handlers.tickets import acting, delaying
from handlers.tickets.chasing import urge_on
from handlers.tickets.merging import merge, part
from handlers.tickets.reopening import reopen
from handlers.tickets.splitting import split
from handlers.tickets.timeline import ALLOWED, Action, Cause, check_allowed
from storage.engine import Database
from storage.enums import OPEN_STATES, Measure, TicketState
from storage.models import Ticket
from storage.people import PersonInfo
from storage.tickets import add_supporter, get_ticket, list_events
from tests.handlers.town import MORNING, Town

CAUSE = Cause(by="李四", key="test")
AFTER = {
    Action.ACCEPT: TicketState.ACCEPTED,
    Action.RESOLVE: TicketState.RESOLVED,
    Action.REJECT: TicketState.REJECTED,
    Action.CANCEL: TicketState.CANCELLED,
    Action.RATE: TicketState.CLOSED,
    Action.REOPEN: TicketState.ACCEPTED,
    Action.MERGE: TicketState.MERGED,
}


async def act(ctx: Context, ticket: Ticket, action: Action) -> None:
    steward = ctx.directory.person("lisi")
    worker = ctx.directory.person("zhaomin")
    assert steward is not None
    assert worker is not None
    match action:
        case Action.ACCEPT:
            await acting.accept(ctx, ticket, steward, CAUSE)
        case Action.REASSIGN:
            await acting.reassign(ctx, ticket, worker, CAUSE, "他负责")
        case Action.HELP:
            await call_for_help(ctx, ticket, steward, CallWish(), CAUSE)
        case Action.RESOLVE:
            await acting.resolve(ctx, ticket, steward, CAUSE, "好了")
        case Action.REJECT:
            await acting.reject(ctx, ticket, CAUSE)
        case Action.REOPEN:
            await reopen(ctx, ticket, "还是坏的", CAUSE)
        case Action.CANCEL:
            await acting.cancel(ctx, ticket, CAUSE)
        case Action.RATE:
            await acting.rate(ctx, ticket, acting.SATISFIED, "满意", CAUSE)
        case Action.NOTE:
            await acting.note(ctx, ticket, "等配件", CAUSE)
        case Action.RECATEGORISE:
            await acting.recategorise(ctx, ticket, "power", CAUSE)
        case Action.ESCALATE:
            acting.escalate(ctx, ticket, worker, CAUSE)
        case Action.SPLIT if ticket.state is TicketState.MERGED:
            other = await get_ticket(ctx.session, 1002)
            assert other is not None
            await part(ctx, ticket, other, steward, CAUSE)
        case Action.SPLIT:
            await add_supporter(ctx.session, ticket, "wangwu", "王五", MORNING)
            assert await split(ctx, ticket, "王五", CAUSE) is not None
        case Action.MERGE:
            other = await get_ticket(ctx.session, 1002)
            assert other is not None
            await merge(ctx, ticket, other, steward, CAUSE)
        case Action.PAUSE:
            await delaying.pause(ctx, ticket, "等配件", CAUSE)
        case Action.RESUME:
            await delaying.resume(ctx, ticket, CAUSE)
        case Action.EXTEND:
            assert await ask_extension(ctx, ticket, steward) == worker
        case Action.GRANT | Action.REFUSE:
            granted = action is Action.GRANT
            await delaying.decide(ctx, ticket, worker, CAUSE, granted=granted, words="好")
        case Action.HURRY:
            await urge_on(ctx, ticket, "快一点", CAUSE)
        case Action.SHOW:
            check_allowed(ticket, Action.SHOW)


async def ask_extension(ctx: Context, ticket: Ticket, steward: PersonInfo) -> PersonInfo | None:
    two_days = timedelta(days=2)
    return await delaying.ask_extension(ctx, ticket, steward, two_days, Measure.DAYS, "等配件", CAUSE)


async def prepare(ctx: Context, ticket: Ticket, action: Action) -> None:
    """What must have happened so that an action makes sense in a state that allows it."""
    steward = ctx.directory.person("lisi")
    assert steward is not None
    if action is Action.RESUME:
        await delaying.pause(ctx, ticket, "等配件", CAUSE)
    elif action in (Action.GRANT, Action.REFUSE):
        await ask_extension(ctx, ticket, steward)


def put_into(ticket: Ticket, state: TicketState) -> None:
    ticket.state = state
    if state is TicketState.MERGED:
        ticket.merged_into_id = 1002
    if state in (TicketState.RESOLVED, TicketState.CLOSED):
        ticket.resolved_at = MORNING + timedelta(minutes=5)


@pytest.mark.parametrize(("action", "state"), list(itertools.product(Action, TicketState)))
async def test_an_action_is_done_or_refused(
    sqlite_database: Database, action: Action, state: TicketState
) -> None:
    town = await Town.open(sqlite_database)
    await town.say("zhangsan", "3幢2单元楼道灯坏了，晚上黑漆漆的")
    await town.say("wangwu", "12幢垃圾没人收，臭死了")
    async with sqlite_database.begin() as session:
        ctx = await town.context(session)
        ticket = await get_ticket(session, 1001)
        assert ticket is not None
        put_into(ticket, state)
        if state in ALLOWED[action]:
            await prepare(ctx, ticket, action)
        before = len(await list_events(session))
        if state in ALLOWED[action]:
            await act(ctx, ticket, action)
            await check_done(session, ticket, action, state, before)
        else:
            with pytest.raises(ActionRefused):
                await act(ctx, ticket, action)
            assert ticket.state is state
            assert len(await list_events(session)) == before


async def check_done(
    session: AsyncSession, ticket: Ticket, action: Action, state: TicketState, before: int
) -> None:
    if action is Action.REASSIGN:
        assert ticket.state in OPEN_STATES
        assert ticket.first_owner_id != ticket.owner_id
    elif action is Action.SPLIT and state is TicketState.MERGED:
        assert ticket.state in OPEN_STATES
    else:
        assert ticket.state is AFTER.get(action, state)
    if action is not Action.SHOW:
        assert len(await list_events(session)) > before
    waiting = ticket.state in (
        TicketState.NEW,
        TicketState.PROMPTED,
        TicketState.ACCEPTED,
        TicketState.RESOLVED,
    )
    assert (ticket.next_step_at is not None) == waiting or action in (
        Action.NOTE,
        Action.SHOW,
        Action.HELP,
        Action.ESCALATE,
        Action.HURRY,
    )
