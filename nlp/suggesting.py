"""Few, explained changes of the rules that would mend what people have corrected.

Every suggestion is tried on all examples and all history before it is made, so that its gains and losses
are counted, not guessed; whatever loses as much as it gains, or more of the history, is never shown.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from nlp.categories import category_code, category_name
from nlp.differing import needed_by_lines
from nlp.previewing import Archive, outcome
from nlp.proposals import Kind, Mistake, Proposal, remedies
from nlp.rulebook import RuleBook, compile_rules
from nlp.rules import RuleError, format_number

_ROUNDS = 6
_OF_A_SORT = 2


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
    mends: tuple[int, ...] = ()
    breaks: tuple[int, ...] = ()
    gained: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()

    @property
    def net(self) -> int:
        """How many more messages would be right."""
        return len(self.mends) + len(self.gained) - len(self.breaks) - len(self.lost)

    @property
    def spoiled(self) -> int:
        """How many messages would be wrong that are right."""
        return len(self.breaks) + len(self.lost)

    @property
    def is_worth_showing(self) -> bool:
        """Whether it mends something, and neither all messages nor the history alone lose by it."""
        return bool(self.mends) and self.net > 0 and len(self.lost) <= len(self.gained)

    @property
    def reason(self) -> str:
        """Why, in one plain sentence."""
        what = _WHAT[self.kind].format(
            term=self.term, name=category_name(self.category), weight=format_number(self.weight)
        )
        said = f"{what}：改对 {len(self.mends)} 条纠正，历史消息多对 {len(self.gained)} 条"
        return said + (f"，另有 {self.spoiled} 条会变错" if self.spoiled else "，没有变错的")


_WHAT = {
    Kind.NEW_TERM: "“{term}”算作【{name}】，分值 {weight}",
    Kind.EXCLUSION: "有“{term}”时这条规则不再算【{name}】",
    Kind.CHAT: "有“{term}”多半是闲聊，减 {weight} 分",
    Kind.WEIGHT: "【{name}】的“{term}”减轻到 {weight} 分",
}


def suggest(
    book: RuleBook, examples: Sequence[Example], history: Sequence[Example], *, at_most: int = 10
) -> tuple[Suggestion, ...]:
    """The best changes, best first, no two of them mending only the same examples.

    `examples` are the corrections; `history` are stored messages with what they came to. Empty when nothing
    is wrong or nothing helps.
    """
    trial = _Trial(book, examples, history)
    hunts = [_Hunt(len(mistakes), deque(_promising(trial, mistakes))) for mistakes in _alike(trial)]
    for _ in range(_ROUNDS):
        turn = _next_turn(trial, hunts)
        for hunt, found in zip(turn, trial.measure(list(turn.values())), strict=True):
            hunt.take(turn[hunt], found)
    return tuple(_varied(pair for hunt in hunts for pair in hunt.found))[:at_most]


def apply_suggestion(text: str, suggestion: Suggestion | Proposal) -> str:
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
        self._rows = [*examples, *history]
        self.archive = Archive(row.text for row in self._rows)
        now = {text: outcome(book, text).category for text in self.archive.texts}
        self.wanted = [row.category and category_code(row.category) for row in self._rows]
        self.right = [now[row.text] == wanted for row, wanted in zip(self._rows, self.wanted, strict=True)]
        corrected = {example.text for example in examples}
        self._counts = [
            row < len(examples) or each.text not in corrected for row, each in enumerate(self._rows)
        ]

    def text(self, row: int) -> str:
        return self._rows[row].text

    def mistakes(self) -> Iterator[Mistake]:
        """The examples that are wrong now."""
        for row in range(self.corrections):
            if not self.right[row]:
                yield Mistake(self.book.understand(self.text(row)), self.wanted[row])

    def touched(self, proposal: Proposal) -> frozenset[int]:
        """The rows whose meaning the proposal may change; RuleError when its line cannot be read."""
        needed = needed_by_lines(self.book, [proposal.replaces] if proposal.replaces else [], [proposal.line])
        return self._rows_of(self.archive.meeting(needed))

    def opposed(self, proposal: Proposal) -> int:
        """How many messages that are right now the proposal's words might turn wrong."""
        rows = self._rows_of(self.archive.meeting([tuple(frozenset((word,)) for word in proposal.words)]))
        serves = proposal.kind is Kind.NEW_TERM
        return sum(
            self.right[row]
            and (self.wanted[row] != proposal.category if serves else self.wanted[row] is not None)
            for row in rows
        )

    def measure(self, together: Sequence[Proposal]) -> Iterator[Suggestion]:
        """Each proposal with its gains and losses; they must not touch the same rows."""
        if not together:
            return
        text = self.book.text
        for proposal in together:
            text = apply_suggestion(text, proposal)
        changed = compile_rules(text, self.book.bounds)
        for proposal in together:
            yield self._counted(proposal, changed)

    def _counted(self, proposal: Proposal, changed: RuleBook) -> Suggestion:
        better: list[int] = []
        worse: list[int] = []
        for row in sorted(self.touched(proposal)):
            right = outcome(changed, self.text(row)).category == self.wanted[row]
            if right is not self.right[row]:
                (better if right else worse).append(row)
        return Suggestion(
            kind=proposal.kind,
            line=proposal.line,
            replaces=proposal.replaces,
            category=proposal.category,
            term=proposal.term,
            weight=proposal.weight,
            mends=self._examples(better),
            gained=self._stored(better),
            breaks=self._examples(worse),
            lost=self._stored(worse),
        )

    def _rows_of(self, texts: Iterable[int]) -> frozenset[int]:
        return frozenset(row for text in texts for row in self.archive.rows(text) if self._counts[row])

    def _examples(self, rows: Iterable[int]) -> tuple[int, ...]:
        return tuple(row for row in rows if row < self.corrections)

    def _stored(self, rows: Iterable[int]) -> tuple[int, ...]:
        return tuple(row - self.corrections for row in rows if row >= self.corrections)


