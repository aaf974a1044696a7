"""「试 …」: what the bot would make of a sentence, and which words and rules made it so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.rules.lines import RuleLine
from nlp import Match, Meaning, Request, Verdict, category_name

_VERDICTS = {
    Verdict.TICKET: "会登记工单",
    Verdict.ASK: "拿不准，会问管家是不是诉求",
    Verdict.SILENT: "不是诉求，不出声",
}
_MOST_RULES = 5


def explain(
    meaning: Meaning, leans: Sequence[Match], lines: Sequence[RuleLine], names: Mapping[str, str]
) -> str:
    """A few lines of plain Chinese; ``leans`` are the words that lean to a request or away from one, ``lines`` give
    the rules their numbers, ``names`` the categories theirs."""
    numbers = {line.line: line.number for line in lines}
    parts = [f"{_VERDICTS[meaning.verdict]}{'（紧急）' if meaning.urgent else ''}"]
    parts += [_matter(request, numbers, names) for request in meaning.requests]
    if not meaning.requests and meaning.scores:
        category, score = meaning.scores[0]
        parts.append(f"最近的是【{_name(category, names)}】{score:g}分，不够登记")
    if meaning.signals:
        parts.append(f"语气：{'、'.join(meaning.signals)}")
    if leans and (meaning.scores or meaning.requests):
        parts.append(f"像不像诉求：{_leans(leans)}")
    if meaning.place.text:
        parts.append(f"地点：{meaning.place.text}")
    return "\n".join(parts)


def _leans(leans: Sequence[Match]) -> str:
    """The weightiest words for and against, each once."""
    weights = {match.term: match.weight for match in leans}
    shown = sorted(weights.items(), key=lambda item: -abs(item[1]))[:_MOST_RULES]
    return "，".join(f"{term}{weight:+g}" for term, weight in shown)


def _name(code: str, names: Mapping[str, str]) -> str:
    return names.get(code) or category_name(code)


def _matter(request: Request, numbers: Mapping[str, int], names: Mapping[str, str]) -> str:
    """The category with its score, then each rule that spoke for it, the weightiest first."""
    heard: dict[tuple[str, float], list[str]] = {}
    for match in request.matched:
        heard.setdefault((match.rule, match.weight), []).append(match.term)
    rules = sorted(heard.items(), key=lambda item: -abs(item[0][1]))
    shown = [
        f"  {_rule(numbers.get(rule))}{weight:g}分：{_words(terms)}"
        for (rule, weight), terms in rules[:_MOST_RULES]
    ]
    if len(rules) > _MOST_RULES:
        shown.append(f"  还有{len(rules) - _MOST_RULES}条规则")
    return "\n".join([f"【{_name(request.category, names)}】{request.score:g}分", *shown])


def _rule(number: int | None) -> str:
    return "" if number is None else f"规则{number} "


def _words(terms: Sequence[str]) -> str:
    """Each word once, those that are part of a longer one left out."""
    different = dict.fromkeys(terms)
    return "、".join(
        term for term in different if not any(term != other and term in other for other in different)
    )
