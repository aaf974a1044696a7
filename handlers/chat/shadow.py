"""What rules on trial would have made of a message. It changes nothing but a row that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from handlers.chat.bursts import loose_words, said, understand_burst
from handlers.context import Context
from handlers.events import IncomingMessage
from nlp import Meaning
from storage.enums import DifferenceKind
from storage.models import Message, TrialDifference
from storage.people import GroupInfo
from storage.trials import Judged


@dataclass(frozen=True, slots=True)
class Difference:
    """What the rules in force and those on trial make of a message, when it is not the same."""

    trial_id: int
    before: Judged
    after: Judged

    @property
    def kind(self) -> DifferenceKind:
        """Whether the rules on trial hear a matter more, one less, or another."""
        if self.before.category is None:
            return DifferenceKind.GAINED
        return DifferenceKind.LOST if self.after.category is None else DifferenceKind.CHANGED

    def row(self, message: Message) -> TrialDifference:
        """As kept with the message."""
        return TrialDifference(
            trial_id=self.trial_id,
            kind=self.kind,
            before=asdict(self.before),
            after=asdict(self.after),
            _message=message,
        )


def compare(
    ctx: Context, group: GroupInfo, message: IncomingMessage, burst: Sequence[Message]
) -> Difference | None:
    """Judge a resident's message with both; None when nothing is on trial in this group, or both say the same."""
    candidate = ctx.candidate
    if candidate is None or not candidate.covers(group, ctx.now):
        return None
    words = loose_words(burst)
    locality = ctx.directory.locality(group)
    before, after = (
        _judge(partial(book.understand, locality=locality), message, words)
        for book in (ctx.book, candidate.book)
    )
    return None if before == after else Difference(candidate.trial_id, before, after)


def _judge(understand: Callable[[str], Meaning], message: IncomingMessage, words: Sequence[str]) -> Judged:
    return _judged(understand_burst(understand, message, words, understand(said(message))).meaning)


def _judged(meaning: Meaning) -> Judged:
    category = meaning.requests[0].category if meaning.requests else None
    return Judged(category, meaning.verdict.value, meaning.urgent)
