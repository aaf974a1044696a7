"""What is said about a ticket's time: 等配件, 暂停 …, 继续, 延期 2天 …, 同意, 不同意, 催."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from handlers.chat.commands import StaffCommand, plain
from handlers.chat.lists import LONGEST_LIST, ask, numbered
from handlers.context import Context
from handlers.duty.days import last_day
from handlers.duty.errors import DutyRefused
from handlers.tickets import delaying
from handlers.tickets.chasing import urge_on
from handlers.tickets.telling import brief
from handlers.tickets.timeline import Action, Cause
from handlers.wording import SHANGHAI, due_words
from handlers.worktime import read_spans
from nlp.numerals import to_digits
from storage.enums import Measure
from storage.extensions import pending_for
from storage.models import Ticket
from storage.people import PersonInfo

_NUMBER = r"(?:(?P<before>\d{4,7})\s*)?"
_AFTER = r"(?:[\s，,：:。]*(?P<after>\d{4,7})(?!\d))?(?P<rest>(?:[\s，,：:。].*)?)"
_WORDS: tuple[tuple[Action, str], ...] = (
    (Action.PAUSE, r"(?P<what>等配件|等材料|等师傅|等施工|等居民|等业主|等住户|暂停|先停)"),
    (Action.RESUME, r"(?P<what>继续办?|恢复|不等了|配件到了|材料到了)"),
    (Action.EXTEND, r"(?P<what>申请延期|延期|延)"),
    (Action.HURRY, r"(?P<what>催办?|催一[下催]|督办)"),
    (Action.GRANT, r"(?P<what>同意延期|同意|批准)"),
    (Action.REFUSE, r"(?P<what>不同意延期|不同意|不批准?)"),
)
_PATTERNS = [(action, re.compile(_NUMBER + words + _AFTER, re.DOTALL)) for action, words in _WORDS]
_EXTEND = re.compile(
    r"(?P<before>\d{4,7})?\s*(?:申请)?延期?[\s，,：:]*(?:(?P<after>\d{4,7})(?!\d)[\s，,：:]*)?"
    r"(?P<rest>(?:\d|[一两二三四五六七八九十半]|到|至).*)",
    re.DOTALL,
)
_LENGTH = re.compile(
    r"(?P<count>\d{1,3}|[一两二三四五六七八九十]{1,3})个?(?P<unit>工作日|天|日|小时|工作时|钟头)(?P<reason>.*)",
    re.DOTALL,
)
_UNTIL = re.compile(r"[到至](?P<day>\S+?)(?:[\s，,：:]+(?P<reason>.*))?", re.DOTALL)
_RESIDENTS = frozenset(("等业主", "等住户"))
_EDGES = " \t\n，,：:。"
MOST_DAYS = 60
_UNITS: dict[str, tuple[timedelta, Measure]] = {
    "工作日": (timedelta(days=1), Measure.DAYS),
    "天": (timedelta(days=1), Measure.DAYS),
    "日": (timedelta(days=1), Measure.DAYS),
    "小时": (timedelta(hours=1), Measure.WORK),
    "工作时": (timedelta(hours=1), Measure.WORK),
    "钟头": (timedelta(hours=1), Measure.WORK),
}


def parse_delay(text: str) -> StaffCommand | None:
    """Read words about a ticket's time; None for anything else. The command's words are the reason or the wish."""
    line = plain(text)
    if said := _EXTEND.fullmatch(line):
        return _command(Action.EXTEND, said, said["rest"])
    for action, pattern in _PATTERNS:
        if said := pattern.fullmatch(line):
            words = said["rest"].strip(_EDGES)
            if action is Action.PAUSE and said["what"] not in ("暂停", "先停"):
                kind = delaying.FOR_RESIDENT if said["what"] in _RESIDENTS else said["what"]
                words = f"{kind} {words}".strip()
            return _command(action, said, words)
    return None


def _command(action: Action, said: re.Match[str], words: str) -> StaffCommand:
    number = said["before"] or said["after"]
    return StaffCommand(action, int(number) if number else None, words.strip(_EDGES))


async def pause(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """等配件, 等居民 …, 暂停 …: always with a reason."""
    if not words:
        return ctx.texts.render("pause_why", number=ticket.number)
    await delaying.pause(ctx, ticket, words, cause)
    return ctx.texts.render("paused_steward", number=ticket.number, reason=words)


async def resume(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """继续."""
    await delaying.resume(ctx, ticket, cause, words)
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    return ctx.texts.render("resumed_steward", number=ticket.number, due=due)


async def extend(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """延期 2天 等配件; 延期到周五 等配件."""
    try:
        wish = _read_wish(ctx, ticket, words)
    except DutyRefused as refused:
        return ctx.texts.render("extension_how", number=ticket.number, why=refused)
    length, measure, reason = wish
    approver = await delaying.ask_extension(ctx, ticket, person, length, measure, reason, cause)
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    if approver is None:
        return ctx.texts.render("extension_granted", number=ticket.number, who="系统", due=due)
    return ctx.texts.render("extension_sent", number=ticket.number, who=approver.name, due=due)


def _read_wish(ctx: Context, ticket: Ticket, words: str) -> tuple[timedelta, Measure, str]:
    """How much more time, counted in what, and why; urgent matters are counted round the clock."""
    length, measure, reason = _read_length(ctx, ticket, words)
    if not reason.strip(_EDGES):
        raise DutyRefused("请写上原因。")
    if not timedelta() < length <= timedelta(days=MOST_DAYS):
        raise DutyRefused(f"最多延{MOST_DAYS}天。")
    return length, Measure.ALWAYS if ticket.urgent else measure, reason.strip(_EDGES)


def _read_length(ctx: Context, ticket: Ticket, words: str) -> tuple[timedelta, Measure, str]:
    if said := _LENGTH.fullmatch(words):
        one, measure = _UNITS[said["unit"]]
        return one * int(to_digits(said["count"])), measure, said["reason"]
    if said := _UNTIL.fullmatch(words):
        until = _closing(ctx, said["day"])
        measure = Measure.ALWAYS if ticket.urgent else Measure.WORK
        due = ticket.resolve_due or ctx.now
        return ctx.timetable.calendar.elapsed(due, until, measure), measure, said["reason"] or ""
    raise DutyRefused("没看懂要延多久。")


def _closing(ctx: Context, day: str) -> datetime:
    """The end of the working hours of a day."""
    closes = max(end for _, end in read_spans(ctx.settings.work.spans))
    return datetime.combine(last_day(day, ctx.now), time.min, SHANGHAI) + closes


async def hurry(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """催: a superior wants the owner to hurry."""
    if ticket.owner_id == person.id:
        return ctx.texts.render("hurry_self", number=ticket.number)
    owner = await urge_on(ctx, ticket, words, cause)
    return ctx.texts.render("hurried", number=ticket.number, who=owner)


async def grant(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """同意."""
    await delaying.decide(ctx, ticket, person, cause, granted=True, words=words)
    due = due_words(ticket.resolve_due or ctx.now, ctx.now)
    return ctx.texts.render("decided_granted", number=ticket.number, due=due)


async def refuse(ctx: Context, person: PersonInfo, ticket: Ticket, words: str, cause: Cause) -> str:
    """不同意 …."""
    await delaying.decide(ctx, ticket, person, cause, granted=False, words=words)
    return ctx.texts.render("decided_refused", number=ticket.number)


async def waiting_decisions(ctx: Context, person: PersonInfo, command: StaffCommand) -> Ticket | str | None:
    """The ticket a bare 同意 or 不同意 is for; a question when there are several; None when nobody asked him."""
    waiting = await pending_for(ctx.session, person.id)
    if len(waiting) < 2:
        return next(iter(waiting), None)
    shown = waiting[:LONGEST_LIST]
    await ask(ctx, person, command.action, command.words, [ticket.id for ticket in shown])
    return ctx.texts.render("which", options=numbered(brief(ctx, ticket) for ticket in shown))
