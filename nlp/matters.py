"""Matters: the evidence of a message sorted by category, and the requests that are made of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.categories import OTHER
from nlp.leans import Leaning, LeanTable
from nlp.matching import Findings, Hit
from nlp.meaning import Match, Request, RequestKind
from nlp.rules import Rule
from nlp.signals import Signal, Signals

_VAGUE = 0.4
_SIDE_MATTER = 0.7


@dataclass(slots=True)
class Matter:
    """One category's evidence: the hits that count and what they add up to."""

    category: str
    score: float
    hits: list[Hit]


def ranked_totals(totals: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(totals.items(), key=lambda item: (-item[1], item[0] == OTHER, item[0]))


def known_scores(matters: Iterable[Matter]) -> dict[str, float]:
    """What each category comes to when they are compared: "other" less, for its words say little."""
    return {each.category: each.score * (_VAGUE if each.category == OTHER else 1.0) for each in matters}


def find_matters(
    hits: Iterable[Hit], signals: Signals, clauses: int, priors: dict[str, float]
) -> list[Matter]:
    """The categories with evidence outside silenced clauses, strongest first."""
    silenced = signals.silenced(clauses)
    counted: dict[str, list[Hit]] = {}
    totals: dict[str, float] = {}
    for hit in hits:
        if hit.clauses & ~silenced or not silenced:
            category = hit.rule.category
            counted.setdefault(category, []).append(hit)
            totals[category] = totals.get(category, priors.get(category, 0.0)) + hit.weight
    found = {name: Matter(name, score, counted[name]) for name, score in totals.items()}
    return [found[name] for name, _ in ranked_totals(known_scores(found.values()))]


def lean_matters(
    matters: Sequence[Matter], leaning: Leaning, findings: Findings, leans: LeanTable
) -> Sequence[Matter]:
    """The matters with what the message leans to, strongest first; the first may be one it only leans to."""
    if not leaning.categories:
        return matters
    totals = known_scores(matters)
    for category, lean in leaning.categories.items():
        if category in totals or lean > 0:
            totals[category] = totals.get(category, 0.0) + lean
    hits = {matter.category: matter.hits for matter in matters}
    ranked = [Matter(category, total, hits.get(category, [])) for category, total in ranked_totals(totals)]
    if ranked and not ranked[0].hits:
        ranked[0].hits = list(_lean_hits(findings, leans, ranked[0].category))
    return [matter for matter in ranked if matter.hits]


def _lean_hits(findings: Findings, leans: LeanTable, category: str) -> Iterable[Hit]:
    """The words and pairs that lean to a category, as if each were a rule."""
    for start, end, lean in leans.spans(findings.folded, findings.spans()):
        if (weight := lean.weights.get(category, 0.0)) > 0:
            term = findings.folded[start:end]
            rule = Rule(category, ((term,),), weight=weight, line=lean.line, source=lean.source)
            yield Hit(rule, (), 1 << findings.clauses.at(start), weight)


def lean_matches(text: str, findings: Findings, leans: LeanTable, name: str) -> Iterable[Match]:
    """The words and pairs that lean to (or away from) a category, to a request or to urgency."""
    for start, end, lean in leans.spans(findings.folded, findings.spans()):
        if weight := lean.weights.get(name):
            yield Match(text[start:end], start, end, lean.source, weight)


def make_requests(
    text: str, findings: Findings, matters: Sequence[Matter], signals: Signals
) -> tuple[Request, ...]:
    """The strongest matter, and every other that is the strongest in some clause of its own."""
    chosen = {0}
    best_in: dict[int, tuple[float, int]] = {}
    for index, matter in enumerate(matters):
        for clause, score in _by_clause(matter.hits).items():
            if score > best_in.get(clause, (0.0, 0))[0]:
                best_in[clause] = (score, index)
    taken = mask_of(matters[0].hits) if matters else 0
    for clause, (score, index) in best_in.items():
        if score >= _SIDE_MATTER and not taken >> clause & 1 and matters[index].category != OTHER:
            chosen.add(index)
    return tuple(_request(text, findings, matters[index], signals) for index in sorted(chosen))


def mask_of(hits: Iterable[Hit]) -> int:
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


def _request(text: str, findings: Findings, matter: Matter, signals: Signals) -> Request:
    strongest = max(matter.hits, key=lambda hit: (hit.weight, -(hit.clauses & -hit.clauses)))
    first = (strongest.clauses & -strongest.clauses).bit_length() - 1
    start, end = findings.clauses.span(first, first + strongest.span - 1)
    mask = mask_of(matter.hits)
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
            rules_of.setdefault(group, []).append((hit, mask_of([hit])))
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
