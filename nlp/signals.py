"""Signals: what the rules in corner brackets say about the manner of a message, clause by clause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from nlp.matching import Hit
from nlp.rules import Rule


class Signal(StrEnum):
    """The names a rule file may use between 「」; an unknown one is kept but changes nothing."""

    PLEA = "「求助」"
    TROUBLE = "「异常」"
    HOME = "「小区」"
    REPORTED = "「转述」"
    CHAT = "「闲聊」"
    PRIVATE = "「私事」"
    ASIDE = "「离题」"
    SOLVED = "「已解决」"
    AGAIN = "「又坏」"
    DENIED = "「否定」"
    SUPPOSED = "「假设」"
    NOTICE = "「通知」"
    STAFF = "「答复」"
    QUESTION = "「询问」"
    URGENT = "「紧急」"
    PROGRESS = "「进度」"
    CANCEL = "「撤销」"
    UNSOLVED = "「没好」"
    CONTENT = "「满意」"
    SIGNUP = "「报名」"
    PRAISE = "「表扬」"


TELLING = 0.3
"""The least weight of a rule that can make a request by itself or with others."""

INTENT_SIGNALS = (
    Signal.PROGRESS,
    Signal.CANCEL,
    Signal.UNSOLVED,
    Signal.CONTENT,
    Signal.SIGNUP,
    Signal.PRAISE,
)


def is_signal(category: str) -> bool:
    """Whether a rule's category is a signal and not a matter."""
    return category.startswith("「")


def knows_manners(rules: Iterable[Rule]) -> bool:
    """Whether the rules tell signs of trouble from talk; a learned table of weights does not."""
    return any(rule.category == Signal.TROUBLE for rule in rules)


def knows_home(rules: Iterable[Rule]) -> bool:
    """Whether the rules know the words of a neighbourhood, so that their absence tells something."""
    return any(rule.category == Signal.HOME for rule in rules)


def wakeful_rules(rules: Sequence[Rule]) -> list[Rule]:
    """The rules whose words are reason enough to look at a message at all.

    In a book that knows manners, everyday words are not: they only add to what others say. In a plain
    table of weights every rule is, so that its sums are exact.
    """
    mannered = knows_manners(rules)
    return [
        rule
        for rule in rules
        if rule.groups
        and (
            rule.category in INTENT_SIGNALS
            if is_signal(rule.category)
            else not mannered or rule.weight >= TELLING
        )
    ]


@dataclass(slots=True)
class Signals:
    """The signals of one message: the clauses they stand in, and their weights added up."""

    masks: dict[str, int] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    chat: dict[int, float] = field(default_factory=dict)

    def mask(self, signal: Signal) -> int:
        return self.masks.get(signal, 0)

    def weight(self, *signals: Signal) -> float:
        return sum(self.weights.get(signal, 0.0) for signal in signals)

    def chat_in(self, mask: int) -> float:
        """How much speaks for small talk: fully in the given clauses, half elsewhere."""
        return sum(weight if clauses & mask else weight / 2 for clauses, weight in self.chat.items())

    def silenced(self, clauses: int) -> int:
        """The clauses whose matters do not count: past, denied or merely supposed."""
        mask = self.mask(Signal.DENIED)
        supposed = self.mask(Signal.SUPPOSED)
        mask |= supposed | supposed << 1
        solved, again = self.mask(Signal.SOLVED), self.mask(Signal.AGAIN)
        if solved and again.bit_length() < solved.bit_length():
            mask |= (1 << solved.bit_length()) - 1
        return mask & ((1 << clauses) - 1)


def gather_signals(hits: Iterable[Hit]) -> Signals:
    """Collect the signal hits of a message."""
    signals = Signals()
    for hit in hits:
        name = hit.rule.category
        if is_signal(name):
            span = (1 << hit.span) - 1
            mask = hit.clauses if hit.span == 1 else hit.clauses | hit.clauses << 1 | (hit.clauses * span)
            signals.masks[name] = signals.masks.get(name, 0) | mask
            signals.weights[name] = signals.weights.get(name, 0.0) + hit.weight
            if name == Signal.CHAT:
                signals.chat[hit.clauses] = signals.chat.get(hit.clauses, 0.0) + hit.weight
    return signals
