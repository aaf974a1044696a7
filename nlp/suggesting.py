"""Few, explained changes of the rules that would mend what people have corrected.

Every suggestion is tried on all examples and all history before it is made, so that its gains and losses
are counted, not guessed; whatever loses as much as it gains is never shown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nlp.categories import category_code, category_name
from nlp.evidence import Evidence
from nlp.previewing import outcome, touched
from nlp.proposals import Kind, Proposal, new_terms, tempered_rules
from nlp.rulebook import RuleBook, compile_rules
from nlp.rules import RuleError

_TRIED = 60


@dataclass(frozen=True)
class Example:
    """A message and what is right for it: a category (code or name), or None when it is no request."""

    text: str
    category: str | None


@dataclass(frozen=True)
class Suggestion:
    """One change an admin may accept.

    `line` is the rule line to add and `replaces` the line to take out first (None: nothing). `mends` and
    `breaks` are indices of examples, `gained` and `lost` of history, that become right or wrong.
    """

    kind: Kind
    line: str
    replaces: str | None
    category: str
    term: str
    weight: float
    mends: tuple[int, ...]
    breaks: tuple[int, ...]
    gained: tuple[int, ...]
    lost: tuple[int, ...]

    @property
    def net(self) -> int:
        """How many more messages would be right."""
        return len(self.mends) + len(self.gained) - len(self.breaks) - len(self.lost)

    @property
    def reason(self) -> str:
        """Why, in one plain sentence."""
        what = _WHAT[self.kind].format(term=self.term, name=category_name(self.category))
        said = f"{what}：改对 {len(self.mends)} 条纠正，历史消息多对 {len(self.gained)} 条"
        broken = len(self.breaks) + len(self.lost)
        return said + (f"，另有 {broken} 条会变错" if broken else "，没有变错的")


_WHAT = {
    Kind.NEW_TERM: "“{term}”算作【{name}】",
    Kind.EXCLUSION: "有“{term}”时不再算【{name}】",
    Kind.WEIGHT: "【{name}】的“{term}”减轻分值",
}


def suggest(
    book: RuleBook, examples: Sequence[Example], history: Sequence[Example], *, at_most: int = 10
) -> tuple[Suggestion, ...]:
    """The best changes, best first, no two of them mending only the same examples.

    `examples` are the corrections; `history` are stored messages with what they came to. Empty when nothing
    is wrong or nothing helps.
    """
    trial = _Trial(book, examples, history)
    wrong = [row for row in range(len(examples)) if not trial.right[row]]
    proposals = _promising(trial, wrong)
    tried = [one for proposal in proposals if (one := trial.measure(proposal)) and one.mends and one.net > 0]
    return tuple(_varied(tried))[:at_most]


def apply_suggestion(text: str, suggestion: Suggestion) -> str:
    """The rule file with a suggestion accepted: the replaced line's place is taken, else it stands last."""
    lines = text.rstrip("\n").split("\n")
    if suggestion.replaces is not None:
        lines = [line for line in lines if line.strip() != suggestion.replaces]
    return "\n".join((*lines, suggestion.line)) + "\n"


class _Trial:
    """Examples and history in one row, with what the book makes of them now."""

    def __init__(self, book: RuleBook, examples: Sequence[Example], history: Sequence[Example]) -> None:
        self.book = book
        self.corrections = len(examples)
        self.rows = [*examples, *history]
        self.texts = [row.text for row in self.rows]
        self.wanted = [row.category and category_code(row.category) for row in self.rows]
        self.now = [outcome(book, text).category for text in self.texts]
        self.right = [now == wanted for now, wanted in zip(self.now, self.wanted, strict=True)]

    def measure(self, proposal: Proposal) -> Suggestion | None:
        """The proposal with its gains and losses; None when its line cannot be read."""
        draft = Suggestion(
            kind=proposal.kind,
            line=proposal.line,
            replaces=proposal.replaces,
            category=proposal.category,
            term=proposal.term,
            weight=proposal.weight,
            mends=(),
            breaks=(),
            gained=(),
            lost=(),
        )
        try:
            changed = compile_rules(apply_suggestion(self.book.text, draft), self.book.bounds)
        except RuleError:
            return None
        return self._counted(draft, changed)

    def _counted(self, draft: Suggestion, changed: RuleBook) -> Suggestion:
        better: list[int] = []
        worse: list[int] = []
        for row in touched(self.book, changed, self.texts):
            right = outcome(changed, self.texts[row]).category == self.wanted[row]
            if right is not self.right[row]:
                (better if right else worse).append(row)
        return replace(
            draft,
            mends=self._examples(better),
            gained=self._stored(better),
            breaks=self._examples(worse),
            lost=self._stored(worse),
        )

    def _examples(self, rows: Iterable[int]) -> tuple[int, ...]:
        return tuple(row for row in rows if row < self.corrections)

    def _stored(self, rows: Iterable[int]) -> tuple[int, ...]:
        return tuple(row - self.corrections for row in rows if row >= self.corrections)


def _promising(trial: _Trial, wrong: Sequence[int]) -> list[Proposal]:
    """The proposals worth trying: those whose words are in many wrong examples and in few right messages."""
    evidence = Evidence(trial.book)
    hopes: Counter[Proposal] = Counter()
    for row in wrong:
        hopes.update(_remedies(trial, evidence, row))
    counted: dict[tuple[str, str], int] = {}
    for proposal in hopes:
        key = (proposal.term, proposal.category)
        if key not in counted:
            counted[key] = _opposed(trial, proposal)
    worth = {proposal: hope - counted[proposal.term, proposal.category] for proposal, hope in hopes.items()}
    return sorted(worth, key=lambda one: (-worth[one], one.cost, -len(one.term), one.line))[:_TRIED]


def _remedies(trial: _Trial, evidence: Evidence, row: int) -> Iterator[Proposal]:
    text, wanted, now = trial.texts[row], trial.wanted[row], trial.now[row]
    weighed = evidence.of(text)
    if wanted is not None:
        yield from new_terms(text, wanted, weighed, trial.book.bounds)
    if now is not None:
        yield from tempered_rules(text, now, weighed)


def _opposed(trial: _Trial, proposal: Proposal) -> int:
    """How many messages that are right now the proposal's word might turn wrong."""
    served = proposal.kind is not Kind.NEW_TERM
    return sum(
        right and proposal.term in text and (wanted == proposal.category) is served
        for text, wanted, right in zip(trial.texts, trial.wanted, trial.right, strict=True)
    )


def _varied(tried: Iterable[Suggestion]) -> Iterator[Suggestion]:
    """Best first; one that mends nothing the earlier ones do not mend is left out."""
    mended: set[int] = set()
    for suggestion in sorted(tried, key=lambda one: (-one.net, len(one.breaks) + len(one.lost), one.line)):
        if not mended.issuperset(suggestion.mends):
            mended.update(suggestion.mends)
            yield suggestion
