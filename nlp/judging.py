"""From the rules that hold to a decision: which matters, how sure, how urgent, and what is wanted."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from nlp.leans import Leaning, LeanTable
from nlp.matching import Findings, Hit
from nlp.matters import (
    Matter,
    find_matters,
    known_scores,
    lean_matches,
    lean_matters,
    make_requests,
    mask_of,
    ranked_totals,
)
from nlp.meaning import Bounds, Intent, Meaning, Place, Request, RequestKind, Verdict
from nlp.phones import find_phones
from nlp.places import PlaceFinder
from nlp.plates import find_plates
from nlp.rules import Rule
from nlp.signals import TELLING, Signal, Signals, gather_signals, is_signal, knows_home, knows_manners
from nlp.times import find_times

_ADDRESS_BONUS = 0.3
_SPOT_BONUS = 0.2
_PLEA_LIMIT = 0.7
_TROUBLE_LIMIT = 0.45
_QUESTION_BONUS = 0.3
_PRAISE_COST = 0.5
_CALLED = 0.5
_DISTANT_COST = 0.3
_ALARM = 1.2
_PRIVATE_LIMIT = 1.0
_PRIVATE_AT_HOME = 0.3
_BARE_BONUS = 0.8
_BARE_SHARE = 0.6
_LEAST_PROVEN = -1.0
_MOST_PROVEN = 2.5
# A missed emergency is the worst failure, so words may only lean so far away from what a strong alarm says: one
# of a weight beyond 2 (as an admin may write it) stays urgent in any company of words.
_LEAST_LEAN_OF_ALARM = -0.8
_LEAST_LEAN_OF_BARE = -1.0
_LEAST_LEAN_TO_URGENT = -2.0
# All that speaks against a rule outweighs this much of it: one of 2.5 (fourteen default rules are) makes a ticket.
_MOST_AGAINST = 1.5
_INTENTS = (
    (Signal.CANCEL, Intent.CANCEL),
    (Signal.UNSOLVED, Intent.FEEDBACK),
    (Signal.CONTENT, Intent.FEEDBACK),
    (Signal.PROGRESS, Intent.PROGRESS),
    (Signal.SIGNUP, Intent.SIGNUP),
    (Signal.PRAISE, Intent.PRAISE),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What rules prove before any lean: how much a request, how urgent, which category (by code), by which terms."""

    request: float
    urgent: float
    scores: Mapping[str, float]
    terms: frozenset[str]


