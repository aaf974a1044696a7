"""「试 …」: what the bot would make of a sentence, and which words and rules made it so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.rules.lines import RuleLine
from nlp import Meaning, Request, Verdict, category_name

_VERDICTS = {
    Verdict.TICKET: "会登记工单",
    Verdict.ASK: "拿不准，会问管家是不是诉求",
    Verdict.SILENT: "不是诉求，不出声",
}
_MOST_WORDS = 6


def explain(meaning: Meaning, lines: Sequence[RuleLine], names: Mapping[str, str]) -> str:
    """A few lines of plain Chinese; ``lines`` give the rules their numbers, ``names`` the categories theirs."""
    numbers = {line.line: line.number for line in lines}
    parts = [f"{_VERDICTS[meaning.verdict]}{'（紧急）' if meaning.urgent else ''}"]
    parts += [_matter(request, numbers, names) for request in meaning.requests]
    if not meaning.requests and meaning.scores:
        category, score = meaning.scores[0]
        parts.append(f"最近的是【{_name(category, names)}】{score:g}分，不够登记")
    if meaning.signals:
        parts.append(f"语气：{'、'.join(meaning.signals)}")
    if meaning.place.text:
        parts.append(f"地点：{meaning.place.text}")
    return "\n".join(parts)


def _name(code: str, names: Mapping[str, str]) -> str:
    return names.get(code) or category_name(code)


def _matter(request: Request, numbers: Mapping[str, int], names: Mapping[str, str]) -> str:
    words: dict[str, None] = {}
    for match in request.matched:
        number = numbers.get(match.rule)
        where = f"（规则{number}，{match.weight:g}分）" if number else f"（{match.weight:g}分）"
        words[f"{match.term}{where}"] = None
    shown = list(words)[:_MOST_WORDS]
    more = f" 等{len(words)}个词" if len(words) > _MOST_WORDS else ""
    return f"【{_name(request.category, names)}】{request.score:g}分：{' '.join(shown)}{more}"
