"""What is known of the accounts: connected or not, and when they heard nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.context import Context
from handlers.events import ConnectionBack, ConnectionLost, LoggedIn, RoomLeft, ScanNeeded
from handlers.pausing import LOGGED_OUT, pause_account, resume_after_login
from handlers.speech import SpeechKind, tell
from handlers.wording import clock_time
from storage.accounts import get_account, unbind_room
from storage.duty import release_work_group
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
            account.state, account.contact_id = AccountState.CONNECTED, event.contact
            resume_after_login(ctx.session, account, event.at)
        case ScanNeeded():
            was_in, account.state = account.state == AccountState.CONNECTED, AccountState.SCAN
            if was_in:
                await pause_account(ctx, event.account, LOGGED_OUT)
        case ConnectionLost():
            account.state = AccountState.LOST
            if event.logged_out:
                await pause_account(ctx, event.account, LOGGED_OUT)
        case ConnectionBack():
            account.state = AccountState.CONNECTED
            ctx.session.add(BlindWindow(account=event.account, since=event.since, until=event.at))
            if event.at - event.since >= WORTH_TELLING:
                _tell_stewards(ctx, event.account, event.since, event.at)
    account.heard_at = event.at


def _tell_stewards(ctx: Context, account: str, since: datetime, until: datetime) -> None:
    groups: dict[str, list[GroupInfo]] = {}
    for group in ctx.directory.groups.values():
        steward = ctx.directory.steward(group) if group.account == account else None
        if steward is not None:
            groups.setdefault(steward.contact, []).append(group)
    for contact, theirs in groups.items():
        names = "、".join(group.name for group in theirs[:3]) + (
            f"等{len(theirs)}个群" if len(theirs) > 3 else ""
        )
        text = ctx.texts.render(
            "blind", account="助手", since=clock_time(since), until=clock_time(until), groups=names
        )
        tell(
            ctx,
            contact,
            text,
            account=account,
            key=f"blind:{account}:{since.timestamp():.0f}:{contact}",
            kind=SpeechKind.NOTICE,
            priority=Priority.PROMPT,
        )


async def leave_room(ctx: Context, event: RoomLeft) -> None:
    """The account is out of a room: its group has no account until somebody sees it again."""
    await unbind_room(ctx.session, account=event.account, room=event.room)
    if ctx.directory.work_group(event.account, event.room) is not None:
        await release_work_group(ctx.session, account=event.account, room=event.room)
        await bump_directory(ctx.session)