class Judge:
    """Weighs evidence. `always` tells that even a message without any known word has scores (priors);
    `worth` is how much words must lean to a request to make one by themselves; `frame` has the words that say
    nothing about a matter but where and since when ("我们这里", "又")."""

    def __init__(
        self, rules: Sequence[Rule], leans: LeanTable, bounds: Bounds, frame: Iterable[str] = ()
    ) -> None:
        self._bounds = bounds
        self._frame = re.compile("|".join((*sorted(map(re.escape, frame), key=len, reverse=True), r"\W")))
        self._leans = leans
        self._priors: dict[str, float] = {}
        for rule in rules:
            if not rule.groups and not is_signal(rule.category):
                self._priors[rule.category] = self._priors.get(rule.category, 0.0) + rule.weight
        self._weighs_manner = knows_manners(rules)
        self._weighs_home = knows_home(rules)
        self.always = bool(self._priors)
        self.worth = 0.0 if leans else inf

    def judge(self, text: str, folded: str, findings: Findings, places: PlaceFinder) -> Meaning:
        """The meaning of a message whose rules have been looked up."""
        matters_hits = [hit for hit in findings.hits if not is_signal(hit.rule.category)]
        signals = gather_signals(findings.hits)
        leaning = self._leans.add_up(map(findings.term, findings.occurrences), folded)
        place, phones = places.find(folded, text), find_phones(folded)
        matters: Sequence[Matter] = find_matters(matters_hits, signals, len(findings.clauses), self._priors)
        strength = self._strength(matters, signals, place, leaning, bare=self._is_bare(findings, matters))
        verdict = self._verdict(strength)
        alarm = 0.0
        if verdict is not Verdict.SILENT:
            alarm = _alarm(text, findings, matters, signals)
            matters = lean_matters(matters, leaning, findings, self._leans)
        if not matters:
            verdict = Verdict.SILENT
        requests = make_requests(text, findings, matters, signals) if verdict is not Verdict.SILENT else ()
        requests = tuple(
            replace(each, matched=(*each.matched, *lean_matches(text, findings, self._leans, each.category)))
            for each in _urgent(requests, alarm + max(leaning.urgent, _LEAST_LEAN_TO_URGENT))
        )
        return Meaning(
            text=text,
            verdict=verdict,
            intent=_intent(requests, signals),
            requests=requests,
            urgent=any(request.urgent for request in requests),
            place=place,
            phones=phones,
            plates=find_plates(folded),
            times=find_times(folded, text),
            praise=Signal.PRAISE in signals.masks,
            strength=round(strength, 6),
            scores=_scores(matters_hits, self._priors, leaning),
            signals=tuple(sorted(name.strip("「」") for name in signals.masks)),
        )

    def prove(self, text: str, folded: str, findings: Findings, places: PlaceFinder) -> Proof:
        """What the rules alone prove of a message: what a learned table of leans starts from."""
        signals = gather_signals(findings.hits)
        own = [hit for hit in findings.hits if not is_signal(hit.rule.category)]
        matters = find_matters(own, signals, len(findings.clauses), self._priors)
        vetoed = signals.weight(Signal.NOTICE) >= 1
        return Proof(
            request=0.0
            if vetoed
            else self._proven(
                matters, signals, places.find(folded, text), bare=self._is_bare(findings, matters)
            ),
            urgent=_alarm(text, findings, matters, signals),
            scores=known_scores(matters),
            terms=frozenset(map(findings.term, findings.occurrences)),
        )

    def _strength(
        self, matters: Sequence[Matter], signals: Signals, place: Place, leaning: Leaning, *, bare: bool
    ) -> float:
        if signals.weight(Signal.NOTICE) >= 1:
            return 0.0
        lean = leaning.request
        if matters and _alarming(matters[0].hits):
            lean = max(lean, _LEAST_LEAN_OF_ALARM)
        if bare:
            lean = max(lean, _LEAST_LEAN_OF_BARE)
        strength = self._proven(matters, signals, place, bare=bare) + lean
        if leaning.urgent > 0:
            strength += min(leaning.urgent, 1.0)
        if self._weighs_manner and matters:
            strength = max(strength, max(hit.weight for hit in matters[0].hits) - _MOST_AGAINST)
        return strength

    def _proven(self, matters: Sequence[Matter], signals: Signals, place: Place, *, bare: bool) -> float:
        """How much the rules of the strongest matter and the manner of the message prove; where leans have
        their say it is kept within bounds, so that they are heard."""
        proven = self._weighed(matters, signals, place) + _BARE_BONUS * (bare and self._weighs_manner)
        return min(max(proven, _LEAST_PROVEN), _MOST_PROVEN) if self._leans else proven

    def _weighed(self, matters: Sequence[Matter], signals: Signals, place: Place) -> float:
        if not matters or matters[0].score <= 0:
            return 0.0
        if not self._weighs_manner:
            return matters[0].score
        addressed = bool(place.building or place.unit or place.room)
        context = addressed or signals.weight(Signal.PLEA) >= _CALLED
        evidence = _evidence(matters[0].hits, everyday=context)
        bonus = min(signals.weight(Signal.PLEA), _PLEA_LIMIT) + signals.weight(Signal.REPORTED)
        bonus += min(signals.weight(Signal.TROUBLE), _TROUBLE_LIMIT)
        if signals.mask(Signal.QUESTION) & mask_of(matters[0].hits):
            bonus += _QUESTION_BONUS
        if addressed:
            bonus += _ADDRESS_BONUS
        elif place:
            bonus += _SPOT_BONUS
        against = signals.weight(Signal.NOTICE, Signal.ASIDE, Signal.STAFF)
        against += _PRAISE_COST * (Signal.PRAISE in signals.masks)
        if addressed or Signal.HOME in signals.masks or _alarming(matters[0].hits):
            against += signals.weight(Signal.PRIVATE) * _PRIVATE_AT_HOME
        elif self._weighs_home:
            against += min(signals.weight(Signal.PRIVATE), _PRIVATE_LIMIT) + _DISTANT_COST
        return evidence + bonus - against - signals.chat_in(mask_of(matters[0].hits))

    def _is_bare(self, findings: Findings, matters: Sequence[Matter]) -> bool:
        """Whether a message says little but its matter ("停电了"): nobody brings up so barely what is no matter."""
        if not matters:
            return False
        own = {group for hit in matters[0].hits for group in hit.groups}
        covered = {
            position
            for found in findings.occurrences
            if not own.isdisjoint(found.groups)
            for position in range(found.start, found.end)
        }
        framed = {at for found in self._frame.finditer(findings.folded) for at in range(*found.span())}
        return len(covered) >= _BARE_SHARE * len(set(range(len(findings.folded))) - framed | covered)

    def _verdict(self, strength: float) -> Verdict:
        if strength >= self._bounds.ticket:
            return Verdict.TICKET
        return Verdict.ASK if strength >= self._bounds.ask else Verdict.SILENT