def _alike(trial: _Trial) -> list[list[Mistake]]:
    """The mistakes in groups: those taken for the same wrong thing that should be the same right thing."""
    groups: dict[tuple[str | None, str | None], list[Mistake]] = defaultdict(list)
    for mistake in trial.mistakes():
        groups[mistake.now, mistake.wanted].append(mistake)
    return sorted(groups.values(), key=len, reverse=True)


@dataclass(eq=False)
class _Hunt:
    """The search for what would mend so many mistakes of one kind: what is still to be tried, what was found."""

    mistakes: int
    waiting: deque[Proposal]
    found: list[tuple[Proposal, Suggestion]] = field(default_factory=list)

    def take(self, proposal: Proposal, suggestion: Suggestion) -> None:
        """Keep what is worth it; nothing more is tried once everything is mended and nothing spoiled."""
        if suggestion.is_worth_showing:
            self.found.append((proposal, suggestion))
            if len(suggestion.mends) >= self.mistakes and not (suggestion.breaks or suggestion.lost):
                self.waiting.clear()


def _next_turn(trial: _Trial, hunts: Iterable[_Hunt]) -> dict[_Hunt, Proposal]:
    """At most one proposal of each hunt, no two of which can touch the same message: one compiled book tries
    them all."""
    turn: dict[_Hunt, Proposal] = {}
    taken: set[int] = set()
    for hunt in hunts:
        while hunt.waiting:
            try:
                touched = trial.touched(hunt.waiting[0])
            except RuleError:
                hunt.waiting.popleft()
                continue
            if taken.isdisjoint(touched):
                taken |= touched
                turn[hunt] = hunt.waiting.popleft()
            break
    return turn


def _promising(trial: _Trial, mistakes: Sequence[Mistake]) -> list[Proposal]:
    """The proposals worth trying: those whose words are in many of the mistakes and in few right messages."""
    rules = {rule.source: rule for rule in trial.book.rules}
    hopes = remedies(mistakes, rules, trial.book.groups_by_term().keys(), trial.book.bounds)
    opposed: dict[tuple[object, ...], int] = {}
    for proposal in hopes:
        key = (proposal.words, proposal.category, proposal.kind is Kind.NEW_TERM)
        if key not in opposed:
            opposed[key] = trial.opposed(proposal)
    worth = {
        proposal: hope - opposed[proposal.words, proposal.category, proposal.kind is Kind.NEW_TERM]
        for proposal, hope in hopes.items()
    }
    ordered = sorted(worth, key=lambda one: (-worth[one], one.cost, one.line))
    return list(islice(_of_every_sort(ordered), _ROUNDS))


def _of_every_sort(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """A few of each kind and weight: what does not work with one word seldom works with its neighbour."""
    seen: Counter[tuple[Kind, float, int]] = Counter()
    for proposal in proposals:
        sort = (proposal.kind, proposal.weight, len(proposal.words))
        seen[sort] += 1
        if seen[sort] <= _OF_A_SORT:
            yield proposal


def _varied(found: Iterable[tuple[Proposal, Suggestion]]) -> Iterator[Suggestion]:
    """Best first; one that mends nothing the earlier ones do not mend is left out."""
    mended: set[int] = set()
    best = sorted(found, key=lambda pair: (-pair[1].net, pair[1].spoiled, pair[0].cost, pair[0].line))
    for _, suggestion in best:
        if not mended.issuperset(suggestion.mends):
            mended.update(suggestion.mends)
            yield suggestion
