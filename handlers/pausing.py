"""An account that WeChat refuses stops saying notices by itself, and somebody is told another way."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.allowances import midnight
from handlers.context import Context
from handlers.errors import HandlerError
from handlers.measures.audience import say_to, work_groups
from handlers.settings import DeliverySettings
from handlers.speech import SpeechKind, tell
from storage.accounts import find_account, get_account
from storage.allowances import list_accounts, spent_since
from storage.enums import AccountState, Priority
from storage.measures import claim_run
from storage.models import Account, Audit

log = logging.getLogger(__name__)

LOGGED_OUT = "微信退出了登录"
LIMITED = "微信说发得太多"
SOON = timedelta(minutes=10)
"""A login that comes back by itself within this time was no refusal."""

WARN_AT = 0.8
"""The share of the day's budget at which somebody is told."""


class UnknownAccount(HandlerError):
    """No account of this name was ever seen. The message is plain Chinese."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有账号“{name}”，或者它还没有登录过。")
        self.name = name


def refused_in_a_row(count: int) -> str:
    """Why an account pauses whose sends are refused one after the other."""
    return f"连着{count}条被微信拒收"


async def pause_account(ctx: Context, name: str, reason: str) -> bool:
    """Stop an account's notices until somebody resumes it; False when they are stopped already.

    Its tickets and replies go on. The admins hear of it from another account that is connected, if there is one; the
    log, /healthz and /metrics tell in any case.
    """
    account = await get_account(ctx.session, name)
    if account.paused_at is not None:
        return False
    account.paused_at, account.pause_reason = ctx.now, reason
    _audit(ctx.session, "account.pause", name, "系统", ctx.now)
    log.error("account %s is refused by WeChat and says no more notices until `weiwang account resume`", name)
    other = await _another(ctx.session, name)
    if other is not None:
        text = ctx.texts.render("account_paused", account=name, reason=reason)
        _tell_admins(ctx, text, account=other, what=f"paused:{name}:{ctx.now.timestamp():.0f}")
    return True


async def resume_account(session: AsyncSession, name: str, *, by: str, now: datetime) -> bool:
    """Let an account say notices again; False when it was not paused. UnknownAccount for one never seen."""
    account = await find_account(session, name)
    if account is None:
        raise UnknownAccount(name)
    return _resume(session, account, by, now)


def resume_after_login(session: AsyncSession, account: Account, now: datetime) -> None:
    """A login that came back at once lifts the pause that its loss had made."""
    paused = account.paused_at
    if paused is not None and account.pause_reason == LOGGED_OUT and now - paused <= SOON:
        _resume(session, account, "系统", now)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStanding:
    """An account as an admin sees it: what it said today of its budget (0: no limit), and why its notices are paused."""

    name: str
    state: AccountState
    said: int
    budget: int
    paused_at: datetime | None
    reason: str


async def account_standings(
    session: AsyncSession, now: datetime, settings: DeliverySettings
) -> list[AccountStanding]:
    """Every account that was ever seen."""
    return [
        AccountStanding(
            name=each.name,
            state=AccountState(each.state),
            said=(await spent_since(session, each.name, midnight(now))).said,
            budget=settings.daily_budget,
            paused_at=each.paused_at,
            reason=each.pause_reason,
        )
        for each in await list_accounts(session)
    ]


async def warn_of_budgets(ctx: Context) -> int:
    """Tell once a day of each account that has used most of its budget; how many were told of."""
    budget, today = ctx.settings.delivery.daily_budget, midnight(ctx.now)
    told = 0
    for account in await list_accounts(ctx.session) if budget else ():
        said = (await spent_since(ctx.session, account.name, today)).said
        kind, day = f"budget:{account.name}", f"{today:%Y-%m-%d}"
        if said >= budget * WARN_AT and await claim_run(ctx.session, kind, day, ctx.now):
            text = ctx.texts.render("budget_low", account=account.name, said=said, budget=budget)
            _warn(ctx, text, account=account.name, what=f"{kind}:{day}")
            told += 1
    return told


def _warn(ctx: Context, text: str, *, account: str, what: str) -> None:
    """To the work groups, or to the admins when there are none."""
    groups = work_groups(ctx)
    for group in groups:
        say_to(ctx, group, text, what=what, expires=midnight(ctx.now) + timedelta(days=1))
    if not groups:
        _tell_admins(ctx, text, account=account, what=what)


def _tell_admins(ctx: Context, text: str, *, account: str, what: str) -> None:
    for person in ctx.directory.people.values():
        if ctx.directory.is_admin(person):
            tell(
                ctx,
                person,
                text,
                account=account,
                key=f"{what}:{person.contact}",
                kind=SpeechKind.NOTICE,
                priority=Priority.PROMPT,
            )


async def _another(session: AsyncSession, name: str) -> str | None:
    """An account that can speak instead."""
    able = (
        each.name
        for each in await list_accounts(session)
        if each.name != name and each.state == AccountState.CONNECTED and each.paused_at is None
    )
    return next(able, None)


def _resume(session: AsyncSession, account: Account, by: str, now: datetime) -> bool:
    if account.paused_at is None:
        return False
    account.paused_at, account.pause_reason = None, ""
    _audit(session, "account.resume", account.name, by, now)
    return True


def _audit(session: AsyncSession, what: str, account: str, by: str, now: datetime) -> None:
    session.add(Audit(at=now, who=by, what=what, detail={"account": account}))
