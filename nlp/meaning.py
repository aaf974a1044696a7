"""What a message means: the frozen results that leave this room."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """TICKET: surely a matter to follow. ASK: perhaps, a person should say. SILENT: leave it alone."""

    TICKET = "ticket"
    ASK = "ask"
    SILENT = "silent"


class Intent(StrEnum):
    """What the speaker wants, taken over the whole message."""

    REQUEST = "request"
    INQUIRY = "inquiry"
    PROGRESS = "progress"
    CANCEL = "cancel"
    FEEDBACK = "feedback"
    SIGNUP = "signup"
    PRAISE = "praise"
    CHAT = "chat"


class RequestKind(StrEnum):
    """REQUEST: something is to be done. INQUIRY: something is to be answered."""

    REQUEST = "request"
    INQUIRY = "inquiry"


@dataclass(frozen=True)
class Match:
    """A term found in the message: `text[start:end]`, the rule it served and that rule's weight."""

    term: str
    start: int
    end: int
    rule: str
    weight: float


@dataclass(frozen=True)
class Request:
    """One matter of the message, with the clause that says it and every word that speaks for it."""

    kind: RequestKind
    category: str
    score: float
    urgent: bool
    clause: str
    matched: tuple[Match, ...]


@dataclass(frozen=True)
class Place:
    """Where: `text` as written, numbers as plain digits ("十二号楼" has building "12"); None when not said.

    `area` is the garden whose building it is, where a community has told the names of its gardens.
    """

    text: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    floor: str | None = None
    spot: str | None = None
    area: str | None = None

    def __bool__(self) -> bool:
        return self.text is not None


@dataclass(frozen=True)
class When:
    """A time that is said: `text[start:end]`, and `normal` in one spelling ("昨晚10点" is "昨天 22:00", "天天半夜"
    is "每天半夜"). `hour` counts to 23, None when no clock is said; `minute` is None when it is not said."""

    text: str
    start: int
    end: int
    normal: str
    hour: int | None = None
    minute: int | None = None


NOWHERE = Place()


@dataclass(frozen=True)
class Bounds:
    """Strengths from which a message is a ticket, or a question to the steward; below both it is chat."""

    ticket: float = 1.0
    ask: float = 0.75


@dataclass(frozen=True)
class Meaning:
    """The meaning of one message.

    `requests` are strongest first and empty when the verdict is silent. `scores` are the raw sums of the
    matching rules' weights for each category, strongest first, whatever the verdict.
    """

    text: str
    verdict: Verdict = Verdict.SILENT
    intent: Intent = Intent.CHAT
    requests: tuple[Request, ...] = ()
    urgent: bool = False
    place: Place = NOWHERE
    phones: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    times: tuple[When, ...] = ()
    praise: bool = False
    strength: float = 0.0
    scores: tuple[tuple[str, float], ...] = ()
    signals: tuple[str, ...] = ()


def silence(text: str) -> Meaning:
    """The meaning of plain chat.

    Nearly every message ends here, so the fields are left to the class's own defaults instead of being
    written one by one: it is five times cheaper than the constructor and equal to it in every respect.
    """
    meaning = object.__new__(Meaning)
    meaning.__dict__["text"] = text
    return meaning
