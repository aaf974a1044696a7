"""What is known of the accounts: connected or not, and when they heard nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.events import ConnectionBack, ConnectionLost, LoggedIn, ScanNeeded
from handlers.pausing import LOGGED_OUT, pause_account, resume_after_login
from handlers.speech import SpeechKind, tell
from handlers.wording import clock_time
from storage.accounts import get_account
from storage.enums import AccountState, Priority
from storage.models import BlindWindow
from storage.people import GroupInfo, bump_directory

WORTH_TELLING = timedelta(seconds=60)


async def note_connection(
    ctx: Context, event: LoggedIn | ScanNeeded | ConnectionLost | ConnectionBack
) -> None:
    """Keep the account's state; after a deaf time tell each steward which minutes to look through."""
    account = await get_account(ctx.session, event.account)
    match event:
        case LoggedIn():
            if account.contact_id != event.contact:
                await bump_directory(ctx.session)  # whose words are a bot's
            account.state, account.contact_id = AccountState.CONNECTED, event.contact
            account.heard_at = event.at
            resume_after_login(ctx.session, account, event.at)
        case ScanNeeded():
            was_in, account.state = account.state == AccountState.CONNECTED, AccountState.SCAN
            if was_in:
                await pause_account(ctx, event.account, LOGGED_OUT)
        case ConnectionLost():
            account.state, account.heard_at = AccountState.LOST, event.since
            if event.logged_out:
                await pause_account(ctx, event.account, LOGGED_OUT)
        case ConnectionBack():
            account.state, account.heard_at = AccountState.CONNECTED, event.at
            ctx.session.add(BlindWindow(account=event.account, since=event.since, until=event.at))
            if event.at - event.since >= WORTH_TELLING:
                groups = [each for each in ctx.directory.groups.values() if each.account == event.account]
                tell_blind(
                    ctx, groups, account=event.account, of=event.account, since=event.since, until=event.at
                )


def tell_blind(
    ctx: Context, groups: Iterable[GroupInfo], *, account: str, of: str, since: datetime, until: datetime
) -> None:
    """Each steward of these groups hears, from ``account``, which minutes to look through: ``of`` heard nothing."""
    theirs: dict[str, list[GroupInfo]] = {}
    for group in groups:
        if (steward := ctx.directory.steward(group)) is not None:
            theirs.setdefault(steward.contact, []).append(group)
    for contact, mine in theirs.items():
        names = "、".join(group.name for group in mine[:3]) + (f"等{len(mine)}个群" if len(mine) > 3 else "")
        text = ctx.texts.render(
            "blind", account="助手", since=clock_time(since), until=clock_time(until), groups=names
        )
        tell(
            ctx,
            contact,
            text,
            account=account,
            key=f"blind:{of}:{since.timestamp():.0f}:{contact}",
            kind=SpeechKind.NOTICE,
            priority=Priority.PROMPT,
        )
