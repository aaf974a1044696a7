"""From the rules that hold to a decision: which matters, how sure, how urgent, and what is wanted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from nlp.categories import OTHER
from nlp.leans import Leaning, LeanTable
from nlp.matching import Findings, Hit
from nlp.meaning import Bounds, Intent, Match, Meaning, Place, Request, RequestKind, Verdict
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
_VAGUE = 0.4
_SIDE_MATTER = 0.7
_BARE_BONUS = 0.8
_BARE_LENGTH = 10
_BARE_SHARE = 0.6
_LEAST_PROVEN = -1.0
_MOST_PROVEN = 2.5
_LEAST_LEAN_OF_ALARM = -0.8
_LEAST_LEAN_TO_URGENT = -1.51
_INTENTS = (
    (Signal.CANCEL, Intent.CANCEL),
    (Signal.UNSOLVED, Intent.FEEDBACK),
    (Signal.CONTENT, Intent.FEEDBACK),
    (Signal.PROGRESS, Intent.PROGRESS),
    (Signal.SIGNUP, Intent.SIGNUP),
    (Signal.PRAISE, Intent.PRAISE),
)


@dataclass(slots=True)
class _Matter:
    """One category's evidence: the hits that count and what they add up to."""

    category: str
    score: float
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Proof:
    """What rules prove before any lean: how much a request, how urgent, which category (by code), by which terms."""

    request: float
    urgent: float
    scores: Mapping[str, float]
    terms: frozenset[str]


