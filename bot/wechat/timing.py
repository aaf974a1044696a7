"""How long the wechaty connector waits, in seconds; the defaults are for production."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Waiting times and limits of one connection.

    ``first_pause`` doubles up to ``longest_pause`` between tries to connect, each shortened at random by up
    to half; a connection that lasted ``steady`` begins anew. After ``probe_after`` of silence the gateway is asked; ``deaf_after`` without any event is a loss.
    ``load_tries`` loads of one message are made; the first one decides whether it keeps its place in the line.
    """

    first_pause: float = 0.2
    longest_pause: float = 30.0
    connect: float = 5.0
    start: float = 20.0
    steady: float = 5.0
    call: float = 5.0
    send: float = 30.0
    fetch: float = 60.0
    probe_after: float = 20.0
    deaf_after: float = 75.0
    keepalive: float = 15.0
    load_tries: int = 4
    load_pause: float = 0.5
    window: int = 64


class Backoff:
    """Growing, jittered, bounded pauses."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def reset(self) -> None:
        """The last try worked: begin with the shortest pause again."""
        self._next = self._first

    def pause(self) -> float:
        """Seconds to wait before the next try."""
        pause = self._next * random.uniform(0.5, 1.0)
        self._next = min(self._next * 2, self._longest)
        return pause
