"""The composition root: everything the service is made of, started in order and stopped in the reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.clock import Clock, SystemClock
from bot.clockwork import Clockwork
from bot.config import AccountConfig, Config
from bot.connector import Connector
from bot.errors import ConfigError
from bot.fetcher import Fetcher
from bot.intake import Intake
from bot.local.connector import LocalConnector
from bot.local.files import UPLOAD
from bot.local.guard import require_loopback
from bot.media import Media
from bot.metrics import Metrics, create_metrics
from bot.reports.jobs import ReportJobs
from bot.sender import Sender
from bot.web.app import create_app
from bot.web.feed import Feed
from bot.web.server import start_server
from handlers.calendars import warn_guessed_days
from handlers.directory import DirectoryKeeper
from handlers.duty.leave import turn_leaves
from handlers.examples import gather, news, propose, work_out
from handlers.pausing import warn_of_budgets
from handlers.questions import ask_unanswered
from handlers.reminders import fire_due, replan_reminders, run_approvals
from handlers.rooms import take_over, tell_strays
from handlers.rules import seed_rules
from handlers.searches.timing import run_searches
from handlers.settings_checks import check_categories, unknown_neighbours
from handlers.surroundings import Surroundings
from handlers.teams.timing import run_calls
from handlers.tickets.files import forget_files, hand_on_files
from handlers.timers import run_steps
from storage.allowances import paused_accounts
from storage.engine import Database
from storage.local import forget_local_files
from storage.messages import purge_chat
from storage.outbox import count_pending
from storage.rooms import note_alive
from storage.schema import upgrade

log = logging.getLogger(__name__)

STEP_SECONDS = 5.0
REMINDER_SECONDS = 10.0
SETTLE_SECONDS = 10.0
BUDGET_SECONDS = 30.0
PURGE_SECONDS = 6 * 3600.0
FILES_AT_ONCE = 200
QUESTION_SECONDS = 30.0
SEAT_SECONDS = 60.0
MEGABYTE = 1_000_000
SUGGESTIONS_AT = time(3, 30)


@dataclass(frozen=True, slots=True)
class Service:
    """The running parts, for the command line and for tests."""

    database: Database
    connectors: tuple[Connector, ...]
    intake: Intake
    senders: tuple[Sender, ...]
    port: int


async def prepare(database: Database, clock: Clock) -> None:
    """Bring the schema up to date and put in what every installation needs."""
    from handlers.roster import seed_categories

    await upgrade(database)
    async with database.begin() as session:
        await seed_categories(session)
    async with database.begin() as session:
        await seed_rules(session, now=clock.now())
    async with database.begin() as session:
        await replan_reminders(session, now=clock.now())  # this program may know another year's holidays


def make_connector(account: AccountConfig, config: Config, database: Database, clock: Clock) -> Connector:
    """The connector an account asks for."""
    media = Media(Path(config.media.folder))
    if account.connector == "local":
        others = [other.name for other in config.accounts if other.name != account.name]
        largest = config.media.largest_mb * MEGABYTE
        return LocalConnector(account.name, database, clock.now, others=others, media=media, largest=largest)
    from bot.wechat.connector import WechatyConnector

    return WechatyConnector(account.name, account.endpoint, _token(account), now=clock.now, media=media)


def _token(account: AccountConfig) -> str:
    if not account.token_file:
        return "weiwang"
    path = Path(account.token_file)
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(path, "", f"token of account {account.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(path, "", f"token of account {account.name}: is not UTF-8") from error


@asynccontextmanager
async def running(config: Config, *, clock: Clock | None = None) -> AsyncIterator[Service]:
    """The whole service while the block runs. The database must have been prepared."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        database = Database(config.database.url)
        stack.push_async_callback(database.dispose)
        async with database.begin() as session:  # nobody takes over while they are still logging in
            await note_alive(session, [each.name for each in config.accounts], clock.now())
        registry = CollectorRegistry()
        metrics = create_metrics(registry)
        surroundings = Surroundings(config.settings)
        connectors = tuple(make_connector(each, config, database, clock) for each in config.accounts)
        senders = tuple(Sender(database, each, surroundings, clock, metrics) for each in connectors)

        media = Media(Path(config.media.folder))

        def wake_senders() -> None:
            for sender in senders:
                sender.wake()

        fetchers = tuple(
            Fetcher(
                database,
                each,
                surroundings,
                media,
                clock,
                largest=config.media.largest_mb * MEGABYTE,
                kept=wake_senders,
            )
            for each in connectors
        )

        def wake() -> None:
            wake_senders()
            for fetcher in fetchers:
                fetcher.wake()

        intake = Intake(database, surroundings, clock, metrics, wake)
        chat = next((each for each in connectors if isinstance(each, LocalConnector)), None)
        app = create_app(
            database=database,
            connectors=connectors,
            registry=registry,
            host=config.web.host,
            chat=chat,
            feed=Feed(database, Path(config.web.feed_key_file), clock.now),
        )
        port = await stack.enter_async_context(start_server(app, config.web.host, config.web.port))
        tasks = await stack.enter_async_context(_watched_tasks())
        tasks.create_task(intake.run(), name="intake")
        for connector, sender in zip(connectors, senders, strict=True):
            tasks.create_task(connector.run(intake), name=f"{connector.account}: hear")
            tasks.create_task(sender.run(), name=f"{connector.account}: speak")
        for connector, fetcher in zip(connectors, fetchers, strict=True):
            tasks.create_task(fetcher.run(), name=f"{connector.account}: fetch files")
        clockwork = Clockwork()
        _wind(clockwork, database, surroundings, senders, metrics, connectors, clock, wake)
        clockwork.every("files", PURGE_SECONDS, partial(_forget_files, config, database, surroundings, clock))
        ReportJobs(database, surroundings, clock, media, wake).wind(clockwork)
        await stack.enter_async_context(clockwork)
        yield Service(database, connectors, intake, senders, port)