class Judge:
    """Weighs evidence. `always` tells that even a message without any known word has scores (priors);
    `worth` is how much words must lean to a request to make one by themselves."""

    def __init__(self, rules: Sequence[Rule], leans: LeanTable, bounds: Bounds) -> None:
        self._bounds = bounds
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
        leaning = self._leans.add_up(dict.fromkeys(map(findings.term, findings.occurrences)))
        place, phones = places.find(folded, text), find_phones(folded)
        matters: Sequence[_Matter] = _matters(matters_hits, signals, len(findings.clauses), self._priors)
        strength = self._strength(matters, signals, place, leaning, bare=_is_bare(findings, matters))
        verdict = self._verdict(strength)
        if verdict is not Verdict.SILENT:
            matters = _leaned(matters, leaning, findings, self._leans)
        if not matters:
            verdict = Verdict.SILENT
        requests = _requests(text, findings, matters, signals) if verdict is not Verdict.SILENT else ()
        requests = tuple(
            replace(each, matched=(*each.matched, *lean_matches(text, findings, self._leans, each.category)))
            for each in _urgent(requests, matters, signals, leaning)
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
        matters = _matters(own, signals, len(findings.clauses), self._priors)
        vetoed = signals.weight(Signal.NOTICE) >= 1
        return Proof(
            request=0.0
            if vetoed
            else self._proven(matters, signals, places.find(folded, text), bare=_is_bare(findings, matters)),
            urgent=_alarm(_requests(text, findings, matters, signals), matters, signals) if matters else 0.0,
            scores={
                each.category: each.score * (_VAGUE if each.category == OTHER else 1.0) for each in matters
            },
            terms=frozenset(map(findings.term, findings.occurrences)),
        )

    def _strength(
        self, matters: Sequence[_Matter], signals: Signals, place: Place, leaning: Leaning, *, bare: bool
    ) -> float:
        if signals.weight(Signal.NOTICE) >= 1:
            return 0.0
        lean = leaning.request
        if matters and _alarming(matters[0].hits):
            lean = max(lean, _LEAST_LEAN_OF_ALARM)
        strength = self._proven(matters, signals, place, bare=bare) + lean
        if leaning.urgent > 0:
            strength += min(leaning.urgent, 1.0)
        return strength

    def _proven(self, matters: Sequence[_Matter], signals: Signals, place: Place, *, bare: bool) -> float:
        """How much the rules of the strongest matter and the manner of the message prove; where leans have
        their say it is kept within bounds, so that they are heard."""
        proven = self._weighed(matters, signals, place) + _BARE_BONUS * (bare and self._weighs_manner)
        return min(max(proven, _LEAST_PROVEN), _MOST_PROVEN) if self._leans else proven

    def _weighed(self, matters: Sequence[_Matter], signals: Signals, place: Place) -> float:
        if not matters or matters[0].score <= 0:
            return 0.0
        if not self._weighs_manner:
            return matters[0].score
        addressed = bool(place.building or place.unit or place.room)
        context = addressed or signals.weight(Signal.PLEA) >= _CALLED
        evidence = _evidence(matters[0].hits, everyday=context)
        bonus = min(signals.weight(Signal.PLEA), _PLEA_LIMIT) + signals.weight(Signal.REPORTED)
        bonus += min(signals.weight(Signal.TROUBLE), _TROUBLE_LIMIT)
        if signals.mask(Signal.QUESTION) & _mask_of(matters[0].hits):
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
        return evidence + bonus - against - signals.chat_in(_mask_of(matters[0].hits))

    def _verdict(self, strength: float) -> Verdict:
        if strength >= self._bounds.ticket:
            return Verdict.TICKET
        return Verdict.ASK if strength >= self._bounds.ask else Verdict.SILENT


def _is_bare(findings: Findings, matters: Sequence[_Matter]) -> bool:
    """Whether a short message says little but its matter ("停电了"): nobody brings up so barely what is no matter."""
    if not matters or len(findings.folded) > _BARE_LENGTH:
        return False
    own = {group for hit in matters[0].hits for group in hit.groups}
    covered = {
        position
        for found in findings.occurrences
        if not own.isdisjoint(found.groups)
        for position in range(found.start, found.end)
    }
    return len(covered) >= _BARE_SHARE * len(findings.folded)


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


def _ranked(totals: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(totals.items(), key=lambda item: (-item[1], item[0] == OTHER, item[0]))


def _scores(hits: Iterable[Hit], priors: dict[str, float], leaning: Leaning) -> tuple[tuple[str, float], ...]:
    totals = dict(leaning.categories or {})
    for category, weight in priors.items():
        totals[category] = totals.get(category, 0.0) + weight
    for hit in hits:
        totals[hit.rule.category] = totals.get(hit.rule.category, 0.0) + hit.weight
    return tuple((category, round(score, 6)) for category, score in _ranked(totals))


def _matters(hits: Iterable[Hit], signals: Signals, clauses: int, priors: dict[str, float]) -> list[_Matter]:
    """The categories with evidence outside silenced clauses, strongest first."""
    silenced = signals.silenced(clauses)
    counted: dict[str, list[Hit]] = {}
    totals: dict[str, float] = {}
    for hit in hits:
        if hit.clauses & ~silenced or not silenced:
            category = hit.rule.category
            counted.setdefault(category, []).append(hit)
            totals[category] = totals.get(category, priors.get(category, 0.0)) + hit.weight
    known = {name: score * (_VAGUE if name == OTHER else 1.0) for name, score in totals.items()}
    return [_Matter(category, totals[category], counted[category]) for category, _ in _ranked(known)]


def _leaned(
    matters: Sequence[_Matter], leaning: Leaning, findings: Findings, leans: LeanTable
) -> Sequence[_Matter]:
    """The matters with what the message leans to, strongest first; the first may be one it only leans to."""
    if not leaning.categories:
        return matters
    found = {matter.category: matter for matter in matters}
    for category, lean in leaning.categories.items():
        if category in found:
            found[category].score += lean
        elif lean > 0:
            found[category] = _Matter(category, lean, [])
    totals = {name: matter.score * (_VAGUE if name == OTHER else 1.0) for name, matter in found.items()}
    ranked = [found[name] for name, _ in _ranked(totals)]
    if ranked and not ranked[0].hits:
        ranked[0].hits = list(_lean_hits(findings, leans, ranked[0].category))
    return [matter for matter in ranked if matter.hits]


def _lean_hits(findings: Findings, leans: LeanTable, category: str) -> Iterable[Hit]:
    """The words that lean to a category, as if each were a rule."""
    for found in findings.occurrences:
        term = findings.term(found)
        for lean in leans.of(term):
            if (weight := lean.weights.get(category, 0.0)) > 0:
                rule = Rule(category, ((term,),), weight=weight, line=lean.line, source=lean.source)
                yield Hit(rule, (), 1 << findings.clauses.at(found.start), weight)


def lean_matches(text: str, findings: Findings, leans: LeanTable, name: str) -> Iterable[Match]:
    """The words that lean to (or away from) a category, to a request or to urgency, in order."""
    for found in findings.occurrences:
        for lean in leans.of(findings.term(found)):
            if weight := lean.weights.get(name):
                yield Match(text[found.start : found.end], found.start, found.end, lean.source, weight)


def _urgent(
    requests: tuple[Request, ...], matters: Sequence[_Matter], signals: Signals, leaning: Leaning
) -> tuple[Request, ...]:
    """The requests with their urgency: what urgent rules prove, and what the message leans to, together."""
    if not requests:
        return ()
    if _alarm(requests, matters, signals) + max(leaning.urgent, _LEAST_LEAN_TO_URGENT) <= 0:
        return tuple(replace(request, urgent=False) for request in requests)
    if any(request.urgent for request in requests):
        return requests
    return (replace(requests[0], urgent=True), *requests[1:])


def _alarm(requests: Sequence[Request], matters: Sequence[_Matter], signals: Signals) -> float:
    """The weight of the strongest urgent rule, or of the urgent signals beside a matter; 0 when there is none."""
    urgent = {request.category for request in requests if request.urgent}
    marked = [
        hit.weight for each in matters if each.category in urgent for hit in each.hits if hit.rule.urgent
    ]
    return max(marked, default=signals.weight(Signal.URGENT)) if urgent else 0.0


def _requests(
    text: str, findings: Findings, matters: Sequence[_Matter], signals: Signals
) -> tuple[Request, ...]:
    """The strongest matter, and every other that is the strongest in some clause of its own."""
    chosen = {0}
    best_in: dict[int, tuple[float, int]] = {}
    for index, matter in enumerate(matters):
        for clause, score in _by_clause(matter.hits).items():
            if score > best_in.get(clause, (0.0, 0))[0]:
                best_in[clause] = (score, index)
    taken = _mask_of(matters[0].hits) if matters else 0
    for clause, (score, index) in best_in.items():
        if score >= _SIDE_MATTER and not taken >> clause & 1 and matters[index].category != OTHER:
            chosen.add(index)
    return tuple(_request(text, findings, matters[index], signals) for index in sorted(chosen))


def _mask_of(hits: Iterable[Hit]) -> int:
    mask = 0
    for hit in hits:
        for step in range(hit.span):
            mask |= hit.clauses << step
    return mask


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _by_clause(hits: Iterable[Hit]) -> dict[int, float]:
    scores: dict[int, float] = {}
    for hit in hits:
        for clause in _bits(hit.clauses):
            scores[clause] = scores.get(clause, 0.0) + hit.weight
    return scores


def _request(text: str, findings: Findings, matter: _Matter, signals: Signals) -> Request:
    strongest = max(matter.hits, key=lambda hit: (hit.weight, -(hit.clauses & -hit.clauses)))
    first = (strongest.clauses & -strongest.clauses).bit_length() - 1
    start, end = findings.clauses.span(first, first + strongest.span - 1)
    mask = _mask_of(matter.hits)
    asks = signals.mask(Signal.QUESTION) >> first & 1 and not any(
        len(hit.rule.groups) > 1 for hit in matter.hits
    )
    inquiry = matter.category == "policy" or asks
    return Request(
        kind=RequestKind.INQUIRY if inquiry else RequestKind.REQUEST,
        category=matter.category,
        score=round(matter.score, 6),
        urgent=any(hit.rule.urgent for hit in matter.hits)
        or bool(signals.mask(Signal.URGENT) & (mask | mask << 1 | mask >> 1)),
        clause=text[start:end].strip(),
        matched=tuple(_matched(text, findings, matter.hits)),
    )


def _matched(text: str, findings: Findings, hits: Iterable[Hit]) -> Iterable[Match]:
    rules_of: dict[int, list[tuple[Hit, int]]] = {}
    for hit in hits:
        for group in hit.groups:
            rules_of.setdefault(group, []).append((hit, _mask_of([hit])))
    seen: set[tuple[int, int, int]] = set()
    for found in findings.occurrences:
        clause = findings.clauses.at(found.start)
        for group in found.groups:
            for hit, mask in rules_of.get(group, ()):
                key = (found.start, found.end, hit.rule.line)
                if mask >> clause & 1 and key not in seen:
                    seen.add(key)
                    term = text[found.start : found.end]
                    yield Match(term, found.start, found.end, hit.rule.source, hit.rule.weight)


def _intent(requests: Sequence[Request], signals: Signals) -> Intent:
    if requests:
        return Intent.INQUIRY if requests[0].kind is RequestKind.INQUIRY else Intent.REQUEST
    for signal, intent in _INTENTS:
        if signal in signals.masks:
            return intent
    return Intent.CHAT
