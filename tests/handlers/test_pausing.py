"""An account that WeChat refuses says no notices any more, and somebody is told another way; budgets are warned of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.connector import Refusal, SendResult, SendState
from bot.refusing import RefusalCount
from bot.replay.events import ACCOUNT
from handlers.accounts import note_connection
from handlers.events import ConnectionLost, LoggedIn, ScanNeeded
from handlers.pausing import (
    LIMITED,
    LOGGED_OUT,
    UnknownAccount,
    account_standings,
    pause_account,
    resume_account,
    warn_of_budgets,
)
from handlers.settings import DeliverySettings
from storage.engine import Database
from storage.enums import AccountState
from storage.models import Account, Outbox
from tests.handlers.town import QUIET, Town

OTHER = "other"


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    """The town with its account and another one, both connected; five messages a day are its budget."""
    town = await Town.open(
        sqlite_database, replace(QUIET, delivery=DeliverySettings(daily_budget=5, group_floor=0))
    )
    async with sqlite_database.begin() as session:
        session.add_all(
            Account(name=name, connector="", state=AccountState.CONNECTED) for name in (ACCOUNT, OTHER)
        )
    return town


async def account(town: Town, name: str = ACCOUNT) -> Account:
    async with town.database.read() as session:
        return (await session.scalars(select(Account).where(Account.name == name))).one()


async def queued(town: Town, account: str) -> list[tuple[str | None, str]]:
    async with town.database.read() as session:
        rows = await session.scalars(select(Outbox).where(Outbox.account == account).order_by(Outbox.id))
        return [(row.contact_id, row.text) for row in rows]


async def test_a_refused_account_is_told_of_by_another_one_and_once(town: Town) -> None:
    async with town.acting() as ctx:
        assert await pause_account(ctx, ACCOUNT, LIMITED)
        assert not await pause_account(ctx, ACCOUNT, LIMITED)
    assert await queued(town, ACCOUNT) == []
    assert await queued(town, OTHER) == [
        (
            "admin",
            f"【请看一下】账号{ACCOUNT}不发温馨提示了：微信说发得太多。工单照发。"
            f"看过没事，在服务器上运行 weiwang account resume {ACCOUNT}",
        )
    ]
    async with town.acting() as ctx:
        assert await resume_account(ctx.session, ACCOUNT, by="test", now=town.now)
        assert not await resume_account(ctx.session, ACCOUNT, by="test", now=town.now)
        with pytest.raises(UnknownAccount, match="没有账号“谁”"):
            await resume_account(ctx.session, "谁", by="test", now=town.now)
    assert (await account(town)).paused_at is None


async def test_without_another_account_the_log_says_it(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    async with town.acting() as ctx:
        await pause_account(ctx, OTHER, LIMITED)
        await pause_account(ctx, ACCOUNT, LIMITED)
    assert await queued(town, OTHER) == []
    assert f"account {ACCOUNT} is refused by WeChat" in caplog.text


async def test_an_account_that_is_logged_out_stops_unless_it_comes_right_back(town: Town) -> None:
    for minutes, paused in ((9, False), (11, True)):
        await town.wait(minutes=1)
        lost = ConnectionLost(account=ACCOUNT, at=town.now, since=town.now, reason="x", logged_out=True)
        async with town.acting() as ctx:
            await note_connection(ctx, lost)
        assert (await account(town)).pause_reason == LOGGED_OUT
        async with town.acting() as ctx:
            at = town.now + timedelta(minutes=minutes)
            await note_connection(ctx, LoggedIn(account=ACCOUNT, at=at, contact="bot", name="助手"))
        assert ((await account(town)).paused_at is not None) is paused


async def test_a_lost_gateway_is_no_refusal_and_a_first_scan_neither(town: Town) -> None:
    async with town.acting() as ctx:
        await note_connection(
            ctx, ConnectionLost(account=ACCOUNT, at=town.now, since=town.now, reason="gateway away")
        )
        await note_connection(ctx, ScanNeeded(account=ACCOUNT, at=town.now, code="x"))
    assert (await account(town)).paused_at is None
    async with town.acting() as ctx:
        await note_connection(ctx, ScanNeeded(account=OTHER, at=town.now, code="x"))
    assert (await account(town, OTHER)).paused_at is not None


async def test_the_admins_are_warned_once_a_day_before_the_budget_is_used(town: Town) -> None:
    await town.say("zhangsan", "3幢2单元楼道灯坏了")
    await town.wait(seconds=30)
    await town.tell("lisi", "1")
    await town.wait(seconds=30)
    town.heard()
    async with town.acting() as ctx:
        (standing,) = [
            each
            for each in await account_standings(ctx.session, town.now, ctx.settings.delivery)
            if each.name == ACCOUNT
        ]
        assert (standing.said, standing.budget) == (4, 5)
        assert await warn_of_budgets(ctx) == 1
        assert await warn_of_budgets(ctx) == 0
    await town.wait(seconds=1)
    assert town.heard() == [
        f"→ admin: 【提醒】账号{ACCOUNT}今天已发4条，一天最多5条。到数后温馨提示等明天再发，工单照发。"
    ]


def test_only_refusals_in_a_row_or_wechats_own_word_make_an_account_stop() -> None:
    refused = SendResult(state=SendState.FAILED, refusal=Refusal.REFUSED)
    lost, sent = SendResult(state=SendState.FAILED), SendResult(state=SendState.SENT)
    count = RefusalCount(3)
    assert [count.note(each) for each in (refused, refused, sent, refused, lost, refused)] == [None] * 6
    assert count.note(refused) == "连着3条被微信拒收"
    assert count.note(refused) is None
    assert count.note(SendResult(state=SendState.FAILED, refusal=Refusal.LIMITED)) == LIMITED