def _alarming(hits: Iterable[Hit]) -> bool:
    """Whether a strong urgent rule holds: an emergency may stand in any company of words."""
    return any(hit.rule.urgent and hit.weight >= _ALARM for hit in hits)


def _evidence(hits: Iterable[Hit], *, everyday: bool) -> float:
    """What the rules of one matter prove together: each further rule adds half as much as the one before.

    Everyday words alone ("车", "响") prove nothing, however many there are, unless `everyday` says that
    a place is named or somebody is called.
    """
    weights = sorted((hit.weight for hit in hits), reverse=True)
    if not weights or (weights[0] < TELLING and not everyday):
        return 0.0
    return sum(weight / (1 << rank) for rank, weight in enumerate(weights[:6]))


def _scores(hits: Iterable[Hit], priors: dict[str, float], leaning: Leaning) -> tuple[tuple[str, float], ...]:
    totals = dict(leaning.categories or {})
    for category, weight in priors.items():
        totals[category] = totals.get(category, 0.0) + weight
    for hit in hits:
        totals[hit.rule.category] = totals.get(hit.rule.category, 0.0) + hit.weight
    return tuple((category, round(score, 6)) for category, score in ranked_totals(totals))


def _urgent(requests: tuple[Request, ...], alarm: float) -> tuple[Request, ...]:
    """The requests with their urgency; `alarm` is what urgent rules prove and what the message leans to, together."""
    if not requests:
        return ()
    if alarm <= 0:
        return tuple(replace(request, urgent=False) for request in requests)
    if any(request.urgent for request in requests):
        return requests
    return (replace(requests[0], urgent=True), *requests[1:])


def _alarm(text: str, findings: Findings, matters: Sequence[Matter], signals: Signals) -> float:
    """The weight of the strongest urgent rule, or of the urgent signals beside a matter, before words have leaned
    to another category; 0 when there is none."""
    requests = make_requests(text, findings, matters, signals) if matters else ()
    urgent = {request.category for request in requests if request.urgent}
    marked = [
        hit.weight for each in matters if each.category in urgent for hit in each.hits if hit.rule.urgent
    ]
    return max(marked, default=signals.weight(Signal.URGENT)) if urgent else 0.0


def _intent(requests: Sequence[Request], signals: Signals) -> Intent:
    if requests:
        return Intent.INQUIRY if requests[0].kind is RequestKind.INQUIRY else Intent.REQUEST
    for signal, intent in _INTENTS:
        if signal in signals.masks:
            return intent
    return Intent.CHAT
