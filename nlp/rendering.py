"""A meaning as the plain object `weiwang classify` prints (DESIGN §5)."""

from typing import Any

from nlp.meaning import Match, Meaning, Request, When


def match_to_json(match: Match) -> dict[str, Any]:
    """`{"term", "start", "end", "rule", "weight"}`; offsets are half-open, in the text as given."""
    return {
        "term": match.term,
        "start": match.start,
        "end": match.end,
        "rule": match.rule,
        "weight": match.weight,
    }


def request_to_json(request: Request) -> dict[str, Any]:
    """One element of `requests`."""
    return {
        "kind": request.kind.value,
        "category": request.category,
        "score": round(request.score, 4),
        "urgent": request.urgent,
        "clause": request.clause,
        "matched": [match_to_json(match) for match in request.matched],
    }


def when_to_json(when: When) -> dict[str, Any]:
    """One element of `times`."""
    return {
        "text": when.text,
        "start": when.start,
        "end": when.end,
        "normal": when.normal,
        "hour": when.hour,
        "minute": when.minute,
    }


def meaning_to_json(meaning: Meaning) -> dict[str, Any]:
    """The object of the classify contract, ready for `json.dumps`; what was added later stands at its end."""
    return {
        "text": meaning.text,
        "verdict": meaning.verdict.value,
        "intent": meaning.intent.value,
        "requests": [request_to_json(request) for request in meaning.requests],
        "urgent": meaning.urgent,
        "location": meaning.place.text,
        "building": meaning.place.building,
        "unit": meaning.place.unit,
        "room": meaning.place.room,
        "phones": list(meaning.phones),
        "plates": list(meaning.plates),
        "times": [when_to_json(when) for when in meaning.times],
        "floor": meaning.place.floor,
        "spot": meaning.place.spot,
    }