@asynccontextmanager
async def _watched_tasks() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks that are cancelled at the end; one that fails ends the block with its error."""
    with contextlib.suppress(_Done):
        try:
            async with asyncio.TaskGroup() as tasks:
                yield tasks
                raise _Done
        except BaseExceptionGroup as group:
            rest = group.split(_Done)[1]
            if rest is not None:
                raise rest from None


class _Done(Exception):
    """The block is over: stop the tasks."""


def _wind(
    clockwork: Clockwork,
    database: Database,
    surroundings: Surroundings,
    senders: tuple[Sender, ...],
    metrics: Metrics,
    connectors: tuple[Connector, ...],
    clock: Clock,
    wake: Callable[[], None],
) -> None:
    async def steps() -> None:
        async with database.begin() as session:
            ctx = await surroundings.context(session, clock.now())
            moved = (
                await turn_leaves(ctx) + await run_steps(ctx) + await run_calls(ctx) + await run_searches(ctx)
            )
            moved += await hand_on_files(ctx)
        if moved:
            wake()

    async def reminders() -> None:
        async with database.begin() as session:
            asked = await run_approvals(await surroundings.context(session, clock.now()))
        async with database.begin() as session:
            fired = await fire_due(session, now=clock.now(), settings=surroundings.settings)
            if fired:
                await warn_guessed_days(await surroundings.context(session, clock.now()))
        if asked or fired:
            wake()

    async def settle() -> None:
        for sender in senders:
            await sender.settle()
        async with database.read() as session:
            metrics.outbox_pending.set(await count_pending(session))
            paused = {account.name for account in await paused_accounts(session)}
        for connector in connectors:
            metrics.account_connected.labels(account=connector.account).set(connector.connected)
            metrics.account_paused.labels(account=connector.account).set(connector.account in paused)

    async def budgets() -> None:
        async with database.begin() as session:
            warned = await warn_of_budgets(await surroundings.context(session, clock.now()))
        if warned:
            wake()

    async def purge() -> None:
        keep = timedelta(days=surroundings.settings.intake.keep_chat_days)
        async with database.begin() as session:
            await purge_chat(session, clock.now() - keep)

    async def suggestions() -> None:
        async with database.read() as session:
            material = await gather(session) if await news(session) else None
        if material is not None:
            bounds = surroundings.settings.understanding.bounds
            found = await asyncio.to_thread(work_out, material, bounds=bounds)
            async with database.begin() as session:
                await propose(session, found, now=clock.now())

    async def questions() -> None:
        async with database.begin() as session:
            asked = await ask_unanswered(await surroundings.context(session, clock.now()))
        if asked:
            wake()

    async def seats() -> None:
        there = [connector.account for connector in connectors if connector.connected]
        async with database.begin() as session:
            ctx = await surroundings.context(session, clock.now())
            await note_alive(session, there, clock.now())
            moved = await take_over(ctx) + await tell_strays(ctx)
        if moved:
            wake()

    clockwork.every("seats", SEAT_SECONDS, seats)
    clockwork.every("questions", QUESTION_SECONDS, questions)
    clockwork.daily("suggestions", SUGGESTIONS_AT, suggestions)
    clockwork.every("steps", STEP_SECONDS, steps)
    clockwork.every("reminders", REMINDER_SECONDS, reminders)
    clockwork.every("settle", SETTLE_SECONDS, settle)
    clockwork.every("budgets", BUDGET_SECONDS, budgets)
    clockwork.every("purge", PURGE_SECONDS, purge)


async def _forget_files(config: Config, database: Database, surroundings: Surroundings, clock: Clock) -> None:
    """Remove the files of tickets that ended long ago, and what was sent in the local chat and no ticket has.

    When it is cut short, the next run does it again.
    """
    if not config.media.keep_days:
        return
    media, keep = Media(Path(config.media.folder)), timedelta(days=config.media.keep_days)
    async with database.begin() as session:
        ctx = await surroundings.context(session, clock.now())
        gone = await forget_files(ctx, keep)
        gone += await forget_local_files(
            session, beginning=f"{UPLOAD}-", before=ctx.now - keep, limit=FILES_AT_ONCE
        )
        for name in gone:
            await asyncio.to_thread(media.remove, name)


async def serve(config: Config, *, demo: bool, announce: Callable[[str], None]) -> None:
    """Prepare the database and run until SIGINT or SIGTERM. ``announce`` gets the lines an operator must see."""
    clock = SystemClock()
    await _check_surroundings(config)
    database = Database(config.database.url)
    try:
        await prepare(database, clock)
        async with database.read() as session:
            await check_categories(session, config.settings)
        await _first_start(database, clock, demo=demo, announce=announce)
        await _warn_of_neighbours(database, config)
    finally:
        await database.dispose()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(config, clock=clock) as service:
        base = f"http://{config.web.host}:{service.port}"
        if any(account.connector == "local" for account in config.accounts):
            announce(f"Chat (聊天):    {base}/chat")
        announce(f"Health (健康):  {base}/healthz")
        announce(f"Metrics:        {base}/metrics")
        await stop.wait()


async def _check_surroundings(config: Config) -> None:
    """Raise what would be refused later, while nothing has been changed yet and no password was shown."""
    for account in config.accounts:
        if account.connector == "local":
            require_loopback(config.web.host)
        else:
            _token(account)
    async with start_server(web.Application(), config.web.host, config.web.port):
        pass


async def _warn_of_neighbours(database: Database, config: Config) -> None:
    """A roster may come later, so a community it does not know is no reason to refuse."""
    async with database.read() as session:
        directory = await DirectoryKeeper().directory(session)
    for name in unknown_neighbours(directory, config.settings):
        log.warning("配置 help.neighbours：名册里没有“%s”，请看看名字。", name)


async def _first_start(
    database: Database, clock: Clock, *, demo: bool, announce: Callable[[str], None]
) -> None:
    from bot.demo import load_demo
    from handlers.users import first_admin
    from storage.people import list_groups

    async with database.begin() as session:
        if demo and not await list_groups(session):
            await load_demo(session, now=clock.now())
            announce("The demo subdistrict was loaded (演示街道已载入).")
        password = await first_admin(session, now=clock.now())
    if password is not None:
        announce(f"First admin (首位管理员): admin / one-time password (一次性密码): {password}")
